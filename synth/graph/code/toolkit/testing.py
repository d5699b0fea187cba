"""Which tests exercise what? Edges from tests to the code that they call."""

from collections import defaultdict

from synth.graph.code.language import Edge
from synth.graph.code.toolkit.edges import EdgeSet
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.rules import Rules
from synth.graph.code.toolkit.units import Symbol


def add_tests(edges: EdgeSet, resolver: Resolver) -> None:
    """Join each test to what it calls or makes itself, or through a helper or set-up of the same file."""
    symbols = {symbol.node_id: symbol for unit in resolver.units for symbol in unit.symbols if symbol.same is None}
    calls: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges.rows():
        if edge.kind in {"calls", "instantiates"} and edge.dst in symbols and edge.confidence != "ambiguous":
            calls[edge.src].append(edge)
    for unit in resolver.units:
        tests = [symbol for symbol in unit.symbols if resolver.rules.is_test(symbol)]
        setups = [symbol for symbol in unit.symbols if resolver.rules.is_setup(symbol)] if tests else []
        for test in tests:
            around = _around(test)
            helpers = [symbol for symbol in setups if symbol.parent in around]
            _add_test(edges, resolver.rules, test, helpers, calls, symbols)


def _around(test: Symbol) -> list[Symbol]:
    """What a test stands in, such as a class of tests or suites inside of each other."""
    found: list[Symbol] = []
    current = test.parent
    while current is not None:
        found.append(current)
        current = current.parent
    return found


def _add_test(
    edges: EdgeSet, rules: Rules, test: Symbol, helpers: list[Symbol], calls: dict[str, list[Edge]],
    symbols: dict[str, Symbol],
) -> None:  # fmt: skip
    reached = {helper.node_id: helper for helper in helpers}
    for edge in calls[test.node_id]:
        callee = symbols[edge.dst or ""]
        if callee.unit is test.unit and callee.kind != "class":
            reached[callee.node_id] = callee
        if not rules.is_of_tests(callee):
            edges.link(test, callee, "tests", (edge.path, edge.line), how=edge.how)
    reached.pop(test.node_id, None)
    for helper in reached.values():
        for edge in calls[helper.node_id] if rules.is_of_tests(helper) else ():
            callee = symbols[edge.dst or ""]
            if not rules.is_of_tests(callee):
                edges.link(test, callee, "tests", (edge.path, edge.line), how="flow")
