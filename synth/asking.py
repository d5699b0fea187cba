"""From tasks to answers: what is left to ask, in which order, on which budget; and nothing twice.

The ledger knows what was answered. What was not is asked in an order in which tasks that begin alike follow each other,
so that a teacher's prefix cache serves them, and stops where the budget does. The answers then come out of the ledger
in the order of the tasks, whoever gave them and whenever.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from synth.config import EngineSettings
from synth.engines import Engine, open_engine
from synth.engines.template import TemplateEngine
from synth.ledger import Ledger, LedgerWriter, Spent, unit_id
from synth.meter import Meter, spent_by
from synth.progress import Progress
from synth.record import watch_teacher
from synth.schema import RESPONSES
from synth.store import Place, read_table
from synth.telemetry import count_answers

WINDOW = 8192
"""Tasks that are put in order at a time: more would share prefixes better, and spend a budget less evenly."""

Unit = tuple[str, dict[str, Any]]
"""A request: the id under which the ledger knows it, and its task."""


@dataclass(frozen=True)
class Round:
    """The tasks of one round of a plan, and who is asked.

    Args:
        name: problem, answer or verdict; tasks of other rounds are left alone.
        parts: Parquet files of tasks.
        engine: who answers; tasks that ask nothing of a model are answered by their template.
    """

    name: str
    parts: tuple[Place, ...]
    engine: EngineSettings

    def tasks(self, part: Place) -> list[dict[str, Any]]:
        """The tasks of a part that belong to the round."""
        table: pa.Table = read_table(part)
        rows: list[dict[str, Any]] = table.filter(pa.compute.equal(table["round"], self.name)).to_pylist()
        return rows

    def units(self, part: Place) -> list[Unit]:
        """The requests of a part, in order."""
        identity = self.engine.identity()
        return [(unit_id(task, identity), task) for task in self.tasks(part) if task["messages"]]


@dataclass
class Asking:
    """What the rounds of a run share: the ledger, the meter, and the engine that is open."""

    ledger: Ledger
    meter: Meter
    progress: Progress
    retry_failed: bool = False
    address: str | None = None
    """Of a Ray cluster on which replicas run."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Of the budget, by round; one that is not named may take all of it."""
    failed: Counter[str] = field(default_factory=Counter)
    """Requests, by round; those of replicas are counted when their round ends."""
    _open: tuple[EngineSettings, Engine] | None = None

    def ask(self, stage: str, round_: Round) -> None:
        """Have the requests of a round answered, as far as the budget goes.

        Args:
            stage: names the round in the progress view.
            round_: what is asked.

        Raises:
            EngineStopped: the engine cannot go on; what it answered is in the ledger.
        """
        total, done, spent = 0, 0, Spent()
        for part in round_.parts:
            units = [unit for unit, _ in round_.units(part)]
            total += len(units)
            known, good = self.ledger.settled(units), self.ledger.settled(units, retry_failed=True)
            done += len(good if self.retry_failed else known)
            self.failed[round_.name] += 0 if self.retry_failed else len(known - good)
            spent += self.ledger.spent_on(units)
        watch_teacher(self.progress, round_.name, self)
        self.progress(stage, done, total, "")
        self.meter.begin(self.shares.get(round_.name, 1.0), spent)
        if done == total or self.meter.is_spent():
            return
        try:
            before = self.meter.own
            for answered in self._answer(round_, total - done):
                done += answered
                count_answers(round_.name, answered, self.meter.own - before)
                before = self.meter.own
                self.progress(stage, done, total, self.meter.note())
        finally:
            self.ledger.refresh()

    def left(self, round_: Round) -> Iterator[Unit]:
        """The requests that are left; within a window of them, those that begin alike follow each other."""
        window: list[Unit] = []
        for part in round_.parts:
            units = round_.units(part)
            settled = self.ledger.settled([unit for unit, _ in units], retry_failed=self.retry_failed)
            window += [item for item in units if item[0] not in settled]
            if len(window) >= WINDOW:
                yield from _ordered(window)
                window = []
        yield from _ordered(window)

    def digest(self, round_: Round) -> str:
        """A hash of what is answered, what has failed and what is left: it fixes what `responses` gives."""
        digest = hashlib.blake2b(digest_size=16)
        self.failed[round_.name] = 0
        for part in round_.parts:
            units = [unit for unit, _ in round_.units(part)]
            answered, settled = self.ledger.settled(units, retry_failed=True), self.ledger.settled(units)
            self.failed[round_.name] += len(settled - answered)
            for unit in units:
                state = "answered" if unit in answered else "failed" if unit in settled else "left"
                digest.update(f"{unit} {state}\n".encode())
        return digest.hexdigest()

    def responses(self, round_: Round, part: Place) -> pa.Table:
        """The answers to a part's tasks, in their order; a task that is left to ask has none."""
        units = {task["task_id"]: unit for unit, task in round_.units(part)}
        found = dict(self.ledger.rows(list(units.values())))
        rows: list[dict[str, Any]] = []
        for task in round_.tasks(part):
            if unit := units.get(task["task_id"]):
                rows += [{**row, "task_id": task["task_id"]} for row in found.get(unit, [])]
            else:
                rows += next(TemplateEngine().answer([task]))
        return pa.Table.from_pylist(rows, RESPONSES)

    def close(self) -> None:
        """Close the engine and the ledger."""
        if self._open:
            self._open[1].close()
            self._open = None
        self.ledger.close()

    def _answer(self, round_: Round, n_left: int) -> Iterator[int]:
        """Ask, and yield how many tasks were answered as they are."""
        settings = round_.engine
        if settings.name == "vllm" and (settings.vllm.replicas > 1 or self.address):
            from synth.replicas import ask_replicas

            yield from ask_replicas(self, round_, n_left)
            return
        in_flight: dict[str, str] = {}

        def offer() -> Iterator[dict[str, Any]]:
            for unit, task in self.left(round_):
                if self.meter.is_spent(len(in_flight)):
                    return
                in_flight[task["task_id"]] = unit
                yield task

        engine = self._engine(settings)
        self.meter.resume()
        with LedgerWriter(self.ledger.folder) as writer:
            for answers in engine.answer(offer()):
                writer.add(in_flight.pop(answers[0]["task_id"]), answers)
                self.failed[round_.name] += any(row["status"] != "ok" for row in answers)
                self.meter.add(1, spent_by(answers))
                yield 1

    def _engine(self, settings: EngineSettings) -> Engine:
        """The engine of these settings; another that is open goes first, since two models rarely fit side by side."""
        if self._open is None or self._open[0] != settings:
            if self._open:
                self._open[1].close()
            self._open = settings, open_engine(settings)
        return self._open[1]


def _ordered(window: list[Unit]) -> list[Unit]:
    """Requests of one prefix together, the prefixes in the order in which the plan first needs them."""
    first: dict[str, int] = {}
    for _, task in window:
        first.setdefault(task["prefix_key"], len(first))
    return sorted(window, key=lambda item: first[item[1]["prefix_key"]])
