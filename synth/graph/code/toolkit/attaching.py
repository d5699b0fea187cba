"""Definitions in several places: methods outside of their type, declarations, and classes that are written in parts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.structure import namespaces_of
from synth.graph.code.toolkit.units import Space, Symbol, Unit, node_id


def attach_methods(resolver: Resolver) -> None:
    """Make the types that methods name their parents, and give the methods their full names."""
    separator = resolver.rules.separator
    seen: Counter[tuple[str, str, str]] = Counter()
    for unit in resolver.units:
        for symbol in unit.symbols:
            fact = symbol.fact
            if not fact.attached:
                continue
            owner = _owner_of(resolver, symbol)
            if owner is None:
                continue
            symbol.parent = owner
            if symbol.kind not in {"variable", "class"}:
                symbol.kind = "function" if owner.kind == "module" else "method"
            name = f"{owner.qualified_name}{separator}{fact.name}"
            if name != symbol.qualified_name:
                symbol.qualified_name = name
                key = (symbol.kind, name, unit.path)
                symbol.node_id = node_id(unit.facts, *key, seen[key])
                seen[key] += 1


def _owner_of(resolver: Resolver, symbol: Symbol) -> Symbol | None:
    """The class or namespace that a definition is attached to."""
    fact, unit = symbol.fact, symbol.unit
    cls = resolver.class_named(unit, fact.scope, fact.attached)
    if cls is not None:
        return cls
    found = resolver.evaluate(unit, fact.scope, fact.attached, fact.line)
    spaces = namespaces_of(found.value) if found is not None and isinstance(found.value, Space) else []
    return spaces[0] if spaces else None


def merge_parts(units: Iterable[Unit], rules: Rules) -> None:
    """Let declarations stand for the definition of the same name, and parts of a class for one class."""
    named: dict[tuple[str, str], list[Symbol]] = defaultdict(list)
    for unit in units:
        for symbol in unit.symbols:
            if symbol.kind in {"class", "function", "method", "variable"}:
                kind = "function" if symbol.kind == "method" else symbol.kind
                named[kind, rules.part_key(symbol)].append(symbol)
    for (kind, _), symbols in named.items():
        if len(symbols) > 1:
            _merge(symbols, rules, everything=kind == "class" and rules.merges_classes)


def _merge(symbols: list[Symbol], rules: Rules, *, everything: bool) -> None:
    complete = [symbol for symbol in symbols if symbol.variety != "declaration"]
    for symbol in symbols:
        if symbol.variety == "declaration" or everything:
            main = _match(symbol, rules.ranked(symbol, complete)) or _match(symbol, symbols)
            symbol.same = main if main is not symbol else None
            if symbol.same is not None:
                rules.take_over(symbol, symbol.same)


def _match(symbol: Symbol, others: Sequence[Symbol]) -> Symbol | None:
    """The one that takes the same parameters, else as many, else the only one."""
    if symbol.kind == "class":
        return others[0] if others else None
    shape = _shape(symbol)
    same = [other for other in others if _shape(other) == shape]
    alike = [other for other in others if len(_shape(other)) == len(shape)]
    for found in (same, alike, others):
        if found and (found is same or len(found) == 1):
            return found[0]
    return None


def _shape(symbol: Symbol) -> tuple[str, ...]:
    parameters = symbol.unit.parameters.get(symbol.index, ())
    return tuple((item.annotation or "").replace(" ", "") for item in parameters)
