"""Write samples as Parquet shards: streaming, of bounded size, and the same bytes for the same rows."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synth.shards.layout import SCHEMAS, SPLITS, shard_name

ROW_GROUP_ROWS = 1_000
"""Rows that are held in memory before they are written, per split. A fixed number, so that the bytes of a shard do not
depend on how the rows were batched when they came."""


def write_release(
    staging: Path, accepted: Iterable[pa.Table], rejected: Iterable[pa.Table], *, rows_per_shard: int
) -> dict[str, dict[str, int]]:
    """Write `cpt/`, `sft/` and `rejected/` into a staging folder, rows in the order in which they come.

    A folder or split without rows is not written at all: readers take an empty file for an error.

    Args:
        staging: folder that holds none of the three yet; see `open_staging`.
        accepted: tables of schema `SAMPLES` whose `stage` is cpt or sft and `split` train or validation.
        rejected: tables of schema `SAMPLES`, each row with at least one failed check.
        rows_per_shard: the most rows that a file may hold.

    Returns:
        The number of rows by folder and split, such as `{"cpt": {"train": 950, "validation": 50}}`; zeros included.

    Raises:
        ValueError: a row belongs to no folder or split, or is rejected without a reason.
        FileExistsError: the staging folder is not fresh.
    """
    shards = {
        (folder, split): _Shards(staging / folder, split, SCHEMAS[folder], rows_per_shard)
        for folder, splits in SPLITS.items()
        for split in splits
    }
    for folder in {folder for folder, _ in shards}:
        if (staging / folder).exists():
            raise FileExistsError(f"{staging / folder} exists; a release is written into a fresh staging folder")
    with ExitStack() as stack:
        for files in shards.values():
            stack.callback(files.close_file)
        for folder, split, rows in _route(accepted):
            shards[folder, split].add(rows)
        for table in rejected:
            shards["rejected", "rejected"].add(_with_reasons(table))
        for files in shards.values():
            files.finish()
    counts: dict[str, dict[str, int]] = {}
    for (folder, split), files in shards.items():
        counts.setdefault(folder, {})[split] = files.n_rows
    return counts


class _Shards:
    """The numbered files of one folder and split, of which one is open at a time."""

    def __init__(self, folder: Path, split: str, schema: pa.Schema, rows_per_shard: int) -> None:
        self._folder = folder
        self._split = split
        self._schema = schema
        self._rows_per_shard = rows_per_shard
        self._waiting = schema.empty_table()
        self._writer: pq.ParquetWriter | None = None
        self._parts: list[Path] = []
        self._open_rows = 0
        self.n_rows = 0

    def add(self, rows: pa.Table) -> None:
        self._waiting = pa.concat_tables([self._waiting, rows.select(self._schema.names).cast(self._schema)])
        while self._waiting.num_rows >= (room := self._room()):
            self._write(room)

    def finish(self) -> None:
        """Write what waits and give the files their final names, which say how many there are."""
        if self._waiting.num_rows:
            self._write(self._waiting.num_rows)
        self.close_file()
        for index, part in enumerate(self._parts):
            part.rename(self._folder / shard_name(self._split, index, len(self._parts)))

    def close_file(self) -> None:
        """Close the file that is open, if any; after an error it stays behind as a `.part`."""
        if self._writer is not None:
            self._writer.close()
        self._writer = None
        self._open_rows = 0

    def _room(self) -> int:
        return min(ROW_GROUP_ROWS, self._rows_per_shard - self._open_rows)

    def _write(self, n_rows: int) -> None:
        if self._writer is None:
            self._folder.mkdir(exist_ok=True)
            self._parts.append(self._folder / f"{self._split}-{len(self._parts):05d}.part")
            self._writer = pq.ParquetWriter(self._parts[-1], self._schema, compression="zstd")
        self._writer.write_table(self._waiting.slice(0, n_rows).combine_chunks(), row_group_size=n_rows)
        self._waiting = self._waiting.slice(n_rows)
        self._open_rows += n_rows
        self.n_rows += n_rows
        if self._open_rows == self._rows_per_shard:
            self.close_file()


def _route(tables: Iterable[pa.Table]) -> Iterator[tuple[str, str, pa.Table]]:
    """Divide each table by folder and split, keeping the order of rows within each."""
    for table in tables:
        routed = 0
        for folder in ("cpt", "sft"):
            for split in SPLITS[folder]:
                rows = table.filter(pc.and_(pc.equal(table["stage"], folder), pc.equal(table["split"], split)))
                routed += rows.num_rows
                if rows.num_rows:
                    yield folder, split, rows
        if routed != table.num_rows:
            pairs = table.select(["stage", "split"]).group_by(["stage", "split"]).aggregate([]).to_pylist()
            raise ValueError(f"accepted samples must be of stage cpt or sft and split train or validation, not {pairs}")


def _with_reasons(table: pa.Table) -> pa.Table:
    """Add the names of the failed checks; a check that could not decide (`passed` is null) is no reason."""
    reasons = [
        [check["name"] for check in checks or () if check["passed"] is False] for checks in table["checks"].to_pylist()
    ]
    for sample_id, names in zip(table["id"].to_pylist(), reasons, strict=True):
        if not names:
            raise ValueError(f"sample {sample_id} is rejected, but no check of it failed")
    return table.append_column("reasons", pa.array(reasons, pa.list_(pa.string())))
