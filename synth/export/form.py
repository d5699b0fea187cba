"""What does a format have to say? How it writes the rows of a split, and which files stand beside them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from synth.export.rows import Sample, Stage
from synth.train.settings import DataSettings, OptimizerSettings, ScheduleSettings

PLACEHOLDER = "BASE_MODEL"
"""Stands in a configuration for the model that nobody named."""

DATA, OPTIMIZER, SCHEDULE = DataSettings(), OptimizerSettings(), ScheduleSettings()
"""What `synth train` does unless told otherwise: the configurations of other trainers start from the same values."""

Write = Callable[[Iterator[Sample], Path, Stage, str | None], list[Path]]
"""Writes the rows of a split under a path without suffix, for a stage and a model; returns the files, data first."""


class Content(NamedTuple):
    """What was written: rows by stage and split, and the model that is to learn them."""

    rows: Mapping[Stage, Mapping[str, int]]
    model: str | None

    def start(self, stage: Stage) -> str:
        """The model that a stage starts from: the one that the stage before it made, if there is one."""
        return output(Stage.CPT) if stage is Stage.SFT and Stage.CPT in self.rows else self.model or PLACEHOLDER


def output(stage: Stage) -> str:
    """Where a configuration puts the model that it trains."""
    return f"model-{stage.value}"


def no_configuration(_content: Content) -> dict[str, str]:
    """The files beside the data of a format that is data alone."""
    return {}


class Form(NamedTuple):
    """A format: `configure` gives the text of each file beside the data, by name."""

    write: Write
    configure: Callable[[Content], dict[str, str]] = no_configuration


def to_yaml(command: str, settings: Mapping[str, Any], *notes: str) -> str:
    """A configuration file that says how it is used."""
    comments = [f"# Run in this folder: {command}", *(f"# {note}" for note in notes)]
    return "\n".join([*comments, yaml.safe_dump(dict(settings), sort_keys=False, allow_unicode=True, width=120)])
