"""The members of classes, and of objects and functions, which have them too."""

from collections.abc import Iterable

from synth.graph.code.toolkit.members import Members
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.units import Symbol, Unit


class ScriptMembers(Members):
    """The members of a collection's classes, objects and functions."""

    def __init__(self, resolver: Resolver, units: Iterable[Unit]) -> None:
        super().__init__(resolver, units)
        for members in self._own.values():
            for name, symbols in members.items():
                methods = [symbol for symbol in symbols if symbol.kind == "method"]
                members[name] = methods or symbols  # a field that hides a method is that method, bound or wrapped
        for unit in units:
            for symbol in unit.symbols:
                owner = _owner_of(symbol)
                if owner is not None:
                    found = self._own.setdefault(owner.main, {}).setdefault(symbol.name, [])
                    if symbol.main not in found:
                        found.append(symbol.main)


def _owner_of(method: Symbol) -> Symbol | None:
    """The object or function, but no class, that a method is a member of, and does not only stand in."""
    parent = method.parent
    if method.kind != "method" or parent is None or parent.kind not in {"variable", "function", "method"}:
        return None
    if method.fact.attached:
        return parent
    scopes = method.unit.facts.scopes
    is_direct = parent.kind == "variable" and scopes[method.fact.scope].parent == parent.fact.scope
    return parent if is_direct and parent.fact.value.startswith("{") else None
