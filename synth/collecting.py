"""How are the collections of a list read side by side, without holding all of them unpacked at once?

Each entry is fetched, listed and packed (`synth.sources.packed`) by one job, which deletes what it fetched: a machine
holds as much unpacked as it has jobs. The packed contents stay in the run folder, so a killed run fetches nothing twice
and any worker can read them. What is broken is set aside with the reason.
"""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from synth.config import SourceSettings
from synth.errors import UserError
from synth.folder import Stage, fingerprint, to_parquet, write_atomically
from synth.mapper import InProcess, RayData, Tables
from synth.schema import FILES
from synth.settling import settle
from synth.sources import list_files
from synth.sources.git import is_git_url
from synth.sources.lists import Entry
from synth.sources.locate import at, forget_packed
from synth.sources.packed import PACKED, Packer
from synth.sources.remote import Unreachable, told
from synth.steps import Run
from synth.store import Place, Remote, get, is_remote, place, put, read_table

MAX_PARTS = 2_000  # of a longer list, several entries are one part
MANY = 64  # entries from which a second worker saves more than the start of Ray costs

ENTRIES = pa.schema(
    [
        ("number", pa.int32()),  # in the list
        ("part", pa.int32()),
        *((name, pa.string()) for name in ("source", "shown", "name", "revision", "license")),
        ("is_listed", pa.bool_()),
        ("is_table", pa.bool_()),
    ]
)
LISTED = PACKED.append(pa.field("entry", pa.int32()))
BROKEN = pa.schema([("entry", pa.int32()), ("shown", pa.string()), ("reason", pa.string())])


def collect(run: Run, entries: Sequence[Entry], workers: int | None, update: bool) -> pa.Table:
    """Fetch, list and pack all entries of a run.

    Args:
        run: the run; its mapper is chosen here where there are many entries, and `set_aside` is filled.
        entries: of all lists, and of the sources that are named directly.
        workers: as of `synth.run.corpus`.
        update: fetch again what may have changed since, and what was set aside.

    Returns:
        The files of all collections, with the schema `synth.schema.FILES`.

    Raises:
        UserError: a source that is named directly cannot be used, a store does not answer, or nothing is left.
        OSError: the disk is full.
    """
    if isinstance(run.mapper, InProcess) and (run.address or workers or (workers is None and len(entries) >= MANY)):
        run.mapper = RayData(workers or None, run.address)
    size = -(-len(entries) // MAX_PARTS)
    batches = [entries[start : start + size] for start in range(0, len(entries), size)]
    digests = [fingerprint([[*entry, _stamp(entry)] for entry in batch]) for batch in batches]
    settings = fingerprint(run.config.sources.identity())
    stage, _ = run.stage("collect", [settings, digests], "listed", "broken")
    if update:
        _forget(stage, batches)
    _take_over(run, stage, digests, settings)
    jobs = list(_jobs(run, batches))
    work = partial(collect_entries, settings=run.config.sources, contents=stage.path / "contents", scratch=run.scratch)
    run.map(stage, work, jobs)
    stage.finish({"settings": settings, "digests": digests})
    return settle(run, _listed(stage), stage.table("broken", BROKEN), entries)


def collect_entries(entries: pa.Table, settings: SourceSettings, contents: Place, scratch: Path) -> Tables:
    """Fetch, list and pack a batch of entries, one after the other.

    Args:
        entries: rows of `ENTRIES`.
        settings: which files are wanted.
        contents: the folder for the packed contents.
        scratch: where to unpack, if this machine has that folder.
    """
    listed: list[pa.Table] = []
    broken: list[dict[str, Any]] = []
    rows = entries.to_pylist()
    here = scratch if scratch.is_dir() else None
    with TemporaryDirectory(prefix="synth-", dir=here) as folder:
        packed = Path(folder) / "contents.parquet"
        with Packer(packed) as packer:
            for row in rows:
                try:
                    tables = list(packer.pack(_list_entry(row, settings, Path(folder))))
                    if not any(table.num_rows for table in tables):
                        raise UserError(f"source {row['source']} holds no files; leave it out")
                except UserError as error:
                    if not row["is_listed"] or isinstance(error, Unreachable):
                        raise
                    broken.append({**_origin(row), "reason": _reason(error, row, folder)})
                else:
                    listed += [_with_entry(table, row["number"]) for table in tables]
        put(packed, _contents(contents, rows[0]["part"]))
    return {
        "listed": pa.concat_tables([LISTED.empty_table(), *listed]),
        "broken": pa.Table.from_pylist(broken, BROKEN),
    }


def _list_entry(row: dict[str, Any], settings: SourceSettings, folder: Path) -> Iterator[pa.Table]:
    entry = Entry(**{name: row[name] for name in Entry._fields})
    with TemporaryDirectory(prefix="source-", dir=folder) as work:
        yield from list_files(entry.source, settings, Path(work), set(), entry.stated)


def _with_entry(table: pa.Table, number: int) -> pa.Table:
    return table.append_column(LISTED.field("entry"), pa.array([number] * table.num_rows, pa.int32()))


def _origin(row: dict[str, Any]) -> dict[str, Any]:
    return {"entry": row["number"], "shown": row["name"] or row["shown"]}


def _reason(error: UserError, row: dict[str, Any], folder: str) -> str:
    """What was wrong, without saying where on this machine."""
    return str(error).replace(row["source"], row["shown"]).replace(folder + os.sep, "")


def _contents(folder: Place, part: int) -> Place:
    return folder / f"part-{part:05d}.parquet"


def _jobs(run: Run, batches: Sequence[Sequence[Entry]]) -> Iterator[tuple[Place]]:
    """What each job is to fetch, written outside OUT, since it says where sources are on this machine."""
    number = 0
    for part, batch in enumerate(batches):
        rows = [{"number": number + index, "part": part, **entry._asdict()} for index, entry in enumerate(batch)]
        number += len(batch)
        path = run.shared / f"entries-{part:05d}.parquet"
        write_atomically(path, to_parquet(pa.Table.from_pylist(rows, ENTRIES)))
        yield (path,)


def _listed(stage: Stage) -> Iterator[pa.Table]:
    for path in stage.parts("listed"):
        table = read_table(path)
        contents = stage.path / "contents" / path.name
        locators = pa.array(at(table["locator"].to_pylist(), contents), pa.string())
        yield table.set_column(FILES.get_field_index("locator"), "locator", locators)


def _forget(stage: Stage, batches: Sequence[Sequence[Entry]]) -> None:
    """Have parts made again that hold what may have changed unseen, or what could not be fetched."""
    forget_packed()
    for part, batch in enumerate(batches):
        path = stage.part("broken", part)
        if path.exists() and (any(map(_may_move, batch)) or read_table(path).num_rows):
            path.unlink()


def _take_over(run: Run, stage: Stage, digests: Sequence[str], settings: str) -> None:
    """Take from an earlier list what the new one names too."""
    before = run.folder.earlier(stage, settings)
    known = {digest: part for part, digest in enumerate(before.summary()["digests"])} if before else {}
    for part, digest in enumerate(digests):
        if before is not None and digest in known and not stage.has(part):
            copy = run.scratch / "contents"
            get(_contents(before.path / "contents", known[digest]), copy)
            put(copy, _contents(stage.path / "contents", part))
            stage.commit(part, {name: before.part(name, known[digest]).read_bytes() for name in stage.outputs})


def _may_move(entry: Entry) -> bool:
    """Whether a source may change without its stamp: a repository of which no commit is named."""
    return is_git_url(entry.source) and not entry.revision


def _stamp(entry: Entry) -> Any:
    """What tells that a source has changed, as far as that can be seen without reading it."""
    if is_git_url(entry.source):
        return ""
    if is_remote(entry.source):
        return _remote_stamp(entry.source)
    path = Path(entry.source)
    try:
        if not path.is_dir():
            return _status(path.stat())
        found = (
            [os.path.relpath(os.path.join(folder, name), path), *_status(os.lstat(os.path.join(folder, name)))]  # noqa: PTH118
            for folder, _, names in os.walk(path)
            for name in names
        )
        return fingerprint(sorted(found))
    except (OSError, ValueError):
        return "missing"


def _status(status: os.stat_result) -> list[int]:
    return [status.st_size, status.st_mtime_ns]


def _remote_stamp(address: str) -> Any:
    try:
        where = place(address)
        assert isinstance(where, Remote)
        with told(where):
            return where.stamp()
    except Unreachable:
        raise
    except UserError:  # told again, and noted, when the source is fetched
        return "missing"
