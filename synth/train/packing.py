"""Which pieces share a sequence? Bins of a fixed size, filled so that next to nothing is padding."""

from collections import deque
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

AS_GOOD_AS_FULL = 1 / 400
"""What share of a pack may stay empty where pieces are chosen to fill it."""
MOST_TRIES = 16
"""How many ways to fill a room are tried at most: long packs have more room than that in 1/400."""


class Packs(NamedTuple):
    """Pack `p` holds the pieces `members[offsets[p]:offsets[p + 1]]`, in this order."""

    members: npt.NDArray[np.int64]  # [n_pieces], each piece once
    offsets: npt.NDArray[np.int64]  # [n_packs + 1]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def pack(lengths: npt.NDArray[np.integer], capacity: int, window: int | None = None) -> Packs:
    """Put pieces into as few packs as a greedy search finds.

    Packs are filled one after another. The longest piece that is left begins a pack; a piece or a pair that fills the
    room closes it, and while there is none the longest that fits goes in. That is the minimum bin slack heuristic
    (Gupta and Ho, "A new heuristic algorithm for the one-dimensional bin-packing problem", 1999), with a search that
    ends at pairs. It wastes less than best-fit decreasing (arXiv 2404.10830, section 3.2) where many pieces are about
    equally long, as those of one recipe are, and no more elsewhere. With a window, for pieces whose order means
    something, the first piece that is left begins a pack, and only those that follow it closely are looked at; then
    pairs are tried and left out, and what needs fewer packs is taken.

    Args:
        lengths: tokens of each piece, shape [n], each from 1 to `capacity`.
        capacity: tokens of a pack.
        window: how many pieces apart two pieces must be so that the earlier one never comes into a later pack.

    Returns:
        The packs, in the order of their first pieces; within a pack the pieces keep their order. The same for the same
        lengths, on any machine.

    Raises:
        ValueError: a piece is empty or longer than a pack.
    """
    if len(lengths) and (lengths.min() < 1 or lengths.max() > capacity):
        raise ValueError(f"pieces must have from 1 to {capacity} tokens, not {lengths.min()} to {lengths.max()}")
    searches = [True] if window is None else [True, False]
    bins = min((_fill(lengths.tolist(), capacity, window, in_pairs) for in_pairs in searches), key=_count)
    members = np.argsort(bins, kind="stable")
    firsts = np.flatnonzero(np.diff(bins[members], prepend=-1))
    order = np.argsort(members[firsts], kind="stable")
    sizes = np.diff(firsts, append=len(members))[order]
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    place = np.repeat(firsts[order] - offsets[:-1], sizes) + np.arange(len(members))
    return Packs(members[place].astype(np.int64), offsets.astype(np.int64))


def waste(n_tokens: int, n_packs: int, capacity: int) -> float:
    """Share of the room in all packs that would be padding."""
    return 1 - n_tokens / (n_packs * capacity) if n_packs else 0.0


def _count(bins: npt.NDArray[np.int64]) -> int:
    return int(bins.max(initial=-1)) + 1


def _fill(lengths: list[int], capacity: int, window: int | None, in_pairs: bool) -> npt.NDArray[np.int64]:
    """The bin of each piece, shape [n]."""
    bins = np.full(len(lengths), -1, dtype=np.int64)
    shelf = _Shelf(capacity)
    n_shown = first = room = n_bins = 0
    for _ in lengths:
        while n_shown < len(lengths) and (window is None or n_shown < first + window):
            shelf.add(lengths[n_shown], n_shown)
            n_shown += 1
        chosen = shelf.choose(room, in_pairs)
        if not chosen:
            room, n_bins = capacity, n_bins + 1
            chosen = shelf.longest() if window is None else lengths[first]
        bins[shelf.take(chosen)] = n_bins - 1
        room -= chosen
        while first < len(lengths) and bins[first] >= 0:
            first += 1
    return bins


class _Shelf:
    """Pieces by length. Which lengths there are is kept as bits of one integer, so that a search is a few operations.

    The mirror has the bit `capacity - length` for each length: shifted, it shows at each length whether its complement
    to a target is there.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity, self._slack = capacity, min(int(capacity * AS_GOOD_AS_FULL), MOST_TRIES)
        self._pieces: list[deque[int]] = [deque() for _ in range(capacity + 1)]
        self._lengths = self._mirror = 0

    def add(self, length: int, piece: int) -> None:
        if not self._pieces[length]:
            self._flip(length)
        self._pieces[length].append(piece)

    def take(self, length: int) -> int:
        """The first piece of this length, which is gone then."""
        piece = self._pieces[length].popleft()
        if not self._pieces[length]:
            self._flip(length)
        return piece

    def longest(self) -> int:
        return self._lengths.bit_length() - 1

    def choose(self, room: int, in_pairs: bool) -> int:
        """A length that fills the room, alone or as the longer one of a pair; else the longest that fits, or 0."""
        fitting = self._lengths & ((2 << room) - 1)
        longest = max(0, fitting.bit_length() - 1)
        if not in_pairs or longest == 0 or longest >= room - self._slack:
            return longest
        for target in range(room, room - self._slack - 1, -1):
            half = (target + 1) // 2
            longer = (fitting & (self._mirror >> (self._capacity - target))) >> half
            if 2 * half == target and len(self._pieces[half]) < 2:
                longer &= ~1
            if longer:
                # The most alike pair: short pieces are spared for rooms that nothing else fills.
                return half + (longer & -longer).bit_length() - 1
        return longest

    def _flip(self, length: int) -> None:
        self._lengths ^= 1 << length
        self._mirror ^= 1 << (self._capacity - length)
