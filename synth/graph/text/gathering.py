"""All mentions of a source as columns of numbers, so that millions of them fit into memory."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synth.graph.text.tables import ENTITY_KINDS, MENTIONS

Ints = npt.NDArray[np.int64]
SEPARATOR = "\x1f"
"""Between a collection and a normal form in it."""


class Mentions(NamedTuple):
    """One row a way in which a passage says an entity; numbers stand for passages, normal forms and surfaces."""

    keys: pa.Array
    """Collection and normal form, joined by `SEPARATOR`, in order; `key` and `alias` count its rows."""
    surfaces: pa.Array
    """In order; `surface` counts its rows."""
    passage: Ints
    """Rows of the table of passages."""
    key: Ints
    surface: Ints
    kind: Ints
    """Places in `ENTITY_KINDS`."""
    times: Ints
    line: Ints
    weight: npt.NDArray[np.float64]
    alias: Ints
    """Of an acronym: its expansion; -1 elsewhere."""


def gather(passages: pa.Table, mentions: Iterable[pa.Table]) -> Mentions:
    """Put the mentions of known passages together.

    Args:
        passages: a table with the schema `PASSAGES`.
        mentions: tables with the schema `MENTIONS`, in parts of any size.
    """
    ids = passages["passage_id"].combine_chunks()
    parts = [_numbers(part, ids) for part in mentions]
    table = pa.concat_tables(parts or [_numbers(MENTIONS.empty_table(), ids)]).unify_dictionaries().combine_chunks()
    keys, key = _ordered(table["key"])
    surfaces, surface = _ordered(table["surface"])
    alias = pc.index_in(table["alias"], value_set=keys).fill_null(-1)
    rest = {name: _array(table[name]) for name in ("passage", "kind", "times", "line", "weight")}
    return Mentions(keys=keys, surfaces=surfaces, key=key, surface=surface, alias=_array(alias), **rest)


def _numbers(part: pa.Table, ids: pa.Array) -> pa.Table:
    passage = pc.index_in(part["passage_id"], value_set=ids)
    table = pa.table(
        {
            "passage": passage,
            "key": _in_collection(part, "key").dictionary_encode(),
            "surface": part["surface"].dictionary_encode(),
            "kind": pc.index_in(part["kind"], value_set=pa.array(ENTITY_KINDS)).fill_null(ENTITY_KINDS.index("term")),
            "times": part["count"],
            "line": part["line"].fill_null(0),
            "weight": pc.if_else(pc.is_valid(part["weight"]), part["weight"], part["count"].cast(pa.float32())),
            "alias": _in_collection(part, "alias_of").dictionary_encode(),
        }
    )
    return table.filter(pc.is_valid(passage))


def _in_collection(part: pa.Table, name: str) -> Any:
    values = part[name].fill_null("")
    return pc.binary_join_element_wise(part["collection"], values, pa.scalar(SEPARATOR))


def _ordered(column: pa.ChunkedArray) -> tuple[pa.Array, Ints]:
    """The distinct values of an encoded column in order, and the place of each row's value among them."""
    encoded = column.combine_chunks()
    order = pc.array_sort_indices(encoded.dictionary)
    places = np.empty(len(order), dtype=np.int64)
    places[_array(order)] = np.arange(len(order))
    return encoded.dictionary.take(order), places[_array(encoded.indices)]


def _array(column: Any) -> Any:
    return column.to_numpy() if isinstance(column, pa.ChunkedArray) else column.to_numpy(zero_copy_only=False)
