"""Where the bytes of a listed file are, as a string that any process on this machine can follow."""

import json
import os
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pyarrow.parquet as pq


def file_locator(path: Path) -> str:
    """Locate a whole file; its name may be any bytes."""
    return "file:" + quote_from_bytes(os.fsencode(path))


def line_locator(path: Path, offset: int, length: int) -> str:
    """Locate the `text` of one line of a JSONL file."""
    return f"jsonl:{offset}:{length}:" + quote_from_bytes(os.fsencode(path))


def row_locator(path: Path, row_group: int, row: int) -> str:
    """Locate the `text` of one row of a Parquet file."""
    return f"parquet:{row_group}:{row}:" + quote_from_bytes(os.fsencode(path))


def fetch(locator: str) -> bytes:
    """The bytes of a listed file.

    Raises:
        OSError: they are no longer there.
    """
    kind, _, rest = locator.partition(":")
    if kind == "file":
        return Path(os.fsdecode(unquote_to_bytes(rest))).read_bytes()
    first, second, quoted = rest.split(":", 2)
    path = os.fsdecode(unquote_to_bytes(quoted))
    if kind == "jsonl":
        with Path(path).open("rb") as stream:
            stream.seek(int(first))
            text = json.loads(stream.read(int(second)))["text"]
    else:
        text = _row_group(path, int(first))[int(second)]
    return str(text).encode("utf-8", "replace")


@lru_cache(maxsize=2)
def _row_group(path: str, index: int) -> list[str]:
    texts: list[str] = pq.ParquetFile(path).read_row_group(index, columns=["text"])["text"].to_pylist()
    return texts
