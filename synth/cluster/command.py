"""What does a job run? The command as it was given, with paths that mean the same on the cluster."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer

from synth.errors import UserError
from synth.store import is_remote

TRAVELS = frozenset({"pipeline", "preset", "evaluations", "pilots"})
"""Options that name a small file of settings: a copy of it goes with the job."""
PATHS = frozenset({"sources", "data", "general", "model", "base", "trained", "instruct"})
"""Options that may name a file or a folder: what exists here is named in full, and has to be there on the cluster."""
OUTPUTS = frozenset({"out"})
"""Options that name a folder to write: named in full, whether it exists or not."""
PLAIN = frozenset(
    {"overrides", "workers", "address", "seed", "tokens", "update", "retry_failed", "dry_run", "method", "weights",
     "pilot_tokens", "budget", "tolerance"}
)  # fmt: skip
"""Options that mean the same anywhere."""
FOLDER = "settings"  # in the job's working directory


class Command(NamedTuple):
    """What a job runs."""

    words: list[str]
    """What follows `synth`."""
    files: dict[str, Path]
    """The files that it reads from its working directory, by their path in it."""
    shared: list[Path]
    """The paths of this machine that every node has to see as well."""


def prepare(words: Sequence[str]) -> Command:
    """Check a command line as `synth` itself would, and rewrite it for the cluster that it runs on.

    Args:
        words: what would follow `synth`, such as `["train", "cpt", "--data", "corpus", ...]`.

    Raises:
        UserError: there is no such command.
        typer.exceptions.UsageError: an option is not known, missing or wrong.
    """
    command, names, rest = _find(words)
    given = command.make_context(" ".join(["synth", *names]), list(rest)).params
    # Inside the job, `auto` is the cluster that the job is part of.
    if given.get("address", "") is None and given["workers"] != 0:
        given["address"] = "auto"
    options: list[str] = []
    arguments: list[str] = []
    files: dict[str, Path] = {}
    shared: list[Path] = []
    for parameter in command.params:
        for value in _values(given.get(parameter.name)):
            text = _placed(parameter.name, value, files, shared)
            if parameter.param_type_name == "argument":
                arguments.append(text)
            else:
                option = max(parameter.opts, key=len)
                options.append(option if value is True else f"{option}={text}")
    return Command([*names, *options, *(["--", *arguments] if arguments else [])], files, shared)


def _find(words: Sequence[str]) -> tuple[Any, list[str], Sequence[str]]:
    """The command that words name, its name, and what is left of the words."""
    from synth.cli import app

    command: Any = typer.main.get_command(app)
    names: list[str] = []
    while commands := getattr(command, "commands", None):
        name = words[len(names)] if len(names) < len(words) else ""
        if name not in commands:
            told = " ".join(["synth", "submit", *names])
            raise UserError(f"{told} {name}: no such command; give one of {', '.join(commands)}".replace(" :", ":"))
        names.append(name)
        command = commands[name]
    return command, names, words[len(names) :]


def _values(value: Any) -> Iterator[Any]:
    """What was given for one option: nothing, one value or several."""
    if isinstance(value, list | tuple):
        yield from value
    elif value is not None and value is not False:
        yield value


def _placed(name: str | None, value: Any, files: dict[str, Path], shared: list[Path]) -> str:
    """The value as the job is to read it; files that travel and paths that it shares are noted."""
    text = str(value)
    path = Path(text)
    if name in TRAVELS and path.is_file():
        target = f"{FOLDER}/{len(files)}-{path.name}"
        files[target] = path
        return target
    if (name in PATHS and path.exists()) or (name in OUTPUTS and not is_remote(text)):
        shared.append(path.absolute())
        return str(shared[-1])
    return text
