"""How does the content of a source outlive its clone or its unpacked files? Packed into one Parquet file.

A list may name thousands of collections. Each is fetched, listed and packed by itself, and what was fetched is deleted
before the next one comes; packed contents can be read by any worker that reaches them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from synth.schema import FILES
from synth.sources.forks import signature
from synth.sources.locate import fetch, packed_locator

GROUP_FILES, GROUP_BYTES = 64, 16 << 20
"""A row group ends at so many files or bytes: a reader holds one or two of them."""
CONTENTS = pa.schema([("data", pa.binary())])
PACKED = FILES.append(pa.field("signature", pa.binary()))
"""Listed files, and what the search for forks needs of them."""


class Packer:
    """Writes the contents of listed files into one file, a row group at a time.

    Args:
        path: of the Parquet file, which appears when the packer is closed.
    """

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, CONTENTS, compression="zstd")
        self._pending: list[bytes] = []
        self._groups = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flush()
        self._writer.close()

    def pack(self, listed: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """Pack the files of a source that are to be read.

        Args:
            listed: tables with the schema `synth.schema.FILES`, whose locators can be followed here and now.

        Yields:
            The same rows with the schema `PACKED`; their locators name rows of the packed file, wherever it is.
        """
        for table in listed:
            yield pa.Table.from_pylist([self._packed(row) for row in table.to_pylist()], PACKED)

    def _packed(self, row: dict[str, Any]) -> dict[str, Any]:
        if row["skip_reason"]:
            return row
        try:
            data = fetch(row["locator"])
        except OSError as error:
            return {**row, "locator": "", "skip_reason": "changed", "skip_detail": error.strerror or ""}
        locator = packed_locator(self._groups, len(self._pending))
        self._pending.append(data)
        if len(self._pending) >= GROUP_FILES or sum(map(len, self._pending)) >= GROUP_BYTES:
            self._flush()
        return {**row, "locator": locator, "signature": signature(row["path"], data)}

    def _flush(self) -> None:
        if self._pending:
            self._writer.write_table(pa.table([self._pending], schema=CONTENTS), row_group_size=len(self._pending))
            self._pending = []
            self._groups += 1
