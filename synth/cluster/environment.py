"""Which variables does a job have that its nodes have not? Those that were named when it was submitted.

Ray has a setting for them (`env_vars`), and writes it with all values into the log of every node. So they come as a
file beside the code, which each process of the job reads when it starts.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from synth.errors import UserError

FILE = "environment.json"  # in the job's working directory
HOOK = "synth.cluster.environment.load"
"""What Ray calls first in every process that works for the job."""
_MODE = 0o600


def chosen(names: Sequence[str]) -> dict[str, str]:
    """The values of the variables that a job is to have; no other leaves this machine.

    Raises:
        UserError: one is not set, or is more than a name.
    """
    for name in names:
        if "=" in name:
            shown = name.partition("=")[0]
            raise UserError(f"--env {shown}=...: give the name alone; its value is taken from the environment here")
        if name not in os.environ:
            raise UserError(f"--env {name} is not set here; export it first, or leave it out")
    return {name: os.environ[name] for name in names}


def save(variables: Mapping[str, str], folder: Path) -> None:
    """Put the variables beside the code."""
    path = folder / FILE
    path.touch(_MODE)
    path.write_text(json.dumps(dict(variables)), encoding="utf-8")


def load() -> None:
    """Take the variables that came with this code into the environment of this process."""
    path = Path(__file__).parents[2] / FILE
    if path.exists():
        path.chmod(_MODE)  # Ray unpacks files for all to read
        os.environ.update(json.loads(path.read_text(encoding="utf-8")))
