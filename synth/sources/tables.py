"""Parquet and JSONL files of documents: columns `path`, `text` and, if there are several, `collection`.

The names that public sets of repositories have for these columns are known too.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth.config import SourceSettings
from synth.errors import UserError
from synth.sources.candidates import NOTHING_STATED, Candidate, Origin, to_tables
from synth.sources.locate import TEXT, line_locator, row_locator

SUFFIXES = (".parquet", ".jsonl", ".ndjson")
COLUMNS = {
    "path": ("path", "max_stars_repo_path"),
    "text": TEXT,
    "collection": ("collection", "repository", "repo_name", "max_stars_repo_name"),
    "revision": ("revision", "commit", "max_stars_repo_head_hexsha"),
    "license": ("license", "licenses", "max_stars_repo_licenses"),
}
"""What a row is made of, and the columns that may hold it, the first of them that is there."""
_NEEDED = ("path", "text")
ROWS_AT_ONCE = 256


def is_table(path: Path) -> bool:
    """Whether a file's name says that it holds documents."""
    return path.suffix.lower() in SUFFIXES


def list_table(
    path: Path, settings: SourceSettings, seen: set[bytes], stated: Origin = NOTHING_STATED
) -> Iterator[pa.Table]:
    """List the documents of a Parquet or JSONL file.

    Raises:
        UserError: it cannot be read, a column is missing or of another type, or a path occurs twice.
    """
    rows = _parquet(path) if path.suffix.lower() == ".parquet" else _jsonl(path)
    names: set[tuple[str, str]] = set()
    # Documents stay in the order of the file, so that no more than one row group has to be in memory.
    for found, group in groupby(rows, key=lambda row: row.origin):
        origin = stated.or_else(found).or_else(Origin(path.stem))
        yield from to_tables(_candidates(origin.collection, group, names), origin, settings, seen)


def _candidates(collection: str, rows: Iterator["Row"], names: set[tuple[str, str]]) -> Iterator[Candidate]:
    for row in rows:
        if (collection, row.path) in names:
            raise UserError(f"{row.where}: the path {row.path!r} is there twice; give each document its own")
        names.add((collection, row.path))
        pure = PurePosixPath(row.path)
        outside = pure.is_absolute() or ".." in pure.parts
        data = row.text.encode("utf-8", "replace")
        yield Candidate(str(pure), len(data), row.locator, partial(bytes, data), "outside_root" if outside else "")


@dataclass(frozen=True)
class Row:
    """One document; `where` names it in messages."""

    where: str
    origin: Origin
    path: str
    text: str
    locator: str


def _parquet(path: Path) -> Iterator[Row]:
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"source {path} is no readable Parquet file: {_first_line(error)}") from None
    names = file.schema_arrow.names
    columns = _columns(names)
    for needed in _NEEDED:
        if needed not in columns:
            raise UserError(f"source {path} has no column {needed!r} (it has {', '.join(names)}); add or rename one")
    for what, name in columns.items():
        kind = file.schema_arrow.field(name).type
        is_several = what == "license" and (pa.types.is_list(kind) or pa.types.is_large_list(kind))
        kind = kind.value_type if is_several else kind
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise UserError(f"source {path}: column {name!r} holds {kind}, not text; convert it to strings")
    try:
        for group in range(file.num_row_groups):
            for index, row in enumerate(_rows_of(file, group, list(columns.values()))):
                where = f"{path}, row group {group}, row {index}"
                yield _checked(where, row, row_locator(path, group, index))
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"source {path} is damaged: {_first_line(error)}") from None


def _columns(names: Sequence[str] | Mapping[str, Any]) -> dict[str, str]:
    """The column that holds each thing, of those that there are."""
    found = {what: next((name for name in known if name in names), "") for what, known in COLUMNS.items()}
    return {what: name for what, name in found.items() if name}


def _rows_of(file: pq.ParquetFile, group: int, columns: list[str]) -> Iterator[dict[str, Any]]:
    for batch in file.iter_batches(ROWS_AT_ONCE, row_groups=[group], columns=columns):
        yield from batch.to_pylist()


def _jsonl(path: Path) -> Iterator[Row]:
    offset = 0
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                where = f"{path}, line {number}"
                if line.strip():
                    yield _checked(where, _json(where, line), line_locator(path, offset, len(line)))
                offset += len(line)
    except OSError as error:
        raise UserError(f"source {path} cannot be read: {error.strerror}") from None


def _json(where: str, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} is no JSON: {error}; each line must be an object with path and text") from None
    if not isinstance(row, dict):
        raise UserError(f"{where} holds {type(row).__name__}, not an object with path and text")
    return row


def _checked(where: str, row: dict[str, Any], locator: str) -> Row:
    columns = _columns(row)
    named = {what: row[name] for what, name in columns.items()}
    for what in _NEEDED:
        if not isinstance(named.get(what), str):
            raise UserError(f"{where}: {what!r} must be a string, got {type(named.get(what)).__name__}")
    several = named.get("license")
    if isinstance(several, list) and all(isinstance(item, str) for item in several):
        named["license"] = " AND ".join(sorted(several))
    for what in ("collection", "revision", "license"):
        if named.get(what) is not None and not isinstance(named[what], str):
            raise UserError(f"{where}: {columns[what]!r} must be a string, got {type(named[what]).__name__}")
    if not named["path"].strip():
        raise UserError(f"{where}: 'path' is empty; name each document")
    path, *origin = (
        (named.get(what) or "").encode("utf-8", "backslashreplace").decode()
        for what in ("path", "collection", "revision", "license")
    )
    return Row(where, Origin(*origin), path, named["text"], locator)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
