"""Where the bytes of a listed file are, as a string that any process on this machine can follow.

What was packed (`synth.sources.packed`) any process can follow that reaches the run folder.
"""

import json
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pyarrow.parquet as pq

from synth.store import Place, address_of, place, source_of

TEXT = ("text", "content")
"""Columns that may hold a document, the first of them that is there."""


def file_locator(path: Path) -> str:
    """Locate a whole file; its name may be any bytes."""
    return "file:" + quote_from_bytes(os.fsencode(path))


def line_locator(path: Path, offset: int, length: int) -> str:
    """Locate the `text` of one line of a JSONL file."""
    return f"jsonl:{offset}:{length}:" + quote_from_bytes(os.fsencode(path))


def row_locator(path: Path, row_group: int, row: int) -> str:
    """Locate the `text` of one row of a Parquet file."""
    return f"parquet:{row_group}:{row}:" + quote_from_bytes(os.fsencode(path))


def packed_locator(row_group: int, row: int, path: Place | None = None) -> str:
    """Locate the `data` of one row of packed contents; without a path, `at` says later where they are."""
    return f"packed:{row_group}:{row}:" + ("" if path is None else quote_from_bytes(address_of(path).encode()))


def at(locators: Sequence[str], path: Place) -> list[str]:
    """The locators of rows of packed contents, which are at this place; those of files that are skipped stay empty."""
    quoted = quote_from_bytes(address_of(path).encode())
    return [locator and locator + quoted for locator in locators]


def text_column(names: Sequence[str]) -> str | None:
    """Which column holds the documents of a table."""
    return next((name for name in TEXT if name in names), None)


def forget_packed() -> None:
    """Forget what was read of packed contents, which may be written anew at the same place."""
    _packed_group.cache_clear()


def fetch(locator: str) -> bytes:
    """The bytes of a listed file.

    Raises:
        OSError: they are no longer there.
    """
    kind, _, rest = locator.partition(":")
    if kind == "file":
        return Path(os.fsdecode(unquote_to_bytes(rest))).read_bytes()
    first, second, quoted = rest.split(":", 2)
    if kind == "packed":
        data: bytes = _packed_group(unquote_to_bytes(quoted).decode(), int(first))[int(second)]
        return data
    path = os.fsdecode(unquote_to_bytes(quoted))
    if kind == "jsonl":
        with Path(path).open("rb") as stream:
            stream.seek(int(first))
            row = json.loads(stream.read(int(second)))
            text = row[text_column(row) or TEXT[0]]
    else:
        text = _row_group(path, int(first))[int(second)]
    return str(text).encode("utf-8", "replace")


@lru_cache(maxsize=2)
def _row_group(path: str, index: int) -> list[str]:
    file = pq.ParquetFile(path)
    column = text_column(file.schema_arrow.names)
    texts: list[str] = file.read_row_group(index, columns=[column])[column].to_pylist()
    return texts


@lru_cache(maxsize=2)
def _packed_group(address: str, index: int) -> list[bytes]:
    data: list[bytes] = pq.ParquetFile(source_of(place(address))).read_row_group(index)["data"].to_pylist()
    return data
