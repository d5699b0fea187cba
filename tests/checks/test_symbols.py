"""Names exist."""

import pytest

from checks.conftest import make_sample
from synth.checks.symbols import check


@pytest.mark.parametrize(
    "name",
    [
        "pkg.shapes.area", "pkg.shapes.Circle.radius", "area", "Circle", "shape", "pkg/shapes.py", "pkg.Circle",
        "pkg.area", "pkg.shapes.Circle.describe", "Circle.describe", "Shape.name", "pkg.shapes.Odd.anything", "math.pi",
        "unknown.thing", "str", "None",
        "os", "self", "area()", "@dataclass", "x + y", "0.5", "helper(shape)", "____",
        "def area(shape: Shape, scale: float = 1.0) -> float", "class Circle(Shape)", "def radius(self) -> float: ...",
    ],
)  # fmt: skip
def test_what_the_source_has_may_be_named(name, context):
    assert check(make_sample(answer=f"It is `{name}` here."), context).passed


@pytest.mark.parametrize(
    "name",
    [
        "pkg.shapes.volume", "pkg.shapes.Circle.perimeter", "volume", "Square", "pkg/forms.py", "pkg.Square",
        "Circle.perimeter", "pkg.missing.area", "def area(shape: Shape) -> float", "class Circle(Odd)", "def volume(x)",
    ],
)  # fmt: skip
def test_what_it_has_not_may_not(name, context):
    verdict = check(make_sample(answer=f"It is `{name}` here."), context)
    assert not verdict.passed
    assert name in verdict.detail


@pytest.mark.parametrize("part", ["question", "answer", "reasoning"])
def test_every_part_is_looked_at(part, context):
    assert not check(make_sample(**{part: "See `pkg.shapes.volume`."}), context).passed


def test_a_made_up_name_may_be_named_if_it_is_said_to_be(context):
    sample = make_sample("Does `pkg.shapes.Circle` have `perimeter`?", "`pkg.shapes.Circle.perimeter` does not exist.")
    assert not check(sample, context).passed
    assert check({**sample, "fabricated": ["perimeter", "pkg.shapes.Circle.perimeter"]}, context).passed


@pytest.mark.parametrize("name", ["radius", "pkg.shapes.Circle.radius"])
def test_a_name_that_exists_may_not_be_called_made_up(name, context):
    verdict = check(make_sample(fabricated=[name]), context)
    assert not verdict.passed
    assert "but it does" in verdict.detail


def test_names_in_blocks_of_code_are_left_to_other_checks(context):
    assert check(make_sample(answer="So:\n\n```python\n`nowhere`\n```\n"), context).passed


def test_a_text_without_names_is_said_to_be_unchecked(context):
    sample = make_sample("Why?", "Because.", "So it is.")
    assert check(sample, context).detail == "not checked: it names no symbol"
