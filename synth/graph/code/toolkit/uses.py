"""Edges that code gives: what calls, makes, names, types and decorates what."""

from collections import defaultdict

from synth.graph.code.facts import Use
from synth.graph.code.toolkit.edges import EdgeSet
from synth.graph.code.toolkit.notation import UNKNOWN, is_call, parse_type, split_chain
from synth.graph.code.toolkit.outside import Outside
from synth.graph.code.toolkit.overloads import Choice, choose
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.structure import depend, targets_of
from synth.graph.code.toolkit.units import Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Group, Instance, Universal


class UseLinker:
    """Turns the uses of a collection into edges."""

    def __init__(self, edges: EdgeSet, resolver: Resolver, outside: Outside) -> None:
        self._edges = edges
        self._resolver = resolver
        self._rules = resolver.rules
        self._outside = outside
        self._methods: dict[str, list[Symbol]] = defaultdict(list)
        for unit in resolver.units:
            for symbol in unit.symbols:
                if (symbol.kind == "method" or symbol.variety == "attribute") and symbol.same is None:
                    self._methods[symbol.name].append(symbol)

    def add_uses(self, unit: Unit) -> None:
        """Add the edges of one file."""
        for use in unit.facts.uses:
            if use.role == "call":
                self._add_call(unit, use)
            elif use.role == "load":
                self._add_load(unit, use)
            elif use.role == "new":
                self._add_new(unit, use)
            elif use.role == "annotation":
                self._add_type(unit, use)
            elif use.role == "decorator":
                self._add_decorator(unit, use)

    def _add_call(self, unit: Unit, use: Use) -> None:
        steps = self._resolver.trace(unit, use.scope, use.chain, use.line, "()")
        links = split_chain(use.chain)
        src = unit.owner(use.owner)
        self._add_prefixes(unit, use, src, links[:-1], steps)
        found = steps[-1] if len(steps) == len(links) else None
        value = None if found is None else found.value
        if found is not None and isinstance(value, External):
            self._add_external(src, unit, use, value.name, "calls", found.how)
            return
        if isinstance(value, Universal):
            return
        if found is None or not isinstance(value, Symbol | Group):
            self._add_unresolved(unit, use, src, links, is_known=self._is_known(steps, links))
            return
        choice = choose(self._resolver, unit, use, targets_of(found))
        if choice is None or not choice.is_sure:
            self._add_undecided(unit, use, src, choice)
        else:
            self._add_callee(unit, use, src, choice.symbol, found.through(choice.how))

    def _add_callee(self, unit: Unit, use: Use, src: Symbol, callee: Symbol, found: Found) -> None:
        if callee.kind == "class" and callee.variety in self._rules.conversions:
            self._link(unit, src, callee, "uses_type", use.line, found.how)
        elif callee.kind == "class":
            self._link(unit, src, callee, "instantiates", use.line, found.how)
        elif callee.kind == "variable":
            self._link(unit, src, callee, "references", use.line, found.how)
            if callee.variety == "enum_member" and callee.parent is not None:
                self._link(unit, src, callee.parent, "instantiates", use.line, found.how)
        else:
            self._link(unit, src, callee, "calls", use.line, found.how)

    def _add_undecided(self, unit: Unit, use: Use, src: Symbol, choice: Choice | None) -> None:
        """A call that may mean several functions of one name, or that none of them takes."""
        dst = None if choice is None else choice.symbol.node_id
        target = use.chain if choice is None else choice.symbol.qualified_name
        place = unit.at(use.line)
        self._edges.add(src.node_id, dst, "calls", place, target=target, how="name", confidence="ambiguous")

    def _is_known(self, steps: list[Found | None], links: tuple[str, ...]) -> bool:
        """Whether the object that a method is called on is known."""
        holder = steps[len(links) - 2] if len(links) > 1 and len(steps) >= len(links) - 1 else None
        return holder is not None and self._resolver.settle(holder) is not None

    def _add_unresolved(self, unit: Unit, use: Use, src: Symbol, links: tuple[str, ...], *, is_known: bool) -> None:
        name = links[-1]
        if (len(links) == 1 and name in self._rules.builtins) or name == self._rules.constructor:
            return
        target = use.text or use.chain
        if len(links) > 1 and not is_known and name.lower() not in self._rules.common_methods:
            candidates = self._methods.get(name, [])
            if len({item.qualified_name for item in candidates}) == 1:
                kind = "references" if candidates[0].kind == "variable" else "calls"
                place = unit.at(use.line)
                self._edges.add(src.node_id, candidates[0].node_id, kind, place, target=target, how="unique_name")
                return
        self._edges.add(
            src.node_id, None, "calls", unit.at(use.line), target=target, how="name", confidence="ambiguous"
        )

    def _add_external(self, src: Symbol, unit: Unit, use: Use, name: str, kind: str, how: str) -> None:
        if not self._rules.is_builtin(name) and not (name.endswith(self._rules.constructor or "?")):
            node = self._outside.node_id(name)
            if node is not None or kind == "calls":  # a member of what a call gives has no name of its own
                self._edges.add(src.node_id, node, kind, unit.at(use.line), target=name, how=how)

    def _add_prefixes(
        self, unit: Unit, use: Use, src: Symbol, links: tuple[str, ...], steps: list[Found | None]
    ) -> None:
        """What a chain names on its way and does not call."""
        for position, link in enumerate(links):
            called = position + 1 < len(links) and is_call(links[position + 1])
            found = steps[position] if position < len(steps) else None
            if found is None or called or is_call(link):
                continue
            value = found.value
            if not isinstance(value, Symbol) or value is src or value.kind in {"package", "module"}:
                continue
            if value.kind != "class" or found.how != "self":  # `self` where it stands for a class
                self._link(unit, src, value, "references", use.line, found.how)

    def _add_load(self, unit: Unit, use: Use) -> None:
        links = split_chain(use.chain)
        steps = self._resolver.trace(unit, use.scope, use.chain, use.line)
        src = unit.owner(use.owner)
        self._add_prefixes(unit, use, src, links, steps)
        found = steps[-1] if len(steps) == len(links) else None
        if found is not None and isinstance(found.value, External) and len(links) > 1:
            self._add_external(src, unit, use, found.value.name, "references", found.how)
        elif found is not None and isinstance(found.value, Group):
            self._link(unit, src, found.value.symbols[0], "references", use.line, "type")

    def _add_new(self, unit: Unit, use: Use) -> None:
        src = unit.owner(use.owner)
        found = self._resolver.object_of(unit, use.scope, use.chain)
        value = None if found is None else found.value
        if isinstance(value, Instance) and isinstance(value.of, Symbol):
            self._link(unit, src, value.of, "instantiates", use.line, "name")
            if value.of.variety == "enum":
                self._add_load(unit, use)  # of the member that is made
        elif isinstance(value, Instance) and isinstance(value.of, External):
            self._add_external(src, unit, use, value.of.name, "instantiates", "name")
        elif value is None:
            parsed = parse_type(use.chain)
            named = parsed is not None and parsed.chain not in {"", UNKNOWN, *self._rules.builtins}
            if parsed is not None and named and not self._rules.is_dynamic(parsed.chain):
                place = unit.at(use.line)
                self._edges.add(src.node_id, None, "instantiates", place, target=parsed.chain, confidence="ambiguous")

    def _add_type(self, unit: Unit, use: Use) -> None:
        parsed = parse_type(use.chain)
        if parsed is None or not parsed.chain:
            return
        found = self._resolver.type_of(unit, use.scope, parsed.chain)
        src = unit.owner(use.owner)
        if isinstance(found, Symbol) and found.main is not src:
            self._link(unit, src, found, "uses_type", use.line, "name")
        elif isinstance(found, External):
            self._add_external(src, unit, use, found.name, "uses_type", "name")

    def _add_decorator(self, unit: Unit, use: Use) -> None:
        found = self._resolver.evaluate(unit, use.scope, use.chain, use.line)
        dst = unit.owner(use.owner)
        if found is None:
            return
        if isinstance(found.value, External):
            name = found.value.name
            src = None if self._rules.is_builtin(name) else self._outside.node_id(name)
            if src is not None:
                self._edges.add(
                    src, dst.node_id, "decorates", unit.at(use.line), target=dst.qualified_name, how=found.how
                )
            return
        for symbol in targets_of(found)[:1]:
            if symbol is not dst:
                self._edges.link(symbol, dst, "decorates", unit.at(use.line), how=found.how)

    def _link(self, unit: Unit, src: Symbol, dst: Symbol, kind: str, line: int, how: str) -> None:
        self._edges.link(src, dst, kind, unit.at(line), how=how)
        if self._rules.depends_by_use and dst.index >= 0:
            depend(self._edges, unit, dst, line)
