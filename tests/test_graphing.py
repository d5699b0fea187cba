"""After any edits a graph that goes on from an earlier one equals one that begins from nothing, and reads no more."""

import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from corpora import SHOP
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synth import graphing, reading
from synth.config import SourceSettings
from synth.opening import list_sources

LINES = (
    "import a", "from b import *", "from pkg.c import C as D", "from .d import f", "import pkg", "x = C()",
    "class C:\n    def m(self): return f(self)", "class D(C):\n    def m(self): return super().m()",
    "def f(x=None):\n    return x.m() if x else C()", "f(C())", "y = f(lambda: C().m())", "__all__ = ['f']",
    "def test_f():\n    assert f(D())", "try:\n    from a import f\nexcept ImportError:\n    f = None",
    "handlers = {'c': C, 'f': f}", "handlers['f'](handlers['c']())", "def broken(:",
)  # fmt: skip
PATHS = ("a.py", "b.py", "pkg/__init__.py", "pkg/c.py", "pkg/d.py", "tests/test_a.py", "alone/e.py", "go.mod", "x.go")

texts = st.lists(st.sampled_from(LINES), max_size=6).map("\n".join)
trees = st.dictionaries(st.sampled_from(PATHS), texts, min_size=1)


def write(tree: dict[str, str], folder: Path) -> None:
    """Make a folder hold exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, text in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(trees, min_size=2, max_size=3))
def test_any_edits_give_the_graph_of_a_fresh_start(versions):
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name) / "source", Path(name) / "out"
        for number, tree in enumerate(versions):
            write(tree, source)
            gone_on = graphing.graph(source, out)
            fresh = graphing.graph(source, Path(name) / f"fresh-{number}")
            for one, two in zip(gone_on, fresh, strict=True):
                assert one.equals(two)


@pytest.fixture
def counted(monkeypatch):
    """The paths that were read, parsed and linked since they were last cleared."""
    done = {"read": [], "parse": [], "link": []}
    calls = {"read": "read_documents", "parse": "parse_documents", "link": "link_facts"}
    for stage, name in calls.items():
        real = getattr(reading, name)

        def count(table, *rest, real=real, stage=stage):
            done[stage].extend(table["path"].to_pylist())
            return real(table, *rest)

        monkeypatch.setattr(reading, name, count)
    return done


def test_a_change_is_read_again_with_what_it_can_reach_and_nothing_else(tmp_path, monkeypatch, counted):
    monkeypatch.setattr(graphing, "FILES_PER_PART", 4)
    monkeypatch.setattr(graphing, "FILES_PER_LINK", 1)
    source = tmp_path / "source"
    shutil.copytree(SHOP, source, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    (source / "alone.py").write_text("def lonely(): pass\n")
    graphing.graph(source, tmp_path / "out")
    for paths in counted.values():
        paths.clear()
    (source / "alone.py").write_text("def lonely(): return lonely()\n")
    graphing.graph(source, tmp_path / "out")
    assert counted == {"read": ["alone.py"], "parse": ["alone.py"], "link": ["alone.py"]}


def test_a_file_that_moves_is_not_mistaken_for_the_old_one(tmp_path):
    source = tmp_path / "source"
    write({"a.py": "def one(): pass\n", "b.py": "def two(): pass\n"}, source)
    graphing.graph(source, tmp_path / "out")
    write({"a.py": "def two(): pass\n", "b.py": "def one(): pass\n"}, source)
    nodes, _ = graphing.graph(source, tmp_path / "out")
    assert {"a.two", "b.one"} <= set(nodes["qualified_name"].to_pylist())


def test_what_was_missing_to_read_a_document_may_be_there_the_next_time(tmp_path):
    source = tmp_path / "source"
    write({"a.py": "x = 1\n", "b.bin": "\0"}, source)
    files = list_sources([str(source)], SourceSettings(), tmp_path)
    wanted = files.filter(pc.equal(files["skip_reason"], ""))
    for reason, n_documents in (("needs_docs_extra", 1), ("generated", 0)):
        skipped = (
            wanted.slice(0, 1)
            .drop_columns(["locator"])
            .set_column(reading.SKIPPED.get_field_index("skip_reason"), "skip_reason", pa.array([reason]))
        )
        found = reading.read(wanted.slice(0, 1), skipped.cast(reading.SKIPPED), settings=SourceSettings())
        assert found["documents"].num_rows == n_documents
        assert found["skipped"].num_rows == 1 - n_documents
