"""Edges that the layout of the source gives: what contains, imports, extends and overrides what.

The tree of `contains` has packages above packages and modules, and modules above what they define. A package node is
the directory and stands beside the module node of its `__init__.py`, which it contains. Files are joined by
`depends_on` and to their module by their path.
"""

from collections.abc import Iterator, Sequence

from synth.graph.code.facts import Import
from synth.graph.code.python.edges import link
from synth.graph.code.python.nodes import file_id, package_id
from synth.graph.code.python.resolver import Resolver, is_mangled
from synth.graph.code.python.units import Symbol, Unit
from synth.graph.code.python.values import External, Found
from synth.graph.code.toolkit.edges import EdgeSet
from synth.graph.code.toolkit.outside import Outside


def add_contains(edges: EdgeSet, units: Sequence[Unit]) -> None:
    """Give every node but the roots one parent."""
    packages = {unit.path.rpartition("/")[0]: unit for unit in units if unit.is_package}
    for unit in units:
        directory = unit.path.rpartition("/")[0]
        if unit.is_package:
            edges.add(package_id(unit), unit.root.node_id, "contains", unit.at(1), target=unit.name, how="syntax")
            directory = directory.rpartition("/")[0]
        parent = _package_above(packages, directory)
        if parent is not None:
            child = package_id(unit) if unit.is_package else unit.root.node_id
            edges.add(package_id(parent), child, "contains", unit.at(1), target=unit.name, how="syntax")
        for symbol in unit.symbols:
            assert symbol.parent is not None
            link(edges, symbol.parent, symbol, "contains", unit.at(symbol.fact.line), how="syntax")


def _package_above(packages: dict[str, Unit], directory: str) -> Unit | None:
    while directory and directory not in packages:
        directory = directory.rpartition("/")[0]
    return packages.get(directory)


def add_imports(edges: EdgeSet, units: Sequence[Unit], resolver: Resolver, outside: Outside) -> None:
    """Join modules to the modules and symbols that they import, and files to the files that they need."""
    for unit in units:
        for item in unit.facts.imports:
            module = resolver.modules.imported_module(unit, item.module)
            name = resolver.modules.absolute_name(unit, item.module) or item.module
            if module is not None:
                edges.add(unit.root.node_id, module.root.node_id, "imports", unit.at(item.line), target=name)
                _depend(edges, unit, module, item.line)
            elif item.symbol in {"", "*"}:
                edges.add(unit.root.node_id, outside.node_id(name), "imports", unit.at(item.line), target=name)
            if item.symbol == "*" and module is not None:
                for exported in sorted(resolver.modules.exported(module)):
                    found = resolver.module_member(module, exported)
                    _depend_on_value(edges, unit, found, item.line)
            elif item.symbol not in {"", "*"}:
                _add_symbol(edges, unit, resolver, outside, item, name)


def _add_symbol(edges: EdgeSet, unit: Unit, resolver: Resolver, outside: Outside, item: Import, module: str) -> None:
    found = resolver.resolve_import(unit, item)
    target = f"{module}{'' if module.endswith('.') else '.'}{item.symbol}"
    value = found.value if found is not None else None
    node = value.root if isinstance(value, Unit) else value
    if isinstance(node, Symbol):
        edges.add(unit.root.node_id, node.node_id, "imports", unit.at(item.line), target=target)
        _depend(edges, unit, node.unit, item.line)
    else:
        edges.add(unit.root.node_id, outside.node_id(target), "imports", unit.at(item.line), target=target)


def _depend_on_value(edges: EdgeSet, unit: Unit, found: Found | None, line: int) -> None:
    if found is not None and isinstance(found.value, Symbol):
        _depend(edges, unit, found.value.unit, line)
    elif found is not None and isinstance(found.value, Unit):
        _depend(edges, unit, found.value, line)


def _depend(edges: EdgeSet, unit: Unit, other: Unit, line: int) -> None:
    if other is not unit:
        edges.add(file_id(unit), file_id(other), "depends_on", unit.at(line), target=other.path)


def classes_of(units: Sequence[Unit]) -> Iterator[Symbol]:
    """Every class of the collection."""
    return (symbol for unit in units for symbol in unit.symbols if symbol.kind == "class")


def add_inherits(edges: EdgeSet, units: Sequence[Unit], resolver: Resolver, outside: Outside) -> None:
    """Join classes to their direct bases; a base outside of the source is an external node."""
    for cls in classes_of(units):
        for use in resolver.classes.base_uses(cls):
            found = resolver.classes.resolve_base(cls, use)
            value = found.value if found is not None else None
            if isinstance(value, Symbol) and value.kind == "class":
                assert found is not None
                link(edges, cls, value, "inherits", cls.unit.at(use.line), exact=found.exact)
                continue
            if not isinstance(value, External):
                written = use.text or use.chain
                edges.add(cls.node_id, None, "inherits", cls.unit.at(use.line), target=written, confidence="ambiguous")
            elif value.name != "builtins.object":
                base, name = outside.node_id(value.name), value.name.removeprefix("builtins.")
                edges.add(cls.node_id, base, "inherits", cls.unit.at(use.line), target=name)


def add_overrides(edges: EdgeSet, units: Sequence[Unit], resolver: Resolver) -> None:
    """Join methods to the method of the nearest ancestor that they hide."""
    for cls in classes_of(units):
        for name in cls.unit.tables[cls.fact.body]:
            own = None if is_mangled(name) else resolver.bound(cls.unit, cls.fact.body, name)
            if own is None or not _is_method_of(own, cls):
                continue
            hidden = resolver.classes.member(cls, name, above=True)
            if hidden is not None and isinstance(hidden.value, Symbol) and hidden.value.kind == "method":
                assert isinstance(own.value, Symbol)
                exact = own.exact and hidden.exact
                link(edges, own.value, hidden.value, "overrides", cls.unit.at(own.value.fact.line), exact=exact)


def _is_method_of(found: Found, cls: Symbol) -> bool:
    value = found.value
    return isinstance(value, Symbol) and value.kind == "method" and value.parent is cls
