"""Which mentions are of the same entity, over all documents, and which entities does each document count on?

Mentions are many: they stay in Arrow and numpy, as numbers that stand for passages and normal forms. Python sees each
entity once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synth.config import TextSettings
from synth.graph.text.gathering import SEPARATOR, Ints, Mentions, gather
from synth.graph.text.naming import entity_rows
from synth.graph.text.tables import ENTITY_KINDS, LINKS

Code = Mapping[str, Sequence[tuple[str, str]]]
"""Names of the code graph's definitions, and the (node id, collection) of each that has the name."""

Floats = npt.NDArray[np.float64]

MIN_WEIGHT = 1.0
"""Of all mentions of an entity together: a weak term that one document says once is none."""
COMMON_SHARE = 0.5
COMMON_LEAST = 10
"""A term that more than the share of at least so many documents use says nothing of any of them."""
MIN_VOTES = 0.6
"""Of the documents that explain an acronym: the share that has to agree before others are read so too."""
_DOTTED = rf"{SEPARATOR}[A-Za-z_][\w.]*\.(?:\w*_\w*|[A-Z]\w*)$"
MIN_SQUEEZED = 6
"""Letters: shorter forms that differ in spaces only are left apart."""


def merge(
    passages: pa.Table, mentions: Iterable[pa.Table], code: Code, settings: TextSettings
) -> tuple[pa.Table, pa.Table]:
    """Merge mentions into entities, collection by collection.

    Mentions of one normal form are one entity; so are an acronym and its expansion, where the documents that explain it
    agree, and forms that differ in spaces only. Of each document the `max_entities` are kept that count most: by how
    often and where it mentions them, against how many documents do.

    Args:
        passages: of all documents, as `cut` gives them.
        mentions: of the same passages, in parts.
        code: names of the code graph; an entity that is written as code and has one of them is linked to its node.
        settings: the number of entities of a document.

    Returns:
        Tables with the schemas `ENTITIES` and `LINKS`.
    """
    found = gather(passages, mentions)
    documents = _codes(passages["doc_id"])[found.passage]
    entity = _same(found, documents)[found.key]
    ranking = _rank(found, entity, documents, _collection_sizes(passages))
    is_kept = (ranking.place < settings.max_entities)[ranking.pair]
    links = _Links.of(found, entity, ranking.score[ranking.pair], is_kept)
    documents = _codes(passages["doc_id"])[links.passage]
    entities, row_of = entity_rows(found, entity, is_kept, links.entity, documents, code)
    table = pa.table(
        {
            "entity_id": entities["entity_id"].take(pa.array(row_of[links.entity])),
            "passage_id": passages["passage_id"].take(pa.array(links.passage)),
            "surface": found.surfaces.take(pa.array(links.surface)),
            "count": pa.array(links.times, pa.int32()),
            "line": pa.array(links.line, pa.int32()),
        },
        schema=LINKS,
    )
    return entities, table


def _codes(column: pa.ChunkedArray) -> Ints:
    """A number for each distinct value of a column."""
    indices = column.combine_chunks().dictionary_encode().indices
    return np.asarray(indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _collection_sizes(passages: pa.Table) -> Ints:
    """For each document, by its number, how many documents its collection has."""
    documents, collections = _codes(passages["doc_id"]), _codes(passages["collection"])
    _, first = np.unique(documents, return_index=True)
    return np.asarray(np.bincount(collections[first])[collections[first]] if len(first) else first, dtype=np.int64)


def _same(found: Mentions, documents: Ints) -> Ints:
    """For each normal form the one that stands for it and all that are the same."""
    counts = np.bincount(found.key, weights=found.times, minlength=len(found.keys))
    same = _squeezed(found.keys, counts)[_expanded(found, documents)][_qualified(found.keys)]
    return np.asarray(same[same], dtype=np.int64)


def _qualified(keys: pa.Array) -> Ints:
    """Identifiers become the one qualified name that ends with them: `send_all` and `pkg.send_all`.

    Plain words stay by themselves: `name` is more than the end of `Signal.name`.
    """
    target = np.arange(len(keys))
    dotted = np.flatnonzero(pc.match_substring_regex(keys, _DOTTED).to_numpy(zero_copy_only=False))
    last = pc.replace_substring_regex(keys.take(pa.array(dotted)), rf"{SEPARATOR}.*\.", SEPARATOR)
    short = pc.index_in(last, value_set=keys).fill_null(-1).to_numpy(zero_copy_only=False)
    shorts, first, counts = np.unique(short, return_index=True, return_counts=True)
    is_one = (shorts >= 0) & (counts == 1)
    target[shorts[is_one]] = dotted[first[is_one]]
    return target


def _squeezed(keys: pa.Array, counts: npt.NDArray[Any]) -> Ints:
    """Forms that differ in spaces only become the most frequent of them: `data base` and `database`."""
    squeezed = pc.replace_substring(keys, " ", "")
    groups = np.asarray(squeezed.dictionary_encode().indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    order = np.lexsort((np.arange(len(keys)), -counts, groups))
    starts = np.unique(groups[order], return_index=True)[1] if len(order) else order
    best = order[starts][groups] if len(order) else order
    letters = pc.utf8_length(pc.struct_field(_halves(squeezed), "form")).to_numpy(zero_copy_only=False)
    return np.asarray(np.where(letters >= MIN_SQUEEZED, best, np.arange(len(keys))), dtype=np.int64)


def _halves(keys: pa.Array) -> pa.Array:
    """The collection and the form of each key."""
    return pc.extract_regex(keys, rf"(?s)^(?P<collection>.*?){SEPARATOR}(?P<form>.*)$")


def _expanded(found: Mentions, documents: Ints) -> Ints:
    """Acronyms become what they stand for, where enough of the documents that explain them agree."""
    target = np.arange(len(found.keys))
    explained = found.alias >= 0
    votes = np.unique(np.stack([found.key[explained], found.alias[explained], documents[explained]], axis=1), axis=0)
    pairs, counts = np.unique(votes[:, :2], axis=0, return_counts=True)
    totals = np.bincount(pairs[:, 0], weights=counts, minlength=len(found.keys))
    for (short, long), count in zip(pairs, counts, strict=True):
        if count >= MIN_VOTES * totals[short]:
            target[short] = long
    return target


class _Ranking(NamedTuple):
    """The pairs of a document and an entity that it mentions."""

    pair: Ints
    """Of each mention: its pair."""
    score: Floats
    place: Ints
    """Of each pair among those of its document, from 0; too high for any limit where it does not count at all."""


def _rank(found: Mentions, entity: Ints, documents: Ints, sizes: Ints) -> _Ranking:
    """Rank the entities of each document: by the weight of their mentions, against how many documents have them."""
    n_keys = max(1, len(found.keys))
    codes, pair = np.unique(documents * n_keys + entity, return_inverse=True)
    document, name = codes // n_keys, codes % n_keys
    weight: Floats = np.bincount(pair, weights=found.weight, minlength=len(codes)).astype(np.float64)
    spread = np.bincount(name, minlength=n_keys)[name]
    total = np.bincount(entity, weights=found.weight, minlength=n_keys)[name]
    score = np.log1p(weight) * (1 + np.log(sizes[document] / np.maximum(1, spread)))
    is_term = np.bincount(pair, weights=found.kind != ENTITY_KINDS.index("term"), minlength=len(codes)) == 0
    is_common = is_term & (sizes[document] >= COMMON_LEAST) & (spread > COMMON_SHARE * sizes[document])
    counts = (total >= MIN_WEIGHT) & ~is_common
    order = np.lexsort((name, -score, ~counts, document))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(document[order], document[order])
    return _Ranking(pair, score, np.where(counts, place, np.iinfo(np.int64).max))


class _Links(NamedTuple):
    """One row a passage and entity, the entity of the highest score first in each passage."""

    passage: Ints
    entity: Ints
    surface: Ints
    times: Ints
    line: Ints

    @classmethod
    def of(cls, found: Mentions, entity: Ints, score: Floats, is_kept: npt.NDArray[np.bool_]) -> "_Links":
        """Join the ways in which a passage says an entity."""
        rows = np.flatnonzero(is_kept)
        order = rows[
            np.lexsort((found.surface[rows], found.line[rows], entity[rows], -score[rows], found.passage[rows]))
        ]
        columns: Sequence[Any] = (found.passage[order], entity[order])
        is_first = np.ones(len(order), dtype=bool)
        is_first[1:] = (columns[0][1:] != columns[0][:-1]) | (columns[1][1:] != columns[1][:-1])
        starts = order[is_first]
        counts = np.bincount(np.cumsum(is_first) - 1, weights=found.times[order], minlength=len(starts))
        return cls(
            found.passage[starts], entity[starts], found.surface[starts], counts.astype(np.int64), found.line[starts]
        )
