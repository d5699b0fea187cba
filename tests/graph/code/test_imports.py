"""Modules have the names that imports use, and imports join files, modules and symbols."""

import pytest
from conftest import Build, documents_of

from synth.graph.code import link, module_names, parse_documents


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py"], ["pkg", "pkg.a", "pkg.sub"]),
        (["src/pkg/__init__.py", "src/pkg/a.py"], ["pkg", "pkg.a"]),
        (["libs/one/src/one/__init__.py", "libs/one/setup.py"], ["one", "libs.one.setup"]),
        (["libs/one/one/__init__.py", "libs/one/one/a.py"], ["one", "one.a"]),
        (["src/ns/one/__init__.py", "src/ns/two.py"], ["ns.one", "ns.two"]),
        (["pkg/__init__.py", "pkg/data/a.py", "pkg/data/deep/__init__.py"], ["pkg", "pkg.data.a", "pkg.data.deep"]),
        (["setup.py", "tests/test_x.py", "tests/unit/test_y.py"], ["setup", "tests.test_x", "tests.unit.test_y"]),
        (["tests/__init__.py", "tests/test_x.py"], ["tests", "tests.test_x"]),
        (["src/__init__.py", "src/a.py"], ["src", "src.a"]),
        (["__init__.py", "a.py"], ["__init__", "a"]),
        (["pkg/stubs.pyi", "pkg/__init__.pyi"], ["pkg.stubs", "pkg"]),
        (["src/top.py"], ["top"]),
    ],
)
def test_module_names(paths: list[str], names: list[str]) -> None:
    found = module_names(paths)
    assert [found[path] for path in paths] == names


def test_imports_tell_where_a_namespace_begins() -> None:
    paths = ["lib/google/cloud/store/__init__.py", "lib/google/cloud/store/a.py", "lib/ns/mod.py", "lib/tool.py"]
    found = module_names(paths, ["google.cloud.store.a", "ns.mod.f", "tool"])
    assert list(found.values()) == ["google.cloud.store", "google.cloud.store.a", "ns.mod", "lib.tool"]


def test_imports_and_dependencies(build: Build) -> None:
    built = build(
        {
            "pkg/__init__.py": "from .core import Thing as Thing\n",
            "pkg/core.py": "class Thing: pass\n",
            "pkg/util.py": "import os\nfrom . import core\nfrom .core import gone\n",
            "pkg/ns/part.py": "from ..core import Thing\n",
            "app.py": "import pkg\nfrom pkg import Thing\nimport pkg.ns.part as q, pkg.fast\nfrom lib.x import y\n",
            "star.py": "from pkg import *\n",
        }
    )
    assert built.out("app", "imports") == {"pkg": "exact", "pkg.core.Thing": "exact", "pkg.ns.part": "exact"}
    assert built.open("app", "imports") == {"lib.x.y": "exact", "pkg.fast": "exact"}
    assert built.out("pkg.util", "imports") == {"pkg": "exact", "pkg.core": "exact"}
    assert built.open("pkg.util", "imports") == {"os": "exact", "pkg.core.gone": "exact"}
    assert built.edges("depends_on") == {
        ("pkg/__init__.py", "pkg/core.py"),
        ("pkg/util.py", "pkg/__init__.py"),
        ("pkg/util.py", "pkg/core.py"),
        ("pkg/ns/part.py", "pkg/core.py"),
        ("app.py", "pkg/__init__.py"),
        ("app.py", "pkg/core.py"),
        ("app.py", "pkg/ns/part.py"),
        ("star.py", "pkg/__init__.py"),
        ("star.py", "pkg/core.py"),
    }
    lines = {(row["path"], row["target"]): row["line"] for row in built.rows if row["kind"] == "depends_on"}
    assert lines["app.py", "pkg/core.py"] == 2


def test_a_script_imports_from_beside_itself(build: Build) -> None:
    built = build(
        {
            "tools/run.py": "from helper import f\ndef g(): f()\n",
            "tools/helper.py": "def f(): pass\n",
            "other/helper.py": "def f(): pass\n",
        }
    )
    assert built.out("tools.run.g", "calls") == {"tools.helper.f": "exact"}


def test_equal_names_in_one_collection_are_told_apart(build: Build) -> None:
    built = build(
        {
            "one/pkg/__init__.py": "def f(): pass\n",
            "one/use.py": "from pkg import f\n",
            "two/pkg/__init__.py": "def f(): pass\n",
            "two/use.py": "from pkg import f\n",
        }
    )
    assert built.edges("depends_on") == {("one/use.py", "one/pkg/__init__.py"), ("two/use.py", "two/pkg/__init__.py")}
    assert len(built.graph.by_qualified_name["pkg.f"]) == 2


def test_collections_do_not_see_each_other() -> None:
    tables = [
        parse_documents(documents_of({"pkg/__init__.py": "def f(): pass\n"}, collection="one")),
        parse_documents(documents_of({"app.py": "from pkg import f\nf()\n"}, collection="two")),
    ]
    nodes, edges = link(tables)
    outside = {row["node_id"] for row in nodes.to_pylist() if row["kind"] == "external"}
    assert {row["dst"] for row in edges.to_pylist() if row["kind"] in {"imports", "calls"}} == outside
    assert [row["target"] for row in edges.to_pylist() if row["kind"] == "calls"] == ["pkg.f"]


def test_inherits(build: Build) -> None:
    built = build(
        {
            "base.py": "class A: pass\nclass B[T](A): pass\n",
            "m.py": """
            import base
            from base import B
            from lib import Ext
            Alias = base.A
            class C(B[int], base.A): pass
            class D(Ext, object, Alias): pass
            class E(make(), Exception): pass
            """,
        }
    )
    assert built.out("m.C", "inherits") == {"base.B": "exact", "base.A": "exact"}
    assert built.out("m.D", "inherits") == {"base.A": "inferred"}
    assert built.open("m.D", "inherits") == {"lib.Ext": "exact"}
    assert built.open("m.E", "inherits") == {"make()": "ambiguous", "Exception": "exact"}
    assert [node.name for node in built.graph.bases(built.node("m.C").node_id)] == ["B", "A"]
