"""Curves: where their points lie, and that long ones stay small."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.evaluate.curves import BOTTOM, COLUMNS, HEIGHT, LEFT, RIGHT, TOP, WIDTH, draw, short, thin

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)
POINTS = st.builds(lambda ys, times: list(enumerate(ys * times)), VALUES, st.integers(1, 60))


@given(POINTS)
def test_a_line_keeps_its_ends_and_its_extremes_and_few_points_between(points: list[tuple[float, float]]) -> None:
    kept = thin(points)
    assert len(kept) <= 2 * COLUMNS + 2
    assert kept == sorted(kept)
    assert set(kept) <= set(points)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert len(points) <= 2 * COLUMNS or len(kept) >= COLUMNS / 2
    for extreme in (min, max):
        assert extreme(y for _, y in kept) == extreme(y for _, y in points)


@given(POINTS)
def test_a_line_stays_within_its_frame(points: list[tuple[float, float]]) -> None:
    chart = draw("t", {"a": points})
    assert chart is not None
    numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", chart.lines[0].path)]
    assert all(LEFT <= x <= WIDTH - RIGHT for x in numbers[::2])
    assert all(TOP <= y <= HEIGHT - BOTTOM for y in numbers[1::2])
    assert len(chart.up) <= 8


def test_a_single_spike_of_a_long_run_stays_visible() -> None:
    points = [(float(step), 9.0 if step == 4321 else 1 / (1 + step)) for step in range(10_000)]
    assert (4321.0, 9.0) in thin(points)


def test_higher_values_are_drawn_higher_and_later_ones_further_right() -> None:
    chart = draw("t", {"a": [(0, 1.0), (10, 3.0)]}, dotted=True)
    assert chart is not None
    (x1, y1, _), (x2, y2, label) = chart.lines[0].dots
    assert x1 < x2
    assert y1 > y2
    assert label == "a: 3 at 10"


def test_what_is_not_finite_is_left_out() -> None:
    chart = draw("t", {"a": [(0, 1.0), (1, float("nan")), (2, 2.0)], "b": [(0, float("inf"))]})
    assert chart is not None
    assert [line.name for line in chart.lines] == ["a"]
    assert chart.lines[0].path.count("L") == 1


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw("t", {"a": []}) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.05, "0.05"), (1234, "1234"), (12_345, "12.3k"), (3.4e6, "3.4M"), (2e9, "2G"), (1e-5, "1e-05")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text
