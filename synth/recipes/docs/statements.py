"""Which sentences of a passage can be said by themselves, and whom do they name?"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from synth.graph.text.sentences import sentences
from synth.graph.text.view import Entity, Passage
from synth.recipes.base import Source
from synth.recipes.docs.evidence import is_apparatus, text_of
from synth.recipes.docs.markup import GAP, margin, paragraphs

CACHED = 8192  # passages whose sentences are held at once
MIN_CHARACTERS, MAX_CHARACTERS, MIN_WORDS = 30, 400, 6
MIN_LETTERS = 0.7  # share of letters in what is not blank: less is data, not a sentence
MAX_ALIASES = 8

_WHOLE = re.compile(r"[\"“(]?[^\W\d_a-z].*[.!]|[`\"“(].*[.!]", re.DOTALL)
_LEADING = re.compile(
    r"(?:it|its|this|these|those|they|their|them|he|his|she|her|such|here|there|then|thus|therefore|hence|however|but|"
    r"and|or|nor|so|also|otherwise|instead|moreover|furthermore|additionally|finally|similarly|likewise|conversely|"
    r"consequently|accordingly|nevertheless|nonetheless|meanwhile|again|both|neither|either|another|others|that|which|"
    r"unlike|still|yet|now|later|next|lastly|secondly|thirdly|besides|indeed|rather|alternatively|specifically|too|"
    r"yes|no,|note|e\.g\.|i\.e\.|namely|for (?:example|instance|that)|in (?:this|that|these|those|addition|other|both|"
    r"contrast|particular|fact|such|either|short|general|practice)|as (?:a (?:result|consequence)|such|with|before|"
    r"usual|above)|on the (?:other|contrary)|if (?:so|not|this|it|they|these)|"
    r"the (?:same|other|latter|former|above|following|first|second|third|last|next|result|rest|reason|answer|"
    r"(?:two|three|four|five) )|one of (?:these|them|those)|each of (?:these|them)|all of (?:these|them|this)|"
    r"most of (?:these|them)|some of (?:these|them)|many of (?:these|them)|none of (?:these|them))\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:this|these|those|above|below|following|preceding|previous|previously|aforementioned|foregoing|latter|former|"
    r"earlier|next (?:section|chapter|page)|in that|herein|hereby|thereof|here|such an?|"
    r"as follows|see also|we|us|our|I|my|mine|I'm|we're)\b",
    re.IGNORECASE,
)
_EARLY_PRONOUN = re.compile(r"(?:\S+\s+){1,3}(?:it|they|them|he|she|its|their|his|her|one|ones)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\b(?:fig(?:ure|\.)|tables?|sections?|sec\.|chapters?|appendi(?:x|ces)|examples?|listing|equation|step|page|part)"
    r"\s+(?:\d|[A-Z]\b)|https?://|www\.|ftp://|@\w+\.",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"copyright|©|all rights reserved|licen[sc]ed under|public licen[sc]e|\bwarrant(?:y|ies)\b|permission is|"
    r"click (?:here|on)|table of contents|last (?:modified|updated)|generated (?:by|from|on) |distribution of this|"
    r"without (?:even )?the implied|free documentation|mailing list|bug reports?|\bpatches\b|page \d+ of|"
    r"^(?:fix|add|remov|chang|updat|improv|deprecat|renam|mov|correct|introduc|upgrad|refactor)(?:ed|es)\b|"
    r"^(?:bumped|made|dropped)\b|^see ",
    re.IGNORECASE,
)
_NO_VERB = re.compile(
    r"(?:\S+\s+){1,4}(?:that|which|who)\s+\S+\s(?!.*\b(?:is|are|was|were|has|have|had|can|may|must|should|will|would|shall|"
    r"does|do|needs?)\b)"
)
_TWO = re.compile(r"(?:[^\W\d_A-Z][)\]\"'`]*|[)\]`])[.!?]\s+[`\"“(]*[^\W\d_a-z`]|\)\.\s+\w|[.!?]\s+`|\betc\.\s+[A-Z]")
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"))


class Name(NamedTuple):
    """Where a sentence names an entity."""

    entity: Entity
    start: int
    end: int


class Statement(NamedTuple):
    """A sentence that stands alone."""

    text: str
    passage: Passage
    names: tuple[Name, ...]
    """In the order of the sentence; of names that lie in one another, the longest."""
    after: str
    """What its paragraph says next; empty where that is not worth saying."""

    def of(self, entity_id: str) -> list[Name]:
        """Where it names an entity."""
        return [name for name in self.names if name.entity.entity_id == entity_id]

    def written(self, name: Name) -> str:
        """A name as the sentence has it, with the backticks of code; a term without the capital of its first word."""
        text = self.text[name.start : name.end]
        if self.text[name.start - 1 : name.start] == "`" == self.text[name.end : name.end + 1]:
            return f"`{text}`"
        return uncapitalised(text, name.entity) if name.start == 0 else text


def uncapitalised(text: str, entity: Entity) -> str:
    """A name from the start of a sentence as it is written within one."""
    is_capital_by_place = entity.name[:1].islower() and text[1:2].islower()
    return text[:1].lower() + text[1:] if is_capital_by_place else text


def statements(source: Source, passage: Passage) -> tuple[Statement, ...]:
    """The sentences of a passage that are whole, stand alone and are about its subject, in order."""
    if "docs.statements" not in source.memo:
        # A passage has many entities, so it is asked for again and again; a whole corpus would fill the memory.
        source.memo["docs.statements"] = lru_cache(CACHED)(lambda item: tuple(_statements(source, item)))
    found: Callable[[Passage], tuple[Statement, ...]] = source.memo["docs.statements"]
    return found(passage)


def statements_on(source: Source, entity: Entity, passages: list[Passage]) -> Iterator[Statement]:
    """The sentences in which passages name an entity."""
    for passage in passages:
        yield from (item for item in statements(source, passage) if item.of(entity.entity_id))


def _statements(source: Source, passage: Passage) -> Iterator[Statement]:
    if is_apparatus(passage):
        return
    known = source.text.entities_in(passage.passage_id)
    for paragraph in paragraphs(text_of(source, passage), passage.language, _margin(source, passage)):
        said = [paragraph[start:end].strip() for start, end in sentences(paragraph)]
        for text, after in pairwise([*said, ""]):
            if is_whole(text) and stands_alone(text):
                goes_on = is_whole(after) and _goes_on(after)
                yield Statement(text, passage, tuple(_names(text, known)), after if goes_on else "")


def _margin(source: Source, passage: Passage) -> int:
    key = ("docs.margin", passage.path)
    if key not in source.memo:
        source.memo[key] = margin(source.texts[passage.path], passage.language)
    found: int = source.memo[key]
    return found


def is_whole(text: str) -> bool:
    """Whether a text is one full sentence: begun, ended, with what was opened closed again."""
    letters = sum(map(str.isalpha, text))
    return (
        MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS
        and len(text.split()) >= MIN_WORDS
        and _WHOLE.fullmatch(text) is not None
        and GAP not in text
        and " : " not in text
        and not text.endswith(("...", "e.g.", "i.e.", "etc.)"))
        and letters >= MIN_LETTERS * len("".join(text.split()))
        and all(text.count(one) == text.count(other) for one, other in _PAIRS)
        and text.count('"') % 2 == 0
        and text.count("`") % 2 == 0
        and "``" not in text
        and not _TWO.search(text)
        and not _NO_VERB.match(text)
        and not _BOILERPLATE.search(text)
    )


def stands_alone(text: str) -> bool:
    """Whether a sentence can be understood without those around it: it points to nothing outside itself."""
    return not (
        _LEADING.match(text.lstrip('"“(*'))
        or _POINTING.search(text)
        or _EARLY_PRONOUN.match(text)
        or _NUMBERED.search(text)
    )


def _goes_on(text: str) -> bool:
    """Whether a sentence leans on the one before alone."""
    return bool(re.match(r"(?:It|They)\b", text)) and not _POINTING.search(text) and not _NUMBERED.search(text)


@lru_cache(maxsize=1 << 16)
def pattern_of(surfaces: tuple[str, ...]) -> re.Pattern[str]:
    """Finds a name by any of its ways to be written: a word of lower case in any case, all else as it is."""
    words = (rf"(?i:{_spaced(one)}s?)" if one.islower() else rf"{_spaced(one)}(?:s\b)?" for one in surfaces)
    return re.compile(rf"(?<![\w.\-/])(?:{'|'.join(words)})(?![\w/\-]|\.\w)")


def _spaced(surface: str) -> str:
    return r"\s+".join(map(re.escape, surface.split()))


def names_entity(text: str, entity: Entity) -> bool:
    """Whether a text names an entity in any of its ways to be written."""
    return pattern_of(_surfaces(entity)).search(text) is not None


def occurrences(text: str, entity: Entity) -> int:
    """How often a text, in lower case, holds an entity in any of its ways to be written, also within other words."""
    return sum(text.count(surface) for surface in {surface.lower() for surface in _surfaces(entity)})


def _surfaces(entity: Entity) -> tuple[str, ...]:
    found = [surface.strip("`") for surface in entity.surfaces[: MAX_ALIASES + 1]]
    return tuple(sorted({surface for surface in found if surface.strip()}, key=lambda one: (-len(one), one)))


def _is_word(name: str) -> bool:
    return name.isalpha() and name.islower()


def _names(text: str, known: list[Entity]) -> Iterator[Name]:
    find = partial(_places, text)
    found = [name for entity in known for name in find(entity)]
    found.sort(key=lambda name: (name.start - name.end, name.start, name.entity.entity_id))
    taken: list[Name] = []
    for name in found:
        if all(name.end <= other.start or name.start >= other.end for other in taken):
            taken.append(name)
    yield from sorted(taken, key=lambda name: name.start)


def _places(text: str, entity: Entity) -> Iterator[Name]:
    surfaces = _surfaces(entity)
    for match in pattern_of(surfaces).finditer(text) if surfaces else ():
        is_within_code = text.count("`", 0, match.start()) % 2 == 1
        is_all_code = text[match.start() - 1 : match.start()] == "`" == text[match.end() : match.end() + 1]
        # `client` is a name, "client" a word, and what stands in `the client` may be neither.
        is_other = not is_within_code if entity.kind == "code" and _is_word(match[0]) else is_within_code
        if is_all_code or not is_other or (is_within_code and entity.kind == "code"):
            yield Name(entity, match.start(), match.end())
