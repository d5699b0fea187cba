"""Shows a run from outside: how far it is, and whether what it made is whole."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from synth.errors import UserError
from synth.hostile import show_hidden
from synth.reckoning import StageStatus, TeacherStatus
from synth.shards import verify_release
from synth.shards.layout import MANIFEST
from synth.shards.manifest import load_manifest
from synth.signs import readable
from synth.status import Status, TrainingStatus, read_status
from synth.store import Place

REFRESH_SECONDS = 2.0


def show_status(console: Console, out: Place, *, as_json: bool, watch: bool) -> None:
    """Print the state of the run in OUT, once or until the run ends.

    Raises:
        UserError: OUT holds no run, or JSON is to be watched.
    """
    if as_json and watch:
        raise UserError("--json is printed once; leave --watch out, and ask as often as you need")
    status = read_status(out)
    if as_json:
        console.file.write(json.dumps(asdict(status), indent=1) + "\n")
        return
    if not watch:
        console.print(render(status))
        return
    with Live(render(status), console=console, auto_refresh=False) as view:
        while status.state in {"at work", "unknown"}:
            time.sleep(REFRESH_SECONDS)
            status = read_status(out)
            view.update(render(status), refresh=True)


def show_verified(console: Console, out: Place) -> bool:
    """Compare what readers see in OUT with its manifest, and print what is wrong, a line each.

    Returns:
        Whether it is whole.

    Raises:
        UserError: OUT cannot be read.
    """
    with readable(out):
        problems = verify_release(out)
    for problem in problems:
        console.print(_line(problem), soft_wrap=True)
    if not problems:
        files = load_manifest(out / MANIFEST).files
        console.print(
            f"{out} is whole: {len(files):,} files, {_bytes(sum(file.n_bytes for file in files))}", soft_wrap=True
        )
    return not problems


def render(status: Status) -> RenderableType:
    """A status as a terminal shows it."""
    parts: list[RenderableType] = [*map(_line, _head(status))]
    if status.stages:
        parts.append(_stage_table(status.stages))
    if status.teacher:
        parts += map(_line, _teacher_lines(status.teacher))
    if status.training:
        parts += map(_line, _training_lines(status.training))
    used = ", ".join(f"{name} {_bytes(size)}" for name, size in status.disk.items() if size)
    parts.append(_line(f"disk       {_bytes(sum(status.disk.values()))}" + (f" ({used})" if used else "")))
    return Group(*parts)


def _head(status: Status) -> Iterator[str]:
    named = [f"{status.files:,} source files" if status.files is not None else "", f"settings {status.settings}"]
    yield f"run        {status.kind} in {status.out}" + "".join(
        f" · {text}" for text in named if status.settings and text
    )
    words: list[str] = ["at work or not: it cannot be seen from here" if status.state == "unknown" else status.state]
    if status.process is not None:
        words.append(f"process {status.process} on {status.host}")
    if status.started is not None:
        words.append(f"started {datetime.fromtimestamp(status.started).astimezone():%Y-%m-%d %H:%M:%S}")
    if status.written_seconds_ago is not None:
        words.append(f"last word {_duration(status.written_seconds_ago)} ago")
    yield "state      " + " · ".join(words)
    if status.fault:
        yield f"ended by   {status.fault}"


def _stage_table(stages: list[StageStatus]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("stage", "done", "of", "rows", "time", "left", "note"):
        is_number = name in {"done", "of", "time", "left"}
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for stage in stages:
        rows = ", ".join(f"{count:,} {name}" for name, count in stage.rows.items())
        left = "" if stage.left_seconds is None else _duration(stage.left_seconds)
        counts = (f"{stage.done:,}" if stage.total or stage.done else "", f"{stage.total:,}" if stage.total else "")
        row = (stage.name, *counts, rows, _duration(stage.seconds), left, stage.note)
        table.add_row(*map(_line, row), style="" if stage.is_ended else "bold")
    return table


def _teacher_lines(teacher: TeacherStatus) -> Iterator[str]:
    speed = "" if teacher.tokens_per_second is None else f", {teacher.tokens_per_second:,.0f} tokens/s of late"
    left = "" if teacher.left_seconds is None else f", about {_duration(teacher.left_seconds)}"
    yield (
        f"teacher    {teacher.model or 'unnamed'}, round {teacher.round}: {teacher.answered:,} answered, "
        f"{teacher.left:,} left{left}; {teacher.failed:,} failed in all"
    )
    cost = "" if teacher.cost is None else f", {teacher.cost:,.2f} {teacher.currency}"
    yield (
        f"tokens     {teacher.prompt_tokens:,} of prompts ({teacher.cached_tokens:,} cached), "
        f"{teacher.output_tokens:,} of answers{speed}{cost}"
    )
    if teacher.budget_left:
        units = {"tokens": "{:,.0f} tokens", "money": "{:,.2f} " + teacher.currency, "hours": "{:,.2f} hours"}
        yield "budget     left: " + ", ".join(units[name].format(value) for name, value in teacher.budget_left.items())


def _training_lines(training: TrainingStatus) -> Iterator[str]:
    left = "" if training.left_seconds is None else f", about {_duration(training.left_seconds)} left"
    speed = "" if training.tokens_per_second is None else f", {training.tokens_per_second:,.0f} tokens/s"
    yield f"step       {training.step:,} of {training.steps:,}: {training.tokens:,} tokens{speed}{left}"
    if training.loss is not None:
        yield f"loss       {training.loss:.4f} at a learning rate of {training.learning_rate or 0:.2e}"
    if training.checkpoint is not None:
        yield f"checkpoint of step {training.checkpoint:,}"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else str(timedelta(seconds=round(seconds)))


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _line(text: str) -> Text:
    """Text that is shown as it is, since a path, a fault or the name of a host may hold anything."""
    return Text(show_hidden(text), overflow="fold")
