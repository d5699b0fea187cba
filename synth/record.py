"""What does a run say of itself while it lasts? One small file, for whoever watches it from outside.

`OUT/.run/progress.json` is written anew when a stage begins or ends and every few seconds in between. So a run that is
killed leaves what was true seconds before. No row depends on it, and a run never reads it.
"""

import logging
import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synth import __version__, telemetry
from synth.errors import UserError
from synth.folder import write_atomically
from synth.meter import Meter
from synth.progress import Progress
from synth.store import Place, Remote

log = logging.getLogger(__name__)

FILE = "progress.json"
WRITE_SECONDS, REMOTE_SECONDS = 2.0, 15.0
"""Between two writes within a stage, on a disk and in an object store."""
RECENT_SECONDS = 300.0
"""Of the teacher's speed that are remembered."""


class _Note(BaseModel):
    model_config = ConfigDict(extra="ignore")  # a newer version may say more


class StageNote(_Note):
    """How far a stage is; times in seconds since 1970."""

    name: str
    folder: str = Field("", description="in the run folder, once there is one")
    began: float
    updated: float
    before: int = Field(0, description="done already when it began")
    done: int = 0
    total: int = Field(0, description="0 where it is not known")
    ended: float | None = None
    note: str = ""


class Sample(_Note):
    """What this run's answers had taken at one moment."""

    time: float
    answered: int
    tokens: int = Field(description="of prompts and answers")
    output: int = Field(description="tokens of answers")


class TeacherNote(_Note):
    """What the teacher was asked and took: all answers in OUT, and how fast they came of late."""

    round: str
    model: str | None
    prompt: int
    cached: int
    output: int
    failed: int
    cost: float | None = Field(description="None where no prices are set")
    currency: str
    budget: dict[str, float | None]
    began: float = Field(description="when the first round of this run did, from which a budget of hours counts")
    recent: tuple[Sample, ...] = ()


class Record(_Note):
    """One run, as it sees itself."""

    synth: str = __version__
    host: str
    process: int
    started: float
    written: float
    stages: list[StageNote] = []
    teacher: TeacherNote | None = None
    fault: str = Field("", description="why it ended, where it ended before its end")

    @property
    def current(self) -> StageNote | None:
        """The stage that is at work, or was when the run ended."""
        return next((stage for stage in reversed(self.stages) if stage.ended is None), None)


class Teacher(Protocol):
    """What a recorder looks at while answers come."""

    meter: Meter
    failed: Counter[str]


class Recorder:
    """Takes down what a run does, and passes on its progress.

    Nothing is written before a stage begins: a run that is refused leaves the notes of the one before. A file that
    cannot be written is logged, not raised: the run's own files will tell whether it can go on.

    Args:
        folder: the run folder.
        view: shows the progress where the run was started.
    """

    def __init__(self, folder: Place, view: Progress) -> None:
        now = time.time()
        self.record = Record(host=socket.gethostname(), process=os.getpid(), started=now, written=now)
        self._path, self._view = folder / FILE, view
        self._seconds = REMOTE_SECONDS if isinstance(folder, Remote) else WRITE_SECONDS
        self._open: list[StageNote] = []
        self._folders: dict[str, str] = {}
        self._asking: tuple[str, Teacher, float] | None = None

    def __call__(self, stage: str, done: int, total: int, note: str = "", /) -> None:
        """Take note of how far the innermost open stage is."""
        if self._open:
            current = self._open[-1]
            if current.updated == current.began and not current.done:
                current.before = done
            current.done, current.total, current.note, current.updated = done, total, note, time.time()
            telemetry.show_progress(current.name, done, total)
        if time.time() - self.record.written >= self._seconds:
            self._write()
        self._view(stage, done, total, note)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A stage lasts as long as the block; what ends it early is taken down."""
        now = time.time()
        mine = StageNote(name=name, folder=self._folders.get(name, ""), began=now, updated=now)
        self.record.stages = [*(other for other in self.record.stages if other.name != name), mine]
        self._open.append(mine)
        self._write()
        try:
            yield
            mine.ended = time.time()
        except BaseException as error:
            self.record.fault = self.record.fault or f"{name}: {_reason(error)}"
            raise
        finally:
            self._open.pop()
            self._write()

    def found(self, name: str, folder: str) -> None:
        """A stage has a folder, whether it has begun or will."""
        self._folders[name] = folder
        for stage in self._open:
            stage.folder = self._folders.get(stage.name, "")

    def watch(self, round_: str, teacher: Teacher) -> None:
        """A round of a teacher begins."""
        began = self._asking[2] if self._asking else time.time()
        self._asking = (round_, teacher, began)

    def _write(self) -> None:
        self.record.written = time.time()
        if self._asking:
            recent = self.record.teacher.recent if self.record.teacher else ()
            self.record.teacher = _teacher_note(*self._asking, recent)
        try:
            write_atomically(self._path, self.record.model_dump_json(indent=1).encode(), is_durable=False)
        except OSError as error:
            log.info("%s cannot be written: %s", self._path, error.strerror or error)


def watch_teacher(progress: Progress, round_: str, teacher: Teacher) -> None:
    """Have a run's recorder look at a teacher, where there is one."""
    if isinstance(progress, Recorder):
        progress.watch(round_, teacher)


def read_record(folder: Place) -> Record | None:
    """What the last run in a run folder said of itself; None where it said nothing that can be read."""
    try:
        return Record.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def _teacher_note(round_: str, teacher: Teacher, began: float, recent: tuple[Sample, ...]) -> TeacherNote:
    meter, now = teacher.meter, time.time()
    settings, spent = meter.settings, meter.spent
    own = meter.own
    sample = Sample(time=now, answered=meter.tasks, tokens=own.prompt + own.output, output=own.output)
    kept = [past for past in recent if past.time >= now - RECENT_SECONDS]
    return TeacherNote(
        round=round_, model=settings.model, prompt=spent.prompt, cached=spent.cached, output=spent.output,
        failed=teacher.failed.total(), cost=meter.cost if settings.prices.prompt or settings.prices.output else None,
        currency=settings.prices.currency, budget=settings.budget.model_dump(), began=began, recent=(*kept, sample),
    )  # fmt: skip


def _reason(error: BaseException) -> str:
    """A message that is meant for users; of any other error its kind alone, since its text may quote a source."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return {"KeyboardInterrupt": "interrupted"}.get(type(error).__name__, type(error).__name__)
