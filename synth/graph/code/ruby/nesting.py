"""Where do definitions belong? Names with a path, parts of one class, and methods of classes themselves."""

from collections import Counter
from collections.abc import Sequence

from synth.graph.code.toolkit.units import Symbol, Unit, node_id


def place_nested(units: Sequence[Unit]) -> None:
    """Give classes that are defined by a path the parent and the full name that it stands for."""
    known: dict[str, Symbol] = {}
    for unit in units:
        for symbol in unit.symbols:
            if symbol.kind == "class":
                known.setdefault(symbol.qualified_name, symbol)
    for unit in units:
        nested = [symbol for symbol in unit.symbols if symbol.kind == "class" and _path_of(symbol)]
        renamed = [_place(unit, symbol, known) for symbol in sorted(nested, key=lambda item: item.fact.start_byte)]
        if any(renamed):
            _identify(unit)


def _path_of(symbol: Symbol) -> str:
    """The path before the name in a definition, such as `A` in `class A::B`."""
    parent = symbol.parent
    prefix = f"{parent.qualified_name}::" if parent is not None and parent.kind == "class" else ""
    return symbol.qualified_name.removeprefix(prefix).rpartition("::")[0] if symbol.variety != "describe" else ""


def _place(unit: Unit, symbol: Symbol, known: dict[str, Symbol]) -> bool:
    """Find what the path stands for, from the inner to the outer; returns whether the full name has changed."""
    path, parent = _path_of(symbol), symbol.parent
    around = parent.qualified_name if parent is not None and parent.kind == "class" else ""
    while True:
        owner = known.get(f"{around}::{path}" if around else path)
        if owner is not None and owner is not symbol:
            break
        if not around:
            return False
        around = around.rpartition("::")[0]
    symbol.parent = owner
    before, after = symbol.qualified_name, f"{owner.qualified_name}::{symbol.name}"
    if before == after:
        return False
    for other in unit.symbols:
        inside = symbol.fact.start_byte <= other.fact.start_byte and other.fact.end_byte <= symbol.fact.end_byte
        if inside and other.qualified_name.startswith(before):
            other.qualified_name = f"{after}{other.qualified_name[len(before) :]}"
    known.setdefault(after, symbol)
    return True


def _identify(unit: Unit) -> None:
    """Give the nodes of a file the ids of their full names."""
    seen: Counter[tuple[str, str]] = Counter()
    for symbol in sorted(unit.symbols, key=lambda item: item.fact.start_byte):
        key = (symbol.kind, symbol.qualified_name)
        symbol.node_id = node_id(unit.facts, *key, unit.path, seen[key])
        seen[key] += 1


def choose_mains(units: Sequence[Unit]) -> None:
    """Let the part of a class or module that documents or fills it stand for all: outside of tests, then the first."""
    parts: dict[Symbol, list[Symbol]] = {}
    filled: set[Symbol] = set()
    for unit in units:
        for symbol in unit.symbols:
            if symbol.kind == "class":
                parts.setdefault(symbol.main, []).append(symbol)
            elif symbol.fact.parent >= 0:
                filled.add(unit.symbols[symbol.fact.parent])
    for same in parts.values():
        best = min(same, key=lambda item: (item.unit.facts.is_test, not item.fact.docstring, item not in filled))
        for symbol in same:
            symbol.same = None if symbol is best else best


def tell_apart(units: Sequence[Unit]) -> None:
    """Give methods of a class itself a name that begins with a dot, which tells them from those of its objects."""
    for unit in units:
        for symbol in unit.symbols:
            fact = symbol.fact
            if fact.attached and symbol.parent is not None and symbol.parent.kind == "class":
                symbol.qualified_name = f"{symbol.parent.qualified_name}.{fact.name}"
            is_own = symbol.qualified_name.endswith(f".{fact.name}") and symbol.variety != "module_function"
            if is_own and (symbol.kind == "method" or symbol.variety == "attribute"):
                symbol.name = f".{fact.name}"
