"""Which documents are cut so that no room is left? As few as can be: all others stay whole.

Rows of one recipe are often about as long as a sequence, and two of them never fit beside one another. What room whole
documents leave then goes to parts of some that are taken out of their packs for it.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synth.train.packing import Packs, waste

ALLOWED = 0.01
"""Share of padding up to which every document stays whole."""
LEAST = 32
"""Tokens of a part: of fewer nothing is learned that is worth its place."""
NEIGHBOURS = 256
"""Packs that are looked at together, so that what is cut lies near in the order, and all over the corpus."""


class Part(NamedTuple):
    """Tokens `start` to `end` of a piece, the last not included."""

    piece: int
    start: int
    end: int


class PackedParts(NamedTuple):
    """Pack `p` holds the parts `offsets[p]` to `offsets[p + 1]`."""

    pieces: npt.NDArray[np.int64]  # [n_parts], rows of the tokens
    starts: npt.NDArray[np.int64]  # [n_parts]
    ends: npt.NDArray[np.int64]  # [n_parts]
    offsets: npt.NDArray[np.int64]  # [n_packs + 1]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def whole(packs: Packs, lengths: npt.NDArray[np.integer]) -> PackedParts:
    """Packs of whole pieces, of these lengths (shape [n_pieces])."""
    return PackedParts(
        packs.members, np.zeros_like(packs.members), lengths[packs.members].astype(np.int64), packs.offsets
    )


def cut_to_fill(packs: Packs, lengths: npt.NDArray[np.integer], capacity: int) -> PackedParts:
    """Cut documents until next to nothing of the packs is padding; where that is so already, none.

    Of every 256 packs the last are emptied, and parts of their pieces fill the others, as many tokens as each has room
    for. So about as large a share of the documents is cut as would have been padding.

    Args:
        packs: of whole pieces.
        lengths: tokens of each piece, shape [n_pieces].
        capacity: tokens of a pack.

    Returns:
        Packs that hold every token once; within a pack parts are in the order of the pieces.
    """
    parts = whole(packs, lengths)
    if waste(int(parts.ends.sum()), len(packs), capacity) <= ALLOWED:
        return parts
    filled: list[list[Part]] = []
    for first in range(0, len(packs), NEIGHBOURS):
        last = min(first + NEIGHBOURS, len(packs))
        filled += _fill([_parts_of(parts, pack) for pack in range(first, last)], capacity)
    flat = [part for pack in filled for part in sorted(pack)]
    offsets = np.cumsum([0, *map(len, filled)])
    columns = np.array(flat, dtype=np.int64).reshape(-1, 3).T
    return PackedParts(columns[0], columns[1], columns[2], offsets.astype(np.int64))


def _parts_of(parts: PackedParts, pack: int) -> list[Part]:
    within = slice(parts.offsets[pack], parts.offsets[pack + 1])
    columns = (parts.pieces[within].tolist(), parts.starts[within].tolist(), parts.ends[within].tolist())
    return [Part(*values) for values in zip(*columns, strict=True)]


def _fill(packs: list[list[Part]], capacity: int) -> Iterator[list[Part]]:
    """Fill packs from the front with what lies in those at the end."""
    spare: list[Part] = []
    while packs:
        pack = packs.pop(0)
        room = capacity - sum(part.end - part.start for part in pack)
        while room >= LEAST and (spare or packs):
            if not spare:
                spare = packs.pop()
            size = _fitting(spare[-1].end - spare[-1].start, room)
            if not size:
                break
            part = spare.pop()
            pack.append(part._replace(end=part.start + size))
            room -= size
            if part.start + size < part.end:
                spare.append(part._replace(start=part.start + size))
        yield pack
    if spare:
        yield spare


def _fitting(length: int, room: int) -> int:
    """How many tokens of a part go into a room, so that neither these nor the others are too few; 0 where none do."""
    if length <= room:
        return length
    size = min(room, length - LEAST)
    return size if size >= LEAST else 0
