"""Which tests exercise what? Edges from test functions to the code that they call."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from synth.graph.code.language import Edge
from synth.graph.code.python.edges import link
from synth.graph.code.python.roles import is_fixture
from synth.graph.code.python.units import Symbol, Unit
from synth.graph.code.toolkit.edges import EdgeSet

SETUPS = frozenset({"setUp", "setup", "setup_method", "setUpClass", "setup_class", "asyncSetUp"})


def add_tests(edges: EdgeSet, units: Sequence[Unit]) -> None:
    """Join each test to what it calls or makes itself, or through a helper or fixture of the same file."""
    symbols = {symbol.node_id: symbol for unit in units for symbol in unit.symbols}
    calls: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges.rows():
        if edge.kind in {"calls", "instantiates"} and edge.dst in symbols and edge.confidence != "ambiguous":
            calls[edge.src].append(edge)
    for unit in units:
        if unit.facts.is_test:
            for test in filter(_is_test, unit.symbols):
                _add_test(edges, test, calls, symbols)


def _add_test(edges: EdgeSet, test: Symbol, calls: dict[str, list[Edge]], symbols: dict[str, Symbol]) -> None:
    helpers = {helper.node_id: helper for helper in (*_fixtures(test), *_setups(test), *_inner(test))}
    for edge in calls[test.node_id]:
        callee = symbols[edge.dst or ""]
        if callee.unit is test.unit and callee.kind != "class":
            helpers[callee.node_id] = callee
        elif not callee.unit.facts.is_test:
            place = (edge.path, edge.line)
            link(edges, test, callee, "tests", place, exact=edge.confidence == "exact")
    helpers.pop(test.node_id, None)
    for helper in helpers:
        for edge in calls[helper]:
            callee = symbols[edge.dst or ""]
            if not callee.unit.facts.is_test:
                link(edges, test, callee, "tests", (edge.path, edge.line), exact=False)


def _is_test(symbol: Symbol) -> bool:
    """Whether pytest or unittest would collect it."""
    parent = symbol.parent
    if parent is None or not symbol.name.startswith("test"):
        return False
    if symbol.kind == "function":
        return parent.kind == "module"
    named = parent.name.startswith("Test") or any("TestCase" in base for base in parent.fact.bases)
    return symbol.kind == "method" and (named or parent.name.endswith(("Test", "Tests")))


def _fixtures(test: Symbol) -> Iterator[Symbol]:
    unit = test.unit
    names = {item.name for item in unit.facts.parameters if item.definition == test.index}
    return (symbol for symbol in unit.symbols if symbol.name in names and symbol is not test and is_fixture(symbol))


def _setups(test: Symbol) -> Iterator[Symbol]:
    siblings = (symbol for symbol in test.unit.symbols if symbol.parent is test.parent)
    return (symbol for symbol in siblings if symbol.kind == "method" and symbol.name in SETUPS)


def _inner(test: Symbol) -> Iterator[Symbol]:
    return (symbol for symbol in test.unit.symbols if symbol.parent is test and symbol.kind == "function")
