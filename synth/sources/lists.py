"""Which collections does a list name? Text, CSV or Parquet, one source a line; or tables of documents.

`@list.txt` has one source a line. `@list.csv` and `@list.parquet` have a column `url` or `path`, and may have
`revision`, `license` and `name`. A Parquet file with documents in it (`content` or `text`), or a folder of such files,
is a list of the repositories that its rows name.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from synth.errors import UserError
from synth.sources.candidates import Origin
from synth.sources.git import is_git_url
from synth.sources.locate import text_column
from synth.store import Place, address_of, is_remote, listed, place, read_table, source_of

MARK = "@"
SOURCE = ("url", "path", "source", "repository")
"""Columns that may name the source of a row, the first of them that is there."""
STATED = ("name", "revision", "license")
_CREDENTIAL = re.compile(r"^(?:git\+)?https?://[^/@\s]*@|://[^/@\s]*:[^/@\s]*@")


class Entry(NamedTuple):
    """One source of a run, as a list or the command line names it."""

    source: str
    """As `synth.sources.list_files` takes it."""
    shown: str
    """As the user wrote it: paths of a list are relative to it."""
    name: str = ""
    revision: str = ""
    license: str = ""
    is_listed: bool = True
    """It comes from a list: if it is broken, it is set aside and the others go on."""
    is_table: bool = False
    """It holds documents of many collections, each of which may go on in the next table of the same list."""

    @property
    def stated(self) -> Origin:
        """What the list says of it."""
        return Origin(self.name, self.revision, self.license)


def is_list(source: str) -> bool:
    """Whether a source names others."""
    return source.startswith(MARK)


def read_list(source: str) -> list[Entry]:
    """The entries of a list, in order.

    Args:
        source: `@` and the path or the address of the list.

    Raises:
        UserError: the list is missing, empty, of no known form, or holds a credential; the message names the line.
    """
    where = place(source.removeprefix(MARK))
    try:
        entries = list(_entries(where))
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        said = "there is no such file" if isinstance(error, FileNotFoundError) else " ".join(str(error).split())
        raise UserError(f"list {where} cannot be read: {said}; give a .txt, .csv or .parquet file") from None
    if not entries:
        raise UserError(f"list {where} names no source; write one a line")
    return entries


def _entries(where: Place) -> Iterator[Entry]:
    if where.is_dir():
        yield from (_table(found, found.name) for found in listed(where, "*.parquet"))
    elif where.suffix == ".parquet":
        yield from _parquet(where)
    elif where.suffix == ".csv":
        yield from _rows(where, csv.DictReader(io.StringIO(where.read_text(encoding="utf-8-sig"), newline="")), 2)
    elif where.suffix in {"", ".txt", ".list"}:
        lines = (line.partition(" #")[0].strip() for line in where.read_text(encoding="utf-8").splitlines())
        yield from _rows(where, ({"path": "" if line.startswith("#") else line} for line in lines), 1)
    else:
        raise UserError(f"list {where} is of no known form; give a .txt, .csv or .parquet file")


def _parquet(where: Place) -> Iterator[Entry]:
    names = pq.read_schema(source_of(where)).names
    if text_column(names) is not None:
        yield _table(where, where.name)
        return
    columns = [name for name in (*SOURCE, *STATED) if name in names]
    if not set(columns) & set(SOURCE):
        raise UserError(f"list {where} has none of the columns {', '.join(SOURCE)} (it has {', '.join(names)})")
    yield from _rows(where, read_table(where, columns).to_pylist(), 1)


def _table(where: Place, shown: str) -> Entry:
    return Entry(address_of(where), shown, is_table=True)


def _rows(where: Place, rows: Iterable[Mapping[str, Any]], first: int) -> Iterator[Entry]:
    """Entries of rows; a row without a source is passed over."""
    for number, row in enumerate(rows, first):
        texts = {str(key).strip(): _text(where, number, value) for key, value in row.items() if key is not None}
        column = next((name for name in SOURCE if name in texts), None)
        if column is None:
            raise UserError(f"list {where} has none of the columns {', '.join(SOURCE)} (it has {', '.join(texts)})")
        if source := texts[column]:
            if _CREDENTIAL.search(source):
                raise UserError(
                    f"list {where}, line {number}: leave credentials out of lists; give them to git's credential helper"
                )
            name, revision, licence = (texts.get(column, "") for column in STATED)
            yield Entry(_resolved(where, source), source, name, revision, licence)


def _text(where: Place, number: int, value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise UserError(f"list {where}, line {number}: {value!r} is no text; write sources and what is said of them so")
    return (value or "").strip()


def _resolved(where: Place, source: str) -> str:
    """A path of a list is relative to the list."""
    if is_git_url(source) or is_remote(source) or source.startswith("/"):
        return source
    return address_of(where.parent / PurePosixPath(source))
