"""Do the graph's inherits and imports edges agree with the live classes and with the imports that were run?"""

from collections.abc import Iterable
from typing import NamedTuple

import pyarrow as pa

from graph.packages import Observed
from graph.source import import_statements, module_name

Pair = tuple[str, str]


class Agreement(NamedTuple):
    """Pairs that are right, made up, and missing."""

    right: frozenset[Pair]
    extra: frozenset[Pair]
    missing: frozenset[Pair]


def inheritance(observed: Observed, nodes: pa.Table, edges: pa.Table) -> Agreement:
    """Compare with the bases of the classes that were live at the end; others are not judged."""
    live = observed.trace["classes"]
    names = {item.name for item in observed.tree.definitions if item.kind == "class"}
    true = {(cls, base) for cls in live if cls in names for base in live[cls]["bases"] if base in names}
    said = {pair for pair, _, _ in edges_of("inherits", nodes, edges) if pair[0] in live}
    return agreement(true, said)


def imports(observed: Observed, nodes: pa.Table, edges: pa.Table) -> Agreement:
    """Compare between modules, by the statements that were run.

    A statement imports the module that it names, or those of its names that are modules; the packages above them are
    neither wanted nor wrong.
    """
    modules = {module_name(path) for path in observed.tree.paths}
    starts = {path: import_statements(observed.tree.root, path) for path in observed.tree.paths}
    run = {(path, line) for path, line in observed.trace["executed"]}
    seen = ((path, module) for path, line, module in observed.trace["imports"] if line in starts.get(path, ()))
    true = {(module_name(path), module) for path, module in seen if module in modules}
    above = {(one, two[:end]) for one, two in true for end in range(len(two)) if two[end] == "."}
    said, unrun = set(), set()
    for (_, two), path, line in edges_of("imports", nodes, edges):
        if two in modules:
            said.add((module_name(path), two))
            if (path, starts[path].get(line, line)) not in run:
                unrun.add((module_name(path), two))
    return agreement(true, said - ((above | unrun) - true))


def agreement(true: Iterable[Pair], said: Iterable[Pair]) -> Agreement:
    one, two = frozenset(true), frozenset(said)
    return Agreement(one & two, two - one, one - two)


def edges_of(kind: str, nodes: pa.Table, edges: pa.Table) -> Iterable[tuple[Pair, str, int]]:
    """Edges of a kind between what the source defines, with path and line."""
    name = {row["node_id"]: row["qualified_name"] for row in nodes.to_pylist() if row["path"]}
    for row in edges.filter(pa.compute.equal(edges["kind"], kind)).to_pylist():
        if row["confidence"] != "ambiguous" and row["src"] in name and row["dst"] in name:
            yield (name[row["src"]], name[row["dst"]]), row["path"], row["line"]
