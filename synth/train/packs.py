"""How do the pieces of a source become its sequences? Tables of packs on disk, and what a plan knows of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synth.folder import write_atomically
from synth.train.cutting import PackedParts, cut_to_fill, whole
from synth.train.inputs import Input
from synth.train.packing import pack
from synth.train.plan import Source
from synth.train.settings import DataSettings
from synth.train.tables import PACKS
from synth.train.tokens import Tokenised

WINDOWS = (16, 512)
"""How many pieces packing looks ahead where their order counts: an eighth of them, within this range."""

Order = Literal["shuffled", "quality", "written"]


def write_packs(
    part: Input, tokens: Tokenised, draws: Sequence[npt.NDArray[np.int64]], order: Order, data: DataSettings, path: Path
) -> Source:
    """Pack each draw of a source's pieces by itself, and store the packs of all draws one after another.

    Args:
        part: the source.
        tokens: its pieces.
        draws: rows of the tokens that take part.
        order: in which the pieces are kept, but for the few places that packing moves them.
        data: tokens of a pack, and whether documents may be cut to fill it; conversations never are.
        path: of the PACKS, which appear whole.
    """
    may_cut = data.cut and part.stage == "cpt"
    packed = [_pack_draw(draw, tokens, order, data.max_length, may_cut) for draw in draws]
    table = pa.concat_tables(_tabulate(parts, tokens) for parts in packed)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, PACKS) as writer:
        writer.write_table(table)
    write_atomically(path, sink.getvalue().to_pybytes())
    return Source(
        part.name, table["n_tokens"].to_numpy(), table["quality"].to_numpy(), part.epochs, part.share,
        tuple(len(parts) for parts in packed), max(_n_cut(parts) for parts in packed),
    )  # fmt: skip


def _pack_draw(
    draw: npt.NDArray[np.int64], tokens: Tokenised, order: Order, max_length: int, may_cut: bool
) -> PackedParts:
    """Packs whose pieces are rows of the tokens."""
    if order == "quality":
        draw = draw[np.argsort(tokens.quality[draw], kind="stable")]
    window = None if order == "shuffled" else int(np.clip(len(draw) // 8, *WINDOWS))
    lengths = tokens.lengths[draw]
    packs = pack(lengths, max_length, window)
    parts = cut_to_fill(packs, lengths, max_length) if may_cut else whole(packs, lengths)
    return PackedParts(draw[parts.pieces], parts.starts, parts.ends, parts.offsets)


def _n_cut(parts: PackedParts) -> int:
    """How many pieces are in parts."""
    return len(np.unique(parts.pieces[parts.starts > 0]))


def _tabulate(parts: PackedParts, tokens: Tokenised) -> pa.Table:
    lengths = parts.ends - parts.starts
    n_tokens = _sums(lengths, parts.offsets)
    offsets = pa.array(parts.offsets, pa.int32())
    # Only documents are cut, and of these every token is trained.
    n_trained = np.minimum(tokens.n_trained[parts.pieces], lengths)
    columns = [
        *(pa.ListArray.from_arrays(offsets, pa.array(column)) for column in parts[:3]),
        n_tokens,
        _sums(n_trained.astype(np.int64), parts.offsets),
        _sums(tokens.quality[parts.pieces].astype(np.float64) * lengths, parts.offsets) / n_tokens,
    ]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, PACKS, strict=True)], schema=PACKS)


def _sums(values: npt.NDArray[Any], offsets: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Sums of the values between offsets, shape [len(offsets) - 1]."""
    sums: npt.NDArray[Any] = np.diff(np.concatenate(([0], np.cumsum(values)))[offsets])
    return sums
