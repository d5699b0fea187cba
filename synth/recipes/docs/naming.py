"""Which names can be asked about? Those that say by themselves what they are, and are not in question everywhere."""

import re

from synth.graph.text.view import Entity
from synth.recipes.base import Source

COMMON = 0.1  # share of all passages from which on an entity is in question everywhere
MIN_COMMON = 8  # passages that must speak of it for that share to mean anything
MAX_COMMON = 300  # passages on an entity that are looked through for one question
MAX_NAME = 60  # characters

_ODD = re.compile(r"[,;:=<>|\\{}\"]|^\W*\d+\W*$")
_WORD = re.compile(r"[^\W_]+")


def is_specific(entity: Entity) -> bool:
    """Whether a name says by itself what it is: code, a proper name, an acronym, or a term of several words."""
    name = entity.name
    is_name = entity.kind == "code" or len(name.split()) > 1 or not name.islower()
    return is_name and sum(map(str.isalpha, name)) > 1 and len(name) <= MAX_NAME and not _ODD.search(name)


def is_rare(source: Source, entity: Entity) -> bool:
    """Whether few enough passages speak of an entity for a question to lead to it and to nothing else."""
    return entity.n_passages <= min(MAX_COMMON, max(MIN_COMMON, COMMON * len(source.text.passages)))


def sampled(source: Source, kind: str, key: str, most: int) -> list[Entity]:
    """Some entities of a kind, or of every kind where it is empty, fixed by the seed and the key.

    However large a collection is, it costs no more than it yields: all entities are in one random order, of which a
    stretch is taken.
    """
    memo = ("docs.sampled", kind)
    if memo not in source.memo:
        named = [
            entity for entity in source.text.entities.values() if kind in {"", entity.kind} and is_specific(entity)
        ]
        source.memo[memo] = source.shuffled(named, lambda entity: entity.entity_id)
    order: list[Entity] = source.memo[memo]
    start = source.choose(range(len(order)), key) if order else 0
    return [order[(start + step) % len(order)] for step in range(min(most, len(order)))]


def words(text: str) -> set[str]:
    """The words of a name, in lower case and without a plural s."""
    return {word.lower().rstrip("s") for word in _WORD.findall(text)}


def alike(one: str, other: str) -> float:
    """The share of words that two texts have in common (Jaccard)."""
    first, second = words(one), words(other)
    return len(first & second) / max(1, len(first | second))
