"""What is there to be read, and is it worth a second process?"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from synth.config import SourceSettings
from synth.errors import UserError
from synth.mapper import InProcess, Mapper, RayData
from synth.schema import FILES
from synth.sources import list_files
from synth.sources.lists import Entry, is_list, read_list
from synth.store import is_remote

LARGE_SOURCE_BYTES = (
    10_000_000  # about 300,000 lines: from here on a second worker saves more than the start of Ray costs
)


Collect = Callable[[Sequence[Entry]], pa.Table]
"""Lists the files of many collections, or of collections that lie elsewhere; see `synth.collecting.collect`."""


def list_sources(
    sources: Sequence[str], settings: SourceSettings, scratch: Path, collect: Collect | None = None
) -> pa.Table:
    """List the files of all sources; duplicates are found across them, and collections of one name told apart.

    Args:
        sources: as the user names them.
        settings: which files are wanted.
        scratch: a folder for what has to be unpacked; it must outlive the reading of the files.
        collect: lists the sources where one of them is a list or lies in an object store.

    Raises:
        UserError: there is no source, or one cannot be used.
    """
    if not sources:
        raise UserError("no source given; name a folder, a git URL, an archive or a file of documents")
    if collect is not None and any(is_list(source) or is_remote(source) for source in sources):
        return collect([entry for source in sources for entry in _entries(source)])
    tables: list[pa.Table] = []
    seen: set[bytes] = set()
    taken: set[str] = set()
    for number, source in enumerate(sources):
        work = scratch / str(number)
        work.mkdir()
        mine = pa.concat_tables([FILES.empty_table(), *list_files(source, settings, work, seen)])
        names = sorted(set(mine["collection"].to_pylist()))
        new = {name: name if name not in taken else f"{name}-{number + 1}" for name in names}
        taken.update(new.values())
        column = pa.array([new[name] for name in mine["collection"].to_pylist()], pa.string())
        tables.append(mine.set_column(mine.schema.get_field_index("collection"), "collection", column))
    return pa.concat_tables(tables)


def _entries(source: str) -> list[Entry]:
    if is_list(source):
        return read_list(source)
    if not is_remote(source):
        return [Entry(source, source, is_listed=False)]
    return [Entry(source, source.partition("?")[0], is_listed=False)]


def choose_mapper(listed: pa.Table, workers: int | None, address: str | None) -> Mapper:
    """Map in this process, or with Ray Data where asked or where the source is large."""
    if workers is None and address is None:
        wanted = listed.filter(pa.compute.equal(listed["skip_reason"], ""))
        workers = None if (pa.compute.sum(wanted["n_bytes"]).as_py() or 0) >= LARGE_SOURCE_BYTES else 0
    return InProcess() if workers == 0 and address is None else RayData(workers or None, address)
