"""Edges that the layout of the source gives: what contains, imports, extends and overrides what.

The tree of `contains` has packages or modules above what they define; where a language has neither, files are.
"""

from collections.abc import Iterable, Sequence

from synth.graph.code.facts import Import
from synth.graph.code.toolkit.edges import EdgeSet
from synth.graph.code.toolkit.outside import Outside
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.units import Space, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Group


def add_contains(edges: EdgeSet, resolver: Resolver) -> None:
    """Give every node but the roots one parent."""
    separator = resolver.rules.separator
    for unit in resolver.units:
        if unit.home.kind == "package":
            edges.link(unit.home, unit.file, "contains", unit.at(1), how="syntax")
        for symbol in unit.symbols:
            if symbol.same is None and symbol.parent is not None:
                edges.link(symbol.parent, symbol, "contains", unit.at(symbol.fact.line), how="syntax")
    for name, space in resolver.spaces.by_name.items():
        if space.symbol is None or (space.symbol.kind != "package" and not resolver.rules.nests_modules):
            continue
        parent = _space_above(resolver, name, separator)
        if parent is not None:
            edges.link(parent, space.symbol, "contains", space.symbol.unit.at(1), how="syntax")


def _space_above(resolver: Resolver, name: str, separator: str) -> Symbol | None:
    kinds = {"package", "module"} if resolver.rules.nests_modules else {"package"}
    for mark in {separator, "/"}:
        above = name
        while mark in above:
            above = above.rpartition(mark)[0]
            space = resolver.spaces.by_name.get(above)
            if space is not None and space.symbol is not None and space.symbol.kind in kinds:
                return space.symbol
    return None


def add_imports(edges: EdgeSet, resolver: Resolver, outside: Outside) -> None:
    """Join files and modules to what they import."""
    for unit in resolver.units:
        for item in unit.facts.imports:
            if item.module:
                _add_import(edges, resolver, outside, unit, item)


def _add_import(edges: EdgeSet, resolver: Resolver, outside: Outside, unit: Unit, item: Import) -> None:
    found = resolver.import_of(unit, item)
    place = unit.at(item.line)
    if found is None:
        written = f"{item.module}{resolver.rules.separator}{item.symbol}" if item.symbol else item.module
        edges.add(unit.root.node_id, None, "imports", place, target=written)
    elif isinstance(found.value, External):
        name = found.value.name
        edges.add(unit.root.node_id, outside.node_id(name), "imports", place, target=name)
    else:
        for target in targets_of(found):
            if target.main is not unit.root:
                edges.link(unit.root, target, "imports", place)
            if target.kind != "package":
                depend(edges, unit, target, item.line)


def targets_of(found: Found) -> Sequence[Symbol]:
    """The nodes that a value stands for."""
    value = found.value
    if isinstance(value, Group):
        return value.symbols
    if isinstance(value, Space):
        return [value.symbol] if value.symbol is not None else namespaces_of(value)
    return [value] if isinstance(value, Symbol) else []


def namespaces_of(space: Space) -> list[Symbol]:
    """The nodes of a namespace."""
    found = [unit.symbols[unit.facts.scopes[scope].definition].main for unit, scope in space.parts if scope > 0]
    return list(dict.fromkeys(found))


def depend(edges: EdgeSet, unit: Unit, target: Symbol, line: int) -> None:
    """Join a file to the file of what it needs."""
    other = target.main.unit
    if other is not unit:
        edges.add(unit.file.node_id, other.file.node_id, "depends_on", unit.at(line), target=other.path)


def classes_of(units: Iterable[Unit]) -> list[Symbol]:
    """Every class of the collection, each once."""
    return [symbol for unit in units for symbol in unit.symbols if symbol.kind == "class" and symbol.same is None]


def add_inherits(edges: EdgeSet, resolver: Resolver, outside: Outside) -> None:
    """Join classes to their bases, and to the interfaces that they implement without saying so."""
    for cls in classes_of(resolver.units):
        for base in resolver.members.bases(cls):
            place = base.unit.at(base.use.line)
            if isinstance(base.value, Symbol):
                edges.link(cls, base.value, "inherits", place, how="syntax")
                depend(edges, base.unit, base.value, base.use.line)
            elif resolver.rules.is_dynamic(base.use.chain):
                continue
            elif base.value.name.startswith("?"):
                edges.add(cls.node_id, None, "inherits", place, target=base.use.chain, confidence="ambiguous")
            elif not resolver.rules.is_builtin(base.value.name):
                name = base.value.name
                edges.add(cls.node_id, outside.node_id(name), "inherits", place, target=name, how="syntax")
    for cls, interface in resolver.rules.implicit_bases(resolver):
        edges.link(cls, interface, "inherits", cls.unit.at(cls.fact.line), how="type")
        for name, methods in resolver.members.own(interface).items():
            own = resolver.members.own(cls).get(name, ())
            for method in own if methods[0].kind == "method" else ():
                edges.link(method, methods[0], "overrides", method.unit.at(method.fact.line), how="type")


def add_overrides(edges: EdgeSet, resolver: Resolver) -> None:
    """Join methods to the method of the nearest base that they hide."""
    for cls in classes_of(resolver.units):
        if not resolver.members.bases(cls):
            continue
        for name, symbols in resolver.members.own(cls).items():
            hidden = resolver.members.find(cls, name, above=True)
            if hidden is None:
                continue
            for symbol in symbols:
                if symbol.kind == "method" and (other := resolver.rules.overridden(symbol, targets_of(hidden))):
                    edges.link(symbol, other, "overrides", symbol.unit.at(symbol.fact.line), how=hidden.how)
