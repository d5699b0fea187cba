"""Whatever the text, the graph is well formed, and neither batches, order nor place of checkout change it."""

import ast
import random

import pyarrow as pa
from conftest import documents_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synth.graph.code import link, parse_documents
from synth.schema import EDGES, NODES

PIECES = (
    "def f(", "):", "\n", "    ", "class A", "(B)", "import a.b", "from . import c as d", "x = ", "f(1)", "self.x",
    "@d", '"""', "'", "#", "lambda: ", "[", "]", "{", "}", "async ", "await ", "yield", "return", "\\\n", "é", "\t",
    "match x:\n case y: pass", "if x:", "else:", "*", "**k", "->", ":=", "global q", ";", ",", ".", "=", "x: int",
    "\x0c",
    "__all__ = ['a']", "super().m()", "with a as b: pass", "except E as e:", "try:", "print 'x'", "\r\n", "0", "not ",
)  # fmt: skip

FILES = {
    "pkg/__init__.py": "from .a import A\nfrom .b import *\n",
    "pkg/a.py": "from pkg.b import g\nclass A:\n    def m(self):\n        self.n(); g()\n    def n(self): pass\n",
    "pkg/b.py": "__all__ = ['g']\ndef g(): return A()\ndef g(): pass\nfrom pkg import A\n",
    "tests/test_a.py": "from pkg import A\ndef test_a():\n    A().m()\n",
}

texts = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts, min_size=1, max_size=3))
def test_any_text_gives_a_well_formed_graph(files: list[str]) -> None:
    sources = {f"m{index}.py": text.encode("utf-8", "replace").decode() for index, text in enumerate(files)}
    rows = documents_of(dict.fromkeys(sources, "")).to_pylist()
    documents = pa.Table.from_pylist([{**row, "text": sources[row["path"]]} for row in rows])
    nodes, edges = link([parse_documents(documents)])
    assert nodes.schema == NODES
    assert edges.schema == EDGES
    ids = nodes["node_id"].to_pylist()
    assert len(ids) == len(set(ids))
    for row in nodes.to_pylist():
        if row["kind"] == "external":
            assert (row["path"], row["start_line"]) == ("", 0)
            continue
        encoded = sources[row["path"]].encode()
        assert 0 <= row["start_byte"] <= row["end_byte"] <= len(encoded)
        assert 1 <= row["start_line"] <= row["end_line"] <= encoded.count(b"\n") + 1
        if row["kind"] in {"function", "method", "class"} and row["variety"] != "lambda":
            assert row["name"] in encoded[row["start_byte"] : row["end_byte"]].decode()
            assert "\n" not in row["signature"]
    known, keys = set(ids), [(row["src"], row["dst"] or row["target"], row["kind"]) for row in edges.to_pylist()]
    assert len(keys) == len(set(keys))
    for row in edges.to_pylist():
        assert row["src"] in known
        assert row["dst"] is None or row["dst"] in known
        assert row["line"] <= sources[row["path"]].count("\n") + 1


@settings(deadline=None, max_examples=200)
@given(texts)
def test_what_python_parses_is_found(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    nodes, _ = link([parse_documents(documents_of({"m.py": "\n" + text}))])
    assert defined <= set(nodes["name"].to_pylist()) | {name for name in defined if not name.isascii()}


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_batches_and_their_order_change_nothing(chance: random.Random, size: int) -> None:
    whole = link([parse_documents(documents_of(FILES))])
    paths = list(FILES)
    chance.shuffle(paths)
    batches = [paths[start : start + size] for start in range(0, len(paths), size)]
    parts = link([parse_documents(documents_of({path: FILES[path] for path in batch})) for batch in batches])
    assert parts[0].equals(whole[0])
    assert parts[1].equals(whole[1])


def test_ids_do_not_depend_on_lines() -> None:
    moved = {path: f"# a comment\n\n{text}" for path, text in FILES.items()}
    before, _ = link([parse_documents(documents_of(FILES))])
    after, _ = link([parse_documents(documents_of(moved))])
    assert before["node_id"].to_pylist() == after["node_id"].to_pylist()


def test_nothing_gives_empty_tables() -> None:
    nodes, edges = link([])
    assert nodes.equals(NODES.empty_table())
    assert edges.equals(EDGES.empty_table())
