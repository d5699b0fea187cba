"""How does a prompt about documents begin? With their text, so that a teacher's prefix cache serves all but the first.

All recipes share one frame: whatever is asked about a window of a document, and in whichever round, begins alike.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from synth.config import TeacherSettings
from synth.prompts import load_prompt, render
from synth.recipes.base import Draft, Source
from synth.recipes.docs.spread import spread
from synth.recipes.docs.windows import Window, evidence_of, header, texts_of, weight, windows
from synth.recipes.request import request

FRAME = "docs.frame"

Task = Mapping[str, Any]
Ask = Callable[[Task, Source, TeacherSettings], dict[str, Any]]


def draft(
    source: Source, window: Window, prompt_id: str, facts: Mapping[str, Sequence[str]], unit: Sequence[str] = ()
) -> Draft:
    """What is asked of a teacher about one window.

    Args:
        source: the collection.
        window: of one of its documents.
        prompt_id: of what is asked first.
        facts: for the prompt, beside those that name the document.
        unit: what the draft is about, where that is less than the window.
    """
    return Draft(
        unit="|".join([window.key, *unit]),
        kind=prompt_id.rpartition(".")[2],
        prompt_id=prompt_id,
        source_path=window.path,
        evidence=evidence_of(source, window.passages),
        facts={**facts_of(source, window), **facts},
    )


def facts_of(source: Source, window: Window) -> dict[str, list[str]]:
    """The facts that name a window's document."""
    return {
        "project": [source.collection],
        "title": [source.text.title(window.path)],
        "headers[]": [header(source, window)],
    }


def ask(task: Task, source: Source, settings: TeacherSettings) -> dict[str, Any]:
    """Ask at once for what a sample is made of; as `synth.recipes.base.Recipe.ask`."""
    return asked(task, source, "answer")


def ask_first(task: Task, source: Source, settings: TeacherSettings) -> dict[str, Any]:
    """Ask for what the next round needs; as `synth.recipes.base.Recipe.ask`."""
    return asked(task, source, "problem")


def asked(task: Task, source: Source, round_: str) -> dict[str, Any]:
    """A planned task as a request: its documents' text first, then what its prompt instructs."""
    facts = dict(task["facts"])
    prompt = load_prompt(task["prompt_id"])
    shown = {**facts, "texts[]": texts_of(source, task["evidence"])}
    frame = {"role": "system", "content": render(load_prompt(FRAME), "system", 0, shown)}
    framed = {**task, "messages": [frame], "prefix_key": prefix_key(task)}
    return request(framed, prompt, round_, render(prompt, "instruction", 0, facts))


def prefix_key(task: Task) -> str:
    """Names what a prompt begins with: the passages of its first document."""
    first = task["evidence"][0]
    held = [item["id"] for item in task["evidence"] if item["path"] == first["path"]]
    return f"{task['collection']}/{first['path']}:{held[0]}-{held[-1]}"


def follow(task: Task, prompt_id: str, facts: Mapping[str, Sequence[str]], round_: str) -> dict[str, Any]:
    """What is asked of a teacher next, in the frame of a task that it has answered.

    Args:
        task: as it was asked.
        prompt_id: of what is asked now.
        facts: beside, or instead of, those of the task.
        round_: of the new request.
    """
    prompt = load_prompt(prompt_id)
    now = {**dict(task["facts"]), **facts}
    row = request(task, prompt, round_, render(prompt, "instruction", 0, now))
    return {**row, "facts": list(now.items())}


def over_windows(source: Source, limit: int, drafts: Callable[[Window], Iterator[Draft]]) -> Iterator[Draft]:
    """The drafts of all windows, interleaved so that each gets what it has to say of any budget.

    Args:
        source: the collection.
        limit: tokens of one window.
        drafts: those of one window, the ones that cover something new first.
    """
    return spread((weight(source, window), drafts(window)) for window in windows(source, limit))
