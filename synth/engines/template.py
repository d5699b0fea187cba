"""The built-in engine: answers and traces composed from the facts of a task by the templates in `prompts/`.

It needs no model. What it says is what the graph holds, so it serves as the floor that a teacher model must beat, and
lets every promise of the pipeline be tested without one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import jinja2

from synth.engines.base import Answers, Task, failure
from synth.prompts import load_prompt, render

WRITTEN_BY = "written_by"
"""The fact that names the engine and the model that wrote a task's other facts, where a teacher did."""


class TemplateEngine:
    """Renders the `answer` section, and the `reasoning` section where there is one, of each task's prompt."""

    name = "template"
    model = ""

    def answer(self, tasks: Iterable[Task]) -> Iterator[Answers]:
        """Answer tasks in order; a template that lacks a fact fails its task alone."""
        for task in tasks:
            # What a teacher wrote and a template only sets is the teacher's.
            engine, model = dict(task["facts"]).get(WRITTEN_BY) or (self.name, self.model)
            common = {"task_id": task["task_id"], "sample_index": 0, "engine": engine, "model": model}
            try:
                yield [common | _compose(task)]
            except jinja2.TemplateError as error:
                yield failure(task, self, f"template: {error.message}")

    def close(self) -> None:
        """Nothing is held."""


def _compose(task: Task) -> dict[str, Any]:
    prompt = load_prompt(task["prompt_id"])
    facts = dict(task["facts"])
    # Two independent choices from the id, so that answer and trace variants combine freely and alike on every machine.
    digest = int(task["task_id"], 16)
    reasoning = render(prompt, "reasoning", digest >> 8, facts) if "reasoning" in prompt.sections else ""
    return {
        "status": "ok",
        "text": render(prompt, "answer", digest >> 40, facts),
        "reasoning": reasoning,
        "finish_reason": "stop",
        "prompt_tokens": 0,
        "cached_tokens": 0,
        "output_tokens": 0,
        "error": "",
    }
