"""Which entities does one document speak of, and where? Names, acronyms, terms and identifiers, found without a model.

First it gathers candidates over the whole document, each with its normal form; then it finds every place where one
stands, the longest first. An installed spaCy model adds its names and noun phrases to the candidates.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from synth.graph.text.acronyms import expansions
from synth.graph.text.keys import code_key, code_name, key_of
from synth.graph.text.markup import Plain, read_marks
from synth.graph.text.matching import Matcher
from synth.graph.text.names import MAX_WORDS, Capitals, capitals_of, is_followed_by_mail, names_in
from synth.graph.text.pipeline import Words, read_words
from synth.graph.text.tags import lower_titles, tag_of, tags_of, verbs_among
from synth.graph.text.terms import Text, rare_terms, tally, termhood

WEAK = 0.4
"""Weight of a mention of a weak term: three documents have to say it once, or one of them twice."""
EMPHASIS = 1.0
HEADING = 1.0
DEFINITION = 2.0
_DEFINED = re.compile(
    r"(?:^|[.!?;]\s+|[-*•]\s+)(?:(?:an?|the)\s+)?(?P<term>[\w+#.-]+(?:\s[\w+#.-]+){0,3}?)\s+"
    r"(?:is|are|was|were|refers? to|means?|denotes?|stands? for)\s+(?:an?|the|any|one|that|those)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?m)^(?P<margin>[ \t]*)(?P<term>\w[^\n.,;:!?|]{1,48})\n(?:(?P=margin)[ \t]+\S|: )")
_NOMINAL = re.compile(r"[nCUMgGxXaA]+(?:o[nCUMgGxXaA]+)?(?<![aA])")
_BASED = re.compile(r"-(?:based|like|style|specific|related|compatible|only|aware|wide|using|oriented|defined)$")
_SPACES = re.compile(r"\s+")


class Input(NamedTuple):
    """One passage of a document, as extraction needs it."""

    text: str
    headings: tuple[str, ...] = ()
    code: tuple[tuple[int, int], ...] = ()
    """Characters that are blocks of code."""


class Candidate(NamedTuple):
    """What may be an entity of the document."""

    kind: str
    weight: float = 1.0
    """Of each place where it stands."""
    capitals: int = 0
    """How many of its first letters have to be capitals: 0 where case does not tell it from a common word."""
    is_loose: bool = False
    """Whether what is named inside it counts too."""


class Found(NamedTuple):
    """One way in which a passage says one entity."""

    passage: int
    key: str
    surface: str
    kind: str
    times: int
    weight: float
    start: int
    """The character where the passage first says it so."""
    alias_of: str = ""


class Reading(NamedTuple):
    """A passage with its words."""

    input: Input
    plain: Plain
    words: Words
    text: Text


def extract(inputs: Sequence[Input], most: int, model: str | None = None, is_comment: bool = False) -> list[Found]:
    """Find the entities of one document.

    Args:
        inputs: its passages, in order.
        most: entities that are kept, those of the greatest weight.
        model: an installed spaCy pipeline.
        is_comment: whether the passages are comments of code.

    Raises:
        UserError: spaCy or the pipeline is not installed.
    """
    readings = _read(inputs, model, is_comment)
    aliases, candidates = _candidates(readings)
    found = list(_found(readings, candidates, aliases))
    totals: defaultdict[str, float] = defaultdict(float)
    for item in found:
        totals[item.key] += item.weight
    kept = set(sorted(totals, key=lambda key: (-totals[key], key))[:most])
    return [item for item in found if item.key in kept]


def _read(inputs: Sequence[Input], model: str | None, is_comment: bool) -> list[Reading]:
    plains = [read_marks(item.text, item.code, is_comment) for item in inputs]
    words = list(read_words((plain.words for plain in plains), model))
    tags = [tags_of(item.texts) for item in words]
    verbs = verbs_among(zip((item.texts for item in words), tags, strict=True))
    texts = [_text(item, tag, verbs) for item, tag in zip(words, tags, strict=True)]
    return [Reading(*row) for row in zip(inputs, plains, words, texts, strict=True)]


def _text(words: Words, tags: str, verbs: set[str]) -> Text:
    lows = [word.lower().replace("-", " ") for word in words.texts]
    mended = "".join("v" if tag == "n" and low in verbs else tag for low, tag in zip(lows, tags, strict=True))
    return Text(words.texts, lows, lower_titles(words.texts, mended))


def _candidates(readings: Sequence[Reading]) -> tuple[dict[str, str], dict[str, Candidate]]:
    """What each acronym stands for, and what may be an entity, by normal forms."""
    found: dict[str, Candidate] = {}
    aliases: dict[str, str] = {}
    for reading in readings:
        for expansion in expansions(reading.plain.words):
            long = key_of(reading.plain.words[expansion.start : expansion.end])
            aliases.setdefault(key_of(expansion.short), long)
            found.setdefault(long, Candidate("term", 2.0))
    for key, candidate in _named(readings):
        found.setdefault(key, candidate)
    counts = tally(reading.text for reading in readings)
    for key in _marked(readings):
        found.setdefault(key, Candidate("term"))
    for key in termhood(counts):
        found.setdefault(key, Candidate("term"))
    for weight, keys in zip((1.0, WEAK), rare_terms(counts), strict=True):
        for key in sorted(keys):
            found.setdefault(key, Candidate("term", weight, is_loose=True))
    return aliases, {key: candidate for key, candidate in found.items() if len(key) > 1}


def _named(readings: Sequence[Reading]) -> Iterator[tuple[str, Candidate]]:
    """Identifiers that are plain words, and names: those of a model first."""
    for reading in readings:
        for mark in reading.plain.marks:
            if mark.kind == "code" and code_key(mark.text) == key_of(mark.text) and tag_of(mark.text) == "n":
                yield key_of(mark.text), Candidate("code")
        for start, end, kind in reading.words.named:
            yield key_of(reading.plain.words[start:end]), Candidate(kind)
    known = Capitals.of((reading.text.words, reading.text.tags) for reading in readings)
    for reading in readings:
        words, starts = reading.words.texts, reading.words.starts
        for name in names_in(words, reading.text.tags, known):
            end = starts[name.last - 1] + len(words[name.last - 1])
            is_person = is_followed_by_mail(reading.input.text, end) and 2 <= name.last - name.first <= 3
            surface = _BASED.sub("", reading.plain.words[starts[name.first] : end])
            kind = "person" if is_person else name.kind
            yield key_of(surface), Candidate(kind, 1.0, capitals_of(words[name.first : name.last], known))


def _marked(readings: Sequence[Reading]) -> Iterator[str]:
    """Normal forms of what headings, emphasis, definitions and noun phrases of a model point out."""
    for title in dict.fromkeys(title for reading in readings for title in reading.input.headings[-1:]):
        yield from _nominal(title.lower())
    for reading in readings:
        for mark in reading.plain.marks:
            if mark.kind != "code":
                yield from _nominal(mark.text)
        for start, end in reading.words.chunks:
            yield from _nominal(reading.plain.words[start:end].lower())
        for term, _ in _defined(reading):
            yield from _nominal(term)


def _nominal(phrase: str) -> Iterator[str]:
    """The normal form of a phrase without articles, if its words may be those of a term."""
    words = phrase.strip(" \t\n.,:;\"'“”()").split()
    while words and tag_of(words[0]) in "dap":
        words = words[1:]
    tags = tags_of(words)
    if 0 < len(words) <= MAX_WORDS and _NOMINAL.fullmatch(tags) and re.search("[nCUM]", tags):
        yield key_of(" ".join(words))


def _defined(reading: Reading) -> Iterator[tuple[str, int]]:
    """Terms that a passage defines, and where: "X is a …", or X with its explanation indented under it."""
    for match in _DEFINED.finditer(reading.plain.words):
        yield match["term"], match.start("term")
    for match in _LISTED.finditer(reading.input.text):
        term = reading.plain.words[match.start("term") : match.end("term")]
        if ";" not in term:
            yield term.strip(), match.start("term") + len(term) - len(term.lstrip())


def _found(
    readings: Sequence[Reading], candidates: Mapping[str, Candidate], aliases: Mapping[str, str]
) -> Iterator[Found]:
    """Every passage's ways of saying each candidate, in the order of passages and places."""
    matcher = Matcher(candidates, (key for key, candidate in candidates.items() if candidate.is_loose))
    for number, reading in enumerate(readings):
        places = sorted({*_identifiers(reading), *_matches(reading, matcher, candidates)})
        grouped: dict[tuple[str, str], list[tuple[int, str, float]]] = {}
        for start, key, surface, kind, weight in places:
            grouped.setdefault((key, surface), []).append((start, kind, weight))
        raised = _raised(reading)
        for (key, surface), group in grouped.items():
            weight = sum(item[2] for item in group) + raised.pop(key, 0.0)
            yield Found(number, key, surface, group[0][1], len(group), weight, group[0][0], aliases.get(key, ""))


Place = tuple[int, str, str, str, float]


def _identifiers(reading: Reading) -> Iterator[Place]:
    for mark in reading.plain.marks:
        if mark.kind == "code":
            yield mark.start, code_key(mark.text), code_name(mark.text), "code", 1.0


def _matches(reading: Reading, matcher: Matcher, candidates: Mapping[str, Candidate]) -> Iterator[Place]:
    for start, end, key in matcher.find(reading.words.texts, reading.words.starts):
        candidate = candidates[key]
        surface = _SPACES.sub(" ", reading.plain.words[start:end])
        if not candidate.capitals or surface[: candidate.capitals].isupper():
            yield start, key, surface, candidate.kind, candidate.weight


def _raised(reading: Reading) -> dict[str, float]:
    """What adds to the weight of an entity in a passage: definitions, emphasis, headings."""
    found: defaultdict[str, float] = defaultdict(float)
    for title in reading.input.headings:
        for key in _inside(title):
            found[key] += HEADING
    for mark in reading.plain.marks:
        if mark.kind not in {"code", "link"}:
            found[key_of(mark.text)] += EMPHASIS
    for term, _ in _defined(reading):
        found[key_of(term)] += DEFINITION
    return found


def _inside(title: str) -> set[str]:
    """The normal forms of the runs of words in a heading."""
    words = re.findall(r"[\w+#-]+", title)
    return {
        key_of(" ".join(words[start:end]))
        for start in range(len(words))
        for end in range(start + 1, min(len(words), start + MAX_WORDS) + 1)
    }
