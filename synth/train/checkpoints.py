"""What does a killed run go on from? Folders `step-N`, each whole or absent."""

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from synth.train.settings import AverageSettings, CheckpointSettings

PARTS = 10  # into which a run is cut where no interval is set


def step_of(folder: Path) -> int:
    """The number of steps after which a checkpoint was taken."""
    return int(folder.name.removeprefix("step-"))


def whole_checkpoints(folder: Path) -> list[Path]:
    """All checkpoints, the oldest first."""
    return sorted(folder.glob("step-*"), key=step_of)


def newest_checkpoint(folder: Path) -> Path | None:
    """What a killed run goes on from; None where it begins."""
    return next(reversed(whole_checkpoints(folder)), None)


def drop_unfinished(folder: Path) -> None:
    """Remove what a killed process left half written."""
    for path in folder.glob("checkpoint-*"):
        shutil.rmtree(path)


def commit_folder(written: Path, final: Path) -> None:
    """Give a finished folder its name once all that is in it is on the disk; one of that name is replaced."""
    for path in written.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    if final.exists():
        shutil.rmtree(final)
    written.replace(final)
    descriptor = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_newest(folder: Path, keep: int, kept: Collection[int]) -> None:
    """Remove all but the newest checkpoints and those of the steps in `kept`."""
    for path in whole_checkpoints(folder)[:-keep]:
        if step_of(path) not in kept:
            shutil.rmtree(path)


def averaged_steps(settings: AverageSettings, n_steps: int) -> list[int]:
    """The steps whose checkpoints are averaged: evenly over the last part of the run, the last step among them."""
    if settings.kind == "none":
        return []
    span = settings.span * n_steps
    steps = {round(n_steps - span * index / settings.last) for index in range(settings.last)}
    return sorted(step for step in steps if step > 0)


def saved_steps(settings: CheckpointSettings, others: Collection[int], n_steps: int) -> set[int]:
    """The steps after which a checkpoint is taken.

    Args:
        settings: how often.
        others: steps that are needed for something else, too.
        n_steps: of the whole run; the last one is always among them.
    """
    every = settings.steps or max(1, -(-n_steps // PARTS))
    return {*range(every, n_steps + 1, every), *others, n_steps}
