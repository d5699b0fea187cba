"""Calls fit signatures."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.conftest import FILES, graph, make_context, make_sample
from synth.checks.call_signature import check, misfit, parameters_of
from synth.graph.code import link, parse_documents
from synth.graph.view import CodeGraph
from synth.schema import DOCUMENTS, table_from_rows


def verdict_of(code: str, context, **other):
    return check(make_sample(answer=f"So:\n\n```python\n{code}\n```", **other), context)


IMPORT = "from pkg.shapes import area, Circle, Shape, Point, Odd\n"


@pytest.mark.parametrize(
    "call",
    [
        "area(s)", "area(s, 2.0)", "area(shape=s, scale=2)", "area(*args)", "area(**options)", "area(s, **options)",
        "Shape('x')", "Shape('x', colour='blue')", "Circle('x')", "Circle(name='x')",
    ],
)  # fmt: skip
def test_a_call_that_fits(call, context):
    verdict = verdict_of(IMPORT + call, context)
    assert verdict.passed
    assert not verdict.detail.startswith("not checked")


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("area()", "needs shape"),
        ("area(s, 1, 2)", "takes 2 positional arguments, not 3"),
        ("area(s, size=2)", "has no parameter size"),
        ("area(s, shape=s)", "gets shape twice"),
        ("Circle()", "needs name"),
        ("Circle('x', 'blue')", "takes 1 positional arguments, not 2"),
        ("Shape('x', size=1)", "has no parameter size"),
    ],
)
def test_a_call_that_does_not_fit(call, fault, context):
    verdict = verdict_of(IMPORT + call, context)
    assert not verdict.passed
    assert fault in verdict.detail


@pytest.mark.parametrize(
    "code",
    [
        "import pkg.shapes\npkg.shapes.area()",
        "from pkg.shapes import area as measure\nmeasure()",
        "import pkg.shapes as s\ns.area()",
        "area()",  # the evidence, and no other of that name
        "def show():\n    from pkg.shapes import area\n    return area()",
    ],
)
def test_targets_are_found_by_import_and_by_evidence(code, context):
    assert not verdict_of(code, context).passed


@pytest.mark.parametrize(
    "code",
    [
        IMPORT + "Point()",  # a decorator may have made its own `__init__`
        IMPORT + "Odd(1, 2, 3)",  # a base is unknown
        "def area():\n    return 1\n\narea()",
        "area = print\narea()",
        "def show(area):\n    return area()",
        "from elsewhere import area\narea()",
        "x.area()",
        "this is no python",
    ],
)
def test_what_cannot_be_told_for_certain_is_not_judged(code, context):
    verdict = verdict_of(code, context)
    assert verdict.passed
    assert verdict.detail.startswith("not checked")


NAMES = st.lists(st.sampled_from("abcdef"), unique=True, max_size=5)


@st.composite
def declarations(draw) -> str:
    """The parameter list of a valid `def`, of all kinds."""
    names = draw(NAMES)
    cuts = sorted(draw(st.lists(st.integers(0, len(names)), min_size=2, max_size=2)))
    parts: list[str] = []
    defaults = False
    for index, name in enumerate(names[: cuts[1]]):
        defaults = defaults or draw(st.booleans())
        parts.append(name + ("=0" if defaults else ""))
        if index + 1 == cuts[0]:
            parts.append("/")
    keyword_only = [name + draw(st.sampled_from(["", "=0"])) for name in names[cuts[1] :]]
    star = draw(st.booleans())
    if star or keyword_only:
        parts += ["*args" if star else "*", *keyword_only]
    return ", ".join(parts + (["**options"] if draw(st.booleans()) else []))


CALLS = st.tuples(st.integers(0, 6), st.lists(st.sampled_from("abcdefg"), unique=True, max_size=4))


CONTEXT = make_context()


@given(declarations(), CALLS)
def test_a_call_fits_exactly_where_python_can_bind_it(parameters, call):
    source = f"def function({parameters}):\n    return 0\n"
    row = {
        "doc_id": "m.py",
        "collection": "c",
        "path": "m.py",
        "media": "code",
        "language": "python",
        "text": source,
        "is_test": False,
    }
    graph = CodeGraph.from_tables(*link([parse_documents(table_from_rows([row], DOCUMENTS))]))
    names: dict = {}
    exec(source, names)
    positional, keywords = call
    try:
        names["function"](*range(positional), **dict.fromkeys(keywords, 0))
        fits = True
    except TypeError:
        fits = False
    text = f"function({', '.join([*map(str, range(positional)), *(f'{name}=0' for name in keywords)])})"
    tree = ast.parse(text, mode="eval").body
    signature = parameters_of(graph.by_qualified_name["m.function"][0], CONTEXT)
    assert signature is not None
    fault = misfit(tree, signature)
    assert (fault == "") is fits, fault


METHODS = "from pkg.shapes import Circle, Shape, Odd, Tools\n"


@pytest.mark.parametrize(
    "code",
    [
        "Shape('x').describe()", "Circle('x').describe()", "c = Circle('x')\nc.radius()", "Shape.describe(Shape('x'))",
        "def show(c: Circle):\n    return c.radius()", "Tools.scale(2)", "Tools().scale(2)", "Tools.make('x')",
        "Tools().make('x')", "Tools().pick(1, 2)", "c = Circle('x')\nc.describe(*args)",
    ],
)  # fmt: skip
def test_a_call_of_a_method_that_fits(code, tools):
    assert verdict_of(METHODS + code, tools).detail == ""


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("Shape('x').describe(1)", "pkg.shapes.Shape.describe takes 0 positional arguments, not 1"),
        ("c = Circle('x')\nc.describe(1)", "pkg.shapes.Shape.describe takes 0"),
        ("c = Circle('x')\nc.radius(unit='m')", "has no parameter unit"),
        ("Shape.describe()", "needs self"),
        ("def show(c: Circle):\n    return c.radius(1)", "takes 0 positional arguments, not 1"),
        ("Tools.scale()", "needs factor"),
        ("Tools().scale(1, 2)", "takes 1 positional arguments, not 2"),
        ("Tools.make()", "needs name"),
        ("Tools().make('x', 'y')", "takes 1 positional arguments, not 2"),
        ("Tools().pick()", "needs first"),
    ],
)
def test_a_call_of_a_method_that_does_not_fit(code, fault, tools):
    verdict = verdict_of(METHODS + code, tools)
    assert not verdict.passed
    assert fault in verdict.detail


@pytest.mark.parametrize(
    "code",
    [
        "c = Circle('x')\nc = other\nc.describe(1)",  # no longer what it was
        "def show(s: Shape):\n    return s.colour(1)",  # a class below it has another
        "Odd().describe(1)",
        "Tools().cached(1)",  # a decorator may change how it is called
        "Tools().twice(1)",  # defined under a condition
        "with Tools() as t:\n    t.pick()",
    ],
)
def test_a_method_that_cannot_be_told_for_certain_is_not_judged(code, tools):
    verdict = verdict_of(METHODS + code, tools)
    assert verdict.passed


@pytest.fixture
def tools():
    extra = """

class Shape2(Shape):
    def colour(self, one, two):
        return one


class Tools:
    @staticmethod
    def scale(factor):
        return factor

    @classmethod
    def make(cls, name):
        return cls()

    def pick(self, first, second=None):
        return first

    @remember
    def cached(self):
        return 1

    if math:
        def twice(self):
            return 1
    else:
        def twice(self, one):
            return 2
"""
    shapes = FILES["pkg/shapes.py"].replace(
        "    def describe(self)", '    def colour(self):\n        return "red"\n\n    def describe(self)', 1
    )
    return make_context(graph({**FILES, "pkg/shapes.py": shapes + extra}))
