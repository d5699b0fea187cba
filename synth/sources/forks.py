"""Which files are near-copies of files of another collection, as in forks and vendored copies?

MinHash and banding as in Broder, "On the resemblance and containment of documents" (1997), and Leskovec, Rajaraman and
Ullman, "Mining of Massive Datasets" (3rd edition, section 3.4). Signatures lie in a file; memory holds one band of one
number a file at a time, and the pairs that agree in it.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from synth.sources.candidates import is_marker

SHINGLE = 5  # words
MIN_SHINGLES = 50  # a smaller file is much like others by chance
BANDS, ROWS = 20, 6  # a pair of similarity 0.85 becomes a candidate with probability 0.9999, one of 0.5 with 0.27
N_PERMUTATIONS = BANDS * ROWS  # the estimate's standard error is at most 1/22
FIRST = 4  # members of a band's group that the others are compared with
COMPARED_AT_ONCE = 10_000
_SEED = 1  # fixed: signatures that different workers made must agree
_WORD = re.compile(r"\w+")

Numbers = npt.NDArray[np.uint32]
Indices = npt.NDArray[np.int64]


class Copy(NamedTuple):
    """A file that is nearly the same as an earlier one; both are numbered in the order in which they were given."""

    file: int
    original: int
    similarity: float


def signature(path: str, data: bytes) -> bytes | None:
    """The MinHash of the word 5-grams of a text file, as 32-bit numbers; None where it would say nothing.

    Args:
        path: of the file; package markers and manifests have none.
        data: its bytes; packed documents, such as PDF, have none.
    """
    if is_marker(path) or b"\0" in data[:8192]:
        return None
    words = _WORD.findall(data.decode("utf-8", "replace"))
    shingles = {" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1)}
    if len(shingles) < MIN_SHINGLES:
        return None
    minhash = RMinHash(N_PERMUTATIONS, _SEED)
    minhash.update(sorted(shingles))
    return np.array(minhash.digest(), np.uint32).tobytes()


def find_copies(signatures: Path, collections: Sequence[int], threshold: float) -> list[Copy]:
    """Find the files that are near-copies of an earlier file of another collection; the first of its kind stays.

    Args:
        signatures: a file of what `signature` gave, one after the other: 480 bytes each.
        collections: the number of each file's collection.
        threshold: estimated Jaccard similarity from which a file counts as a copy.
    """
    if not collections:
        return []
    table: Numbers = np.memmap(signatures, np.uint32, "r", shape=(len(collections), N_PERMUTATIONS))
    owners = np.array(collections, np.int64)
    similar: dict[tuple[int, int], float] = {}
    for band in range(BANDS):
        pairs = _candidates(table[:, band * ROWS : (band + 1) * ROWS])
        pairs = pairs[owners[pairs[:, 0]] != owners[pairs[:, 1]]]
        similar |= {pair: score for pair, score in _compare(table, pairs) if score >= threshold}
    return list(_first_stays(similar))


def _candidates(band: Numbers) -> Indices:
    """Pairs of a file and an earlier one that agree in a band: rows of `(later, earlier)`."""
    keys = np.zeros(len(band), np.uint64)
    for column in range(band.shape[1]):  # a polynomial modulo 2^64
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + band[:, column].astype(np.uint64)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    sizes = np.diff(np.append(begins, len(ordered)))
    starts = np.repeat(begins, sizes)
    places = np.arange(len(ordered)) - starts
    found = []
    for first in range(FIRST):
        later = places > first
        found.append(np.stack([order[later], order[starts[later] + first]], axis=1))
    return np.concatenate(found)


def _compare(table: Numbers, pairs: Indices) -> Iterator[tuple[tuple[int, int], float]]:
    for start in range(0, len(pairs), COMPARED_AT_ONCE):
        some = pairs[start : start + COMPARED_AT_ONCE]
        scores = (table[some[:, 0]] == table[some[:, 1]]).mean(axis=1)
        yield from zip(map(tuple, some.tolist()), scores.tolist(), strict=True)


def _first_stays(similar: dict[tuple[int, int], float]) -> Iterator[Copy]:
    """A file is a copy only of one that stays itself."""
    gone: set[int] = set()
    for (later, earlier), score in sorted(similar.items()):
        if later not in gone and earlier not in gone:
            gone.add(later)
            yield Copy(later, earlier, score)
