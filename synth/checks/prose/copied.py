"""Is what a teacher wrote a copy of the documents?

EntiGraph's corpus shares 0.24 % of its 8-grams of words with its sources, and a rephrasing 0.51 % (arXiv 2409.07431,
the table of n-gram overlaps).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked
from synth.checks.markdown import prose
from synth.checks.prose.grounded_quotations import without_quotations
from synth.checks.prose.reading import MISSING
from synth.checks.prose.texts import is_written, parts, tokens, without_marks

NAME = "copied"
VERIFIES = (
    "Where a teacher wrote it: no more than checks.max_copied_words in a row are the evidence's own, and no more than "
    "checks.max_copied_share of its 8-grams; quotations and code aside."
)
N = 8


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; the score is the share of its 8-grams that are its own."""
    if not is_written(sample):
        return not_checked(NAME, "it is made of the documents' own words on purpose")
    evidence = _grams(tuple(context.evidence(sample)))
    if not evidence:
        return not_checked(NAME, MISSING)
    texts = parts(sample)
    words = tokens(without_marks(without_quotations(prose(texts.get("answer", texts.get("text", ""))))))
    starts = [start for start, gram in enumerate(ngrams(words)) if gram in evidence]
    total = len(words) - N + 1
    if total < 1:
        return not_checked(NAME, f"it has fewer than {N} words")
    share, (length, first) = len(starts) / total, _longest(starts)
    if length > context.settings.max_copied_words:
        run = " ".join(words[first : first + 12])
        return failed(NAME, f"{length} words in a row are the evidence's own: {run} ...", 1 - share)
    if share > context.settings.max_copied_share:
        return failed(NAME, f"{share:.0%} of its {N}-grams are the evidence's own", 1 - share)
    return Verdict(NAME, 1 - share, passed=True)


def ngrams(words: Sequence[str]) -> list[tuple[str, ...]]:
    """All runs of `N` words, in order."""
    return list(zip(*(words[start:] for start in range(N)), strict=False))


@lru_cache(maxsize=32)
def _grams(texts: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(gram for text in texts for gram in ngrams(tokens(without_marks(text))))


def _longest(starts: Sequence[int]) -> tuple[int, int]:
    """How many words the longest row of copied n-grams covers, and where it begins."""
    best, first, run = (0, 0), 0, 0
    for before, start in pairwise([-2, *starts]):
        run, first = (run + 1, first) if start == before + 1 else (1, start)
        best = max(best, (run + N - 1, first), key=lambda item: item[0])
    return best
