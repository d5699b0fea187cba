"""How unlike each other are the rows of a recipe? Measured on a sample of them that a hash of their ids chooses.

The sample is the same in whatever order rows come, and bounded: `ROWS` rows, of each the first `WORDS` words. Active
Reading (arXiv 2508.09494) finds that what a model learns goes with the diversity of its texts, by self-BLEU.
"""

import hashlib
import heapq
import math
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

ROWS = 200
WORDS = 300
MAX_N = 4  # BLEU-4, Papineni et al. 2002, section 2.3
SMOOTHING = 0.1
"""What stands for no match at all, so that a short row does not count as nothing (method 1 of Chen and Cherry 2014)."""
_WORD = re.compile(r"\w+|[^\w\s]")


class Diversity(NamedTuple):
    """The numbers of one recipe.

    `distinct` holds the share of different n-grams of words for n = 1, 2 and 3 (Li et al. 2016, arXiv 1510.03055);
    `compression` is how many times smaller zlib makes the rows, one after the other; `self_bleu` the mean BLEU of each
    row against all others, from 0 to 1 (Zhu et al. 2018, arXiv 1802.01886).
    """

    rows: int
    words: int
    distinct: tuple[float, float, float]
    compression: float
    self_bleu: float


class Reservoir:
    """Keeps those rows whose ids have the smallest hashes."""

    def __init__(self, rows: int = ROWS) -> None:
        self._rows = rows
        self._heap: list[tuple[int, str, str]] = []

    def add(self, row_id: str, text: str) -> None:
        """Offer one row; of its text the first `WORDS` words count."""
        rank = -int.from_bytes(hashlib.blake2b(row_id.encode(), digest_size=8).digest(), "big")
        if len(self._heap) == self._rows and rank <= self._heap[0][0]:
            return
        item = (rank, row_id, _clip(text))
        if len(self._heap) < self._rows:
            heapq.heappush(self._heap, item)
        else:
            heapq.heapreplace(self._heap, item)

    def texts(self) -> list[str]:
        """The texts of the rows that are kept, the smallest hash first."""
        return [text for _, _, text in sorted(self._heap, reverse=True)]


def text_of(sample: Mapping[str, Any]) -> str:
    """What of a sample counts: its text, or its question and answer."""
    return sample["text"] or "\n".join(message["content"] for message in sample["messages"] or ())


def measure(texts: Sequence[str]) -> Diversity:
    """Measure how unlike each other texts are."""
    rows = [_words(text) for text in texts]
    data = "\n".join(texts).encode("utf-8", "replace")
    one, two, three = (_distinct(rows, n) for n in (1, 2, 3))
    return Diversity(
        rows=len(rows),
        words=sum(map(len, rows)),
        distinct=(one, two, three),
        compression=round(len(data) / len(zlib.compress(data, 9)), 4) if data else 0.0,
        self_bleu=round(self_bleu(rows), 4),
    )


def self_bleu(rows: Sequence[Sequence[str]]) -> float:
    """The mean BLEU of each row against all others; 0 where there are none.

    Each n-gram's matches are clipped to the most that any one other row has of it, as in BLEU with many references; for
    that the two highest counts of each n-gram suffice.
    """
    full = [row for row in rows if row]
    if len(full) < 2:
        return 0.0
    logs = [0.0] * len(full)
    for n in range(1, MAX_N + 1):
        counts = [Counter(_ngrams(row, n)) for row in full]
        highest = _two_highest(counts)
        for index, count in enumerate(counts):
            if count:
                matched = sum(min(times, _of_others(highest[gram], index)) for gram, times in count.items())
                logs[index] += math.log((matched or SMOOTHING) / count.total()) / min(MAX_N, len(full[index]))
    lengths = sorted(map(len, full))
    return sum(math.exp(log + _brevity(len(row), lengths)) for log, row in zip(logs, full, strict=True)) / len(full)


def _two_highest(counts: Sequence[Counter[tuple[str, ...]]]) -> dict[tuple[str, ...], tuple[int, int, int]]:
    """For each n-gram its highest count, the row that has it, and the highest count of any other row."""
    found: dict[tuple[str, ...], tuple[int, int, int]] = {}
    for index, count in enumerate(counts):
        for gram, times in count.items():
            most, owner, second = found.get(gram, (0, -1, 0))
            found[gram] = (times, index, most) if times > most else (most, owner, max(second, times))
    return found


def _of_others(highest: tuple[int, int, int], index: int) -> int:
    most, owner, second = highest
    return second if owner == index else most


def _brevity(length: int, lengths: Sequence[int]) -> float:
    """The logarithm of BLEU's penalty for a row shorter than the closest in length of the others."""
    others = list(lengths)
    others.remove(length)
    closest = min(others, key=lambda other: (abs(other - length), other))
    return min(0.0, 1 - closest / length)


def _distinct(rows: Sequence[Sequence[str]], n: int) -> float:
    grams = [gram for row in rows for gram in _ngrams(row, n)]
    return round(len(set(grams)) / len(grams), 4) if grams else 0.0


def _ngrams(row: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return list(zip(*(row[start:] for start in range(n)), strict=False))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _clip(text: str) -> str:
    for count, match in enumerate(_WORD.finditer(text), 1):
        if count == WORDS:
            return text[: match.end()]
    return text
