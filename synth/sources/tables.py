"""Parquet and JSONL files of documents: columns `path`, `text` and, if there are several, `collection`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth.config import SourceSettings
from synth.errors import UserError
from synth.sources.candidates import Candidate, Origin, to_tables
from synth.sources.locate import line_locator, row_locator

SUFFIXES = (".parquet", ".jsonl", ".ndjson")


def is_table(path: Path) -> bool:
    """Whether a file's name says that it holds documents."""
    return path.suffix.lower() in SUFFIXES


def list_table(path: Path, settings: SourceSettings, seen: set[bytes]) -> Iterator[pa.Table]:
    """List the documents of a Parquet or JSONL file.

    Raises:
        UserError: it cannot be read, a column is missing or of another type, or a path occurs twice.
    """
    rows = _parquet(path) if path.suffix.lower() == ".parquet" else _jsonl(path)
    names: set[tuple[str, str]] = set()
    # Documents stay in the order of the file, so that no more than one row group has to be in memory.
    for collection, group in groupby(rows, key=lambda row: row.collection or path.stem):
        yield from to_tables(_candidates(collection, group, names), Origin(collection), settings, seen)


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
    collection: str
    path: str
    text: str
    locator: str


def _parquet(path: Path) -> Iterator[Row]:
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"source {path} is no readable Parquet file: {_first_line(error)}") from None
    names = file.schema_arrow.names
    for needed in ("path", "text"):
        if needed not in names:
            raise UserError(f"source {path} has no column {needed!r} (it has {', '.join(names)}); add or rename one")
    columns = ["path", "text", *(["collection"] if "collection" in names else [])]
    for name in columns:
        kind = file.schema_arrow.field(name).type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise UserError(f"source {path}: column {name!r} holds {kind}, not text; convert it to strings")
    try:
        for group in range(file.num_row_groups):
            for index, row in enumerate(file.read_row_group(group, columns=columns).to_pylist()):
                where = f"{path}, row group {group}, row {index}"
                yield _checked(where, row, row_locator(path, group, index))
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"source {path} is damaged: {_first_line(error)}") from None


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
    collection = row.get("collection")
    for name in ("path", "text"):
        if not isinstance(row.get(name), str):
            raise UserError(f"{where}: {name!r} must be a string, got {type(row.get(name)).__name__}")
    if collection is not None and not isinstance(collection, str):
        raise UserError(f"{where}: 'collection' must be a string, got {type(collection).__name__}")
    if not row["path"].strip():
        raise UserError(f"{where}: 'path' is empty; name each document")
    path, collection = (text.encode("utf-8", "backslashreplace").decode() for text in (row["path"], collection or ""))
    return Row(where, collection, path, row["text"], locator)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
