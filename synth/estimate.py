"""What will a run take? Tasks, tokens, cost and time of a plan, before a teacher is asked anything."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from synth.asking import Round
from synth.config import Config
from synth.ledger import Ledger
from synth.prompts import load_prompt
from synth.recipes.teacher import ANSWER, VERDICT
from synth.tokens import token_counter

ASSUMED_RATE = {"vllm": 2500.0, "openai": 1500.0}
"""Output tokens a second of one vLLM replica, or of an endpoint, that has not been measured."""


@dataclass(frozen=True)
class Line:
    """One round of one recipe. Tokens are of what is left to ask; `cached` is part of `prompt`."""

    recipe: str
    round: str
    tasks: int = 0
    answered: int = 0
    prompt: int = 0
    cached: int = 0
    output: int = 0
    most: int = 0
    """Output tokens if every answer reached its limit."""

    def __add__(self, other: "Line") -> "Line":
        numbers = ("tasks", "answered", "prompt", "cached", "output", "most")
        sums = {name: getattr(self, name) + getattr(other, name) for name in numbers}
        return Line(self.recipe, self.round, **sums)


@dataclass(frozen=True)
class Estimate:
    """What a plan will take.

    Rounds after the first depend on what the first one brings: they are reckoned as if every problem passed.
    """

    engine: str
    model: str | None
    lines: Sequence[Line]
    cost: float
    most_cost: float
    currency: str
    rate: float
    """Output tokens a second."""
    is_measured: bool
    seconds: float

    @property
    def total(self) -> Line:
        """The sum of all lines."""
        return sum(self.lines, Line("in all", ""))


def round_shares(parts: Sequence[Path], config: Config) -> dict[str, float]:
    """The part of all tokens that each round of a plan is likely to take, if every problem passes.

    A budget is parted so: else the first round would spend it on problems that nobody answers.
    """
    tokens: Counter[str] = Counter()
    for line in _lines(parts, config, None):
        tokens[line.round] += line.prompt + line.output
    total = tokens.total()
    return {name: count / total for name, count in tokens.items()} if total else {}


def estimate_plan(parts: Sequence[Path], config: Config, ledger: Ledger, measured: float | None = None) -> Estimate:
    """Reckon what is left of a plan.

    Args:
        parts: Parquet files of tasks, as planned.
        config: settings whose engine is decided.
        ledger: what was answered before.
        measured: output tokens a second of an earlier run.
    """
    engine = config.engine
    sums: dict[tuple[str, str], Line] = {}
    for line in _lines(parts, config, ledger):
        key = line.recipe, line.round
        sums[key] = sums[key] + line if key in sums else line
    lines = list(sums.values())
    total = sum(lines, Line("", ""))
    known = engine.tokens_per_second or measured
    rate = known or ASSUMED_RATE.get(engine.name, 0.0) * (engine.vllm.replicas if engine.name == "vllm" else 1)
    return Estimate(
        engine=engine.name,
        model=engine.model if engine.name != "template" else None,
        lines=lines,
        cost=engine.prices.cost(total.prompt, total.cached, total.output),
        most_cost=engine.prices.cost(total.prompt, 0, total.most),
        currency=engine.prices.currency,
        rate=rate,
        is_measured=known is not None,
        seconds=total.output / rate if rate else 0.0,
    )


def _lines(parts: Sequence[Path], config: Config, ledger: Ledger | None) -> Iterator[Line]:
    """One line a task and round; the shared beginning of prompts is counted as cached but for the first of its kind."""
    count = token_counter(config.tokenizer)
    frames: dict[str, int] = {}
    for part in parts:
        columns = ["task_id", "recipe", "round", "messages", "sampling", "prompt_id", "prefix_key", "response_schema",
                   "prompt_sha256"]  # fmt: skip
        rows = pq.read_table(part, columns=columns).to_pylist()
        settled = _settled(part, config, ledger) if ledger else set()
        for task in rows:
            if not task["messages"] or config.engine.name == "template":
                yield Line(task["recipe"], "answer", tasks=1)
                continue
            frame, asked = task["messages"][0]["content"], task["messages"][-1]["content"]
            is_known = task["prefix_key"] in frames
            frames.setdefault(task["prefix_key"], count(frame))
            yield _line(task, frames[task["prefix_key"]], count(asked), is_known, task["task_id"] in settled, config)
            yield from _later(task, frames[task["prefix_key"]], count(asked), config)


def _settled(part: Path, config: Config, ledger: Ledger) -> set[str]:
    found: set[str] = set()
    for name in ("problem", "answer"):
        units = {unit: task["task_id"] for unit, task in Round(name, (part,), config.engine).units(part)}
        found |= {units[unit] for unit in ledger.settled(list(units))}
    return found


def _line(task: dict[str, Any], frame: int, asked: int, is_known: bool, is_settled: bool, config: Config) -> Line:
    if is_settled:
        return Line(task["recipe"], task["round"], tasks=1, answered=1)
    expected, most, n = _expected(task["prompt_id"]), _limit(task["prompt_id"], config), task["sampling"]["n"]
    cached = frame if is_known else 0
    return Line(
        task["recipe"], task["round"], tasks=1, prompt=frame + asked, cached=cached, output=n * min(expected, most),
        most=n * most,
    )  # fmt: skip


def _later(task: dict[str, Any], frame: int, asked: int, config: Config) -> Iterator[Line]:
    """What follows from a task if all goes well."""
    teacher, recipe = config.teacher, task["recipe"]
    problems = 1
    if task["round"] == "problem":
        problems = teacher.paraphrases if recipe.endswith("single_hop") else 1
        yield _followed(recipe, "answer", ANSWER, problems, teacher.candidates, frame, asked, config)
    if teacher.judge:
        answers = problems * teacher.candidates
        yield _followed(recipe, "verdict", VERDICT, answers, 1, frame, asked + _expected(ANSWER), config)


def _followed(
    recipe: str, round_: str, prompt_id: str, tasks: int, n: int, frame: int, asked: int, config: Config
) -> Line:
    expected, most = _expected(prompt_id), _limit(prompt_id, config)
    return Line(
        recipe, round_, tasks=tasks, prompt=tasks * (frame + asked), cached=tasks * frame,
        output=tasks * n * min(expected, most), most=tasks * n * most,
    )  # fmt: skip


def _expected(prompt_id: str) -> int:
    return load_prompt(prompt_id).expected_tokens


def _limit(prompt_id: str, config: Config) -> int:
    return config.engine.sampling.max_tokens or int(load_prompt(prompt_id).sampling["max_tokens"])
