"""How far is a run, and is it alive? Read from its folder alone, here or in an object store, without touching it."""

import json
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from synth.errors import UserError
from synth.folder import fingerprint
from synth.reckoning import StageStatus, TeacherStatus, stage_status, teacher_status
from synth.record import Record, read_record
from synth.shards.layout import CARD
from synth.signs import disk_use, is_alive, readable
from synth.store import Place, listed, modified

State = Literal["finished", "at work", "stopped", "unknown"]
"""`unknown`: begun on another machine, which holds a lock that cannot be seen from here."""


@dataclass(frozen=True)
class TrainingStatus:
    """How far a training run is."""

    step: int
    steps: int
    tokens: int
    loss: float | None
    learning_rate: float | None
    tokens_per_second: float | None
    left_seconds: float | None
    checkpoint: int | None
    """Step of the newest one, from which a killed run goes on."""


@dataclass(frozen=True)
class Status:
    """One run, as its folder shows it."""

    out: str
    kind: Literal["corpus", "training"]
    state: State
    host: str
    process: int | None
    started: float | None
    """Seconds since 1970."""
    written_seconds_ago: float | None
    settings: str
    """A short hash of what fixes the rows of a corpus run."""
    files: int | None
    fault: str
    stages: list[StageStatus] = field(default_factory=list)
    teacher: TeacherStatus | None = None
    training: TrainingStatus | None = None
    disk: dict[str, int] = field(default_factory=dict)
    """Bytes of the results, of a teacher's answers and of the rest of the run folder."""


def read_status(out: Place) -> Status:
    """Read the state of the run in OUT; takes no lock and changes nothing.

    Raises:
        UserError: OUT holds no run, or cannot be read.
    """
    run = out / ".run"
    with readable(out):
        if not run.is_dir():
            raise UserError(f"{out} holds no run; give the --out of a synth corpus or synth train command")
        is_training = (out / "plan.json").is_file() or (run / "settings.json").is_file()
        return _training(out, run) if is_training else _corpus(out, run)


def _corpus(out: Place, run: Place) -> Status:
    record = read_record(run)
    identity = _json(run / "run.json")
    stages = record.stages if record else []
    return Status(
        out=str(out),
        kind="corpus",
        state=_state(is_alive(run, record), _is_finished(out, run, record)),
        host=record.host if record else "",
        process=record.process if record else None,
        started=record.started if record else None,
        written_seconds_ago=_ago(record.written) if record else None,
        settings=_print_of(identity),
        files=len(identity["files"]) if identity else None,
        fault=record.fault if record else "",
        stages=[stage_status(run, stage) for stage in stages],
        teacher=teacher_status(record, record.teacher) if record and record.teacher else None,
        disk=disk_use(out),
    )


def _training(out: Place, run: Place) -> Status:
    metrics = out / "metrics.jsonl"
    newest = metrics if metrics.is_file() else run / "settings.json"
    return Status(
        out=str(out),
        kind="training",
        state=_state(is_alive(run, None), (out / "results.json").is_file()),
        host="",
        process=None,
        started=modified(run / "settings.json") if (run / "settings.json").is_file() else None,
        written_seconds_ago=_ago(modified(newest)) if newest.is_file() else None,
        settings="",
        files=None,
        fault="",
        training=_steps(metrics, _json(out / "plan.json") or {}, run),
        disk=disk_use(out),
    )


def _steps(metrics: Place, plan: dict[str, Any], run: Place) -> TrainingStatus:
    line = _last_line(metrics)
    rate = line.get("tokens_per_second") or None
    left = max(0, plan.get("tokens", 0) - line.get("tokens", 0))
    found = [int(path.name.removeprefix("step-")) for path in listed(run / "checkpoints", "step-*")]
    return TrainingStatus(
        step=line.get("step", 0),
        steps=plan.get("n_steps", 0),
        tokens=line.get("tokens", 0),
        loss=line.get("loss"),
        learning_rate=line.get("learning_rate"),
        tokens_per_second=rate,
        left_seconds=left / rate if rate and left else None,
        checkpoint=max(found, default=None),
    )


def _is_finished(out: Place, run: Place, record: Record | None) -> bool:
    """Whether the last run made what is there, a release or a graph, or found nothing left to do."""
    if record is None or record.fault or record.current:
        return False
    if not (out / CARD).is_file():
        return (out / "edges.parquet").is_file()  # `synth graph` writes it last
    selected = [run / stage.folder for stage in record.stages if stage.name == "select"] or listed(run, "select-*")
    return any((folder / "done.json").is_file() for folder in selected)


def _state(alive: bool | None, is_finished: bool) -> State:
    if alive:
        return "at work"
    if is_finished:
        return "finished"
    return "unknown" if alive is None else "stopped"


def _print_of(identity: dict[str, Any] | None) -> str:
    return fingerprint(identity["settings"], identity["prompts"]) if identity else ""


def _ago(moment: float) -> float:
    return round(max(0.0, time.time() - moment), 1)  # clocks of two machines differ


def _json(path: Place) -> dict[str, Any] | None:
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return data


def _last_line(path: Place) -> dict[str, Any]:
    """The last whole line of a log; a killed run may leave half of one."""
    try:
        lines = path.read_bytes().rpartition(b"\n")[0].splitlines()
        line: dict[str, Any] = json.loads(lines[-1])
    except (OSError, ValueError, IndexError):
        return {}
    return line
