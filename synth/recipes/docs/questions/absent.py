"""What if a document says nothing of it? Then that is the answer, and what it does speak of."""

import re
from collections.abc import Iterator, Sequence

from synth.graph.text.view import Entity, Passage
from synth.recipes.base import Draft, Source
from synth.recipes.docs.evidence import beside, facts_about, is_apparatus, is_prose, passages_on, section, short_name
from synth.recipes.docs.naming import is_rare, is_specific, sampled
from synth.recipes.docs.statements import statements_on
from synth.recipes.docs.windows import evidence_of

MAX_LISTED = 3  # entities that an answer says a document does speak of
MIN_LISTED = 2
MAX_NEAR = 30  # entities beside one of the document's that are asked about
MAX_FAR = 200  # further entities of the collection that are asked about
MAX_SEARCHED = 20  # documents of a collection in which made-up names are searched for
MAX_TRIED = 12  # entities of a document, those that it speaks of most, that are looked for in its sentences

_WORD = re.compile(r"[^\W_]+")


def drafts_of(source: Source, path: str) -> Iterator[Draft]:
    """Yield questions about entities of other documents that this one never mentions, then about made-up ones.

    Those that stand beside an entity of this document elsewhere come first: a question about them sounds likely.
    """
    known = [entity for entity in source.text.entities_of(path) if is_specific(entity)]
    listed = _listed(source, known, path)
    if len(listed) < MIN_LISTED:
        return
    text = source.texts[path].lower()
    for entity in _elsewhere(source, known, path):
        place = next(iter(beside(source, source.text.mentions(entity.entity_id), path)), None)
        if place is not None and is_prose(place) and not is_apparatus(place) and _is_absent(entity.surfaces, text):
            yield _draft(source, path, entity.name, entity.kind == "code", listed, place)
    for name in _made_up(source, known, path):
        yield _draft(source, path, name, False, listed, None)


def _elsewhere(source: Source, known: Sequence[Entity], path: str) -> Iterator[Entity]:
    seen = {entity.entity_id for entity in source.text.entities_of(path)}
    near = [
        source.text.entities[other]
        for entity in known
        if is_rare(source, entity)
        for other, _ in source.text.neighbours(entity.entity_id).most_common(MAX_NEAR)
    ]
    mixed = source.shuffled(near, lambda entity: f"absent:{path}:{entity.entity_id}")
    for entity in [*mixed, *sampled(source, "", path, MAX_FAR)]:
        if entity.entity_id not in seen and is_specific(entity) and is_rare(source, entity) and not _is_word(entity):
            seen.add(entity.entity_id)
            yield entity


def _is_word(entity: Entity) -> bool:
    """Whether a name is a plain word, as commands often are: a document may well use it for something else."""
    return entity.name.islower() and entity.name.isalpha()


def _is_absent(surfaces: Sequence[str], text: str) -> bool:
    """Whether a text, in lower case, has neither a name nor all of its words."""
    return not any(surface.lower() in text for surface in surfaces) and not all(
        word in text for word in _WORD.findall(surfaces[0].lower())
    )


def _listed(source: Source, known: Sequence[Entity], path: str) -> list[tuple[str, Passage]]:
    """What a document speaks of most, as its sentences write it, each with the passage of the first that does."""
    found: list[tuple[str, Passage]] = []
    on = passages_on(source, path)
    for entity in known[:MAX_TRIED]:
        statement = next(statements_on(source, entity, on.get(entity.entity_id, [])), None)
        if statement is not None and len(found) < MAX_LISTED:
            found.append((statement.written(statement.of(entity.entity_id)[0]), statement.passage))
    return found


def _made_up(source: Source, known: Sequence[Entity], path: str) -> Iterator[str]:
    """Names that sound like those of a document and are in none: the first word of one, the last of another."""
    if len(source.text.paths) > MAX_SEARCHED:  # there are enough names that only others have
        return
    terms = [entity.name for entity in known if entity.kind != "code" and len(entity.name.split()) == 2]
    terms = [name for name in terms if name.islower()]
    for first in source.shuffled(terms, lambda name: f"first:{path}:{name}"):
        last = source.choose(terms, f"last:{path}:{first}")
        name = f"{first.split()[0]} {last.split()[1]}"
        if not any(name in text.lower() for text in source.texts.values()):
            yield name


def _draft(
    source: Source, path: str, name: str, is_code: bool, listed: Sequence[tuple[str, Passage]], place: Passage | None
) -> Draft:
    passages = list(dict.fromkeys(passage for _, passage in listed))
    return Draft(
        unit=f"absent:{path}:{name}",
        kind="extractive_unanswerable",
        prompt_id="docs.qa_absent",
        source_path=path,
        evidence=evidence_of(source, [*passages, *([place] if place else [])]),
        facts=facts_about(source, passages[0])
        | {
            "subject": [f"`{name}`" if is_code else name],
            "listed[]": [item for item, _ in listed],
            "elsewhere": [short_name(source, place.path) if place else ""],
            "elsewhere_section": [section(place) if place else ""],
        },
        fabricated=[] if place else [name],
    )
