"""From the facts of one collection to its nodes and edges."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from synth.graph.code.facts import FileFacts
from synth.graph.code.language import Edge, NodeRow
from synth.graph.code.python.flow.rounds import solve
from synth.graph.code.python.nodes import node_rows
from synth.graph.code.python.publicity import Publicity
from synth.graph.code.python.resolver import Resolver
from synth.graph.code.python.structure import add_contains, add_imports, add_inherits, add_overrides
from synth.graph.code.python.testing import add_tests
from synth.graph.code.python.units import build_units
from synth.graph.code.python.uses import UseLinker
from synth.graph.code.toolkit.edges import EdgeSet
from synth.graph.code.toolkit.outside import Outside


def link_collection(facts: Sequence[FileFacts], manifests: Mapping[str, str]) -> tuple[Iterator[NodeRow], list[Edge]]:
    """Resolve the names of one collection.

    Args:
        facts: of all its files.
        manifests: not needed, since the layout of packages and their imports say how modules are called.

    Returns:
        The node rows and the edges, each in the order of paths and positions.
    """
    units = build_units(facts)
    resolver = Resolver(units)
    edges = EdgeSet()
    outside = Outside(facts[0].collection, "python", _last_name)
    add_contains(edges, units)
    add_imports(edges, units, resolver, outside)
    add_inherits(edges, units, resolver, outside)
    add_overrides(edges, units, resolver)
    linker = UseLinker(edges, outside, units, resolver, solve(units, resolver))
    for unit in units:
        linker.add_uses(unit)
    add_tests(edges, units)
    return chain(node_rows(units, Publicity(units, resolver)), outside.rows()), edges.rows()


def _last_name(name: str) -> str:
    return name.rpartition(".")[2]
