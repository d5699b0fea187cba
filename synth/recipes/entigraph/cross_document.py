"""`entigraph.cross_document`: what two documents say of an entity that both speak of, told together.

EntiGraph never crosses a document. Here an entity joins the document that speaks of it most to each of the others, so
that all prompts about the entity begin with the same passages. Where there are such, an entity of either side that the
other does not know is asked about too: a pair across documents, joined by the one between them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from synth.config import EntigraphSettings
from synth.graph.text.view import Entity, Passage
from synth.recipes.base import Draft, Recipe, Source
from synth.recipes.docs.frame import ask
from synth.recipes.docs.windows import evidence_of, texts_of, written

NAME = "entigraph.cross_document"

Link = tuple[Entity, Sequence[Passage], Sequence[Passage]]
"""An entity, and what two documents say of it, the one that does so most first."""


def drafts(source: Source, settings: EntigraphSettings) -> Iterator[Draft]:
    """Yield one draft a link, the rarest entities first; a document gets at most `max_entities` of them."""
    joined: Counter[str] = Counter()
    for entity, one, other in links(source):
        if joined[other[0].path] < settings.max_entities:
            joined[other[0].path] += 1
            yield _draft(source, entity, [_fitting(one, settings), _fitting(other, settings)])


def links(source: Source) -> Iterator[Link]:
    """The links of all entities, the rarest first; documents of different splits are never joined."""
    shared = (entity for entity in source.text.entities.values() if entity.n_documents > 1)
    ordered = source.shuffled(shared, lambda entity: entity.entity_id)
    for entity in sorted(ordered, key=lambda entity: entity.n_documents):
        yield from _of_entity(source, entity)


def _of_entity(source: Source, entity: Entity) -> Iterator[Link]:
    said: dict[str, list[Passage]] = defaultdict(list)
    for passage in source.text.mentions(entity.entity_id):
        said[passage.path].append(passage)
    splits: dict[str, list[list[Passage]]] = defaultdict(list)
    for path, passages in sorted(said.items(), key=lambda item: -len(item[1])):
        splits[source.split_of(path)].append(passages)
    for hub, *others in splits.values():
        yield from ((entity, hub, other) for other in others)


def _fitting(passages: Sequence[Passage], settings: EntigraphSettings) -> list[Passage]:
    """As many passages, at least one, as half a window holds."""
    taken: list[Passage] = []
    tokens = 0
    for passage in passages:
        tokens += passage.n_tokens
        if taken and tokens > settings.context_tokens // 2:
            break
        taken.append(passage)
    return taken


def _draft(source: Source, entity: Entity, sides: Sequence[Sequence[Passage]]) -> Draft:
    one, other = sides
    paths = [side[0].path for side in sides]
    titles = [source.text.title(path) for path in paths]
    if titles[0] == titles[1]:
        titles = [f"{title} ({path})" for title, path in zip(titles, paths, strict=True)]
    evidence = evidence_of(source, [*one, *other])
    texts = texts_of(source, evidence)
    ends = [_end(source, entity, one, other), _end(source, entity, other, one)]
    is_joined = all(ends)
    return Draft(
        unit="|".join([entity.entity_id, *(passage.passage_id for side in sides for passage in (side[0], side[-1]))]),
        kind="linked_pair" if is_joined else "entity",
        prompt_id=NAME,
        source_path=paths[0],
        evidence=evidence,
        facts={
            "project": [source.collection],
            "titles[]": titles,
            "headers[]": [f'"{title}", of {source.collection}, in part' for title in titles],
            "name": [written(entity, texts[0])],
            "also": [written(entity, texts[1])],
            "ends[]": [written(end, text) for end, text in zip(ends, texts, strict=True) if end] if is_joined else [],
        },
        difficulty=4 if is_joined else 2,
    )


def _end(source: Source, entity: Entity, here: Sequence[Passage], there: Sequence[Passage]) -> Entity | None:
    """The rarest that the passages here speak of beside an entity, where those of the other document do not."""
    beyond = {one.entity_id for passage in there for one in source.text.entities_in(passage.passage_id)}
    counts = Counter(
        one.entity_id
        for passage in here
        for one in source.text.entities_in(passage.passage_id)
        if one.entity_id not in beyond and one.entity_id != entity.entity_id
    )
    if not counts:
        return None
    return min(
        (source.text.entities[entity_id] for entity_id in counts),
        key=lambda end: (end.n_documents, -counts[end.entity_id], end.name, end.entity_id),
    )


RECIPE = Recipe(NAME, "cpt", drafts, needs_teacher=True, ask=ask)
