"""Which entities occur together? The strongest partners of each, and where each pair first does in a document."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synth.graph.text.gathering import Ints

MAX_PARTNERS = 50
MAX_IN_PASSAGE = 12
"""Of the entities that a passage mentions, those that count most make pairs."""
_ENTITIES_AT_ONCE = 1 << 16


class Pairs(NamedTuple):
    """One row a pair of entities and document; `one` is less than `other`."""

    one: Ints
    other: Ints
    link: Ints
    """The row of the link by which the first passage with both mentions one of them."""


def pairs_of(passage: Ints, entity: Ints, documents: Ints) -> Pairs:
    """The pairs of entities that passages mention together.

    Each entity keeps the `MAX_PARTNERS` partners that it shares most passages with, of equals those that fewer passages
    speak of; a pair stays where both keep it.

    Args:
        passage: of each link, in order; of one passage the entity that counts most comes first.
        entity: of each link, counted from 0.
        documents: the document of each link.
    """
    n_entities = int(entity.max(initial=-1)) + 1
    parts = [np.unique(codes, return_counts=True) for codes, _ in _together(passage, entity, n_entities)]
    codes, counts = _summed(parts)
    kept = codes[_is_strong(codes, counts, np.bincount(entity, minlength=n_entities))]
    return _first(passage, entity, documents, kept, n_entities)


def _together(passage: Ints, entity: Ints, n_entities: int) -> Iterator[tuple[Ints, Ints]]:
    """Pairs as single numbers, and the links that begin them, for each distance between links of a passage."""
    starts = np.flatnonzero(np.diff(passage, prepend=-1))
    rank = np.arange(len(passage)) - np.repeat(starts, np.diff(np.append(starts, len(passage))))
    rows = np.flatnonzero(rank < MAX_IN_PASSAGE)
    for distance in range(1, min(MAX_IN_PASSAGE, len(rows))):
        first, second = rows[:-distance], rows[distance:]
        is_same = passage[first] == passage[second]
        one, other = entity[first[is_same]], entity[second[is_same]]
        yield np.minimum(one, other) * n_entities + np.maximum(one, other), first[is_same]


def _summed(parts: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    codes, group = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
    counts = np.bincount(group, weights=np.concatenate([part[1] for part in parts]), minlength=len(codes))
    return codes, counts.astype(np.int64)


def _is_strong(codes: Ints, counts: Ints, sizes: Ints) -> npt.NDArray[np.bool_]:
    """Whether both entities of a pair have it among their strongest; entities are taken a number at a time."""
    votes = np.zeros(len(codes), dtype=np.int8)
    one, other = codes // max(1, len(sizes)), codes % max(1, len(sizes))
    for start in range(0, len(sizes), _ENTITIES_AT_ONCE):
        left, right = (np.flatnonzero((end >= start) & (end < start + _ENTITIES_AT_ONCE)) for end in (one, other))
        rows = np.concatenate([left, right])
        mine, partner = np.concatenate([one[left], other[right]]), np.concatenate([other[left], one[right]])
        order = np.lexsort((partner, sizes[partner], -counts[rows], mine))
        starts = np.flatnonzero(np.diff(mine[order], prepend=-1))
        rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
        votes += np.bincount(rows[order[rank < MAX_PARTNERS]], minlength=len(codes)).astype(np.int8)
    return np.asarray(votes == 2)


def _first(passage: Ints, entity: Ints, documents: Ints, kept: Ints, n_entities: int) -> Pairs:
    """Where each of the kept pairs first occurs in each document."""
    found: list[Ints] = []
    for codes, links in _together(passage, entity, n_entities):
        is_kept = np.isin(codes, kept)
        found.append(np.stack([codes[is_kept], documents[links[is_kept]], links[is_kept]]))
    rows = np.concatenate(found, axis=1) if found else np.empty((3, 0), dtype=np.int64)
    rows = rows[:, np.lexsort((rows[2], rows[1], rows[0]))]
    is_first = np.ones(rows.shape[1], dtype=bool)
    is_first[1:] = (rows[0, 1:] != rows[0, :-1]) | (rows[1, 1:] != rows[1, :-1])
    codes, _, links = rows[:, is_first]
    return Pairs(codes // max(1, n_entities), codes % max(1, n_entities), links)
