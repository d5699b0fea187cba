"""One run while it lasts: where it writes, how it maps, and which stages it has taken."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synth import __version__
from synth.config import Config
from synth.folder import RunFolder, Stage, fingerprint
from synth.mapper import Job, Mapper, StageFunction
from synth.progress import Progress
from synth.record import Recorder
from synth.store import Place, Remote


@dataclass
class Run:
    """One run: where it writes, what it was asked, how it maps, and what has been done so far."""

    folder: RunFolder
    config: Config
    mapper: Mapper
    progress: Progress
    scratch: Path
    """A folder outside OUT that ends with the run."""
    address: str | None = None
    """Of the Ray cluster to run on."""
    set_aside: dict[str, str] | None = None
    """Collections that could not be used, with the reason; None where no list was given."""
    stages: list[Stage] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    recorder: Recorder = field(init=False)

    def __post_init__(self) -> None:
        self.progress = self.recorder = Recorder(self.folder.path, self.progress)

    @property
    def shared(self) -> Place:
        """A folder that workers on other machines reach too, wherever they reach OUT; it ends with the run."""
        return self.folder.path / "scratch" if self.address or isinstance(self.folder.path, Remote) else self.scratch

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Record the seconds that a stage took."""
        started = time.monotonic()
        with self.recorder.stage(name):
            yield
        self.timings[name] = round(time.monotonic() - started, 3)

    def stage(self, name: str, key: Any, *outputs: str) -> tuple[Stage, str]:
        """The stage's folder, named by a hash of `key` and of the code's version, and that hash."""
        print_ = fingerprint(name, __version__, key)
        stage = self.folder.stage(name, print_, *outputs)
        self.stages.append(stage)
        self.recorder.found(name, stage.path.name)
        return stage, print_

    def map(self, stage: Stage, function: StageFunction, inputs: Sequence[tuple[Place, ...]]) -> None:
        """Make the parts of a stage that are not there yet; each is on disk as soon as it is finished."""
        name = stage.path.name.partition("-")[0]
        with self.timed(name):
            jobs = [Job(index, paths) for index, paths in enumerate(inputs) if not stage.has(index)]
            done = len(inputs) - len(jobs)
            self.progress(name, done, len(inputs))
            for _ in self.mapper.map(function, jobs, stage):
                done += 1
                self.progress(name, done, len(inputs), self.mapper.note())
