"""Classes, their bases and their members, wherever those are written."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from synth.graph.code.facts import Use
from synth.graph.code.toolkit.units import Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Group, Instance, Value

if TYPE_CHECKING:
    from synth.graph.code.toolkit.resolver import Resolver

MAX_ORDER = 100  # classes that are looked through
BASE_ROLES = frozenset({"base", "implements", "include", "extend", "prepend"})  # of uses that name a base


class BaseOf(NamedTuple):
    """A base of a class."""

    value: Symbol | External
    arguments: tuple[Value | None, ...]
    use: Use
    unit: Unit  # that names it


class Members:
    """The classes of a collection."""

    def __init__(self, resolver: "Resolver", units: Iterable[Unit]) -> None:
        self._resolver = resolver
        self._own: dict[Symbol, dict[str, list[Symbol]]] = {}
        self._base_uses: dict[Symbol, list[tuple[Unit, Use]]] = {}
        self._bases: dict[Symbol, list[BaseOf]] = {}
        self._orders: dict[Symbol, list[Symbol | External]] = {}
        self._parts: dict[Symbol, list[Symbol]] = {}
        for unit in units:
            for symbol in unit.symbols:
                if symbol.kind == "class" and symbol.same is not None:
                    self._parts.setdefault(symbol.main, [symbol.main]).append(symbol)
                parent = symbol.parent
                if parent is not None and parent.kind == "class":
                    for holder, name in resolver.rules.memberships(symbol, parent):
                        found = self._own.setdefault(holder.main, {}).setdefault(name, [])
                        if symbol.main not in found:
                            found.append(symbol.main)

    def parts_of(self, cls: Symbol) -> list[Symbol]:
        """The symbols that a class which is written in parts is made of; none where it is in one piece."""
        return self._parts.get(cls, [])

    def own(self, cls: Symbol) -> dict[str, list[Symbol]]:
        """The members that a class itself has, by name."""
        return self._own.get(cls.main, {})

    def collect_bases(self, units: Iterable[Unit]) -> None:
        """Note which bases each class names; asks what names mean, so members must be known."""
        for unit in units:
            for use in unit.facts.uses:
                if use.role in BASE_ROLES:
                    cls: Symbol | None = unit.owner(use.owner)
                    if use.text:
                        cls = self._resolver.class_named(unit, use.scope, use.text)
                    if cls is not None and cls.kind == "class":
                        self._base_uses.setdefault(cls, []).append((unit, use))

    def bases(self, cls: Symbol) -> list[BaseOf]:
        """Direct bases in the order written: classes of the source, and a name for each of the others."""
        if cls not in self._bases:
            self._bases[cls] = []  # a class that names itself has no bases while they are looked up
            self._bases[cls] = list(self._find_bases(cls))
        return self._bases[cls]

    def _find_bases(self, cls: Symbol) -> Iterator[BaseOf]:
        for unit, use in self._base_uses.get(cls, ()):
            found = self._resolver.object_of(unit, use.scope, use.chain)
            value = None if found is None else found.value
            if isinstance(value, Instance) and isinstance(value.of, Symbol | External):
                if value.of is not cls:
                    yield BaseOf(value.of, value.arguments, use, unit)
            else:
                yield BaseOf(External(f"?.{use.chain}"), (), use, unit)

    def order(self, cls: Symbol) -> list[Symbol | External]:
        """The class, then its bases level by level, each once."""
        if cls not in self._orders:
            order: dict[Symbol | External, None] = {cls: None}
            level: list[Symbol | External] = [cls]
            while level and len(order) < MAX_ORDER:
                above = [base.value for item in level if isinstance(item, Symbol) for base in self.bases(item)]
                level = [item for item in dict.fromkeys(above) if item not in order]
                order.update(dict.fromkeys(level))
            self._orders[cls] = list(order)
        return self._orders[cls]

    def find(self, cls: Symbol, name: str, *, above: bool = False) -> Found | None:
        """What `name` is on a class, or only on its bases.

        It is inferred where a base that is not in the source comes first, since that could define it too. What no
        class of the source defines is a member of the only base that is outside.
        """
        cls = cls.main
        outside: list[External] = []
        for item in self.order(cls)[1:] if above else self.order(cls):
            if isinstance(item, External):
                outside.append(item)
                continue
            symbols = self._own.get(item, {}).get(name)
            if symbols:
                value: Value = symbols[0] if len(symbols) == 1 else Group(tuple(symbols))
                return Found(value, "type" if outside else "name")
        outside = [item for item in outside if self._resolver.rules.hands_down(item)]
        if len(outside) == 1 and not outside[0].name.startswith("?"):
            return Found(External(f"{outside[0].name}{self._resolver.rules.separator}{name}"), "type")
        return None

    def arguments_of(self, receiver: Instance, owner: Symbol) -> tuple[Value | None, ...]:
        """The type arguments of a base, for an object of a class that extends it."""
        if receiver.of is owner or not isinstance(receiver.of, Symbol):
            return receiver.arguments
        seen: set[Symbol] = set()
        queue: list[tuple[Symbol, tuple[Value | None, ...]]] = [(receiver.of, receiver.arguments)]
        while queue:
            cls, arguments = queue.pop(0)
            if cls is owner:
                return arguments
            seen.add(cls)
            for base in self.bases(cls):
                if isinstance(base.value, Symbol) and base.value not in seen:
                    given = tuple(self._resolver.fill(item, cls, arguments) for item in base.arguments)
                    queue.append((base.value, given))
        return ()
