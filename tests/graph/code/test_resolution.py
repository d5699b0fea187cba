"""Calls and references are found through scopes, imports, classes and types, and never made up."""

import pytest
from conftest import Build

HELPERS = """
    def helper(): pass
    def other(): pass
    class Tool:
        def use(self): pass
        @classmethod
        def make(cls) -> "Tool": return cls()
        @staticmethod
        def plain(): pass
"""


def calls(build: Build, body: str, **files: str) -> dict[str, str]:
    """What `pkg.main.f` calls, in a package that also has `pkg.helpers`."""
    paths = {f"pkg/{name}.py": text for name, text in files.items()}
    built = build({"pkg/__init__.py": "", "pkg/helpers.py": HELPERS, "pkg/main.py": body, **paths})
    return built.out("pkg.main.f", "calls", "instantiates")


@pytest.mark.parametrize(
    ("body", "callee"),
    [
        ("from pkg.helpers import helper\ndef f(): helper()", "pkg.helpers.helper"),
        ("from pkg.helpers import helper as h\ndef f(): h()", "pkg.helpers.helper"),
        ("from .helpers import helper\ndef f(): helper()", "pkg.helpers.helper"),
        ("from . import helpers\ndef f(): helpers.helper()", "pkg.helpers.helper"),
        ("from . import helpers as hs\ndef f(): hs.helper()", "pkg.helpers.helper"),
        ("import pkg.helpers\ndef f(): pkg.helpers.helper()", "pkg.helpers.helper"),
        ("import pkg.helpers as hs\ndef f(): hs.helper()", "pkg.helpers.helper"),
        ("import pkg\ndef f(): pkg.helpers.helper()", "pkg.helpers.helper"),
        ("from pkg.helpers import *\ndef f(): helper()", "pkg.helpers.helper"),
        ("def f():\n from .helpers import helper\n helper()", "pkg.helpers.helper"),
        ("from pkg import (\n helpers,\n)\ndef f(): helpers.helper(\n)", "pkg.helpers.helper"),
        ("if True:\n from .helpers import helper\ndef f(): helper()", "pkg.helpers.helper"),
        ("from .helpers import helper; x = 1\ndef f(): return [helper() for _ in x]", "pkg.helpers.helper"),
        ("from .helpers import helper\ndef f(): return f'{helper()}'", "pkg.helpers.helper"),
        ("from .helpers import helper\nasync def f(): await helper()", "pkg.helpers.helper"),
        ("from .helpers import helper\ndef f(): (y := helper())", "pkg.helpers.helper"),
        ("from .helpers import helper\ndef f(): g(*helper(), **{})", "pkg.helpers.helper"),
        ("from .helpers import Tool\ndef f(): Tool.plain()", "pkg.helpers.Tool.plain"),
        ("from .helpers import Tool\ndef f(): Tool()", "pkg.helpers.Tool"),
        ("def g(): pass\ndef f(): g()", "pkg.main.g"),
        ("def f():\n def g(): pass\n g()", "pkg.main.f.g"),
        ("def f():\n global g\n g()\ndef g(): pass", "pkg.main.g"),
        ("def f(): f()", "pkg.main.f"),
    ],
)
def test_a_name_that_scopes_and_imports_prove_is_exact(build: Build, body: str, callee: str) -> None:
    assert calls(build, body) == {callee: "exact"}


@pytest.mark.parametrize(
    ("body", "callee"),
    [
        ("from .helpers import Tool\ndef f():\n t = Tool()\n t.use()", "use"),
        ("from .helpers import Tool\ndef f(t: Tool): t.use()", "use"),
        ("from .helpers import Tool\ndef f(t: 'Tool'): t.use()", "use"),
        ("from .helpers import Tool\ndef f(t: Tool | None): t.use()", "use"),
        ("from .helpers import Tool\nfrom typing import Optional\ndef f(t: Optional[Tool] = None): t.use()", "use"),
        ("from .helpers import Tool\nimport typing as t\ndef f(*, x: 't.Optional[Tool]'): x.use()", "use"),
        ("from .helpers import Tool\ndef f():\n t: Tool = get()\n t.use()", "use"),
        ("from .helpers import Tool\ndef f(): Tool.make().use()", "use"),
        ("from .helpers import Tool\ndef make() -> Tool: ...\ndef f(): make().use()", "use"),
        ("from .helpers import Tool\nasync def make() -> Tool: ...\nasync def f(): (await make()).use()", "use"),
        ("from .helpers import Tool\ntool = Tool()\ndef f(): tool.use()", "use"),
        ("from .helpers import Tool\ntool: Tool\ndef f(): tool.use()", "use"),
        ("from .helpers import Tool\ntool = None\ndef g():\n global tool\n tool = Tool()\ndef f(): tool.use()", "use"),
        ("from .helpers import Tool\ndef f():\n u = Tool().use\n u()", "use"),
        ("from .helpers import Tool\ndef f(flag):\n t = None\n if flag: t = Tool()\n t.use()", "use"),
        ("from .helpers import Tool\nAlias = Tool\ndef f(t: Alias): t.use()", "use"),
        ("import pkg.helpers\ndef f(t: pkg.helpers.Tool): t.use()", "use"),
    ],
)
def test_types_infer_the_method(build: Build, body: str, callee: str) -> None:
    assert calls(build, body)[f"pkg.helpers.Tool.{callee}"] == "inferred"


@pytest.mark.parametrize(
    "body",
    [
        "from .helpers import helper\ndef f(helper): helper()",
        "from .helpers import helper\ndef f(*helper): helper()",
        "from .helpers import helper\ndef f():\n helper = get\n helper()",
        "from .helpers import helper\ndef f():\n for helper in x: helper()",
        "from .helpers import helper\ndef f():\n with x as helper: helper()",
        "from .helpers import helper\ndef f():\n try: pass\n except E as helper: helper()",
        "from .helpers import helper\ndef f():\n (a, helper) = x\n helper()",
        "from .helpers import helper\ndef f(): return [helper() for helper in x]",
        "from .helpers import helper\ndef f(): return lambda helper: helper()",
        "from .helpers import helper\ndef f():\n match x:\n  case [helper, *_]: helper()",
        "from .helpers import helper\ndef f():\n match x:\n  case {'a': 1, **helper}: helper()",
        "from .helpers import helper\ndef f():\n import helper\n helper()",
        "from .helpers import helper\ndef f(helper):\n def g(): pass\n return [helper() for _ in x]",
        "from .helpers import helper\nhelper = other\ndef f(): helper()",
        "def f(): helper()",
        "class C:\n def g(self): pass\n def m(self): g()\ndef f(): g()",
        "def f(t): t.append(1)",
        "def f(): ''.join(x).use()",
        "import os\ndef f(): os.use()",
        "from .helpers import Tool\ndef f(t: Tool):\n t = get()\n t.use()",
        "from .helpers import Tool\ndef f(t):\n t = Tool() if t else t\n t.use",
        "from .helpers import missing\ndef f(): missing()",
        "from .helpers import Tool\ndef f(t: list[Tool]): t.append(1)",
        "from ..helpers import helper\ndef f(): helper()",
        "from helpers import helper\ndef f(): helper()",
        "def f():\n g()\n class C:\n  def g(self): pass",
        "def f[helper](): helper()",
    ],
)
def test_nothing_is_made_up(build: Build, body: str) -> None:
    found = calls(build, body)
    assert not {callee for callee, confidence in found.items() if confidence != "ambiguous"} - {"pkg.helpers.Tool"}


def test_a_class_scope_is_not_seen_from_its_methods(build: Build) -> None:
    built = build(
        {
            "m.py": """
            def g(): pass
            class C:
                def g(self): pass
                def m(self): g()
                x = g(1)
                y = [g for _ in g()]
            """
        }
    )
    assert built.out("m.C.m", "calls") == {"m.g": "exact"}
    assert built.out("m.C", "calls") == {"m.C.g": "exact"}
    assert built.out("m.C", "references") == {"m.g": "exact"}  # the body of a comprehension skips the class


def test_methods_are_found_on_self_cls_and_super(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class A:
                def a(self): pass
                def both(self): pass
            class B(A):
                def both(self): super().both()
                def old(self): super(B, self).both()
                def m(self):
                    self.a(); self.both()
                    def inner(): self.a()
                @classmethod
                def c(cls): cls.a(); return cls()
                @staticmethod
                def s(self): self.a()
            class C(B):
                def both(self): pass
            """
        }
    )
    assert built.out("m.B.both", "calls") == {"m.A.both": "exact"}
    assert built.out("m.B.old", "calls") == {"m.A.both": "exact"}
    assert built.out("m.B.m", "calls") == {"m.A.a": "exact", "m.B.both": "exact"}
    assert built.out("m.B.m.inner", "calls") == {"m.A.a": "exact"}
    assert built.out("m.B.c", "calls", "instantiates") == {"m.A.a": "exact", "m.B": "inferred"}
    assert built.out("m.B.s", "calls") == {"m.A.a": "ambiguous"}


def test_the_method_resolution_order_is_c3(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class A:
                def f(self): pass
            class B(A): pass
            class C(A):
                def f(self): pass
            class D(B, C):
                def g(self): self.f()
            """
        }
    )
    assert built.out("m.D.g", "calls") == {"m.C.f": "exact"}
    assert built.edges("overrides") == {("m.C.f", "m.A.f")}


def test_an_unknown_base_that_comes_first_weakens(build: Build) -> None:
    built = build(
        {
            "m.py": """
            import lib
            class A:
                def f(self): pass
            class B(lib.X, A):
                def g(self): self.f()
            class C(ValueError, A):
                def g(self): self.f()
            class D(dict, A):
                def g(self): self.get()
                def h(self): self.f()
            """
        }
    )
    assert built.out("m.B.g", "calls") == {"m.A.f": "inferred"}
    assert built.out("m.C.g", "calls") == {"m.A.f": "exact"}
    assert built.out("m.D.h", "calls") == {"m.A.f": "exact"}
    assert built.out("m.D.g", "calls") == {}


def test_private_names_belong_to_the_class_they_are_written_in(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class A:
                def __f(self): pass
                def a(self): self.__f()
            class B(A):
                def b(self): self.__f()
            class C(A):
                def __f(self): pass
            """
        }
    )
    assert built.out("m.A.a", "calls") == {"m.A.__f": "exact"}
    assert built.out("m.B.b", "calls") == {}
    assert built.edges("overrides") == set()


def test_attributes_have_types(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class Engine:
                def go(self) -> "Engine": return self
                def stop(self): pass
                def __call__(self) -> "Engine": ...
                @property
                def twin(self) -> "Engine": ...
            class Car:
                spare: Engine
                def __init__(self, given: Engine, other):
                    self.engine = Engine()
                    self.given = given
                    self.other = other
                def later(self): self.late = Engine()
                def a(self): self.engine.go()
                def b(self): self.given.go()
                def c(self): self.spare.go()
                def d(self): self.other.go()
                def e(self): self.late.go()
                def f(self): self.engine.twin.stop()
                def g(self): self.engine.go().stop()
                def h(self): self.engine()
            """
        }
    )
    for method in "abce":
        assert built.out(f"m.Car.{method}", "calls") == {"m.Engine.go": "inferred"}, method
    assert built.out("m.Car.d", "calls") == {"m.Engine.go": "ambiguous"}
    assert built.out("m.Car.f", "calls") == {"m.Engine.twin": "inferred", "m.Engine.stop": "inferred"}
    assert built.out("m.Car.g", "calls") == {"m.Engine.go": "inferred", "m.Engine.stop": "inferred"}
    assert built.out("m.Car.h", "calls") == {"m.Engine.__call__": "inferred"}


def test_context_managers_and_fluent_methods_have_types(build: Build) -> None:
    built = build(
        {
            "m.py": """
            from typing import Self
            class A:
                def __enter__(self): return self
                async def __aenter__(self) -> "B": ...
                def chain(self): return self
                def typed(self) -> Self: ...
                def maybe(self):
                    if x: return None
                    return self
                def many(self):
                    yield 1
                    return self
                def use(self): pass
            class B(A):
                def use(self): pass
            def a():
                with B() as b: b.use()
            async def c():
                async with A() as b: b.use()
            def d(): B().chain().use()
            def e(): B().typed().use()
            def g(): B().maybe().use()
            def h(): B().many().use()
            """
        }
    )
    for function in "acdeg":
        assert built.out(f"m.{function}", "calls")["m.B.use"] == "inferred", function
    assert "m.B.use" not in built.out("m.h", "calls")


def test_a_unique_method_name_is_only_a_hint(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class A:
                def special(self): pass
                def append(self): pass
                @property
                def shown(self): pass
            def f(x):
                x.special(); x.append(); x[0].special()
            def g(x):
                x.shown()
            """
        }
    )
    assert built.out("m.f", "calls") == {"m.A.special": "ambiguous"}
    assert built.open("m.f", "calls") == {"x.append": "ambiguous"}
    assert built.open("m.g", "calls") == {"x.shown": "ambiguous"}
    assert not list(built.graph.out(built.node("m.f").node_id, "calls"))


def test_what_is_not_resolved_keeps_its_target(build: Build) -> None:
    built = build(
        {
            "m.py": """
            import os.path
            from lib import thing as t
            def f(x):
                os.path.join(x); t.go(); x.y(1).z(); len(x); unknown()
            """
        }
    )
    assert built.open("m.f", "calls") == {
        "os.path.join": "exact",
        "lib.thing.go": "exact",
        "x.y": "ambiguous",
        "x.y(1).z": "ambiguous",
        "unknown": "ambiguous",
    }


def test_reexports_chain_to_the_definition(build: Build) -> None:
    built = build(
        {
            "pkg/__init__.py": "from .api import *\nfrom .core import deep as shallow\n",
            "pkg/api.py": "from pkg.core import deep, _hidden, other\n__all__ = ['deep']\n",
            "pkg/core.py": "def deep(): pass\ndef _hidden(): pass\ndef other(): pass\n",
            "app.py": """
            import pkg
            from pkg import deep
            def f(): deep()
            def g(): pkg.shallow()
            def h(): pkg.other()
            """,
        }
    )
    assert built.out("app.f", "calls") == {"pkg.core.deep": "exact"}
    assert built.out("app.g", "calls") == {"pkg.core.deep": "exact"}
    assert built.out("app.h", "calls") == {}


def test_import_cycles_end(build: Build) -> None:
    built = build(
        {
            "a.py": "from b import x, y\nfrom b import *\ndef f(): x(); y()\n",
            "b.py": "from a import x, y\nfrom a import *\ndef y(): x()\n",
        }
    )
    assert built.out("a.f", "calls") == {"b.y": "inferred"}


def test_a_fallback_import_weakens_and_a_choice_of_two_is_none(build: Build) -> None:
    built = build(
        {
            "fast.py": "def go(): pass\ndef both(): pass\n",
            "slow.py": "def both(): pass\n",
            "m.py": """
            try:
                from fast import go
            except ImportError:
                go = None
            try:
                from fast import both
            except ImportError:
                from slow import both
            try:
                from lib import third
            except ImportError:
                def third(): pass
            def f(): go()
            def g(): both()
            def h(): third()
            """,
        }
    )
    assert built.out("m.f", "calls") == {"fast.go": "inferred"}
    assert built.out("m.g", "calls") == {"fast.both": "ambiguous", "slow.both": "ambiguous"}
    assert built.out("m.h", "calls") == {"m.third": "inferred"}


def test_a_property_that_is_annotated_with_its_own_name_ends(build: Build) -> None:
    body = """
        class Tool:
            @property
            def use(self) -> use.of: return self.use
            @property
            def other(self) -> use.of.more: return self.use.other()
        def f(tool: Tool): return tool.use.anything()
    """
    assert calls(build, body) == {"pkg.main.Tool.use": "inferred"}


def test_what_is_used_of_other_packages_has_a_node_for_each_name(build: Build) -> None:
    built = build(
        {
            "m.py": """
            import os.path
            import lib.deep as d
            from lib import Base
            class C(Base, dict): pass
            def f(): d.g().h(); os.path.join("a"); print(len("b"))
            """
        }
    )
    used = {node.qualified_name: node.name for node in built.graph.externals.values()}
    names = {"os.path": "path", "lib.deep": "deep", "lib.Base": "Base", "builtins.dict": "dict", "lib.deep.g": "g"}
    assert used == {**names, "os.path.join": "join"}
    ids = {node.node_id: name for name, node in zip(used, built.graph.externals.values(), strict=True)}
    called = {ids[row["dst"]] for row in built.rows if row["kind"] == "calls" and row["dst"] in ids}
    assert called == {"lib.deep.g", "os.path.join"}
    extended = {ids[row["dst"]] for row in built.rows if row["kind"] == "inherits"}
    assert extended == {"lib.Base", "builtins.dict"}


def test_a_lambda_makes_the_calls_in_it_and_the_function_around_names_them(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class Tool:
                def use(self): pass
            def helper(): pass
            def f():
                t = Tool()
                return lambda: t.use(helper())
            """
        }
    )
    assert built.out("m.f.<lambda1>", "calls") == {"m.Tool.use": "inferred", "m.helper": "exact"}
    assert built.out("m.f", "references")["m.helper"] == "exact"
    assert built.graph.nodes[built.node("m.f.<lambda1>").node_id].variety == "lambda"


def test_references_are_mentions_without_a_call(build: Build) -> None:
    built = build(
        {
            "m.py": """
            LIMIT = 3
            def a(): pass
            class C:
                size = 1
                def __init__(self): self.made = LIMIT
                def m(self): return self.made + self.size
            def f(x=LIMIT, y=a()):
                b = a
                register(C.m, key=LIMIT)
                C.size = 2
            handlers = [a, C]
            """
        }
    )
    assert built.out("m.f", "references") == {"m.LIMIT": "exact", "m.a": "exact", "m.C": "exact", "m.C.m": "exact"}
    assert built.out("m.f", "calls") == {}
    assert built.out("m", "calls") == {"m.a": "exact"}  # defaults are evaluated by the module
    assert built.out("m", "references") == {"m.a": "exact", "m.C": "exact"}
    assert built.out("m.C.__init__", "references") == {"m.LIMIT": "exact"}
    assert built.out("m.C.m", "references") == {"m.C.made": "exact", "m.C.size": "exact"}


def test_types_and_decorators(build: Build) -> None:
    built = build(
        {
            "m.py": """
            from typing import Annotated, Literal
            import functools
            class T: pass
            class E(Exception): pass
            class Meta(type): pass
            def deco(x): return x
            def arg(): pass
            class App:
                def route(self, path): return deco
            app = App()
            @deco
            @functools.wraps(arg)
            def f(a: "dict[str, T]", b: Literal["E"], c: Annotated[int, arg()]) -> None:
                try: pass
                except (E, ValueError): pass
            @app.route("/")
            def view(): pass
            class C(metaclass=Meta):
                field: T
            x: T | None = None
            """
        }
    )
    assert built.out("m.f", "uses_type") == {"m.T": "exact", "m.E": "exact"}
    assert built.out("m.C", "uses_type") == {"m.T": "exact"}
    assert built.out("m", "uses_type") == {"m.T": "exact"}
    assert built.out("m.C", "references") == {"m.Meta": "exact"}
    assert built.edges("decorates") == {("m.deco", "m.f"), ("m.App.route", "m.view")}
    assert built.out("m.f", "references") == {"m.arg": "exact"}
    calls = built.out("m", "calls")
    assert calls == {"m.arg": "exact", "m.deco": "inferred", "m.App.route": "inferred"}


def test_tests_reach_the_code_through_helpers_and_fixtures(build: Build) -> None:
    built = build(
        {
            "pkg/__init__.py": "",
            "pkg/core.py": "def a(): b()\ndef b(): pass\ndef c(): pass\ndef d(): pass\nclass K:\n def m(self): pass\n",
            "tests/test_core.py": """
            import pytest
            from pkg.core import a, b, c, d, K
            @pytest.fixture
            def made(): return K()
            def helper(): c(); deeper()
            def deeper(): d()
            def test_it(made):
                a()
                helper()
            class TestK:
                def setup_method(self): self.k = K()
                def test_m(self): self.k.m()
                def other(self): b()
            """,
        },
        tests=["tests/test_core.py"],
    )
    assert built.out("tests.test_core.test_it", "tests") == {
        "pkg.core.a": "exact",
        "pkg.core.K": "inferred",
        "pkg.core.c": "inferred",
    }
    assert built.out("tests.test_core.TestK.test_m", "tests") == {"pkg.core.K": "inferred", "pkg.core.K.m": "inferred"}
    assert {src for src, _ in built.edges("tests")} == {"tests.test_core.test_it", "tests.test_core.TestK.test_m"}
