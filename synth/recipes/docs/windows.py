"""Which part of a document does one prompt show? Whole passages of it up to a limit; all of it where that fits.

The windows of a document tile it, headings included, so that nothing is left out and all prompts about one window can
begin alike, byte for byte.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from synth.graph.text.view import Entity, Passage
from synth.languages import LANGUAGES
from synth.recipes.base import Source

GAP = "\n\n"
"""Between passages that do not follow each other."""
LEAST_TOKENS = 32
"""A document that has less has nothing to tell: a search page, an index of two words."""


class Window(NamedTuple):
    """Consecutive passages of one document."""

    passages: tuple[Passage, ...]
    number: int
    """Which of the document's windows it is, counted from 1."""
    of: int
    """How many the document has."""

    @property
    def path(self) -> str:
        """The document."""
        return self.passages[0].path

    @property
    def key(self) -> str:
        """Names the window: the same in every run, another one where the document or the limit changed."""
        return f"{self.passages[0].passage_id}-{self.passages[-1].passage_id}"


def windows(source: Source, limit: int) -> Iterator[Window]:
    """The windows of every document that is long enough to be asked about, in order.

    Args:
        source: the collection.
        limit: tokens of passages that one window holds at the most.
    """
    for path in source.text.paths:
        passages = source.text.passages_of(path)
        if sum(passage.n_tokens for passage in passages) >= LEAST_TOKENS:
            yield from windows_of(passages, limit)


def windows_of(passages: Sequence[Passage], limit: int) -> list[Window]:
    """Cut the passages of a document into as few windows as the limit allows, of about the same length."""
    total = sum(passage.n_tokens for passage in passages)
    share = total / max(1, math.ceil(total / limit))
    cut: list[list[Passage]] = []
    tokens = math.inf
    for passage in passages:
        if tokens >= share or tokens + passage.n_tokens > limit:
            cut.append([])
            tokens = 0
        cut[-1].append(passage)
        tokens += passage.n_tokens
    return [Window(tuple(held), number, len(cut)) for number, held in enumerate(cut, 1)]


def weight(source: Source, window: Window) -> float:
    """How much a window has to say, for the share of a budget that it gets: by its length and its entities.

    The geometric mean of both: a window that holds twice as much of each weighs twice as much.
    """
    tokens = sum(passage.n_tokens for passage in window.passages)
    named = {entity.entity_id for passage in window.passages for entity in source.text.entities_in(passage.passage_id)}
    return math.sqrt((tokens + 1) * (len(named) + 1))


def entities_in(source: Source, window: Window, most: int) -> list[Entity]:
    """The entities of a window, the rarest in the collection first, then in the order in which they come up.

    Args:
        source: the collection.
        window: of one of its documents.
        most: how many; those that the window speaks of most, and other documents least, are taken.
    """
    counts: Counter[Entity] = Counter(
        entity for passage in window.passages for entity in source.text.entities_in(passage.passage_id)
    )

    def counts_most(entity: Entity) -> tuple[float, str, str]:
        return -counts[entity] / (1 + math.log(max(1, entity.n_documents))), entity.name, entity.entity_id

    taken = set(sorted(counts, key=counts_most)[:most])
    return sorted((entity for entity in counts if entity in taken), key=lambda entity: entity.n_passages)


def written(entity: Entity, text: str) -> str:
    """What a text calls an entity, which may have another name elsewhere."""
    found = next((surface for surface in entity.surfaces if surface in text), None)
    lowered = text.lower() if found is None else ""
    return found or next((surface for surface in entity.surfaces if surface.lower() in lowered), entity.name)


def evidence_of(source: Source, passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """Passages as pieces of evidence, each with the lines of the headings before it."""
    return [
        {
            "id": passage.passage_id,
            "path": passage.path,
            "start_line": _first_line(source, passage),
            "end_line": passage.end_line,
        }
        for passage in passages
    ]


def texts_of(source: Source, evidence: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a prompt shows of its evidence: one text for each document, in order."""
    passages = (source.text.passages[item["id"]] for item in evidence)
    return [shown(source, path, list(held)) for path, held in groupby(passages, lambda passage: passage.path)]


def shown(source: Source, path: str, passages: Sequence[Passage]) -> str:
    """The text of passages of one document; of those that follow each other also what stands between them.

    Of code, whose passages are docstrings and comments, only these are shown.
    """
    data = _encoded(source.texts[path])
    pieces: list[str] = []
    end = -1
    for passage in passages:
        start = _begin(source, passage)
        if start != end:
            pieces.append(GAP)
        pieces.append(data[start : passage.end_byte].decode("utf-8", "replace"))
        end = passage.end_byte
    return "".join(pieces).strip("\n")


def header(source: Source, window: Window) -> str:
    """How a prompt names a window: title and collection, and which part it is where it is not all."""
    named = f'"{source.text.title(window.path)}", of {source.collection}'
    if window.of == 1:
        return named
    place = " > ".join(window.passages[0].headings)
    return f"{named}, part {window.number} of {window.of}" + (f", from {place} on" if place else "")


def _begin(source: Source, passage: Passage) -> int:
    """Where the text of a passage begins, with the headings before it."""
    if passage.language in LANGUAGES:
        return passage.start_byte
    before = _before(source, passage)
    return before.end_byte if before else 0


def _first_line(source: Source, passage: Passage) -> int:
    if passage.language in LANGUAGES:
        return passage.start_line
    before = _before(source, passage)
    return min(passage.start_line, before.end_line + 1 if before else 1)


def _before(source: Source, passage: Passage) -> Passage | None:
    """The passage that comes before another one in its document."""
    passages = source.text.passages_of(passage.path)
    place = bisect_left(passages, passage.start_byte, key=lambda one: one.start_byte)
    return passages[place - 1] if place else None


@lru_cache(maxsize=16)
def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
