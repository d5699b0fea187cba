"""How do the pieces of a source become its sequences? Tables of packs on disk, and what a plan knows of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synth.folder import write_atomically
from synth.train.inputs import Input
from synth.train.packing import Packs, pack
from synth.train.plan import Source
from synth.train.tables import PACKS
from synth.train.tokens import Tokenised

WINDOWS = (16, 512)
"""How many pieces packing looks ahead where their order counts: an eighth of them, within this range."""

Order = Literal["shuffled", "quality", "written"]


def write_packs(
    part: Input, tokens: Tokenised, draws: Sequence[npt.NDArray[np.int64]], order: Order, max_length: int, path: Path
) -> Source:
    """Pack each draw of a source's pieces by itself, and store the packs of all draws one after another.

    Args:
        part: the source.
        tokens: its pieces.
        draws: rows of the tokens that take part.
        order: in which the pieces are kept, but for the few places that packing moves them.
        max_length: tokens of a pack.
        path: of the PACKS, which appear whole.
    """
    packed = [_pack_draw(draw, tokens, order, max_length) for draw in draws]
    table = pa.concat_tables(_tabulate(packs, tokens) for packs in packed)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, PACKS) as writer:
        writer.write_table(table)
    write_atomically(path, sink.getvalue().to_pybytes())
    return Source(
        part.name, table["n_tokens"].to_numpy(), table["quality"].to_numpy(), part.epochs, part.share,
        tuple(len(packs) for packs in packed),
    )  # fmt: skip


def _pack_draw(draw: npt.NDArray[np.int64], tokens: Tokenised, order: Order, max_length: int) -> Packs:
    """Packs whose members are rows of the tokens."""
    if order == "quality":
        draw = draw[np.argsort(tokens.quality[draw], kind="stable")]
    window = None if order == "shuffled" else int(np.clip(len(draw) // 8, *WINDOWS))
    packs = pack(tokens.lengths[draw], max_length, window)
    return Packs(draw[packs.members], packs.offsets)


def _tabulate(packs: Packs, tokens: Tokenised) -> pa.Table:
    lengths = tokens.lengths[packs.members].astype(np.int64)
    n_tokens = _sums(lengths, packs.offsets)
    columns = [
        pa.ListArray.from_arrays(pa.array(packs.offsets, pa.int32()), pa.array(packs.members, pa.int64())),
        n_tokens,
        _sums(tokens.n_trained[packs.members].astype(np.int64), packs.offsets),
        _sums(tokens.quality[packs.members].astype(np.float64) * lengths, packs.offsets) / n_tokens,
    ]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, PACKS, strict=True)], schema=PACKS)


def _sums(values: npt.NDArray[Any], offsets: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Sums of the values between offsets, shape [len(offsets) - 1]."""
    sums: npt.NDArray[Any] = np.diff(np.concatenate(([0], np.cumsum(values)))[offsets])
    return sums
