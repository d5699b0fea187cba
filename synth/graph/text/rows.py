"""The text graph as rows of the published one: documents, passages and entities, and what joins them."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synth.graph.text.pairs import pairs_of
from synth.schema import EDGES, NODES, content_id

_USUAL: dict[str, Any] = {
    "variety": "", "path": "", "start_line": 0, "end_line": 0, "start_byte": 0, "end_byte": 0, "signature": "",
    "docstring": "", "language": "", "is_public": True, "visibility": "public", "is_test": False, "parameters": None,
    "decorators": [], "bases": [], "value": "",
}  # fmt: skip
"""What columns of a node hold that say nothing of prose."""


def graph_rows(
    passages: pa.Table, entities: pa.Table, links: pa.Table, documents: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """Nodes and edges of the text graph.

    Documents are nodes of kind `file` (those of code are in the code graph already), passages and entities nodes of
    their own kinds; the variety of an entity is its kind among `synth.graph.text.tables.ENTITY_KINDS`. A file contains
    its passages, a passage mentions entities, an entity refers to the definition that it names, and entities that one
    passage mentions co-occur: one edge a pair and document, where the document first does so.

    Args:
        passages: as `cut` gives them.
        entities: as `merge` gives them.
        links: as `merge` gives them.
        documents: columns as in `synth.schema.DOCUMENTS`; at least those that have passages.

    Returns:
        Tables with the schemas `NODES` and `EDGES` of `synth.schema`.
    """
    known = documents.filter(pc.is_in(documents["doc_id"], value_set=_whole(passages["doc_id"])))
    document = pc.index_in(passages["doc_id"], value_set=_whole(known["doc_id"]))
    places = passages.select(["path", "collection", "start_line"])
    nodes = [
        _file_nodes(known.filter(pc.equal(known["media"], "prose"))),
        _passage_nodes(passages, known["is_test"].take(document)),
        _entity_nodes(entities),
    ]
    edges = [
        _edges("contains", _file_ids(known).take(_whole(document)), passages["passage_id"], places, passages["path"]),
        *_entity_edges(passages, entities, links, places),
    ]
    return pa.concat_tables(nodes), pa.concat_tables(edges)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def _file_ids(documents: pa.Table) -> pa.Array:
    """The ids that the code graph gives to files."""
    pairs = zip(documents["collection"].to_pylist(), documents["path"].to_pylist(), strict=True)
    return pa.array([content_id(collection, "file", path, path, "0") for collection, path in pairs], pa.string())


def _file_nodes(documents: pa.Table) -> pa.Table:
    return _nodes(
        documents.num_rows, "file", node_id=_file_ids(documents), collection=documents["collection"],
        name=_last_part(documents["path"]), qualified_name=documents["path"], path=documents["path"], start_line=1,
        end_line=pc.add(pc.count_substring(documents["text"], "\n"), 1), end_byte=pc.binary_length(documents["text"]),
        language=documents["language"], is_test=documents["is_test"],
    )  # fmt: skip


def _passage_nodes(passages: pa.Table, is_test: Any) -> pa.Table:
    """A passage is called by the heading above it, else by its document."""
    heading = pc.list_element(pc.list_slice(_reversed(passages["headings"]), 0, 1, return_fixed_size_list=True), 0)
    title = pc.if_else(pc.equal(passages["title"], ""), _last_part(passages["path"]), passages["title"])
    line = passages["start_line"].cast(pa.string())
    copied = ("collection", "path", "start_line", "end_line", "start_byte", "end_byte", "language")
    return _nodes(
        passages.num_rows, "passage", node_id=passages["passage_id"], name=pc.coalesce(heading, title),
        qualified_name=pc.binary_join_element_wise(passages["path"], line, ":"), is_test=is_test,
        **{name: passages[name] for name in copied},
    )  # fmt: skip


def _reversed(lists: Any) -> Any:
    return pa.array([(row or [])[-1:] for row in lists.to_pylist()], pa.list_(pa.string()))


def _last_part(paths: Any) -> Any:
    return pc.replace_substring_regex(paths, r"^(?s:.*)/", "")


def _entity_nodes(entities: pa.Table) -> pa.Table:
    return _nodes(
        entities.num_rows, "entity", node_id=entities["entity_id"], collection=entities["collection"],
        variety=entities["kind"], name=entities["name"], qualified_name=entities["name"],
    )  # fmt: skip


def _nodes(count: int, kind: str, **columns: Any) -> pa.Table:
    return _table(NODES, count, {**_USUAL, "kind": kind, **columns})


def _entity_edges(passages: pa.Table, entities: pa.Table, links: pa.Table, places: pa.Table) -> list[pa.Table]:
    """What passages mention, which entities occur together, and which definitions they name."""
    passage = pc.index_in(links["passage_id"], value_set=_whole(passages["passage_id"]))
    entity = pc.index_in(links["entity_id"], value_set=_whole(entities["entity_id"]))
    where = places.take(passage).set_column(2, "start_line", links["line"])
    documents = _whole(passages["doc_id"]).dictionary_encode().indices.take(_whole(passage))
    pairs = pairs_of(*(np.asarray(column, dtype=np.int64) for column in (passage, entity, documents)))
    one, other = (entities["entity_id"].take(pa.array(end)) for end in (pairs.one, pairs.other))
    names = entities["name"].take(pa.array(pairs.other))
    numbers, first = np.unique(np.asarray(entity, dtype=np.int64), return_index=True)
    named = entities.take(pa.array(numbers))
    is_code = pc.not_equal(named["node_id"], "")
    named, first = named.filter(is_code), first[np.asarray(is_code, dtype=bool)]
    return [
        _edges("mentions", links["passage_id"], links["entity_id"], where, links["surface"]),
        _edges("co_occurs", one, other, places.take(passage.take(pa.array(pairs.link))), names),
        _edges("references", named["entity_id"], named["node_id"], where.take(pa.array(first)), named["name"]),
    ]


def _edges(kind: str, src: Any, dst: Any, places: pa.Table, target: Any) -> pa.Table:
    """Edges of one kind, exact but for references: nothing but the name says that a definition is meant."""
    is_inferred = kind == "references"
    columns = {
        "src": src, "dst": dst, "kind": kind, "path": places["path"], "line": places["start_line"],
        "confidence": "inferred" if is_inferred else "exact", "how": "unique_name" if is_inferred else "syntax",
        "target": target, "collection": places["collection"],
    }  # fmt: skip
    return _table(EDGES, places.num_rows, columns)


def _table(schema: pa.Schema, count: int, columns: dict[str, Any]) -> pa.Table:
    """A table whose columns are given, or the same value in every row."""
    if not count:
        return schema.empty_table()
    arrays = []
    for field in schema:
        value = columns[field.name]
        is_column = isinstance(value, pa.Array | pa.ChunkedArray)
        arrays.append(value.cast(field.type) if is_column else pa.repeat(pa.scalar(value, field.type), count))
    return pa.table(arrays, schema=schema)
