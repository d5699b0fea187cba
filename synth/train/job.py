"""What is to be done? A training run as values that any process of it can be given."""

import math
from pathlib import Path
from typing import Literal, NamedTuple

from synth.errors import UserError
from synth.train.schedules import learning_rate
from synth.train.settings import OptimizerSettings, TrainSettings

TRUNK = Path(".run/trunk")
"""In the folder of a model: the checkpoint that the next corpus goes on from."""
MICRO_TOKENS = {"cpu": 8192, "cuda": 16384}
"""Tokens that a worker holds at a time where `micro_batch` is not set."""


class Job(NamedTuple):
    """What is to be done; the same for all workers."""

    stage: Literal["cpt", "sft"]
    data: list[str]
    model: str
    """As the user gave it."""
    base: Path
    """The folder that the weights come from."""
    trunk: Path | None
    """The checkpoint of a trunk, if that is what the base is."""
    out: Path
    settings: TrainSettings
    fsdp: bool = False
    """Whether the workers share the weights among them."""


def evaluated_steps(times: int, n_steps: int) -> set[int]:
    """The steps after which a model is measured: evenly spaced, neither the first moment nor the last among them."""
    return {round(n_steps * index / (times + 1)) for index in range(1, times + 1)} - {0, n_steps}


def trunk_step(settings: TrainSettings, n_steps: int) -> int | None:
    """The step after which the next corpus goes on, where the schedule has a trunk: the last one at its rate."""
    if settings.schedule.kind != "infinite" or settings.lora.rank:
        return None
    rate = learning_rate(settings.schedule, n_steps)
    return next((step for step in range(n_steps, 0, -1) if math.isclose(rate(step - 1), settings.schedule.trunk)), None)


class Share(NamedTuple):
    """What one worker does of a step: `accumulate` times `micro` sequences."""

    micro: int
    accumulate: int


def share_of(settings: OptimizerSettings, world: int, max_length: int, device: str) -> Share:
    """Cut the batch of a step into equal parts for all workers.

    Raises:
        UserError: the batch cannot be shared by so many workers.
    """
    each, rest = divmod(settings.batch, world)
    if rest:
        raise UserError(
            f"optimizer.batch={settings.batch} cannot be shared by {world} workers; "
            f"make it a multiple of {world}, or set workers.count"
        )
    most = settings.micro_batch or max(1, MICRO_TOKENS[device] // max_length)
    micro = max(size for size in range(1, each + 1) if each % size == 0 and size <= max(1, most))
    return Share(micro, each // micro)
