"""What most depends on, and what depends on itself."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st
from tables import edge, node, tables

from synth.graph.measures import Cycle, count_dependants, find_cycles


def dependants(*edges: dict[str, object], with_tests: bool = True) -> dict[str, int]:
    nodes, table = tables([node("a"), node("b"), node("c"), node("t", is_test=True)], edges)
    counts = count_dependants(nodes, table, with_tests=with_tests)
    return {name: number for name, number in zip("abct", counts, strict=True) if number}


def test_each_dependant_counts_once_whatever_it_does() -> None:
    assert dependants(edge("a", "c"), edge("a", "c", "references"), edge("b", "c", "inherits")) == {"c": 2}


def test_what_contains_or_only_guesses_does_not_depend() -> None:
    assert dependants(edge("a", "c", "contains"), edge("b", "c", confidence="ambiguous"), edge("a", None)) == {}


def test_a_node_does_not_depend_on_itself() -> None:
    assert dependants(edge("a", "a"), edge("b", "a")) == {"a": 1}


def test_what_is_decorated_depends_on_its_decorator() -> None:
    assert dependants(edge("a", "b", "decorates"), edge("a", "c", "decorates")) == {"a": 2}


def test_tests_can_be_left_out_of_the_count() -> None:
    edges = (edge("t", "a", "tests"), edge("t", "a"), edge("b", "a"))
    assert dependants(*edges) == {"a": 2}
    assert dependants(*edges, with_tests=False) == {"a": 1}


def test_edges_to_what_the_source_only_uses_count_for_it() -> None:
    nodes, edges = tables([node("a"), node("numpy.array", "external", path="")], [edge("a", "numpy.array")])
    assert count_dependants(nodes, edges) == [0, 1]


def test_files_that_import_each_other_are_a_cycle() -> None:
    files = [node(name, "file") for name in ("a.py", "b.py", "c.py", "d.py")]
    pairs = [("a.py", "b.py"), ("b.py", "c.py"), ("c.py", "a.py"), ("c.py", "d.py")]
    nodes, edges = tables(files, [edge(src, dst, "depends_on") for src, dst in pairs])
    assert find_cycles(nodes, edges) == [Cycle("imports", (0, 1, 2), (0, 1, 2))]


def test_functions_that_call_each_other_are_a_cycle_and_recursion_is_none() -> None:
    nodes, edges = tables([node("a"), node("b"), node("c")], [edge("a", "b"), edge("b", "a"), edge("c", "c")])
    assert find_cycles(nodes, edges) == [Cycle("calls", (0, 1), (0, 1))]


def test_a_guess_makes_no_cycle_and_kinds_are_not_mixed() -> None:
    edges = [edge("a", "b"), edge("b", "a", confidence="ambiguous"), edge("b", "a", "depends_on")]
    assert find_cycles(*tables([node("a"), node("b")], edges)) == []


def test_the_largest_cycle_comes_first_with_a_short_way_round() -> None:
    names = "abcdefg"
    ring = [edge(names[i], names[(i + 1) % 5], "depends_on") for i in range(5)]
    nodes, edges = tables(map(node, names), [*ring, edge("c", "b", "depends_on"), edge("f", "g"), edge("g", "f")])
    assert [(cycle.kind, cycle.members, cycle.walk) for cycle in find_cycles(nodes, edges)] == [
        ("imports", (0, 1, 2, 3, 4), (1, 2)),
        ("calls", (5, 6), (5, 6)),
    ]


@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30))
def test_every_cycle_is_one(pairs: set[tuple[int, int]]) -> None:
    nodes, edges = tables([node(str(i)) for i in range(9)], [edge(str(src), str(dst)) for src, dst in sorted(pairs)])
    cycles = find_cycles(nodes, edges)
    components = [tuple(sorted(part)) for part in nx.strongly_connected_components(nx.DiGraph(sorted(pairs)))]
    assert sorted(cycle.members for cycle in cycles) == sorted(part for part in components if len(part) > 1)
    for cycle in cycles:
        assert set(zip(cycle.walk, (*cycle.walk[1:], cycle.walk[0]), strict=True)) <= pairs
        assert set(cycle.walk) <= set(cycle.members)
        assert len(cycle.walk) > 1
