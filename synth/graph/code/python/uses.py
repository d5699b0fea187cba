"""Edges that code gives: what calls, makes, names, types and decorates what."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from synth.graph.code.facts import Use
from synth.graph.code.python.edges import link
from synth.graph.code.python.flow.solver import CONVERSION, Called, Place
from synth.graph.code.python.resolver import Resolver, split_chain
from synth.graph.code.python.roles import COMMON_METHODS, is_property
from synth.graph.code.python.units import Symbol, Unit
from synth.graph.code.python.values import External, Found, Instance, Receiver, Super
from synth.graph.code.toolkit.edges import EdgeSet
from synth.graph.code.toolkit.outside import Outside

MAX_CHOICES = 8
"""Where more functions than this may be called, none of them is worth an edge of its own."""


class UseLinker:
    """Turns the uses of a collection into edges."""

    def __init__(
        self, edges: EdgeSet, outside: Outside, units: Sequence[Unit], resolver: Resolver,
        called: Mapping[str, Mapping[Called, int]],
    ) -> None:  # fmt: skip
        self._edges = edges
        self._outside = outside
        self._called = called
        self._symbols = {symbol.node_id: symbol for unit in units for symbol in unit.symbols}
        self._resolver = resolver
        self._methods: dict[str, list[Symbol]] = defaultdict(list)
        for unit in units:
            for symbol in unit.symbols:
                if symbol.kind == "method" and not is_property(symbol):
                    self._methods[symbol.name].append(symbol)

    def add_uses(self, unit: Unit) -> None:
        """Add the edges of one file."""
        self._add_flow(unit)
        for use in unit.facts.uses:
            if use.role == "call":
                self._add_call(unit, use)
            elif use.role == "load":
                self._add_load(unit, use)
            elif use.role in {"annotation", "except"}:
                self._add_type(unit, use)
            elif use.role == "decorator":
                self._add_decorator(unit, use)

    def _add_call(self, unit: Unit, use: Use) -> None:
        steps = self._resolver.trace(unit, use.scope, use.chain)
        found = steps[-1]
        src = unit.owner(use.owner)
        callee = None if found is None else self._callee(found)
        if callee is not None:
            symbol, exact = callee
            kind = "instantiates" if symbol.kind == "class" else "calls"
            how = ("self" if _is_receiver(steps) else "name") if exact else "type"
            link(self._edges, src, symbol, kind, unit.at(use.line), how=how, exact=exact)
            return
        if found is not None and isinstance(found.value, External):
            if not found.value.name.startswith("builtins."):
                outside = self._outside.node_id(found.value.name)
                self._edges.add(src.node_id, outside, "calls", unit.at(use.line), target=found.value.name)
            return
        self._add_unresolved(unit, use, src, steps)

    def _add_unresolved(self, unit: Unit, use: Use, src: Symbol, steps: list[Found | None]) -> None:
        links = split_chain(use.chain)
        name = links[-1]
        unknown = len(links) > 1 and name.isidentifier() and not self._is_known(steps[: len(links) - 1], len(links) - 1)
        candidates = self._methods.get(name, []) if unknown and name not in COMMON_METHODS else []
        dst = candidates[0].node_id if len({item.qualified_name for item in candidates}) == 1 else None
        target = use.text or use.chain
        how = "name" if dst is None else "unique_name"
        self._edges.add(src.node_id, dst, "calls", unit.at(use.line), target=target, how=how, confidence="ambiguous")

    def _is_known(self, steps: list[Found | None], length: int) -> bool:
        """Whether the object that a method is called on is known."""
        found = steps[-1] if len(steps) == length else None
        return found is not None and self._resolver.types.settle(found, None) is not None

    def _callee(self, found: Found) -> tuple[Symbol, bool] | None:
        """The class or function that is called, and whether that is certain."""
        value = found.value
        if isinstance(value, Receiver):
            return value.cls, False
        if isinstance(value, Instance):
            called = self._resolver.classes.method(value.cls, "__call__")
            return None if called is None else (called, False)
        if not isinstance(value, Symbol):
            return None
        if value.kind == "variable" or is_property(value):
            held = self._resolver.types.settle(found, None)
            return None if held is None or held.value is value else self._callee(held.weaken())
        return value, found.exact

    def _add_flow(self, unit: Unit) -> None:
        """Add the calls that the flow of values shows."""
        called = self._called.get(unit.path, {})
        choices: dict[Place, set[str]] = defaultdict(set)
        for call in called:
            if call.how != "unique_name":
                choices[call.place].add(call.target)
        for call, line in called.items():
            if not call.target:
                continue
            if call.how == "unique_name" and call.place in choices:
                continue  # where it is known what may come, usage has nothing to add
            src, dst = unit.owner(call.owner), self._symbols[call.target]
            kind = "instantiates" if dst.kind == "class" else "calls"
            if len(choices[call.place]) > MAX_CHOICES and not self._is_certain(dst, choices[call.place]):
                continue
            certain = call.how != CONVERSION and self._is_certain(dst, choices[call.place])
            confidence = "inferred" if certain else "ambiguous"
            self._edges.add(
                src.node_id, dst.node_id, kind, unit.at(line), target=dst.qualified_name,
                how="protocol" if call.how == CONVERSION else call.how,
                confidence=confidence,
            )  # fmt: skip

    def _is_certain(self, callee: Symbol, choices: set[str]) -> bool:
        """Whether a call reaches this function or what overrides it: of several, the one that all others override."""
        if "" in choices:
            return False
        return len(choices) == 1 or all(self._overrides(self._symbols[other], callee) for other in choices)

    def _overrides(self, other: Symbol, callee: Symbol) -> bool:
        cls, base = other.parent, callee.parent
        if other is callee:
            return True
        if other.name != callee.name or cls is None or cls.kind != "class":
            return False
        return base in self._resolver.classes.order(cls)

    def _add_load(self, unit: Unit, use: Use) -> None:
        src = unit.owner(use.owner)
        links = split_chain(use.chain)
        if links[0] == "super":
            return
        steps = self._resolver.trace(unit, use.scope, use.chain)
        for position, found in enumerate(steps):
            called = position + 1 < len(links) and links[position + 1] == "()"
            if found is not None and not called and isinstance(found.value, Symbol) and found.value is not src:
                link(self._edges, src, found.value, "references", unit.at(use.line), exact=found.exact)

    def _add_type(self, unit: Unit, use: Use) -> None:
        found = self._resolver.evaluate(unit, use.scope, use.chain)
        if found is not None and isinstance(found.value, Symbol) and found.value.kind in {"class", "variable"}:
            src = unit.owner(use.owner)
            if src is not found.value:
                link(self._edges, src, found.value, "uses_type", unit.at(use.line), exact=found.exact)

    def _add_decorator(self, unit: Unit, use: Use) -> None:
        found = self._resolver.evaluate(unit, use.scope, use.chain)
        callee = None if found is None else self._callee(found)
        if callee is not None and callee[0] is not unit.owner(use.owner):
            link(self._edges, callee[0], unit.owner(use.owner), "decorates", unit.at(use.line), exact=callee[1])


def _is_receiver(steps: list[Found | None]) -> bool:
    """Whether a chain hangs on `self`, `cls` or `super()`."""
    return any(found is not None and isinstance(found.value, Instance | Receiver | Super) for found in steps[:2])
