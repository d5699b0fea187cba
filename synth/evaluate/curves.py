"""How does a curve look? Lines over tokens as the numbers of an SVG drawing.

However many points there are, a line keeps at most two for each pixel column, the lowest and the highest, so that a
spike stays visible and a page of a long run stays small.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 10, 26
COLUMNS = 300
FLAT = 1e-12
"""Values that differ by less, as a share of them, are drawn as one."""
CLASSES = ("line-1", "line-2", "line-3", "line-4", "line-5", "line-6")

Points = Sequence[tuple[float, float]]


class Tick(NamedTuple):
    """A number beside an axis; `at` is in pixels."""

    at: float
    label: str


class Line(NamedTuple):
    """One curve: the `d` of its path, or its dots where it has few points."""

    name: str
    style: str
    path: str
    dots: tuple[tuple[float, float, str], ...]
    last: str


class Chart(NamedTuple):
    """A drawing of 640 by 220 pixels."""

    title: str
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    levels: tuple[Tick, ...]


def draw(
    title: str, curves: Mapping[str, Points], levels: Mapping[str, float] | None = None, dotted: bool = False
) -> Chart | None:
    """Draw curves in one frame; None where there is nothing to draw.

    Args:
        title: above the drawing.
        curves: points (x, y) by name, x ascending; what is not finite is left out.
        levels: heights to mark with a dashed line, such as chance.
        dotted: mark each point; for curves of few.
    """
    finite = {
        name: [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)] for name, points in curves.items()
    }
    finite = {name: points for name, points in finite.items() if points}
    if not finite:
        return None
    every = [point for points in finite.values() for point in points]
    xs, ys = [x for x, _ in every], [y for _, y in every] + list((levels or {}).values())
    frame = _Frame(*_range(min(xs), max(xs), flat=1), *_range(min(ys), max(ys), flat=max(abs(ys[0]), FLAT), pad=0.06))
    lines = tuple(
        _line(name, CLASSES[number % len(CLASSES)], points, frame, dotted)
        for number, (name, points) in enumerate(finite.items())
    )
    across = tuple(Tick(frame.x(value), short(value)) for value in _ticks(frame.left, frame.right))
    up = tuple(Tick(frame.y(value), short(value)) for value in _ticks(frame.low, frame.high))
    return Chart(title, lines, across, up, tuple(Tick(frame.y(y), name) for name, y in (levels or {}).items()))


class _Frame(NamedTuple):
    left: float
    right: float
    low: float
    high: float

    def x(self, value: float) -> float:
        return round(LEFT + (value - self.left) / (self.right - self.left) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - (value - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM), 1)


def _range(low: float, high: float, flat: float, pad: float = 0) -> tuple[float, float]:
    if high - low <= FLAT * max(abs(low), abs(high), 1):
        return low, low + flat
    margin = (high - low) * pad
    return low - margin, high + margin


def _line(name: str, style: str, points: Points, frame: _Frame, dotted: bool) -> Line:
    kept = [(frame.x(x), frame.y(y)) for x, y in thin(points)]
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in kept)
    dots = tuple((frame.x(x), frame.y(y), f"{name}: {short(y)} at {short(x)}") for x, y in points) if dotted else ()
    return Line(name, style, path, dots, short(points[-1][1]))


def thin(points: Points, columns: int = COLUMNS) -> list[tuple[float, float]]:
    """Keep the lowest and the highest point of each column, in their order, and both ends."""
    if len(points) <= 2 * columns:
        return list(points)
    kept = {0, len(points) - 1}
    for column in range(columns):
        members = range(column * len(points) // columns, (column + 1) * len(points) // columns)
        kept |= {min(members, key=lambda at: points[at][1]), max(members, key=lambda at: points[at][1])}
    return [points[at] for at in sorted(kept)]


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers between two."""
    step = 10 ** math.floor(math.log10((high - low) / 3))
    step = next(step * factor for factor in (5, 2, 1) if (high - low) / (step * factor) >= 2.5 or factor == 1)
    first = math.ceil(low / step - 1e-9)
    return [value * step for value in range(first, math.floor(high / step + 1e-9) + 1)]


def short(value: float) -> str:
    """A number in a few characters: 1,234, 12k, 3.4M, 0.05, 1e-05."""
    size = abs(value)
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= limit:
            return f"{value / (1e3 if unit == 'k' else limit):.3g}{unit}"
    return f"{value:.0f}" if size >= 1000 or value == int(value) else f"{value:.3g}"
