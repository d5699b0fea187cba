"""What will a run take? Tasks, tokens, cost and time of a plan, before a teacher is asked anything."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow.compute as pc

from synth.asking import Round
from synth.budget import ACTIVE_READING, asks_teacher, problems_of, sample_tokens
from synth.config import Config
from synth.coverage import Coverage, coverage
from synth.ledger import Ledger
from synth.prompts import load_prompt
from synth.recipes import RECIPES, knowledge_instruct
from synth.recipes.active_reading import APPLY
from synth.recipes.teacher import ANSWER, VERDICT
from synth.store import Place, read_table
from synth.tokens import token_counter

if TYPE_CHECKING:
    from synth.prose import TextTables

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
    made: int = 0
    """About how many tokens the corpus gets of these tasks and of what follows from them, answered before or not."""

    def __add__(self, other: "Line") -> "Line":
        numbers = ("tasks", "answered", "prompt", "cached", "output", "most", "made")
        sums = {name: getattr(self, name) + getattr(other, name) for name in numbers}
        return Line(self.recipe, self.round, **sums)


_ANSWERED = Line("", "", answered=1)


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
    coverage: Sequence[Coverage] = ()
    """Of what could be asked about entities, where the source holds prose."""
    source_tokens: int = 0
    """Of that prose."""

    @property
    def total(self) -> Line:
        """The sum of all lines."""
        return sum(self.lines, Line("in all", ""))


def round_shares(parts: Sequence[Place], config: Config) -> dict[str, float]:
    """The part of all tokens that each round of a plan is likely to take, if every problem passes.

    A budget is parted so: else the first round would spend it on problems that nobody answers.
    """
    tokens: Counter[str] = Counter()
    for line in _lines(parts, config, None):
        tokens[line.round] += line.prompt + line.output
    total = tokens.total()
    return {name: count / total for name, count in tokens.items()} if total else {}


def estimate_plan(
    parts: Sequence[Place],
    config: Config,
    ledger: Ledger,
    measured: float | None = None,
    text: "TextTables | None" = None,
) -> Estimate:
    """Reckon what is left of a plan.

    Args:
        parts: Parquet files of tasks, as planned.
        config: settings whose engine is decided.
        ledger: what was answered before.
        measured: output tokens a second of an earlier run.
        text: the text graph, where there is one.
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
        coverage=coverage(parts, text.passages, text.links) if text else (),
        source_tokens=pc.sum(text.passages["n_tokens"]).as_py() or 0 if text else 0,
    )


def _lines(parts: Sequence[Place], config: Config, ledger: Ledger | None) -> Iterator[Line]:
    """Lines of each task: its own, and those of the rounds that follow."""
    frames = _Frames(token_counter(config.tokenizer))
    for part in parts:
        columns = ["task_id", "recipe", "round", "kind", "messages", "sampling", "prompt_id", "prefix_key",
                   "response_schema", "prompt_sha256", "facts"]  # fmt: skip
        rows = read_table(part, columns=columns).to_pylist()
        settled = _settled(part, config, ledger) if ledger else set()
        for task in rows:
            made = _made(task, config, frames.count)
            if not task["messages"] or not asks_teacher(config):
                yield Line(task["recipe"], "answer", tasks=1, made=made)
                continue
            frame, cached = frames.take(task)
            asked = frames.count(task["messages"][-1]["content"])
            first = Line(task["recipe"], task["round"], tasks=1, made=made)
            yield first + (_ANSWERED if task["task_id"] in settled else _first(task, frame + asked, cached, config))
            for step in _later(task, config):
                yield _followed(task["recipe"], step, frame, asked, config)


class _Frames:
    """Counts what prompts begin with, and how much of it a prefix cache holds from the prompts before."""

    def __init__(self, count: Callable[[str], int]) -> None:
        self.count = count
        self._tokens: dict[int, int] = {}
        self._shared: dict[str, int] = {}

    def take(self, task: Mapping[str, Any]) -> tuple[int, int]:
        """The tokens of a task's frame, and how many of them an earlier prompt began with."""
        frame, key = task["messages"][0]["content"], task["prefix_key"]
        digest = hash(frame)
        if digest not in self._tokens:
            self._tokens[digest] = self.count(frame)
        tokens = self._tokens[digest]
        # Frames of one key may go on differently after what they share: the shortest is all that is sure.
        shared = min(self._shared.get(key, 0), tokens)
        self._shared[key] = min(self._shared.get(key, tokens), tokens)
        return tokens, shared


def _made(task: Mapping[str, Any], config: Config, count: Callable[[str], int]) -> int:
    """What the corpus gets of a task and of all that follows from it."""
    recipe = RECIPES.get(task["recipe"])
    if recipe is None:  # a task whose answer is no sample, such as that of the round `entities`
        return 0
    return sample_tokens(recipe, task["kind"], task["prompt_id"], dict(task["facts"]), config, count)


def _settled(part: Place, config: Config, ledger: Ledger) -> set[str]:
    found: set[str] = set()
    for name in pc.unique(read_table(part, columns=["round"])["round"]).to_pylist():
        units = {unit: task["task_id"] for unit, task in Round(name, (part,), config.engine).units(part)}
        found |= {units[unit] for unit in ledger.settled(list(units))}
    return found


def _first(task: Mapping[str, Any], prompt: int, cached: int, config: Config) -> Line:
    expected, most, n = _expected(task["prompt_id"]), _limit(task["prompt_id"], config), task["sampling"]["n"]
    return Line(
        task["recipe"], task["round"], prompt=prompt, cached=cached, output=n * min(expected, most), most=n * most
    )


class _Step(NamedTuple):
    """A round that follows from one task."""

    round: str
    prompt_id: str
    tasks: int
    n: int = 1
    shown: int = 0
    """Tokens of answers that its prompt shows."""


def _later(task: Mapping[str, Any], config: Config) -> Iterator[_Step]:
    """What follows from a task if all goes well."""
    teacher, recipe, facts = config.teacher, RECIPES.get(task["recipe"]), dict(task["facts"])
    if recipe is None:
        return
    if recipe.name in ACTIVE_READING:
        yield _Step("answer", APPLY, int(facts["count"][0]))
    elif recipe.name == knowledge_instruct.NAME:
        yield from (_Step(f"problem{number}", task["prompt_id"], 1) for number in range(2, int(facts["rounds"][0]) + 1))
    elif recipe.stage == "sft" and recipe.pose is None:  # of code
        problems = problems_of(recipe.name, config)
        if task["round"] == "problem":
            yield _Step("answer", ANSWER, problems, teacher.candidates)
        if teacher.judge:
            yield _Step("verdict", VERDICT, problems * teacher.candidates, shown=_expected(ANSWER))


def _followed(recipe: str, step: _Step, frame: int, asked: int, config: Config) -> Line:
    expected, most = _expected(step.prompt_id), _limit(step.prompt_id, config)
    return Line(
        recipe, step.round, tasks=step.tasks, prompt=step.tasks * (frame + asked + step.shown),
        cached=step.tasks * frame, output=step.tasks * step.n * min(expected, most), most=step.tasks * step.n * most,
    )  # fmt: skip


def _expected(prompt_id: str) -> int:
    return load_prompt(prompt_id).expected_tokens


def _limit(prompt_id: str, config: Config) -> int:
    return config.engine.sampling.max_tokens or int(load_prompt(prompt_id).sampling["max_tokens"])
