"""A read-only view of the text graph of one collection, which recipes and checks walk."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, slots=True)
class Passage:
    """One row of `synth.graph.text.tables.PASSAGES`."""

    passage_id: str
    doc_id: str
    collection: str
    path: str
    title: str
    headings: tuple[str, ...]
    language: str
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    n_tokens: int


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of `synth.graph.text.tables.ENTITIES`."""

    entity_id: str
    collection: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    n_passages: int
    n_documents: int
    node_id: str

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Every way in which the documents write it, its name first."""
        return (self.name, *(alias for alias in self.aliases if alias != self.name))


class TextGraph:
    """The passages and entities of one collection, and which speaks of which.

    Attributes:
        passages: by id, in the order of documents and of places in them.
        entities: by id, in the order of their names.
    """

    def __init__(
        self,
        passages: Mapping[str, Passage],
        entities: Mapping[str, Entity],
        links: Mapping[str, list[tuple[str, int]]],
    ) -> None:
        self.passages = passages
        self.entities = entities
        self._entities_in = links
        self._passages_of: dict[str, list[str]] = defaultdict(list)
        for passage_id in passages:
            for entity_id, _ in links.get(passage_id, ()):
                self._passages_of[entity_id].append(passage_id)
        self._by_path: dict[str, list[Passage]] = defaultdict(list)
        for passage in passages.values():
            self._by_path[passage.path].append(passage)

    @classmethod
    def from_tables(cls, collection: str, passages: pa.Table, entities: pa.Table, links: pa.Table) -> "TextGraph":
        """Build the view of one collection from the tables of all."""
        mine = passages.filter(pc.equal(passages["collection"], collection))
        found = {row["passage_id"]: _passage(row) for row in mine.to_pylist()}
        known = entities.filter(pc.equal(entities["collection"], collection))
        names = {row["entity_id"]: _entity(row) for row in known.to_pylist()}
        said: dict[str, list[tuple[str, int]]] = defaultdict(list)
        # Of a thousand collections each sees a thousandth of the links: what is not its own never becomes an object.
        own = links.filter(pc.is_in(links["passage_id"], pa.array(list(found), pa.string())))
        columns = (own[name].to_pylist() for name in ("passage_id", "entity_id", "count"))
        for passage_id, entity_id, count in zip(*columns, strict=True):
            said[passage_id].append((entity_id, count))
        return cls(found, names, said)

    @property
    def paths(self) -> list[str]:
        """The documents, in order."""
        return list(self._by_path)

    def passages_of(self, path: str) -> list[Passage]:
        """The passages of a document, in order."""
        return self._by_path.get(path, [])

    def title(self, path: str) -> str:
        """What a document is called: its title, else its path."""
        passages = self._by_path.get(path, [])
        return passages[0].title if passages and passages[0].title else path

    def entities_in(self, passage_id: str) -> list[Entity]:
        """The entities that a passage speaks of, the one that counts most first."""
        return [self.entities[entity_id] for entity_id, _ in self._entities_in.get(passage_id, ())]

    def mentions(self, entity_id: str) -> list[Passage]:
        """The passages that speak of an entity, in order."""
        return [self.passages[passage_id] for passage_id in self._passages_of.get(entity_id, ())]

    def mentions_in(self, entity_id: str, path: str) -> list[Passage]:
        """The passages of one document that speak of an entity, in order."""
        return [passage for passage in self.mentions(entity_id) if passage.path == path]

    def entities_of(self, path: str) -> list[Entity]:
        """The entities of a document: those of more of its passages first, then those that it says more often."""
        passages: Counter[str] = Counter()
        times: Counter[str] = Counter()
        for passage in self.passages_of(path):
            for entity_id, count in self._entities_in.get(passage.passage_id, ()):
                passages[entity_id] += 1
                times[entity_id] += count
        found = (self.entities[entity_id] for entity_id in passages)
        return sorted(found, key=lambda one: (-passages[one.entity_id], -times[one.entity_id], one.name, one.entity_id))

    def documents_of(self, entity_id: str) -> list[str]:
        """The paths of the documents that speak of an entity, in order."""
        return list(dict.fromkeys(passage.path for passage in self.mentions(entity_id)))

    def together(self, one: str, other: str) -> Iterator[Passage]:
        """The passages that speak of both entities, in order."""
        there = set(self._passages_of.get(other, ()))
        return (self.passages[passage_id] for passage_id in self._passages_of.get(one, ()) if passage_id in there)

    def neighbours(self, entity_id: str) -> Counter[str]:
        """The entities that passages speak of beside this one, with the number of such passages."""
        counts: Counter[str] = Counter()
        for passage_id in self._passages_of.get(entity_id, ()):
            counts.update(other for other, _ in self._entities_in[passage_id] if other != entity_id)
        return counts

    @cached_property
    def by_surface(self) -> Mapping[str, tuple[Entity, ...]]:
        """Entities by each of their surfaces in lower case."""
        found: dict[str, list[Entity]] = defaultdict(list)
        for entity in self.entities.values():
            for surface in dict.fromkeys(surface.lower() for surface in entity.surfaces):
                found[surface].append(entity)
        return {surface: tuple(entities) for surface, entities in found.items()}


def _passage(row: dict[str, Any]) -> Passage:
    return Passage(headings=tuple(row.pop("headings") or ()), **row)


def _entity(row: dict[str, Any]) -> Entity:
    return Entity(aliases=tuple(row.pop("aliases") or ()), **row)
