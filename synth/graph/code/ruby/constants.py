"""What does a path of constants stand for? By nesting, then by ancestors, then by the top level."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from synth.graph.code.facts import Use
from synth.graph.code.ruby.builtins import CLASSES
from synth.graph.code.toolkit.units import Symbol, Unit
from synth.graph.code.toolkit.values import External, Found

if TYPE_CHECKING:
    from synth.graph.code.ruby.resolver import RubyResolver


class Constants:
    """The classes, modules and constants of a collection, by their full names."""

    def __init__(self, resolver: "RubyResolver", units: Iterable[Unit]) -> None:
        self._resolver = resolver
        self._named: dict[str, Symbol] = {}
        for unit in sorted(units, key=lambda unit: unit.facts.is_test):
            for symbol in unit.symbols:
                if (symbol.kind == "class" and symbol.variety != "describe") or symbol.variety == "constant":
                    self._named.setdefault(symbol.qualified_name, symbol.main)

    def nesting(self, unit: Unit, scope: int) -> tuple[Symbol, ...]:
        """The classes and modules around a scope, the inner first."""
        found = []
        while scope >= 0:
            here = unit.facts.scopes[scope]
            symbol = unit.symbols[here.definition] if here.kind == "class" and here.definition >= 0 else None
            if symbol is not None and symbol.variety != "describe":
                found.append(symbol.main)
            scope = here.parent
        return tuple(found)

    def find(self, unit: Unit, nesting: Sequence[Symbol], name: str, *, with_ancestors: bool) -> Found:
        """What a path stands for, seen from inside of classes and modules; outside of the source where nothing has it.

        Args:
            unit: that names it.
            nesting: the classes and modules around, the inner first.
            name: the path as written.
            with_ancestors: whether what the inner class inherits is looked at too.
        """
        path = name.removeprefix("::")
        around = [] if name[0] == ":" else [f"{cls.qualified_name}::" for cls in nesting]
        first, *rest = path.split("::")
        whole = self._first_of(f"{prefix}{path}" for prefix in (*around, "")) if rest else None
        if whole is not None:
            return Found(whole)
        symbol = self._first_of(f"{prefix}{first}" for prefix in around)
        if symbol is None and with_ancestors and around:
            symbol = self._inherited(nesting[0], first)
        everywhere = (f"{module.qualified_name}::{first}" for module in self._resolver.members.everywhere(unit))
        symbol = symbol or self._first_of([first, *everywhere])
        if symbol is None:
            return Found(External(path))
        found = Found(symbol)
        for part in rest:
            found = self.inside(self._resolver.settle(found) or found, part)
        return found

    def base_named(self, unit: Unit, use: Use) -> Symbol | External:
        """What the name of a base stands for; ancestors are not known yet, so only nesting is looked at."""
        found = self.find(unit, self.nesting(unit, use.scope), use.chain, with_ancestors=False)
        settled = self._resolver.settle(found)
        value = None if settled is None else settled.value
        if isinstance(value, Symbol) and value.kind == "class":
            return value.main
        return value if isinstance(value, External) else External(use.chain.removeprefix("::"))

    def inside(self, holder: Found, name: str) -> Found:
        """A constant of what holds it; outside of the source where it is not known there."""
        value = holder.value
        if isinstance(value, Symbol) and value.kind == "class":
            symbol = self._named.get(f"{value.qualified_name}::{name}") or self._inherited(value, name)
            if symbol is not None:
                return Found(symbol, holder.how)
        path = value.qualified_name if isinstance(value, Symbol) else value.name if isinstance(value, External) else "?"
        return Found(External(f"{path}::{name}"), "type" if isinstance(value, Symbol) else holder.how)

    def is_reopened(self, cls: Symbol) -> bool:
        """Whether a class is one of Ruby's or of a package, to which the source only adds."""
        first = cls.qualified_name.partition("::")[0]
        return cls.variety != "describe" and (first in CLASSES or first not in self._named)

    def _inherited(self, cls: Symbol, name: str) -> Symbol | None:
        above = (item for item in self._resolver.members.order(cls.main) if isinstance(item, Symbol))
        return self._first_of(f"{item.qualified_name}::{name}" for item in above if item is not cls.main)

    def _first_of(self, names: Iterable[str]) -> Symbol | None:
        return next((symbol for name in names if (symbol := self._named.get(name)) is not None), None)
