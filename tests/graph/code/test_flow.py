"""Calls that only the flow of values shows: who is reached, and what must not be."""

import gc

import pytest
from conftest import Build

from synth.graph.code.python.flow.solver import FileSolver

TOOLS = """
class Tool:
    def use(self): return self
    def other(self): pass
    @classmethod
    def make(cls): return cls()
    @staticmethod
    def plain(): return Tool()
    @property
    def part(self): return Part()
    @part.setter
    def part(self, value): value.fit()
class Part:
    def fit(self): pass
    def turn(self): pass
class Special(Tool):
    def use(self): return super().use()
def one(): pass
def two(): pass
def give(): return Tool()
"""

FLOWS = {
    "a function held in a variable": ("def f():\n g = one\n g()", {"one"}),
    "the latest assignment counts": ("def f():\n g = one\n g = two\n g()", {"two"}),
    "either way of a branch": ("def f(x):\n g = one if x else two\n g()", {"one", "two"}),
    "what a loop leaves": ("def f(x):\n g = one\n while x():\n  g()\n  g = two", {"one", "two"}),
    "a way that ends does not come back": (
        "def f(x):\n g = one\n if x:\n  g = two\n  raise ValueError\n g()", {"one"},
    ),
    "a function handed to another": ("def call(h): h()\ndef f(): call(one)", {"call"}),
    "a function that is returned": ("def pick(): return two\ndef f(): pick()()", {"pick", "two"}),
    "what is given back is that of this call": (
        "def same(h): return h\nsame(one)\ndef f(): same(two)()", {"same", "two"},
    ),
    "a closure": ("def outer():\n def inner(): pass\n return inner\ndef f(): outer()()", {"outer", "outer.inner"}),
    "a lambda": ("def f():\n g = lambda: 1\n g()", {"f.<lambda1>"}),
    "a function in a dictionary": ("TABLE = {'a': one, 'b': two}\ndef f(): TABLE['b']()", {"two"}),
    "any function in a dictionary": ("TABLE = {'a': one, 'b': two}\ndef f(k): TABLE[k]()", {"one", "two"}),
    "a function in a list": ("def f():\n l = [one]\n l.append(two)\n for g in l: g()", {"one", "two"}),
    "a default argument": ("def f(h=one): h()", {"one"}),
    "unpacking": ("def f():\n a, (b, *c) = one, (two, give)\n b()", {"two"}),
    "the rest of unpacking": ("def f():\n a, *c = one, two\n c[0]()", {"two"}),
    "a walrus": ("def f():\n if g := one: g()", {"one"}),
    "a comprehension": ("def f(): return [g() for g in (one, two)]", {"one", "two"}),
    "a comprehension hides its names": ("def f():\n g = one\n [g for g in (two,)]\n g()", {"one"}),
    "an argument by keyword": ("def call(a, h): h()\ndef f(): call(h=one, a=1)", {"call"}),
    "partial arguments": (
        "import functools\ndef call(h): h()\ndef f(): functools.partial(call, one)()", {"call"},
    ),
    "a constructed object": ("def f(): Tool().use()", {"Tool", "Tool.use"}),
    "what a function gives": ("def f(): give().use()", {"give", "Tool.use"}),
    "a class method": ("def f(): Tool.make().use()", {"Tool.make", "Tool.use"}),
    "a class method of a subclass": ("def f(): Special.make().use()", {"Tool.make", "Special.use"}),
    "a static method": ("def f(): Tool.plain().use()", {"Tool.plain", "Tool.use"}),
    "a property": ("def f(): Tool().part.turn()", {"Tool", "Tool.part", "Part.turn"}),
    "an attribute set in the constructor": (
        "class Box:\n def __init__(self, t): self.t = t\ndef f(): Box(Tool()).t.use()", {"Box", "Tool", "Tool.use"},
    ),
    "an attribute is that of this object's class": (
        "class Box:\n def __init__(self, t): self.t = t\nclass A(Box): pass\nclass B(Box): pass\nB(Part())\n"
        "def f(): A(Tool()).t.use()",
        {"A", "Tool", "Tool.use"},
    ),
    "a dataclass": (
        "import dataclasses\n@dataclasses.dataclass\nclass Box:\n t: Tool\n n: int = 0\ndef f(b: Box): b.t.use()",
        {"Tool.use"},
    ),
    "fields of a dataclass": (
        "import dataclasses\n@dataclasses.dataclass\nclass Box:\n n: int\n h: object\ndef f(): Box(1, one).h()",
        {"Box", "one"},
    ),
    "a test of the class": ("def f(x):\n if isinstance(x, Tool): x.use()", {"Tool.use"}),
    "a test that fails": (
        "def g(x: Tool | Part):\n if not isinstance(x, Tool): x.turn()\ndef f(): g(Tool())", {"g", "Tool"},
    ),
    "an early return": ("def f(x):\n if not isinstance(x, Part): return\n x.turn()", {"Part.turn"}),
    "a list of objects": ("def f(x: list[Tool]):\n for t in x: t.use()", {"Tool.use"}),
    "a dictionary of objects": (
        "def f(x: dict[str, Tool]): x['a'].use(); x.get('b').other()", {"Tool.use", "Tool.other"},
    ),
    "items of a dictionary": ("def f(x: dict[str, Tool]):\n for k, v in x.items(): v.use()", {"Tool.use"}),
    "a class in an annotation": ("def f(x: type[Tool]): x().use()", {"Tool", "Tool.use"}),
    "a context manager": (
        "class M:\n def __enter__(self): return Tool()\n def __exit__(self, *a): pass\n"
        "def f():\n with M() as t: t.use()",
        {"M", "M.__enter__", "M.__exit__", "Tool.use"},
    ),
    "a generator as context manager": (
        "import contextlib\n@contextlib.contextmanager\ndef m(): yield Tool()\ndef f():\n with m() as t: t.use()",
        {"m", "Tool.use"},
    ),
    "iteration": (
        "class It:\n def __iter__(self): return self\n def __next__(self): return Tool()\n"
        "def f():\n for t in It(): t.use()",
        {"It", "It.__iter__", "It.__next__", "Tool.use"},
    ),
    "a generator": ("def gen():\n yield Tool()\ndef f():\n for t in gen(): t.use()", {"gen", "Tool.use"}),
    "a generator that hands on another": (
        "def gen():\n yield Tool()\ndef more():\n yield from gen()\ndef f(): next(more()).use()",
        {"more", "Tool.use"},
    ),
    "an operator": (
        "class N:\n def __add__(self, o): return Tool()\ndef f(): (N() + 1).use()",
        {"N", "N.__add__", "Tool.use"},
    ),
    "an index": (
        "class S:\n def __getitem__(self, k): return Tool()\ndef f(): S()[0].use()",
        {"S", "S.__getitem__", "Tool.use"},
    ),
    "a call of an object": (
        "class C:\n def __call__(self): return Tool()\ndef f(): C()().use()",
        {"C", "C.__call__", "Tool.use"},
    ),
    "awaiting": ("async def make(): return Tool()\nasync def f(): (await make()).use()", {"make", "Tool.use"}),
    "sorting by a key": ("def f(x): sorted(x, key=one)", {"one"}),
    "mapping": ("def f(x): list(map(one, x))", {"one"}),
    "getattr with a literal": ("def f(): getattr(Tool(), 'use')()", {"Tool", "Tool.use"}),
    "a raised class": ("class E(Exception): pass\ndef f(): raise E", {"E"}),
    "multiple inheritance": (
        "class A:\n def m(self): pass\nclass B(A): pass\nclass C(A):\n def m(self): pass\nclass D(B, C): pass\n"
        "def f(): D().m()",
        {"D", "C.m"},
    ),
    "cooperative super": (
        "class A:\n def m(self): pass\nclass B(A):\n def m(self): super().m()\nclass C(A):\n def m(self): pass\n"
        "class D(B, C): pass\ndef f(): D().m()",
        {"D", "B.m"},
    ),
    "a path that was assigned": ("def f(x):\n x.h = one\n x.h()", {"one"}),
    "matching a class": ("def f(x):\n match x:\n  case Part(): x.turn()", {"Part.turn"}),
}  # fmt: skip


def called(build: Build, body: str, caller: str = "f") -> set[str]:
    """The names below `m` that a function calls or makes."""
    built = build({"m.py": TOOLS + body + "\n"})
    return {name.removeprefix("m.") for name in built.out(f"m.{caller}", "calls", "instantiates")}


@pytest.mark.parametrize("case", FLOWS)
def test_values_are_followed_through(build: Build, case: str) -> None:
    body, callees = FLOWS[case]
    assert called(build, body) == callees


def test_a_wrapping_decorator_is_called_and_calls_what_it_wraps(build: Build) -> None:
    body = """
import functools
def deco(g):
    @functools.wraps(g)
    def wrapper(*args, **kwargs): return g(*args, **kwargs)
    return wrapper
@deco
def makes_tool(): return Tool()
@deco
def makes_part(): return Part()
def f(): makes_tool().use()
"""
    assert called(build, body) == {"makes_tool", "deco.wrapper", "Tool.use"}
    assert called(build, body, "deco.wrapper") == {"makes_tool", "makes_part"}


def test_what_a_function_is_handed_is_called_there(build: Build) -> None:
    body = "def call(h, *rest, **named):\n h()\n rest[0]()\n named['k']()\ndef f(): call(one, two, k=give)"
    assert called(build, body, "call") == {"one", "two", "give"}


def test_values_cross_files(build: Build) -> None:
    built = build(
        {
            "pkg/__init__.py": "from .registry import register, run\n",
            "pkg/registry.py": """
            HOOKS = {}
            def register(name, hook): HOOKS[name] = hook
            def run(name): HOOKS[name]()
            """,
            "pkg/hooks.py": "from pkg import register\ndef hook(): pass\nregister('h', hook)\n",
            "pkg/state.py": "class State:\n    def __init__(self): self.on_change = None\n",
            "app.py": """
            from pkg.state import State
            def changed(): pass
            def start():
                state = State()
                state.on_change = changed
                return state
            def stop(): start().on_change()
            """,
        }
    )
    assert built.out("pkg.registry.run", "calls") == {"pkg.hooks.hook": "inferred"}
    assert built.out("app.stop", "calls") == {"app.start": "exact", "app.changed": "inferred"}


def test_of_several_choices_only_what_all_others_override_is_certain(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class Base:
                def run(self): pass
            class One(Base):
                def run(self): pass
            class Two(Base):
                def run(self): pass
            class Apart:
                def run(self): pass
            def each(base: Base): base.run()
            def any_of(thing): thing.run()
            each(One()); each(Two())
            any_of(One()); any_of(Apart())
            """
        }
    )
    assert built.out("m.each", "calls") == {
        "m.Base.run": "inferred", "m.One.run": "ambiguous", "m.Two.run": "ambiguous",
    }  # fmt: skip
    assert built.out("m.any_of", "calls") == {"m.One.run": "ambiguous", "m.Apart.run": "ambiguous"}


def test_what_is_asked_of_a_parameter_tells_its_class_where_only_one_has_it_all(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class Graph:
                def add_node(self): pass
                def add_edge(self): pass
            class Directed(Graph):
                def add_edge(self): pass
            class Tree:
                def add_node(self): pass
            def both(g):
                g.add_node(); g.add_edge()
            def one(g): g.add_node()
            def known(g):
                g.add_node(); g.add_edge()
            known(Directed())
            """
        }
    )
    assert built.out("m.both", "calls") == {"m.Graph.add_node": "inferred", "m.Graph.add_edge": "inferred"}
    assert built.out("m.one", "calls") == {}
    assert built.out("m.known", "calls") == {"m.Graph.add_node": "inferred", "m.Directed.add_edge": "inferred"}


def test_a_special_method_is_only_possible_where_the_value_may_be_built_in(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class View:
                def __getitem__(self, key): pass
            def f(x): return x["a"]
            def g(x): return x["a"]
            f(View()); f({"a": f}); g(View())
            """
        }
    )
    assert built.out("m.f", "calls") == {"m.View.__getitem__": "ambiguous"}
    assert built.out("m.g", "calls") == {"m.View.__getitem__": "inferred"}


def test_an_edge_says_how_it_was_found(build: Build) -> None:
    built = build(
        {
            "m.py": """
            class Tool:
                def use(self): self.other()
                def other(self): pass
                def __len__(self): return 0
                def only_here(self): pass
            def by_name(): pass
            def f(typed: Tool, unknown):
                by_name()
                typed.use()
                Tool().other()
                len(typed)
                g = by_name
                unknown.only_here()
            def h(g=f): g()
            """
        }
    )
    how = {
        (built.graph.nodes[row["src"]].name, built.graph.nodes[row["dst"]].name): row["how"]
        for row in built.rows
        if row["kind"] == "calls" and row["dst"] in built.graph.nodes
    }
    assert how == {
        ("use", "other"): "self", ("f", "by_name"): "name", ("f", "use"): "annotation", ("f", "other"): "type",
        ("f", "__len__"): "protocol", ("f", "only_here"): "unique_name", ("h", "f"): "flow",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "x = {'\\ud800': print}['\\udfff']; getattr(x, '\\ud800')()",
        "x = " + "[" * 400 + "]" * 400,
        "x = " + " + ".join(["f()"] * 3000),
        "x = f" + "().g" * 2000 + "()",
        "\n".join("    " * depth + "if x:" for depth in range(95)) + "\n" + "    " * 95 + "pass",
        "def f(x):\n    return f(f)(f)(lambda: f)\nf = f(f)\nwhile f: f = f.g(f)[f](*f, **f)",
        "import functools\np = functools.partial(print)\nfor i in p: p = functools.partial(p, p)(p)",
        "class A(A): pass\nclass B(C): pass\nclass C(B):\n    def m(self): return super().m()\nC().m()",
    ],
)
def test_hard_text_comes_to_an_end(build: Build, text: str) -> None:
    assert build({"m.py": text + "\n"}).nodes.num_rows


def test_linking_leaves_no_solver_behind(build: Build) -> None:
    """None waits for the garbage to be collected, which is off while a large group is linked."""
    gc.collect()
    gc.disable()
    try:
        build({"m.py": TOOLS + "def f(x):\n tool = x or Tool()\n for t in [tool, give()]: t.use().other()\n"})
        assert not any(isinstance(item, FileSolver) for item in gc.get_objects())
    finally:
        gc.enable()
