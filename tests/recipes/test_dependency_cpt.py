"""Windows of files: every dependency side by side, nothing lost, nothing twice."""

from functools import cache
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipes.conftest import make_source, shop_files
from synth.config import DependencyCptSettings
from synth.recipes.base import Draft, Source
from synth.recipes.segments import HEADER_TOKENS, Segment, segment_file
from synth.recipes.ucd.dependency_cpt import drafts, walks, windows

GRAPHS = st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda edge: edge[0] != edge[1]), max_size=40)


@given(GRAPHS, st.integers(0, 12))
def test_walks_hold_every_edge_once_and_every_node(edges, n_nodes):
    graph = nx.DiGraph()
    graph.add_nodes_from(f"f{index:02}" for index in range(n_nodes))
    graph.add_edges_from((f"f{one:02}", f"f{two:02}") for one, two in edges)
    found = list(walks(graph))
    pairs = [pair for walk in found for pair in pairwise(walk)]
    assert sorted(pairs) == sorted(graph.edges)
    assert {node for walk in found for node in walk} == set(graph)
    assert len(found) <= graph.number_of_edges() + graph.number_of_nodes()
    assert all(len(walk) == len(set(walk)) for walk in found)


def test_walks_begin_where_nothing_depends():
    graph = nx.DiGraph([("app", "core"), ("core", "base"), ("test", "app")])
    assert list(walks(graph)) == [["test", "app", "core", "base"]]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20), st.integers(10, 100))
def test_windows_keep_order_limit_and_tail_and_join_all_neighbours(sizes, limit):
    sequence = [Segment(f"f{index}", 1, 1, size) for index, size in enumerate(sizes)]
    found = list(windows(sequence, limit))
    assert found[0][0] == sequence[0]
    assert found[-1][-1] == sequence[-1]
    for window in found:
        start = sequence.index(window[0])
        assert list(window) == sequence[start : start + len(window)]
        assert sum(item.tokens for item in window) <= limit or len(window) <= 2
    pairs = {pair for window in found for pair in pairwise(window)}
    assert set(pairwise(sequence)) <= pairs
    assert len(found) <= len(sequence)


@given(st.integers(20, 400))
def test_segments_are_all_of_a_file_in_order(limit):
    source = code_source()
    found = segment_file(source, "a.py", limit)
    assert found[0].start_line == 1
    assert found[-1].end_line == len(source.lines("a.py"))
    assert all(two.start_line == one.end_line + 1 for one, two in pairwise(found))
    for item in found:
        assert item.tokens <= limit + HEADER_TOKENS or item.start_line == item.end_line


def test_long_files_are_cut_where_definitions_begin():
    source = make_source({"a.py": CODE})
    starts = {node.start_line for node in source.definitions}
    found = segment_file(source, "a.py", 100)
    assert len(found) > 3
    assert all(item.start_line in starts for item in found[1:])


CODE = "import os\n\n\n" + "\n\n".join(
    f"def function_{index}(a, b):\n" + "".join(f"    x{line} = a + b + {line}\n" for line in range(5))
    for index in range(12)
)


@cache
def code_source() -> Source:
    """Read once: parsing is not what is tested."""
    return make_source({"a.py": CODE})


def windows_of(source: Source, **settings: int) -> list[Draft]:
    return list(drafts(source, DependencyCptSettings(**settings)))


@pytest.mark.parametrize("context_tokens", [256, 512, 8192])
def test_every_dependency_is_side_by_side_in_some_window(shop, context_tokens):
    found = windows_of(shop, context_tokens=context_tokens)
    paths = {node.node_id: node.path for node in shop.graph.nodes.values() if node.kind == "file"}
    wanted = {
        (paths[edge.src], paths[edge.dst or ""])
        for edge in shop.graph.edges()
        if edge.kind == "depends_on" and edge.src != edge.dst and shop.texts[paths[edge.dst or ""]].strip()
    }
    shown = {
        (one["path"], two["path"])
        for draft in found
        for one, two in pairwise(draft.evidence)
        if one["path"] != two["path"]
    }
    assert len(wanted) > 15
    assert wanted <= shown


def test_every_line_is_in_some_window_and_no_window_comes_twice(shop):
    found = windows_of(shop, context_tokens=256)
    assert len({draft.unit for draft in found}) == len(found)
    lines = {
        (item["path"], line)
        for draft in found
        for item in draft.evidence
        for line in range(item["start_line"], item["end_line"] + 1)
    }
    wanted = {(path, line) for path in shop.texts for line in range(1, len(shop.lines(path)) + 1)}
    assert lines == wanted


def test_each_piece_is_under_the_path_of_its_file(shop):
    for draft in windows_of(shop, context_tokens=256):
        for item, header, text in zip(draft.evidence, draft.facts["headers[]"], draft.facts["texts[]"], strict=True):
            assert header.startswith(item["path"])
            assert text == "\n".join(shop.lines(item["path"])[item["start_line"] - 1 : item["end_line"]])


def test_dependents_come_first(shop):
    for draft in windows_of(shop):
        for claim in draft.claims:
            assert (claim["relation"], claim["holds"]) == ("depends_on", True)


def test_train_and_validation_are_never_in_one_window():
    split_of = {"src/shop/errors.py": "validation", "src/shop/basket.py": "validation"}
    source = make_source(shop_files(), split_of=lambda path: split_of.get(path, "train"))
    for draft in windows_of(source):
        assert len({source.split_of(item["path"]) for item in draft.evidence}) == 1


def test_files_in_a_circle_are_all_shown():
    files = {"a.py": "import b\nx = 1\n", "b.py": "import c\ny = 1\n", "c.py": "import a\nz = 1\n"}
    shown = {item["path"] for draft in windows_of(make_source(files)) for item in draft.evidence}
    assert shown == set(files)


def test_blank_files_are_left_out():
    found = windows_of(make_source({"p/__init__.py": "", "p/a.py": "x = 1\n", "p/b.py": "from p import a\n"}))
    assert {item["path"] for draft in found for item in draft.evidence} == {"p/a.py", "p/b.py"}
