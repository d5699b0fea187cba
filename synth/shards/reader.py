"""Read a committed release back, a few rows at a time."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from synth.errors import UserError
from synth.shards.layout import CARD, SCHEMAS
from synth.store import Place, listed, source_of


def read_release(out: Place, folder: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield the rows of `cpt`, `sft` or `rejected`, train before validation, in the order in which they were written.

    Args:
        out: a release.
        folder: which samples to read; one that the release does not have yields nothing.
        columns: names of the columns to read; None means all.

    Yields:
        Tables of at most some thousand rows, so that a corpus larger than memory can be read.

    Raises:
        UserError: there is no release in the folder, or it has no such samples by design.
    """
    if folder not in SCHEMAS:
        raise UserError(f"a release holds {', '.join(SCHEMAS)}; there is no {folder!r}")
    if not (out / CARD).is_file():
        raise UserError(f"no corpus in {out}: {CARD} is missing; run `synth corpus` to the end first")
    return _read_shards(listed(out / folder, "*.parquet"), columns)


def _read_shards(paths: list[Place], columns: Sequence[str] | None) -> Iterator[pa.Table]:
    for path in paths:
        with pq.ParquetFile(source_of(path)) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group, columns=columns)
