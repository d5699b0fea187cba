"""What is an entity called, of which kind is it, and which definition in the code does it name?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synth.graph.text.gathering import SEPARATOR, Ints, Mentions
from synth.graph.text.keys import code_name
from synth.graph.text.tables import ENTITIES, ENTITY_KINDS
from synth.schema import content_id

MAX_ALIASES = 8
_PRIORITY = ("person", "place", "organization", "code", "thing", "theme", "term")
"""Which kind an entity has where two count the same."""


def entity_rows(
    found: Mentions,
    entity: Ints,
    is_kept: npt.NDArray[np.bool_],
    linked: Ints,
    documents: Ints,
    code: Mapping[str, Sequence[tuple[str, str]]],
) -> tuple[pa.Table, Ints]:
    """The table of entities, in the order of collections and names.

    Args:
        found: all mentions.
        entity: of each mention, the number of its entity.
        is_kept: of each mention, whether its document keeps the entity.
        linked: the entity of each link.
        documents: the document of each link.
        code: see `synth.graph.text.merge.merge`.

    Returns:
        A table with the schema `ENTITIES`, and the row of each entity by its number.
    """
    numbers = np.unique(linked)
    surfaces = _surfaces(found, entity, is_kept)
    kinds = _kinds(found, entity)
    n_passages = np.bincount(linked, minlength=len(found.keys))
    pairs = np.unique(np.stack([linked, documents], axis=1), axis=0)
    n_documents = np.bincount(pairs[:, 0], minlength=len(found.keys))
    keys = found.keys.take(pa.array(numbers)).to_pylist()
    rows: list[dict[str, Any]] = []
    for number, whole in zip(numbers.tolist(), keys, strict=True):
        collection, _, key = whole.partition(SEPARATOR)
        names = surfaces[number]
        node = _node(names, collection, code) if kinds[number] == "code" else ""
        rows.append(
            {
                "entity_id": content_id("entity", collection, key), "collection": collection, "name": names[0],
                "kind": kinds[number], "aliases": names[1 : MAX_ALIASES + 1], "n_passages": int(n_passages[number]),
                "n_documents": int(n_documents[number]), "node_id": node,
            }
        )  # fmt: skip
    order = sorted(range(len(rows)), key=lambda index: (rows[index]["collection"], rows[index]["name"], keys[index]))
    row_of = np.zeros(len(found.keys), dtype=np.int64)
    row_of[numbers[order]] = np.arange(len(order))
    return pa.Table.from_pylist([rows[index] for index in order], ENTITIES), row_of


def _surfaces(found: Mentions, entity: Ints, is_kept: npt.NDArray[np.bool_]) -> dict[int, list[str]]:
    """The ways in which each entity is written: its own form before that of acronyms, the most frequent first.

    Of two that are as frequent the shorter comes first, and one in small letters before one with a capital.
    """
    n_surfaces = max(1, len(found.surfaces))
    rows = np.flatnonzero(is_kept)
    codes, group = np.unique(entity[rows] * n_surfaces + found.surface[rows], return_inverse=True)
    counts = np.bincount(group, weights=found.times[rows], minlength=len(codes))
    is_own = np.bincount(group, weights=entity[rows] == found.key[rows], minlength=len(codes)) > 0
    names, surface = codes // n_surfaces, codes % n_surfaces
    lengths = pc.utf8_length(found.surfaces).to_numpy(zero_copy_only=False)
    order = np.lexsort((-surface, lengths[surface], -counts, ~is_own, names))
    starts = np.flatnonzero(np.diff(names[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    order = order[rank <= MAX_ALIASES]
    texts = found.surfaces.take(pa.array(surface[order])).to_pylist()
    found_names: dict[int, list[str]] = {}
    for number, text in zip(names[order].tolist(), texts, strict=True):
        found_names.setdefault(number, []).append(text)
    return found_names


def _kinds(found: Mentions, entity: Ints) -> list[str]:
    """The kind that weighs most of each entity, by its number."""
    weights = np.zeros((len(found.keys), len(ENTITY_KINDS)))
    np.add.at(weights, (entity, found.kind), found.weight)
    priority = [ENTITY_KINDS.index(kind) for kind in _PRIORITY]
    best = np.argmax(weights[:, priority], axis=1)
    return [_PRIORITY[index] for index in best.tolist()]


def _node(names: Sequence[str], collection: str, code: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """The one definition that an entity names: of its own collection, else of all."""
    for name in names:
        places = code.get(code_name(name), ())
        here = [node for node, where in places if where == collection]
        candidates = here or [node for node, _ in places]
        if len(candidates) == 1:
            return candidates[0]
    return ""
