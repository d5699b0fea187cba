"""Which terms does a document use? Runs of content words, ranked by how often they stand by themselves."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from synth.graph.text.keys import singular

_RUN = re.compile(r"(?:(?<=[dao])[xX])?[nCUMgG](?:[nCUMgG]|[xX](?![dt]))*")
_SPECIFIC = re.compile(r"[nCUM]")
_FORM_OF_VERB = re.compile(r"\w{3,}(?:ed|ing)\b")
MAX_WORDS = 4
MIN_SINGLE = 3
"""How often a single word has to occur before it is taken for a term."""


class Text(NamedTuple):
    """One passage as terms see it: its words, their forms in lower case without hyphens, and their tags."""

    words: Sequence[str]
    lows: Sequence[str]
    tags: str


class Tally(NamedTuple):
    """How a document uses each run of words, by its normal form."""

    total: Counter[str]
    alone: Counter[str]
    """How often it was not part of a longer run."""
    specific: Counter[str]
    """How often it held a word that is no general noun."""
    noun: Counter[str]
    """How often something says that it is a noun: a determiner before it, or the ending of a plural."""


def tally(texts: Iterable[Text]) -> Tally:
    """Count the runs of up to `MAX_WORDS` content words."""
    found = Tally(Counter(), Counter(), Counter(), Counter())
    for text in texts:
        for first, last in _runs(text.tags):
            for start, end, key in _grams(text, first, last):
                found.total[key] += 1
                found.alone[key] += (start, end) == (first, last)
                found.specific[key] += bool(_SPECIFIC.search(text.tags, start, end))
                is_plural = not text.lows[end - 1].endswith(key.rpartition(" ")[2])
                found.noun[key] += is_plural or text.tags[start - 1 : start] in {"d", "a"}
    return found


def _runs(tags: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _RUN.finditer(tags))


def _grams(text: Text, first: int, last: int) -> Iterator[tuple[int, int, str]]:
    """The runs inside a run that may be terms, with their normal forms."""
    for start in range(first, last):
        for end in range(start + 1, min(last, start + MAX_WORDS) + 1):
            tags = text.tags[start:end]
            if end - start > 1 or tags in "nCM":
                yield start, end, " ".join([*text.lows[start : end - 1], singular(text.lows[end - 1])])


def termhood(found: Tally) -> Mapping[str, float]:
    """How much each run of words is a term.

    Source: K. Frantzi, S. Ananiadou and H. Mima, "Automatic recognition of multi-word terms: the C-value/NC-value
    method", IJDL 2000, section 2: the logarithm of the length times the frequency, less the mean frequency of the
    longer terms that hold it. Single words count with the logarithm of the length plus one, and only where they occur
    `MIN_SINGLE` times and are nouns by what stands around them.
    """
    frequent = {key: count for key, count in found.total.items() if count > 1}
    longer: dict[str, list[int]] = defaultdict(list)
    for key, count in frequent.items():
        for part in _inner(key.split(" ")):
            longer[part].append(count)
    scores = {}
    for key, count in frequent.items():
        own = count - sum(longer[key]) / len(longer[key]) if key in longer else count
        length = key.count(" ") + 1
        if found.alone[key] and own > 0 and (length > 1 or _is_single_term(key, found)):
            scores[key] = math.log2(length + 1) * own
    return scores


def _inner(words: Sequence[str]) -> set[str]:
    """The shorter runs inside a run."""
    ranges = ((start, end) for start in range(len(words)) for end in range(start + 1, len(words) + 1))
    parts = {" ".join([*words[start : end - 1], singular(words[end - 1])]) for start, end in ranges}
    return parts - {" ".join(words)}


def _is_single_term(key: str, found: Tally) -> bool:
    return found.total[key] >= MIN_SINGLE and found.noun[key] > 0 and len(key) > 2 and not _FORM_OF_VERB.fullmatch(key)


def rare_terms(found: Tally) -> tuple[set[str], set[str]]:
    """Runs of two or three words that a document says once, by themselves and as nouns.

    Returns:
        Those that may well be terms, and those that begin with a form of a verb, which may well be none.
    """
    once = {
        key
        for key, count in found.total.items()
        if count == 1 and found.alone[key] and found.noun[key] and found.specific[key] and 1 <= key.count(" ") <= 2
    }
    weak = {key for key in once if _FORM_OF_VERB.match(key)}
    return once - weak, weak
