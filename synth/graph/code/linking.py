"""From facts to the node and edge tables: which files are linked together, and how their tables are put together."""

import gc
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from synth import __version__
from synth.graph.code.build import LANGUAGES, MANIFEST
from synth.graph.code.facts import FACTS, unpack
from synth.graph.code.language import Edge, Language
from synth.graph.code.python import resolver
from synth.graph.code.toolkit import notation
from synth.schema import EDGES, NODES

_CACHES = (resolver.split_chain, notation.split_chain, notation.parse_type)
"""What the linkers remember from call to call."""


class FactGroup(NamedTuple):
    """Facts that are linked together, those of their collection's manifests among them."""

    digest: str  # of all that its nodes and edges depend on
    rows: list[int]  # of the table of facts


def link(facts: Iterable[pa.Table]) -> tuple[pa.Table, pa.Table]:
    """Resolve what the files of each collection say about each other.

    Args:
        facts: tables with the schema `FACTS`, in any order; together they hold every file of their collections.

    Returns:
        The nodes and the edges, with the schemas `synth.schema.NODES` and `EDGES`, sorted by collection, path and
        position whatever the order of the facts.
    """
    table = pa.concat_tables([FACTS.empty_table(), *facts])
    return assemble(link_group(table.take(pa.array(group.rows, pa.int64()))) for group in group_facts(table))


def group_facts(facts: pa.Table) -> list[FactGroup]:
    """Part facts into groups that say nothing about each other.

    Args:
        facts: with the schema `FACTS`, in any order; together they hold every file of their collections.

    Returns:
        The groups in the order of their first paths, whatever the order of the facts.
    """
    files: dict[tuple[str, str], list[int]] = defaultdict(list)
    manifests: dict[str, list[int]] = defaultdict(list)
    keys = ("collection", "path", "language")
    order = pc.sort_indices(facts, sort_keys=[(name, "ascending") for name in keys]).to_pylist()
    collections, languages = facts["collection"].to_pylist(), facts["language"].to_pylist()
    first_of = {language.link: language.name for language in reversed(LANGUAGES.values())}
    for row in order:
        if languages[row] == MANIFEST:
            manifests[collections[row]].append(row)
        else:
            files[collections[row], first_of[LANGUAGES[languages[row]].link]].append(row)
    digests = _digests(facts)
    return [
        FactGroup(_digest(digests[row] for row in group), group)
        for (collection, language), rows in files.items()
        for group in _parts(facts, rows, manifests[collection], LANGUAGES[language])
    ]


def _parts(facts: pa.Table, rows: list[int], manifests: list[int], language: Language) -> list[list[int]]:
    if language.group is None:
        return [[*rows, *manifests]]
    return [[rows[position] for position in group] for group in language.group(facts.take(pa.array(rows, pa.int64())))]


def _digests(facts: pa.Table) -> list[str]:
    columns = (facts[name].to_pylist() for name in ("collection", "path", "language", "is_test", "digest"))
    return ["\0".join(map(str, row)) for row in zip(*columns, strict=True)]


def _digest(parts: Iterable[str]) -> str:
    state = hashlib.blake2b(__version__.encode(), digest_size=16)
    for part in parts:
        state.update(part.encode() + b"\0\0")
    return state.hexdigest()


def link_group(facts: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Link the files of one group.

    Returns:
        The nodes and the edges, with the schemas `NODES` and `EDGES`.
    """
    files = sorted(unpack(facts), key=lambda file: (file.language, file.path))
    manifests = {file.path: file.manifest for file in files if file.language == MANIFEST}
    files = [file for file in files if file.language != MANIFEST]
    if not files:
        return NODES.empty_table(), EDGES.empty_table()
    with _without_collecting():
        node_rows, edge_rows = LANGUAGES[files[0].language].link(files, manifests)
        nodes = pa.Table.from_pylist(list(node_rows), schema=NODES)
        return nodes, _edge_table(files[0].collection, list(edge_rows))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Linking keeps nearly all that it makes until its end: looking for garbage meanwhile takes a third of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
        for cached in _CACHES:  # an entry of theirs holds the memory that was freed around it
            cached.cache_clear()


def assemble(tables: Iterable[tuple[pa.Table, pa.Table]]) -> tuple[pa.Table, pa.Table]:
    """Put the tables of groups together, in order; what several groups use of the outside is one node."""
    parts = list(tables)
    nodes = pa.concat_tables([NODES.empty_table(), *(part[0] for part in parts)])
    edges = pa.concat_tables([EDGES.empty_table(), *(part[1] for part in parts)])
    nodes = _sorted(nodes)
    ids = nodes["node_id"].to_pylist()
    first = {node: row for row, node in reversed(list(enumerate(ids)))}
    return (nodes if len(first) == len(ids) else nodes.take(pa.array(sorted(first.values()), pa.int64()))), _sorted(
        edges
    )


def _sorted(table: pa.Table) -> pa.Table:
    """In the order of collections and paths; rows of one path stay as they were."""
    numbered = table.append_column("row", pa.array(range(table.num_rows), pa.int64()))
    order = pc.sort_indices(numbered, sort_keys=[(name, "ascending") for name in ("collection", "path", "row")])
    return table.take(order)


def _edge_table(collection: str, edges: list[Edge]) -> pa.Table:
    columns = list(zip(*edges, strict=True)) if edges else [()] * len(Edge._fields)
    return pa.Table.from_arrays(
        [pa.array(column, EDGES.field(name).type) for name, column in zip(Edge._fields, columns, strict=True)]
        + [pa.array([collection] * len(edges), pa.string())],
        schema=EDGES,
    )
