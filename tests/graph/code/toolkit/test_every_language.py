"""What is promised of the graph of every language: for its test project as it is, and with random damage done to it."""

from collections import Counter

import pytest
from conftest import Built
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import PROJECTS, build_texts, texts_of

from synth.graph.code.build import LANGUAGES
from synth.schema import CONFIDENCES, EDGE_KINDS, HOW, NODE_KINDS, VISIBILITIES
from synth.sources.languages import language_of

FOLDERS = sorted(path.name for path in PROJECTS.iterdir() if path.name in LANGUAGES and any(path.iterdir()))
DAMAGE = ("", "{", "}", "(", ")", '"', "'", "\n", ";", "<", "::", ".", "/*", "//", "class ", "end\n", "é")


@pytest.fixture(scope="module", params=FOLDERS)
def texts(request: pytest.FixtureRequest) -> dict[str, str]:
    return texts_of(request.param)


@pytest.fixture(scope="module")
def built(texts: dict[str, str]) -> Built:
    return build_texts(texts)


def test_there_are_projects() -> None:
    assert {"go", "java"} <= set(FOLDERS)


def assert_sound(built: Built, texts: dict[str, str]) -> None:
    """Ids are unique, edges have ends, the tree of `contains` is one, and places lie in their files."""
    nodes = {row["node_id"]: row for row in built.nodes.to_pylist()}
    assert len(nodes) == built.nodes.num_rows
    for row in nodes.values():
        assert row["kind"] in NODE_KINDS
        assert row["visibility"] in VISIBILITIES
        assert row["name"]
        assert "\n" not in row["signature"]
        text = texts[row["path"]].encode() if row["path"] else b""
        assert 0 <= row["start_byte"] <= row["end_byte"] <= len(text)
        assert (row["start_line"] == 0) == (row["kind"] == "external")
    for row in built.rows:
        assert row["src"] in nodes
        assert row["dst"] is None or row["dst"] in nodes
        assert row["kind"] in EDGE_KINDS
        assert row["how"] in HOW
        assert row["confidence"] in CONFIDENCES
        assert 1 <= row["line"] <= texts[row["path"]].count("\n") + 1
    parents = {row["dst"]: row["src"] for row in built.rows if row["kind"] == "contains"}
    counts = Counter(row["dst"] for row in built.rows if row["kind"] == "contains")
    assert not [nodes[node]["qualified_name"] for node, count in counts.items() if count > 1]
    for start in list(parents):
        seen, node = set(), start
        while node in parents:
            assert node not in seen
            seen.add(node)
            node = parents[node]


def test_the_graph_is_sound(built: Built, texts: dict[str, str]) -> None:
    assert_sound(built, texts)


def test_every_file_has_a_node_and_every_definition_has_a_parent(built: Built, texts: dict[str, str]) -> None:
    rows = built.nodes.to_pylist()
    code = {path for path, text in texts.items() if language_of(path, text.encode()[:99]) in LANGUAGES}
    assert {row["path"] for row in rows if row["kind"] == "file"} == code
    contained = {row["dst"] for row in built.rows if row["kind"] == "contains"}
    loose = [row for row in rows if row["kind"] in {"class", "function", "method", "variable"}]
    assert not [row["qualified_name"] for row in loose if row["node_id"] not in contained]


def test_bytes_cover_the_lines_that_they_are_said_to(built: Built, texts: dict[str, str]) -> None:
    for row in built.nodes.to_pylist():
        if row["kind"] in {"class", "function", "method"}:
            text = texts[row["path"]].encode()
            assert text.count(b"\n", 0, row["start_byte"]) + 1 == row["start_line"]
            assert row["start_line"] <= text.count(b"\n", 0, max(0, row["end_byte"] - 1)) + 1 <= row["end_line"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_files_do_no_harm_and_their_order_does_not_matter(texts: dict[str, str], data: st.DataObject) -> None:
    damaged = dict(texts)
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(sorted(texts)))
        start = data.draw(st.integers(0, len(damaged[path])))
        length = data.draw(st.sampled_from((0, 1, 1, 5, 60)))
        damaged[path] = damaged[path][:start] + data.draw(st.sampled_from(DAMAGE)) + damaged[path][start + length :]
    built = build_texts(damaged)
    assert_sound(built, damaged)
    turned = build_texts(dict(reversed(damaged.items())))
    assert (turned.nodes, turned.rows) == (built.nodes, built.rows)
