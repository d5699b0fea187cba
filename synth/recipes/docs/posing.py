"""How does a teacher write questions about documents? From the same evidence as the built-in templates, in one call.

What it is shown is an exercise that is right by a sentence of the source, so it only has to ask better: the question,
the trace and the answer come back together, and what cannot be asked better (a choice among options, a section) stays
as the templates have it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from synth.config import TeacherSettings
from synth.prompts import load_prompt, render
from synth.recipes.base import Source, load_json
from synth.recipes.docs.frame import asked
from synth.schema import content_id

PROBLEM, WRITTEN = "docs.qa_problem", "docs.qa_written"
FORMS = {"extractive_definition", "extractive_cloze", "extractive_hop", "extractive_unanswerable"}
"""Kinds of which a teacher writes the question."""

Task = Mapping[str, Any]


def ask(task: Task, source: Source, settings: TeacherSettings) -> dict[str, Any]:
    """Ask a teacher for the exercise of a planned task; as `synth.recipes.base.Recipe.ask`.

    A task without messages is answered by the built-in templates.
    """
    if task["kind"] not in FORMS or settings.questions == "template":
        return {**task, "messages": []}
    prompt = load_prompt(task["prompt_id"])
    facts = dict(task["facts"])
    reference = render(prompt, "answer", int(task["task_id"][:8], 16), facts)
    paths = dict.fromkeys(item["path"] for item in task["evidence"])
    facts |= {
        "headers[]": [f'"{source.text.title(path)}", of {source.collection}' for path in paths],
        "question": [task["question"]],
        "reference": [reference],
        "form": [task["kind"].removeprefix("extractive_")],
    }
    return asked(
        {**task, "prompt_id": PROBLEM, "reference": reference, "facts": list(facts.items())}, source, "problem"
    )


def pose(task: Task, text: str, settings: TeacherSettings) -> Iterator[dict[str, Any]]:
    """The exercise that a teacher wrote, as a task that a template only has to set; as `Recipe.pose`.

    Raises:
        ValueError: the answer is no JSON of the prompt's shape.
    """
    found = load_json(text)
    try:
        facts = {key: [found[key].strip()] for key in ("question", "reasoning", "answer")}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not of the prompt's shape: {error}") from None
    if not all(value[0] for value in facts.values()):
        raise ValueError("not of the prompt's shape: an empty text")
    prompt = load_prompt(WRITTEN)
    task_id = content_id(task["task_id"], prompt.sha256, *(value[0] for value in facts.values()))
    yield {
        **task,
        "task_id": task_id,
        "round": "answer",
        "kind": task["kind"].removeprefix("extractive_"),
        "prompt_id": prompt.id,
        "prompt_sha256": prompt.sha256,
        "question": facts["question"][0],
        "messages": [],
        "response_schema": "",
        "sampling": {"temperature": 0.0, "top_p": 1.0, "max_tokens": 0, "n": 1, "seed": int(task_id[:15], 16)},
        "facts": list(facts.items()),
    }
