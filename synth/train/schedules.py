"""How fast is learned at each step? Learning rates as pure functions of the step.

A schedule is a chain of parts. Each begins where the one before it ended, so that the rate never jumps:

- cosine: warm up, fall to the floor (Gupta et al. 2023, arXiv 2308.04014; Ibrahim et al. 2024, arXiv 2403.08763)
- wsd: warm up, hold the peak, fall to the floor (Hu et al. 2024, arXiv 2404.06395)
- infinite: warm up, cool down to a trunk, hold it, anneal to the floor (Singh et al. 2025, arXiv 2503.02844, eq. 1)
- constant: warm up, hold the peak
"""

import math
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from synth.train.settings import ScheduleSettings

Shape = Callable[[float, float, float], float]
"""From where, to where, and how far on the way (0 to 1): the factor."""


class Part(NamedTuple):
    """A stretch of a schedule, between two factors of the peak."""

    length: float
    """Steps, or a share of all steps where below 1; infinite: what the other parts leave."""
    start: float
    end: float
    shape: Shape


def learning_rate(settings: ScheduleSettings, n_steps: int) -> Callable[[int], float]:
    """Give the learning rate of each step, as a factor of the peak.

    Step 0 is the first update and `n_steps - 1` the last, which has the rate that the schedule ends with; later steps
    keep it. Parts that do not fit into the steps are shortened alike.

    Args:
        settings: the schedule.
        n_steps: updates of the whole run, at least 1.

    Returns:
        A function from step to factor, as `torch.optim.lr_scheduler.LambdaLR` takes it.
    """
    parts = _parts(settings)
    return partial(_factor, parts, _ends([part.length for part in parts], n_steps))


def _parts(settings: ScheduleSettings) -> list[Part]:
    """The chain of a schedule; one part of each takes the steps that the others leave."""
    rest, floor, trunk = math.inf, settings.floor, settings.trunk
    rise = Part(settings.warmup, 0, 1, linear)
    if settings.kind == "cosine":
        return [rise, Part(rest, 1, floor, cosine)]
    if settings.kind == "wsd":
        return [rise, Part(rest, 1, 1, level), Part(settings.decay, 1, floor, SHAPES[settings.decay_shape])]
    if settings.kind == "constant":
        return [rise, Part(rest, 1, 1, level)]
    start = [] if settings.on_trunk else [rise, Part(settings.cooldown, 1, trunk, cosine)]
    end = [Part(settings.decay, trunk, floor, exponential)] if settings.anneal else []
    return [*start, Part(rest, trunk, trunk, level), *end]


def _ends(lengths: list[float], n_steps: int) -> list[int]:
    """The step at which each part has reached its end; of the last part, the last update."""
    last = n_steps - 1
    steps = [length * n_steps if length < 1 else length for length in lengths]
    total = sum(length for length in steps if length < math.inf)
    fit = min(1.0, last / total) if total else 1.0
    rest = last - fit * total
    return [round(end) for end in accumulate(rest if length == math.inf else fit * length for length in steps)]


def _factor(parts: list[Part], ends: list[int], step: int) -> float:
    begin = 0
    for part, end in zip(parts, ends, strict=True):
        if step < end:
            return part.shape(part.start, part.end, (step - begin) / (end - begin))
        begin = end
    return parts[-1].end


def level(start: float, end: float, way: float) -> float:
    """No change."""
    return start


def linear(start: float, end: float, way: float) -> float:
    """A straight line."""
    return start * (1 - way) + end * way


def cosine(start: float, end: float, way: float) -> float:
    """Half a wave: slow, fast, slow."""
    return linear(start, end, (1 - math.cos(math.pi * way)) / 2)


def one_minus_sqrt(start: float, end: float, way: float) -> float:
    """Fast at first: `start * (1 - sqrt(way)) + end * sqrt(way)` (Hägele et al. 2024, arXiv 2405.18392)."""
    return linear(start, end, math.sqrt(way))


def exponential(start: float, end: float, way: float) -> float:
    """The same ratio at each step, and exactly `end` at the end; neither may be 0.

    The way is a share of the anneal's own length. Where it is taken over the step at which the anneal ends, as public
    implementations do, `end` is not reached.
    """
    return math.pow(start, 1 - way) * math.pow(end, way)


SHAPES: dict[str, Shape] = {"linear": linear, "cosine": cosine, "1-sqrt": one_minus_sqrt}
