"""What does much depend on, and what depends on itself? Measures over the node and edge tables.

Edges stay columns; networkx is built only for the projection that an algorithm needs, over row numbers of the node
table. An ambiguous edge counts nowhere, since nothing may be stated on its strength.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import networkx as nx
import pyarrow as pa
import pyarrow.compute as pc

NOT_DEPENDENCE = ("contains", "mentions", "co_occurs")
"""Edges that join two nodes of which neither needs the other."""

REVERSED = ("decorates",)
"""Edges whose target depends on their source."""

PROJECTIONS = {"imports": "depends_on", "calls": "calls"}
"""The edges that a cycle of each kind is made of: files that import each other, functions that call each other."""

MAX_STARTS = 50
"""Members of a cycle from which a short way round is looked for."""


class Cycle(NamedTuple):
    """Nodes each of which reaches every other over edges of one kind; numbers are rows of the node table."""

    kind: str
    members: tuple[int, ...]
    walk: tuple[int, ...]
    """A short way round: each member depends on the next, the last on the first."""


def count_dependants(nodes: pa.Table, edges: pa.Table, *, with_tests: bool = True) -> list[int]:
    """Count, for each row of `nodes`, the other nodes that depend on it directly.

    Args:
        nodes: a table with the schema `synth.schema.NODES`.
        edges: the edges between them, with the schema `synth.schema.EDGES`.
        with_tests: whether nodes of tests count as dependants.
    """
    kinds = pa.array(NOT_DEPENDENCE)
    ends = _ends(nodes, edges.filter(pc.invert(pc.is_in(edges["kind"], value_set=kinds))))
    turned = pc.is_in(ends["kind"], value_set=pa.array(REVERSED))
    pairs = pa.table(
        {
            "user": pc.if_else(turned, ends["dst"], ends["src"]),
            "used": pc.if_else(turned, ends["src"], ends["dst"]),
        }
    )
    pairs = pairs.filter(pc.not_equal(pairs["user"], pairs["used"]))
    if not with_tests:
        pairs = pairs.filter(pc.invert(nodes["is_test"].fill_null(False).take(pairs["user"])))
    counts = [0] * nodes.num_rows
    found = pairs.group_by("used").aggregate([("user", "count_distinct")])
    for row, number in zip(found["used"].to_pylist(), found["user_count_distinct"].to_pylist(), strict=True):
        counts[row] = number
    return counts


def find_cycles(nodes: pa.Table, edges: pa.Table) -> list[Cycle]:
    """Find files that import each other and functions that call each other, the largest groups first.

    A function that calls only itself is no cycle.
    """
    cycles = []
    for kind, edge_kind in PROJECTIONS.items():
        ends = _ends(nodes, edges.filter(pc.equal(edges["kind"], edge_kind)))
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_edges_from(zip(ends["src"].to_pylist(), ends["dst"].to_pylist(), strict=True))
        for members in nx.strongly_connected_components(graph):
            if len(members) > 1:
                inside = {row: sorted(members.intersection(graph[row]) - {row}) for row in sorted(members)}
                cycles.append(Cycle(kind, tuple(inside), _short_walk(inside)))
    return sorted(cycles, key=lambda cycle: (-len(cycle.members), cycle.kind, cycle.members))


def _ends(nodes: pa.Table, edges: pa.Table) -> pa.Table:
    """The two ends of each edge as row numbers, with its kind; open and ambiguous edges are left out."""
    edges = edges.filter(pc.not_equal(edges["confidence"], "ambiguous"))
    ids = nodes["node_id"].combine_chunks()
    ends: dict[str, Any] = {end: pc.index_in(edges[end], value_set=ids) for end in ("src", "dst")}
    return pa.table({**ends, "kind": edges["kind"]}).drop_null()


def _short_walk(inside: Mapping[int, list[int]]) -> tuple[int, ...]:
    """The shortest way round that starts at one of the first members."""
    best: tuple[int, ...] = tuple(inside)
    walks = (_way_back(start, inside) for start in list(inside)[:MAX_STARTS])
    for number, walk in enumerate(walks):
        if number == 0 or len(walk) < len(best):
            best = walk
        if len(best) == 2:
            break
    return best


def _way_back(start: int, inside: Mapping[int, list[int]]) -> tuple[int, ...]:
    """The shortest walk from a member back to itself, breadth first."""
    came_from: dict[int, int] = {}
    queue = deque([start])
    while start not in came_from:
        row = queue.popleft()
        for following in inside[row]:
            if following not in came_from:
                came_from[following] = row
                queue.append(following)
    return tuple(reversed(list(_trail(start, came_from))))


def _trail(start: int, came_from: Mapping[int, int]) -> Iterator[int]:
    row = came_from[start]
    while row != start:
        yield row
        row = came_from[row]
    yield start
