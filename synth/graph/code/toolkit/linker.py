"""From the facts of one collection to its nodes and edges, by the rules of a language."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from synth.graph.code.facts import FileFacts
from synth.graph.code.language import Edge, Link, NodeRow
from synth.graph.code.toolkit.attaching import attach_methods, merge_parts
from synth.graph.code.toolkit.edges import EdgeSet
from synth.graph.code.toolkit.nodes import node_rows
from synth.graph.code.toolkit.outside import Outside
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.structure import add_contains, add_imports, add_inherits, add_overrides
from synth.graph.code.toolkit.testing import add_tests
from synth.graph.code.toolkit.units import Spaces, build_units
from synth.graph.code.toolkit.uses import UseLinker


def linker_of(rules: Rules, kind: type[Resolver] = Resolver) -> Link:
    """The function that links the files of a language, for its `Language`.

    Args:
        rules: of the language.
        kind: a resolver of its own, where names are looked up in a way that the rules cannot tell.
    """

    def link_collection(
        facts: Sequence[FileFacts], manifests: Mapping[str, str]
    ) -> tuple[Iterator[NodeRow], list[Edge]]:
        return link_files(rules, facts, manifests, kind)

    return link_collection


def link_files(
    rules: Rules, facts: Sequence[FileFacts], manifests: Mapping[str, str], kind: type[Resolver] = Resolver
) -> tuple[Iterator[NodeRow], list[Edge]]:
    """Resolve the names of one collection.

    Args:
        rules: of the language.
        facts: of all its files.
        manifests: texts of the files that say how the source is laid out, by path.
        kind: of the resolver.

    Returns:
        The node rows and the edges, each in the order of paths and positions.
    """
    resolver = build_resolver(rules, facts, manifests, kind)
    outside = Outside(facts[0].collection, rules.family, rules.external_name)
    edges = EdgeSet()
    add_contains(edges, resolver)
    add_imports(edges, resolver, outside)
    add_inherits(edges, resolver, outside)
    add_overrides(edges, resolver)
    linker = UseLinker(edges, resolver, outside)
    for unit in resolver.units:
        linker.add_uses(unit)
    add_tests(edges, resolver)
    return chain(node_rows(resolver), outside.rows()), edges.rows()


def build_resolver(
    rules: Rules, facts: Sequence[FileFacts], manifests: Mapping[str, str], kind: type[Resolver] = Resolver
) -> Resolver:
    """Make the resolver of a collection: every definition has its parent, and every class its members."""
    ordered = sorted(facts, key=lambda file: file.path)
    spaces = Spaces()
    units = build_units(ordered, rules.places(ordered, manifests), spaces, rules.separator)
    resolver = kind(rules, units, spaces)
    rules.prepare(resolver, manifests)
    for unit in units:
        for item in unit.facts.imports:
            if not item.alias and item.symbol != "*" and item.reach != "out":
                name = rules.import_name(resolver, unit, item)
                if name:
                    unit.tables[item.scope].setdefault(name, []).append(item)
    resolver.members = resolver.make_members(units)
    attach_methods(resolver)
    merge_parts(units, rules)
    resolver.forget()
    resolver.members = resolver.make_members(units)
    resolver.members.collect_bases(units)
    resolver.forget()
    return resolver
