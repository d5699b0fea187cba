"""What may a word be in its sentence? One letter a word, so that regular expressions find names and terms in a text."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from synth.graph.text.keys import singular
from synth.graph.text.words import (
    ADJECTIVES,
    BREAKS,
    DATES,
    DETERMINERS,
    GENERAL_NOUNS,
    LABELS,
    NOUNS_AND_VERBS,
    SIGNALS,
    VERBS,
    words_of,
)

CONNECTORS = words_of("of for de van von der del della la le di da du")
"""Words that stand inside names in small letters."""

NO_ADVERBS = words_of("family assembly reply supply anomaly monopoly july italy apply multiply rely fly ally butterfly")
_WORD = re.compile(r"[^\W\d_](?:[\w'\u2019+#.&/-]*[\w+#])?")
_MIXED = re.compile(r"[a-z0-9].*[A-Z]|[A-Z]{2,}.*[a-z]{2}|[A-Za-z]+\d")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9+&./-]*[A-Z0-9+](?:s|'s)?")
_SEGMENT = re.compile(r"[^.]+")
_MAX_WORD = 40
_CLOSED = ((DETERMINERS, "d"), (SIGNALS, "t"), (CONNECTORS, "o"))


@lru_cache(1 << 17)
def tag_of(word: str) -> str:
    """The tag of a word by itself.

    Small letters: `d` determiner, `t` what a verb follows, `o` what may stand inside a name, `p` other words that no
    term holds, `v` verb, `x` verb or noun, `a` general adjective, `g` general noun, `n` any other word. Capital letters
    are the same with a capital initial, `C` for `n`; `U` is in capitals altogether, `M` of mixed case. `#` has no
    letters but digits, or is a date, `.` may precede a sentence, `,` is any other sign.
    """
    if not _WORD.fullmatch(word) or len(word) > _MAX_WORD or word in DATES:
        return _sign(word)
    low = word.lower()
    closed = next((tag for words, tag in _CLOSED if low in words), "")
    if closed:
        return closed
    if len(word) > 1 and _ACRONYM.fullmatch(word):
        return "p" if low in LABELS else "U"
    if (
        low in BREAKS
        or ("/" in word and low == word)
        or (low.endswith("ly") and len(low) > 4 and low not in NO_ADVERBS)
    ):
        return "p"
    tag = "M" if _MIXED.search(word) else _content(low)
    capital = "C" if tag == "n" else tag.upper()
    return capital if word[0].isupper() else tag


def _sign(word: str) -> str:
    if any(map(str.isdigit, word)) or word in DATES:
        return "#"
    return "." if word[-1] in ".!?:;|*•·-\u2013—…" else ","


def _content(low: str) -> str:
    base = singular(low)
    if low in VERBS:
        return "x" if low in NOUNS_AND_VERBS or base in NOUNS_AND_VERBS or base in GENERAL_NOUNS else "v"
    if low in ADJECTIVES:
        return "a"
    return "g" if low in GENERAL_NOUNS or base in GENERAL_NOUNS else "n"


def tags_of(words: Iterable[str]) -> str:
    """The tags of a text, one letter a word."""
    return "".join(map(tag_of, words))


def lower_titles(words: Sequence[str], tags: str) -> str:
    """The tags of a text in which lines that capitalise every word have no more capitals than other lines.

    Such a line shows by the capitals of words that are no names: "License Must Not Contaminate Other Software".
    """
    for segment in _SEGMENT.finditer(tags):
        start, end = segment.span()
        inside = zip(words[start + 1 : end], tags[start + 1 : end], strict=True)
        if sum(word[0].isupper() and tag in "dtopv" for word, tag in inside):
            tags = tags[:start] + segment[0].replace("C", "n") + tags[end:]
    return tags


def verbs_among(texts: Iterable[tuple[Sequence[str], str]]) -> set[str]:
    """Words that a document uses as verbs more often than as nouns, told by what stands before and after them.

    Args:
        texts: words of a text and their tags.
    """
    votes: Counter[str] = Counter()
    for words, tags in texts:
        for match in _VERB_PLACE.finditer(tags):
            votes[words[match.start()].lower()] += 1
        for match in _NOUN_PLACE.finditer(tags):
            votes[words[match.start()].lower()] -= 1
    return {word for word, vote in votes.items() if vote > 0}


_VERB_PLACE = re.compile(r"(?<=t)n|(?<=[nCUMgt])n(?=d)")
_NOUN_PLACE = re.compile(r"(?<=[da])n(?!d)")
