"""`docs.dossier`: all that the documents say of one entity, composed from its passages in order.

EntiGraph (Yang et al. 2024) never crosses a document; here what several documents say of one thing stands together, as
written, each piece under the title and headings it came from.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from synth.config import DossierSettings
from synth.graph.text.view import Entity, Passage
from synth.recipes.base import Draft, Source
from synth.recipes.docs.evidence import fitting, full_name, is_apparatus, section, stretches, text_of
from synth.recipes.docs.markup import uncommented
from synth.recipes.docs.naming import is_specific
from synth.recipes.docs.windows import evidence_of

NAME = "docs.dossier"
STAGE = "cpt"
HEADING_TOKENS = 24  # room for the title and headings of one passage
SAME = 0.8  # share of passages, of the smaller of two dossiers, from which on they say the same
COMMON = 0.25  # share of all passages from which on an entity is what everything is about: its dossier is the corpus
MAX_PASSAGES = 1000  # on an entity, however large the collection is
MIN_COMMON = 40  # passages that a collection needs for that share to mean anything


class Dossier(NamedTuple):
    """One entity, and the passages on it in parts that fit a sample."""

    entity: Entity
    parts: list[list[Passage]]


def drafts(source: Source, settings: DossierSettings) -> Iterator[Draft]:
    """Yield the first part of every dossier, then the second parts, and so on; those that say most come first."""
    dossiers = [
        Dossier(entity, _parts(passages, settings.context_tokens))
        for entity, passages in _distinct(_subjects(source, settings.min_passages), settings.max_uses)
    ]
    for index in range(max((len(dossier.parts) for dossier in dossiers), default=0)):
        for dossier in dossiers:
            if index < len(dossier.parts):
                yield _draft(source, dossier, index)


def _subjects(source: Source, min_passages: int) -> list[tuple[Entity, list[Passage]]]:
    """Entities with the passages on them, of one split each: first what several documents speak of, by how much they
    say that not all the others say too."""
    total = len(source.text.passages)
    most = min(MAX_PASSAGES, max(MIN_COMMON, COMMON * total))
    found: list[tuple[Entity, list[Passage]]] = []
    for entity in source.text.entities.values():
        by_split: dict[str, list[Passage]] = defaultdict(list)
        for passage in source.text.mentions(entity.entity_id):
            if not is_apparatus(passage):
                by_split[source.split_of(passage.path)].append(passage)
        enough = (passages for passages in by_split.values() if min_passages <= len(passages) <= most)
        found += [(entity, passages) for passages in enough]

    def says_most(item: tuple[Entity, list[Passage]]) -> tuple[bool, bool, float, str, str]:
        entity, passages = item
        is_single = len({passage.path for passage in passages}) == 1
        return (
            is_single,
            not is_specific(entity),
            -len(passages) * math.log(1 + total / len(passages)),
            entity.name,
            entity.entity_id,
        )

    return sorted(found, key=says_most)


def _distinct(
    subjects: Sequence[tuple[Entity, list[Passage]]], max_uses: int
) -> Iterator[tuple[Entity, list[Passage]]]:
    """Leave out what holds nearly the same passages as one before it, or mostly what several have held."""
    sizes: list[int] = []
    holders: dict[str, list[int]] = defaultdict(list)
    for entity, passages in subjects:
        shared = Counter(holder for passage in passages for holder in holders[passage.passage_id])
        if any(count >= SAME * max(sizes[holder], len(passages)) for holder, count in shared.items()):
            continue
        if 2 * sum(len(holders[passage.passage_id]) >= max_uses for passage in passages) > len(passages):
            continue
        for passage in passages:
            holders[passage.passage_id].append(len(sizes))
        sizes.append(len(passages))
        yield entity, passages


def _parts(passages: Sequence[Passage], limit: int) -> list[list[Passage]]:
    return list(fitting(passages, [passage.n_tokens + HEADING_TOKENS for passage in passages], limit))


def _draft(source: Source, dossier: Dossier, index: int) -> Draft:
    passages = dossier.parts[index]
    pieces = stretches(source, passages)
    paths = [piece[0].path for piece in pieces]
    return Draft(
        unit=f"{dossier.entity.entity_id}:{passages[0].passage_id}-{passages[-1].passage_id}",
        kind="extractive_dossier",
        prompt_id=NAME,
        source_path=paths[0],
        evidence=evidence_of(source, passages),
        facts={
            "project": [source.collection],
            "subject": [dossier.entity.name],
            "part": [str(index + 1)],
            "n_parts": [str(len(dossier.parts))],
            "documents[]": [
                "" if place and paths[place - 1] == path else full_name(source, path)
                for place, path in enumerate(paths)
            ],
            "sections[]": [section(piece[0]) for piece in pieces],
            "texts[]": [uncommented(text_of(source, piece[0], piece[-1]), piece[0].language) for piece in pieces],
        },
        difficulty=len(set(paths)),
    )
