"""Definitions are read as they are written, whatever the style of the source."""

import ast

import pytest
from conftest import Build, documents_of

from synth.graph.code import FACTS, parse_documents


def test_definitions_have_kinds_names_and_places(build: Build) -> None:
    built = build(
        {
            "pkg/__init__.py": '"""The package."""\n',
            "pkg/mod.py": '''
            """The module."""
            LIMIT: int = 3
            a = b = 1
            (c, d), *e = LIMIT
            @decorate(1)
            # why
            @other
            async def f(x):
                """Do it."""
                def inner(): pass
                local = 1
            class C(Base, metaclass=M):
                field: str
                class Inner:
                    def m(self): pass
                def __init__(self):
                    self.made = self.other.x = 1
                    other.made2 = 1
                    def g(self): self.no = 1
                def later(self): self.late = 1
            ''',
        }
    )
    assert built.names("package") == ["pkg"]
    assert built.names("module") == ["pkg", "pkg.mod"]
    assert built.names("file") == ["pkg/__init__.py", "pkg/mod.py"]
    assert built.names("class") == ["pkg.mod.C", "pkg.mod.C.Inner"]
    assert built.names("function") == ["pkg.mod.C.__init__.g", "pkg.mod.f", "pkg.mod.f.inner"]
    assert built.names("method") == ["pkg.mod.C.Inner.m", "pkg.mod.C.__init__", "pkg.mod.C.later"]
    assert built.names("variable") == [
        *("pkg.mod.C.field", "pkg.mod.C.made"),
        *(f"pkg.mod.{name}" for name in ("LIMIT", "a", "b", "c", "d", "e")),
    ]
    function = built.node("pkg.mod.f")
    assert (function.start_line, function.end_line) == (5, 11)
    assert function.signature == "async def f(x)"
    assert function.docstring == "Do it."
    assert function.decorators == ("decorate(1)", "other")
    cls = built.node("pkg.mod.C")
    assert cls.signature == "class C(Base, metaclass=M)"
    assert cls.bases == ("Base",)
    assert built.node("pkg.mod.LIMIT").value == "3"
    assert built.node("pkg.mod", "module").docstring == "The module."
    assert built.node("pkg", "package").docstring == "The package."


def test_each_node_has_one_parent(build: Build) -> None:
    built = build(
        {
            "pkg/__init__.py": "x = 1\n",
            "pkg/sub/__init__.py": "",
            "pkg/sub/mod.py": "class C:\n def m(self):\n  def g(): pass\n",
            "pkg/data/part.py": "",
            "script.py": "def f(): pass\n",
        }
    )
    parents = [row["dst"] for row in built.rows if row["kind"] == "contains"]
    assert len(parents) == len(set(parents))
    chain, node = [], built.node("pkg.sub.mod.C.m.g")
    while (above := built.graph.parent(node.node_id)) is not None:
        chain.append((above.kind, above.qualified_name))
        node = above
    assert chain == [
        ("method", "pkg.sub.mod.C.m"),
        ("class", "pkg.sub.mod.C"),
        ("module", "pkg.sub.mod"),
        ("package", "pkg.sub"),
        ("package", "pkg"),
    ]
    assert built.graph.parent(built.node("pkg.data.part", "module").node_id) == built.node("pkg", "package")
    assert built.graph.parent(built.node("pkg.x").node_id) == built.node("pkg", "module")


@pytest.mark.parametrize(
    ("written", "signature"),
    [
        ("def f( a,b = 1 , * ,c:int=2)->str :", "def f(a, b=1, *, c: int = 2) -> str"),
        ("def f(a, /, b, *args: int, c, **kw):", "def f(a, /, b, *args: int, c, **kw)"),
        ("def f(\n    a,  # first\n    b=[\n        1,\n        2,\n    ],\n):", "def f(a, b=[1, 2,])"),
        ("def f(a=(1,), b={'x':  1}):", "def f(a=(1,), b={'x': 1})"),
        ("def f(a: 'X' = \"it's\", *, b=lambda x, y=1: x):", "def f(a: 'X' = \"it's\", *, b=lambda x, y=1: x)"),
        ("async  def f() -> (\n  int):", "async def f() -> (int)"),
        ('def f(a="""x\ny"""):', "def f(a='x\\ny')"),
        ("def f(a=1 \\\n  + 2):", "def f(a=1 + 2)"),
        ("def f(ä, 变量=not x):", "def f(ä, 变量=not x)"),
        ("def f(a=x if y else z, b=f'{q!r}'):", "def f(a=x if y else z, b=f'{q!r}')"),
        ("class C:", "class C"),
        ("class C():", "class C"),
        ("class C(A, B[int],\n   metaclass = M, *rest):", "class C(A, B[int], metaclass = M, *rest)"),
    ],
)
def test_signatures_are_one_line_and_parse(build: Build, written: str, signature: str) -> None:
    built = build({"m.py": f"{written}\n    pass\n"})
    (node,) = (node for node in built.graph.nodes.values() if node.signature)
    assert node.signature == signature
    ast.parse(f"{signature}: ...")


def test_parameters_have_kinds_annotations_and_defaults(build: Build) -> None:
    built = build({"m.py": "class C:\n def m(self, a, /, b: int, c='x', *d, e, f: str = 'y', **g: bool): pass\n"})
    parameters = built.node("m.C.m").parameters
    assert [(item.name, item.kind, item.annotation, item.default) for item in parameters or ()] == [
        ("self", "positional_only", None, None),
        ("a", "positional_only", None, None),
        ("b", "positional", "int", None),
        ("c", "positional", None, "'x'"),
        ("d", "var_positional", None, None),
        ("e", "keyword_only", None, None),
        ("f", "keyword_only", "str", "'y'"),
        ("g", "var_keyword", "bool", None),
    ]
    assert built.node("m.C").parameters is None


@pytest.mark.parametrize(
    ("literal", "docstring"),
    [
        ('"""Say hi."""', "Say hi."),
        ('"""\n    Say\n      hi.\n    """', "Say\n  hi."),
        ("'a\\tb\\u00e9'", "a       bé"),
        (r'r"\d+"', r"\d+"),
        (r'"\d+"', r"\d+"),
        ('"a" "b"', "ab"),
        ("('a'\n     'b')", "ab"),
        ('f"{x}"', ""),
        ('b"x"', ""),
        ('"a" f"b"', ""),
        ("x = 'a'", ""),
        ("# comment\n    'a'", "a"),
    ],
)
def test_docstrings_are_cleaned(build: Build, literal: str, docstring: str) -> None:
    assert build({"m.py": f"def f():\n    {literal}\n"}).node("m.f").docstring == docstring


def test_redefinitions_stay_apart_and_names_mean_the_implementation(build: Build) -> None:
    built = build(
        {
            "m.py": """
            from typing import overload
            @overload
            def f(x: int) -> int: ...
            @overload
            def f(x: str) -> str: ...
            def f(x): return x
            if x:
                def g(): pass
            else:
                def g(): pass
            class C:
                @property
                def p(self): pass
                @p.setter
                def p(self, value): pass
                @p.deleter
                def p(self): pass
            def use(c: C):
                f(1); g(); c.p
            """
        }
    )
    assert [len(built.graph.by_qualified_name[name]) for name in ("m.f", "m.g", "m.C.p")] == [3, 2, 3]
    use = built.node("m.use").node_id
    ends = {edge.dst for edge in built.graph.out(use, "calls", "references") if edge.dst}
    lines = sorted(built.graph.nodes[end].start_line for end in ends)
    assert lines == [6, 10, 12]


def test_publicity(build: Build) -> None:
    built = build(
        {
            "pkg/__init__.py": "from ._impl import Shown, _kept\nfrom ._more import *\n",
            "pkg/_impl.py": """
            class Shown:
                def m(self): pass
                def _m(self): pass
                def __eq__(self, other): pass
            class Hidden: pass
            def _kept(): pass
            """,
            "pkg/_more.py": "__all__ = ['a']\ndef a(): pass\ndef b(): pass\n",
            "pkg/open.py": """
            __all__ = ["listed", "_odd"]
            __all__ += ["added"]
            def listed():
                def inner(): pass
            def added(): pass
            def unlisted(): pass
            def _odd(): pass
            """,
            "pkg/plain.py": "def f(): pass\ndef _g(): pass\n_x = y = 1\n",
        }
    )
    public = {name for name in built.graph.by_qualified_name if built.graph.by_qualified_name[name][-1].is_public}
    assert {name for name in public if "/" not in name} == {
        *("pkg", "pkg.open", "pkg.plain"),
        *("pkg._impl.Shown", "pkg._impl.Shown.m", "pkg._impl.Shown.__eq__", "pkg._more.a"),
        *("pkg.open.listed", "pkg.open._odd", "pkg.open.added", "pkg.plain.f", "pkg.plain.y"),
    }


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("def broken(:\n    pass\n\ndef ok(a):\n    return a\n", ["m.ok"]),
        ("class A:\n    def f(self:\n        x()\n    def g(self): pass\nclass B:\n    def h(self): pass\n", None),
        ("def f():\n    x = (1,\n\ndef g():\n    pass\n\nclass C:\n    def m(self): pass\n", ["m.C", "m.C.m", "m.g"]),
        ("def f():\n    foo bar baz\n\n@deco\ndef g(): pass\n", ["m.g"]),
        ("class A(:\n    def f(self): pass\nclass B: pass\n", ["m.B"]),
        ("x = '''\ndef no(): pass\n'''\ndef f(a b): pass\ny = 1\n", ["m.x", "m.y"]),
        ("if x:\n    def a(): pass\nelse\n    def b(): pass\ndef c(): pass\n", ["m.c"]),
        ("def a(): pass\n\n<<<<<<< HEAD\ndef b(): pass\n=======\ndef b(): pass\n>>>>>>> x\n", None),
    ],
)
def test_an_error_loses_only_its_definition(build: Build, text: str, kept: list[str] | None) -> None:
    built = build({"m.py": text})
    expected = {
        3: ["m.A", "m.A.g", "m.B", "m.B.h"],
        5: ["m.a", "m.b", "m.b"],
    }
    names = built.names("class", "function", "method", "variable")
    assert names == (kept if kept is not None else expected[3 if "class A" in text else 5])
    (errors,) = parse_documents(documents_of({"m.py": text}))["error_lines"].to_pylist()
    assert errors


def test_old_and_new_syntax(build: Build) -> None:
    built = build(
        {
            "old.py": """
            import os
            def f(x):
                print "hello", g(x)
                exec "code" in x
                try: pass
                except IOError, e: raise ValueError, "bad"
            def g(x): print >>x, `x`
            def h((a, b)): pass
            def i(): return 0777, 1L, ur'x', x <> y
            def last(): f(1)
            """,
            "new.py": """
            type Pair[T] = tuple[T, Item]
            class Item: pass
            class Box[T: Item](Base[T]):
                def get[U](self, x: U) -> T: return f(x)
            def f(x): pass
            def m(x):
                match x:
                    case Item(name=n) | [Item(), *n]: return f(n)
            async def a():
                async for x in y: await f(x)
                return [await f(z) async for z in y]
            """,
        }
    )
    assert {"old.f", "old.last"} <= set(built.names("function"))
    assert built.out("old.last", "calls") == {"old.f": "exact"}
    assert built.out("new.Box", "uses_type") == {"new.Item": "exact"}
    assert built.out("new.Box.get", "calls") == {"new.f": "exact"}
    assert built.out("new.m", "calls", "references") == {"new.f": "exact", "new.Item": "exact"}
    assert built.out("new.a", "calls") == {"new.f": "exact"}
    assert built.node("new.Box").signature == "class Box[T: Item](Base[T])"
    assert "new.Pair" in built.names("variable")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\ufeffx = 1\n",
        "x = 1\x0c\ndef f(): pass\n",
        "x = 1\r\ndef f():\r\n    pass\r\n",
        "x = 1",
        "\x00",
        "é = 'ü'",
    ],
)
def test_odd_files(build: Build, text: str) -> None:
    built = build({"m.py": text})
    for node in built.graph.nodes.values():
        assert 1 <= node.start_line <= node.end_line
        assert 0 <= node.start_byte <= node.end_byte <= len(text.encode())


def test_bytes_count_the_encoded_text(build: Build) -> None:
    text = "s = 'äöü'\ndef größe(): pass\n"
    node = build({"m.py": text}).node("m.größe")
    assert text.encode()[node.start_byte : node.end_byte].decode() == "def größe(): pass"


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5000 + "1" + ")" * 5000,
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "a." * 5000 + "b",
        "x = a" + "()" * 5000,
        "x = a" + ".b()" * 5000,
        "x = " + "not " * 5000 + "a",
        "x = " + "1 + " * 5000 + "a",
        "x = " + "lambda: " * 5000 + "a",
        "def f(a: " + "X[" * 5000 + "int" + "]" * 5000 + "): pass",
        "".join(" " * depth + "if x:\n" for depth in range(500)) + " " * 500 + "pass\n",
        "".join(" " * depth + f"def f{depth}():\n" for depth in range(300)) + " " * 300 + "pass\n",
        "class A0: pass\n" + "".join(f"class A{i + 1}(A{i}):\n def m(self): self.x()\n" for i in range(2000)),
        "\n".join(f"x{i} = x{i + 1}" for i in range(3000)) + "\ndef f(): x0()\n",
        "x: '" + "(" * 200 + "'\n",
    ],
    ids=range(14),
)
def test_deep_nesting_ends(build: Build, text: str) -> None:
    assert build({"m.py": text}).nodes.num_rows


def test_only_registered_languages_are_read() -> None:
    facts = parse_documents(documents_of({"a.py": "x = 1", "README.md": "# Hi"}))
    assert facts.schema == FACTS
    assert facts["path"].to_pylist() == ["a.py"]
