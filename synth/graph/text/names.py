"""Which names does a text say? Runs of words with capitals, told from the capitals that begin sentences."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from synth.graph.text.tags import tag_of
from synth.graph.text.words import HONORIFICS, LABELS, ORGANIZATIONS

_RUN = re.compile(r"[CUMVXAG](?:[CUMVXAG]|#(?=[CUM])|o{1,2}(?=[CUM]))*")
_SHOUTED = re.compile(r"U[^a-zCM]*U[^a-zCM]*U")
_MAIL = re.compile(r"\s*[<(]?\s*[\w.+-]+@")
_SPECIFIC = re.compile(r"[CUM]")
MAX_WORDS = 6


class Name(NamedTuple):
    """Words `first` to `last` of a text, the last not included."""

    first: int
    last: int
    kind: str


def names_in(words: Sequence[str], tags: str, known: "Capitals") -> Iterator[Name]:
    """The names in a text.

    Args:
        words: of the text.
        tags: of the words; see `synth.graph.text.tags`.
        known: how the document writes its words elsewhere.
    """
    for match in _RUN.finditer(tags):
        first, last = match.span()
        if _SHOUTED.search(match[0]):
            continue
        begins = first == 0 or tags[first - 1] == "."
        if begins and not _is_name(words[first], tags[first], last - first, known):
            first += 1
            while first < last and tags[first] == "o":
                first += 1
        is_name = first < last <= first + MAX_WORDS and _SPECIFIC.search(tags, first, last)
        if is_name and not (last - first == 1 and known.is_common(words[first])):
            yield Name(first, last, _kind(words, tags, first, last))


def _is_name(word: str, tag: str, length: int, known: "Capitals") -> bool:
    """Whether a word that begins a sentence has its capital for itself."""
    if tag in "UM":
        return True
    low = word.lower()
    if tag in "VXAG" or known.is_common(word):
        return False
    return length > 1 or known.inside[low] > 0


def _kind(words: Sequence[str], tags: str, first: int, last: int) -> str:
    if words[last - 1].lower() in ORGANIZATIONS and last - first > 1:
        return "organization"
    before = words[first - 1].lower().rstrip(".") if first else ""
    if tags[first:last] in {"CC", "CCC", "C"} and before in HONORIFICS:
        return "person"
    return "person" if tags[first:last] in {"CC", "CCC"} and before == "by" else "thing"


class Capitals(NamedTuple):
    """How often a document writes a word, in lower case, with a small letter and with a capital inside a sentence."""

    small: Counter[str]
    inside: Counter[str]

    @classmethod
    def of(cls, texts: Iterable[tuple[Sequence[str], str]]) -> "Capitals":
        """Count over the words and tags of texts."""
        small: Counter[str] = Counter()
        inside: Counter[str] = Counter()
        for words, tags in texts:
            for index, (word, tag) in enumerate(zip(words, tags, strict=True)):
                if tag in "nvxag":
                    small[word] += 1
                elif tag in "CVXAG" and index and tags[index - 1] != ".":
                    inside[word.lower()] += 1
        return cls(small, inside)

    def is_common(self, word: str) -> bool:
        """Whether the document writes a word with a small letter as a rule, so that its capital is that of a title."""
        low = word.lower()
        return word == low.capitalize() and self.small[low] > self.inside[low]


def is_followed_by_mail(text: str, end: int) -> bool:
    """Whether an address stands right behind a name: it is a person's."""
    return _MAIL.match(text, end) is not None


def capitals_of(words: Sequence[str], known: Capitals) -> int:
    """How many capitals a name has to begin with where it is found; more than 0 if it is else a common word."""
    if len(words) > 1:
        return 0
    low = words[0].lower()
    is_common = tag_of(low) != "n" or known.small[low] > 0 or low in LABELS
    if words[0].isupper() and len(words[0]) > 1:
        return 2 if is_common else 0
    return 1 if is_common or len(low) <= 3 else 0
