"""What do the documents say that a sample rests on? Their words in a form in which they can be looked up."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from synth.checks.base import Context
from synth.checks.prose.texts import sentences, tokens, without_marks

MISSING = "its evidence is not at hand"
STEM = 5
"""Letters by which words are compared: truncation is a stemmer that knows no language."""
_WORD = re.compile(r"\w+")
_ENGLISH = (
    "a about above after again all also although am an and another any are as at be because been before being both but "
    "by can cannot could did do does doing done down during each either else even every few for from further had has "
    "have having he her here him his how however i if in into is it its itself just let made make makes many may me "
    "might more most much must my no nor not now of off on once one only or other our out over own per rather s same "
    "she should since so some such t than that the their them themselves then there therefore these they this those "
    "through thus to too under until up upon us use used uses using very via was we well were what when where whether "
    "which while who whom whose why will with within without would yet you your"
)
STOP_WORDS = frozenset(_ENGLISH.split())


class Reading(NamedTuple):
    """The evidence of a sample, indexed."""

    stream: str
    """Its words and the names around it, one blank between them; see `says`."""
    singular: str
    """The same with plurals taken back."""
    identifiers: frozenset[str]
    """Its words in lower case as code has them, underscores and digits within."""
    lower: frozenset[str]
    """Words that it writes in lower case."""
    capital: frozenset[str]
    """Words that it writes with a capital, in lower case."""
    sentences: tuple[str, ...]
    places: Mapping[str, list[int]]
    """In which sentences a stem occurs."""
    weights: Mapping[str, float]
    """How much a stem tells: inverse sentence frequency."""
    unknown: float
    """The weight of a stem that the evidence does not have."""
    raw: str
    """Its text as it is, then the names around it."""
    lowered: str
    """The same in lower case."""


def reading_of(sample: Mapping[str, Any], context: Context) -> Reading | None:
    """Index the evidence of a sample and what its documents are called; None where it is not at hand."""
    texts = context.evidence(sample)
    return read(tuple(texts), tuple(names_around(sample, context))) if any(map(str.strip, texts)) else None


def names_around(sample: Mapping[str, Any], context: Context) -> list[str]:
    """What may be said beside the evidence: titles, headings and paths, and names of the entities that it speaks of."""
    names = {item["path"] for item in sample["evidence"]} | set(sample["fabricated"] or ())
    graph = context.prose.get(sample["collection"])
    for passage in context.passages(sample):
        names |= {passage.title, *passage.headings}
        if graph:
            names |= {surface for entity in graph.entities_in(passage.passage_id) for surface in entity.surfaces}
    return sorted(filter(None, names))


@lru_cache(maxsize=32)
def read(texts: tuple[str, ...], names: tuple[str, ...] = ()) -> Reading:
    """Index evidence; that of the last samples is kept, since samples about the same lines follow one another."""
    raw = "\n\n".join((*texts, *names))
    words = [word for text in (*texts, *names) for word in [*tokens(without_marks(text)), "|"]]
    found = tuple(sentence for text in texts for sentence in sentences(text))
    places: dict[str, list[int]] = defaultdict(list)
    for index, sentence in enumerate(found):
        for stem in stems(sentence):
            places[stem].append(index)
    for stem in stems(" ".join(names)):
        places.setdefault(stem, [])
    cased = _WORD.findall(raw)
    return Reading(
        stream=f" {' '.join(words)} ",
        singular=f" {' '.join(_possessed(map(singular, words)))} ",
        identifiers=frozenset(word.lower() for word in cased),
        lower=frozenset(word for word in cased if word.islower()),
        capital=frozenset(word.lower() for word in cased if word[0].isupper()),
        sentences=found,
        places=places,
        weights={stem: _weight(len(at), len(found)) for stem, at in places.items()},
        unknown=_weight(1, len(found)),
        raw=raw,
        lowered=raw.lower(),
    )


def says(stream: str, words: Iterable[str]) -> bool:
    """Whether a stream of words holds these, one after the other."""
    return f" {' '.join(words)} " in stream


def singular(word: str) -> str:
    """A word without the ending of an English plural; other words stay as they are."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]


def stems(text: str) -> Counter[str]:
    """The words of a text that tell something, cut to `STEM` letters."""
    return Counter(word[:STEM] for word in tokens(without_marks(text)) if word not in STOP_WORDS)


def _weight(frequency: int, total: int) -> float:
    return 1 + math.log((total + 1) / (frequency + 1))


def _possessed(words: Iterable[str]) -> list[str]:
    """Words without the `s` that an apostrophe leaves behind."""
    return [word for word in words if word != "s"]
