"""`knowledge_instruct`: the facts of a document, each in several wordings, as chat (Knowledge-Instruct, 2504.05571).

The teacher is asked for the facts of a window, each so put that it can be understood alone, with its paraphrases; then,
shown what it found, for more, until it finds none or `rounds` is used up. Rules make chat of each wording: what a user
asks about the fact's topic, and the wording as the answer. The paper extracts, completes and paraphrases in calls of
their own; here one call does all three.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from synth.config import KnowledgeSettings, TeacherSettings
from synth.prompts import load_prompt, render
from synth.recipes.base import Draft, Recipe, Source, load_json
from synth.recipes.docs.frame import ask_first, draft, follow, over_windows
from synth.schema import content_id

NAME = "knowledge_instruct"
FACTS, CHAT = "knowledge_instruct.facts", "knowledge_instruct.chat"
ROUND = "problem"
"""Of the first request; those for more are `problem2` and so on."""


class Fact(NamedTuple):
    """One thing that a document says."""

    subject: str
    topic: str
    """What it says of the subject, as a noun phrase: `the default field separator of gawk`."""
    wordings: tuple[str, ...]
    """Sentences that say it, each by itself."""


def drafts(source: Source, settings: KnowledgeSettings) -> Iterator[Draft]:
    """Yield one draft a window: its facts come from the answers."""
    facts: dict[str, Sequence[str]] = {
        "paraphrases": [str(settings.paraphrases)],
        "rounds": [str(settings.rounds)],
        "known[]": [],
    }
    return over_windows(source, settings.context_tokens, lambda window: iter([draft(source, window, FACTS, facts)]))


def pose(task: Mapping[str, Any], text: str, settings: TeacherSettings) -> Iterator[dict[str, Any]]:
    """Chats of the facts that are new, then the request for more; as `synth.recipes.base.Recipe.pose`.

    Raises:
        ValueError: the answer is no JSON of the prompt's shape.
    """
    about = dict(task["facts"])
    known = list(about["known[]"])
    new = _unknown(read_facts(text), known)
    for fact in new:
        yield from _chats(task, fact, int(about["paraphrases"][0]))
    number = int(task["round"].removeprefix(ROUND) or 1)
    if new and number < int(about["rounds"][0]):
        said = [*known, *(fact.wordings[0] for fact in new)]
        yield follow(task, FACTS, {"known[]": said}, f"{ROUND}{number + 1}")


def read_facts(text: str) -> list[Fact]:
    """The facts in an answer.

    Raises:
        ValueError: it is no JSON of the prompt's shape.
    """
    found = load_json(text)
    try:
        return [
            Fact(_line(item["subject"]), _line(item["topic"]).rstrip(".?"), wordings)
            for item in found["facts"]
            if (wordings := tuple(filter(None, dict.fromkeys(map(_line, item["wordings"])))))
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not of the prompt's shape: {error}") from None


def _unknown(facts: Sequence[Fact], known: Sequence[str]) -> list[Fact]:
    seen = set(map(_normal, known))
    new = []
    for fact in facts:
        if _normal(fact.wordings[0]) not in seen:
            seen.add(_normal(fact.wordings[0]))
            new.append(fact)
    return new


def _chats(task: Mapping[str, Any], fact: Fact, most: int) -> Iterator[dict[str, Any]]:
    """One chat a wording, each with another question."""
    prompt = load_prompt(CHAT)
    first = int(content_id(task["task_id"], fact.topic)[:12], 16)
    about = dict(task["facts"])
    for place, wording in enumerate(fact.wordings[:most]):
        task_id = content_id(task["task_id"], prompt.sha256, fact.topic, wording)
        facts = {
            "project": about["project"], "title": about["title"], "subject": [fact.subject], "topic": [fact.topic],
            "wording": [wording],
        }  # fmt: skip
        yield {
            **task,
            "task_id": task_id,
            "round": "answer",
            "kind": "fact",
            "prompt_id": prompt.id,
            "prompt_sha256": prompt.sha256,
            "question": render(prompt, "question", first + place, facts),
            "messages": [],
            "response_schema": "",
            "sampling": {"temperature": 0.0, "top_p": 1.0, "max_tokens": 0, "n": 1, "seed": int(task_id[:15], 16)},
            "facts": list(facts.items()),
        }


def _line(text: str) -> str:
    return " ".join(text.split())


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


RECIPE = Recipe(NAME, "sft", drafts, needs_teacher=True, ask=ask_first, pose=pose)
