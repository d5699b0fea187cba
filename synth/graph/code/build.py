"""From documents to facts, and from facts to the node and edge tables."""

from collections import defaultdict
from collections.abc import Iterable

import pyarrow as pa

from synth.graph.code.facts import FACTS, FileFacts, manifest_facts, pack, unpack
from synth.graph.code.language import Edge, Language, Link
from synth.graph.code.python import PYTHON
from synth.schema import EDGES, NODES

LANGUAGES: dict[str, Language] = {language.name: language for language in (PYTHON,)}
"""The languages that can be read, by the name that documents give them."""

MANIFEST = "manifest"
"""The language of documents that say how a source is laid out, such as go.mod; see `synth.sources.languages`."""


def parse_documents(documents: pa.Table) -> pa.Table:
    """Read the facts of every document whose language is registered.

    Each document is read by itself, so a table may be cut into batches in any way.

    Args:
        documents: a table with the columns of `synth.schema.DOCUMENTS`.

    Returns:
        A table with the schema `FACTS`, one row for each document that was read.
    """
    columns = ("collection", "path", "language", "text", "is_test")
    facts = []
    for batch in documents.select(list(columns)).to_batches(max_chunksize=256):
        for collection, path, language, text, is_test in zip(*(batch.column(name) for name in columns), strict=True):
            if language.as_py() == MANIFEST:
                facts.append(manifest_facts(collection.as_py(), path.as_py(), text.as_py()))
                continue
            reader = LANGUAGES.get(language.as_py())
            if reader is not None:
                facts.append(
                    reader.read_file(collection.as_py(), path.as_py(), text.as_py(), is_test=bool(is_test.as_py()))
                )
    return pack(facts)


def link(facts: Iterable[pa.Table]) -> tuple[pa.Table, pa.Table]:
    """Resolve what the files of each collection say about each other.

    Args:
        facts: tables with the schema `FACTS`, in any order; together they hold every file of their collections.

    Returns:
        The nodes and the edges, with the schemas `synth.schema.NODES` and `EDGES`, sorted by collection, path and
        position whatever the order of the facts.
    """
    table = pa.concat_tables([FACTS.empty_table(), *facts])
    collections = sorted(set(table.column("collection").to_pylist()))
    nodes, edges = [NODES.empty_table()], [EDGES.empty_table()]
    for collection in collections:
        rows = table.filter(pa.compute.equal(table.column("collection"), collection))
        together: dict[Link, list[FileFacts]] = defaultdict(list)
        manifests: dict[str, str] = {}
        for file in sorted(unpack(rows), key=lambda file: (file.language, file.path)):
            if file.language == MANIFEST:
                manifests[file.path] = file.manifest
            else:
                together[LANGUAGES[file.language].link].append(file)
        for link_files, files in together.items():
            node_rows, edge_rows = link_files(files, manifests)
            nodes.append(pa.Table.from_pylist(list(node_rows), schema=NODES))
            edges.append(_edge_table(collection, list(edge_rows)))
    return pa.concat_tables(nodes), pa.concat_tables(edges)


def _edge_table(collection: str, edges: list[Edge]) -> pa.Table:
    columns = list(zip(*edges, strict=True)) if edges else [()] * len(Edge._fields)
    return pa.Table.from_arrays(
        [pa.array(column, EDGES.field(name).type) for name, column in zip(Edge._fields, columns, strict=True)]
        + [pa.array([collection] * len(edges), pa.string())],
        schema=EDGES,
    )
