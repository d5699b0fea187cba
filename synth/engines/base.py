"""What engines share: their protocol, the rows that they write, and how an answer is parted and checked."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

from jsonschema import Draft202012Validator

from synth.config import EngineSettings, ReasoningSettings
from synth.errors import UserError

Task = Mapping[str, Any]
"""A row of `synth.schema.TASKS`."""
Answers = list[dict[str, Any]]
"""All rows of `synth.schema.RESPONSES` that answer one task."""


class EngineStopped(UserError):
    """An engine cannot go on: a wrong key, no such model, no quota left. What it answered so far is kept."""


class Engine(Protocol):
    """Answers tasks.

    `answer` takes tasks as it has room for them, so that a stream of any length needs bounded memory, and yields the
    answers to a task as soon as they are all there, in any order. Every task that it takes is answered: one that cannot
    be yields one row of status `failed` whose `error` says why, and the rest go on. It raises `EngineStopped` where no
    further task can be answered.
    """

    name: str
    model: str

    def answer(self, tasks: Iterable[Task]) -> Iterator[Answers]:
        """Answer tasks."""
        ...

    def close(self) -> None:
        """Give back what the engine holds."""
        ...


def failure(task: Task, engine: Engine, error: str) -> Answers:
    """The rows of a task that could not be answered."""
    reason = " ".join(storable(error).split())[:500]
    row = {"task_id": task["task_id"], "sample_index": 0, "status": "failed", "error": reason}
    return [row | {"engine": engine.name, "model": engine.model}]


def storable(text: str) -> str:
    """A text without lone surrogates, which JSON can bring in and no table takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def sampling(task: Task, settings: EngineSettings) -> dict[str, Any]:
    """The sampling parameters of a request: those of the task, changed by the settings.

    Returns:
        `temperature`, `top_p`, `max_tokens`, `n`, `seed`, and what `engine.sampling.extra` adds.
    """
    # A table holds 0.7 with fewer digits than Python, which would send 0.699999988.
    asked = {name: round(value, 5) if isinstance(value, float) else value for name, value in task["sampling"].items()}
    changes = settings.sampling.model_dump(exclude={"extra"}, exclude_none=True)
    return {**asked, **changes, **settings.sampling.extra}


def split_reasoning(text: str, settings: ReasoningSettings) -> tuple[str, str]:
    """Part a model's output into its trace and its answer by their tags.

    Returns:
        The trace, empty where there is none, and the answer. Where the trace is not closed, all of it is trace: the
        opening tag may stand in the prompt, the closing one never does.
    """
    before, closed, after = text.partition(settings.end)
    if closed:
        return before.strip().removeprefix(settings.start).strip(), after.strip()
    if text.lstrip().startswith(settings.start):
        return text.strip().removeprefix(settings.start).strip(), ""
    return "", text.strip()


def part(text: str, schema: str, split: Callable[[str], tuple[str, str]]) -> tuple[str, str]:
    """Part a model's output into its trace and its answer, where the answer may have to be JSON.

    Args:
        text: what the model wrote.
        schema: that the answer has to fit, or empty; JSON that stands alone is all answer, whatever tags are in it.
        split: parts a trace from free text.
    """
    if schema and text.lstrip().startswith("{"):
        return "", strict_json(text.strip())
    reasoning, answer = split(text)
    return reasoning, strict_json(answer) if schema else answer


def strict_json(text: str) -> str:
    """JSON whose strings hold no raw control characters, which the grammars of some engines let pass."""
    if not any(character < " " for character in text):
        return text
    try:
        return json.dumps(json.loads(text, strict=False))
    except (ValueError, RecursionError):  # it was cut, or is none; the checks say so
        return text


def schema_fault(text: str, schema: str) -> str:
    """What is wrong with an answer that has to be JSON of a schema; empty where it fits."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    fault = next(_validator(schema).iter_errors(value), None)
    return f"{'.'.join(map(str, fault.absolute_path)) or 'the answer'}: {fault.message}" if fault else ""


@lru_cache(maxsize=64)
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema))
