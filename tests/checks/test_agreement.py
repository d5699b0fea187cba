"""An answer says what the reference says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.conftest import make_context, make_sample, node
from synth.checks.agreement import check

CONTEXT = make_context()


def point(*names):
    return {"point": f"It names {' and '.join(names)}.", "nodes": [node(name).node_id for name in names]}


def sample(answer, *points, **other):
    return make_sample(answer=answer, rubric=list(points) or [point("pkg.shapes.area")], **other)


def span(name):
    about = node(name)
    return {"id": about.node_id, "path": about.path, "start_line": about.start_line, "end_line": about.end_line}


def test_without_a_rubric_nothing_is_compared(context):
    assert check(make_sample(), context).detail == "not checked: it has no rubric"


@pytest.mark.parametrize(
    "answer",
    ["`pkg.shapes.helper` does.", "It is helper.", "So:\n\n```python\nhelper(s)\n```", "Only `helper()` does."],
)
def test_an_answer_that_names_what_the_rubric_asks_for(answer, context):
    assert check(sample(answer, point("pkg.shapes.helper")), context).detail == ""


@pytest.mark.parametrize("answer", ["It is `helpers`.", "Something else does.", "It is `my_helper`."])
def test_an_answer_that_does_not(answer, context):
    verdict = check(sample(answer, point("pkg.shapes.helper")), context)
    assert not verdict.passed
    assert verdict.detail.startswith("it does not name pkg.shapes.helper")


@given(st.sets(st.sampled_from(["pkg.shapes.area", "pkg.shapes.helper", "pkg.shapes.Circle", "pkg.shapes.Point"])))
def test_the_score_is_the_share_of_points_that_are_met(named):
    names = ["pkg.shapes.area", "pkg.shapes.helper", "pkg.shapes.Circle", "pkg.shapes.Point"]
    verdict = check(sample(f"Here: {' '.join(named)}.", *map(point, names)), CONTEXT)
    # One more point: nothing that exists is denied.
    assert verdict.score == pytest.approx((len(named) + 1) / 5)
    assert verdict.passed is (len(named) == 4)


def test_a_constructor_is_named_by_its_class(context):
    init = point("pkg.shapes.Shape.__init__")
    assert check(sample("Call `Shape('x')`.", init), context).passed
    assert not check(sample("Call it.", init), context).passed


MADE_UP = {"fabricated": ["perimeter", "pkg.shapes.Circle.perimeter"]}


@pytest.mark.parametrize(
    "answer",
    [
        "`Circle` has no method `perimeter`.", "There is no `perimeter` in `Circle`.",
        "No such method exists on `Circle`.",
        "`Circle` doesn't define `perimeter`.", "`perimeter` is not part of `Circle`.",
        "`perimeter` does not exist; see `Circle`.",
        "`perimeter` isn't defined on `Circle`.", "`Circle` does not have it.",
        "`perimeter` is not a method of `Circle`.",
        "`Circle` lacks such a method.", "No, `Circle` doesn\u2019t have one.",
        "It has none; if you need it on `Circle`:\n\n```python\ndef perimeter(circle):\n    return 1\n```",
    ],
)  # fmt: skip
def test_a_made_up_name_that_is_denied(answer, context):
    assert check(sample(answer, point("pkg.shapes.Circle"), **MADE_UP), context).detail == ""


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("`Circle.perimeter` gives the length of the circle.", "does not say that perimeter"),
        ("`Circle.perimeter` gives its length; it is not a property.", "does not say that perimeter"),
        ("`Circle` does not define `radius`. Its `perimeter` is the length.", "does not say that perimeter"),
        ("`Circle` computes it from the radius.", "does not say that perimeter"),
        ("`perimeter` does not exist on `Shape`. So:\n\n```python\nCircle('x').perimeter()\n```", "it calls perimeter"),
        ("There is no doubt that `Circle` is the place.\n\n```python\nc.perimeter(2)\n```", "it calls perimeter"),
    ],
)
def test_a_made_up_name_that_is_taken_as_real(answer, fault, context):
    verdict = check(sample(answer, point("pkg.shapes.Circle"), **MADE_UP), context)
    assert not verdict.passed
    assert fault in verdict.detail


def claim(holds):
    ends = {"subject": node("pkg.shapes.area").node_id, "object": node("pkg.shapes.helper").node_id}
    return [{**ends, "relation": "calls", "holds": holds}]


@pytest.mark.parametrize(
    "answer",
    [
        "No, `area` calls nothing.", "No. It is `area` alone.", "No such call is in `area`.",
        "`helper` does not exist, so `area` calls nothing.", "There is no function `helper` that `area` could call.",
        "`pkg.shapes.helper` isn't defined, `area` neither.", "`area` knows no such function `helper`.",
    ],
)  # fmt: skip
def test_what_is_so_may_not_be_denied(answer, context):
    verdict = check(sample(answer, claims=claim(True)), context)
    assert not verdict.passed
    assert "No" in verdict.detail or "helper does not exist" in verdict.detail


@pytest.mark.parametrize(
    "answer",
    [
        "Yes, `area` calls `helper`.", "`area` calls `helper`, which raises an error if the name does not exist.",
        "No arguments but the shape are needed: `area` calls `helper`.", "Nothing else is called by `area`.",
        "`area` has no `helper` of its own: it calls that of the module.",
    ],
)  # fmt: skip
def test_an_answer_may_hold_other_denials(answer, context):
    assert check(sample(answer, claims=claim(True)), context).detail == ""


def test_a_relation_that_does_not_hold_has_to_be_denied(context):
    assert check(sample("`area` does not call `helper`.", claims=claim(False)), context).passed
    assert check(sample("`area` never calls it.", claims=claim(False)), context).passed
    verdict = check(sample("`area` calls `helper` first.", claims=claim(False)), context)
    assert verdict.detail == "it does not deny what is not so"


def test_a_blank_has_to_be_filled_in_by_name(context):
    blank = {"kind": "fill_in", "evidence": [span("pkg.shapes.area"), span("pkg.shapes.helper")]}
    assert check(sample("The missing name is `helper`.", point("pkg.shapes.helper"), **blank), context).passed
    assert not check(sample("The missing name is `area`.", point("pkg.shapes.helper"), **blank), context).passed


@pytest.mark.parametrize("kind", ["from_test", "from_caller", "programming", "method"])
def test_where_code_is_asked_for_code_has_to_be_shown(kind, context):
    code = "def area(shape, scale=1.0):\n    return helper(shape) * scale"
    assert check(sample(f"So:\n\n```python\n{code}\n```", kind=kind), context).passed
    verdict = check(sample("`area` multiplies what `helper` gives.", kind=kind), context)
    assert verdict.detail == "it shows no code"
    assert not verdict.passed
    assert check(sample("`area` multiplies what `helper` gives.", kind="question"), context).passed


@pytest.mark.parametrize("kind", ["from_test", "from_caller"])
@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("def area(scale, shape):\n    return 1", "defines area(scale, shape), not (shape, scale)"),
        ("def area(shape):\n    return 1", "defines area(shape), not (shape, scale)"),
        (
            "def area(shape, scale, *rest, deep=1, **more):\n    return 1",
            "defines area(shape, scale, rest, deep, more)",
        ),
        ("area = len", "does not define area"),
        ("def helper(shape):\n    return area(shape)", "does not define area"),
    ],
)
def test_the_function_that_was_asked_for_has_to_be_the_one_that_is_written(kind, code, fault, context):
    verdict = check(sample(f"`area`:\n\n```python\n{code}\n```", kind=kind), context)
    assert not verdict.passed
    assert fault in verdict.detail


def test_a_method_may_be_written_within_its_class(context):
    code = "class Shape:\n    def __init__(self, name, *, colour='red'):\n        self.name = name"
    asked = {"kind": "from_test", "evidence": [span("pkg.shapes.Shape.__init__")]}
    assert check(sample(f"`area`:\n\n```python\n{code}\n```", **asked), context).detail == ""
