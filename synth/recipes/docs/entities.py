"""Which entities does a document speak of? A teacher is asked window by window, before anything else is planned.

One call a window brings a summary and the entities with their kinds (EntiGraph, section 2.2). What it names counts only
where the text says it: `synth.graph.text.find_mentions` searches each name in the passages of its document.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from synth.config import TeacherSettings
from synth.graph.text.tables import ENTITY_KINDS
from synth.prompts import load_prompt
from synth.recipes.base import Draft, Source, load_json
from synth.recipes.docs.frame import asked, draft
from synth.recipes.docs.windows import Window, windows
from synth.schema import content_id

NAME = "docs.entities"
ROUND = "entities"

Name = tuple[str, str]
"""What a teacher calls an entity, and its kind."""


class Named(NamedTuple):
    """What a teacher named."""

    names: dict[str, list[Name]]
    """By document id, each name once."""
    faults: dict[str, str]
    """Why an answer could not be read, by task id."""


def entity_tasks(
    source: Source, documents: Mapping[tuple[str, str], Mapping[str, str]], settings: TeacherSettings
) -> Iterator[dict[str, Any]]:
    """Ask for the entities of every window of a collection.

    Args:
        source: the collection; its text graph needs no entities yet.
        documents: `revision` and `license` by (collection, path).
        settings: how much text one prompt shows.

    Yields:
        Rows of `synth.schema.TASKS` of the round `entities`.
    """
    for window in windows(source, settings.context_tokens):
        task = _task(source, window, documents[source.collection, window.path])
        yield asked(task, source, ROUND)


def read_entities(text: str) -> list[Name]:
    """The names in an answer of the round `entities`, each once; a kind that is not known becomes `thing`.

    Raises:
        ValueError: it is no JSON of the prompt's shape.
    """
    found = load_json(text)
    try:
        named = {" ".join(item["name"].split()): item["kind"] for item in found["entities"]}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not of the prompt's shape: {error}") from None
    return [(name, kind if kind in ENTITY_KINDS else "thing") for name, kind in named.items() if name]


def names_by_document(tasks: Iterable[Mapping[str, Any]], responses: Iterable[Mapping[str, Any]]) -> Named:
    """Read all answers of the round.

    Args:
        tasks: as `entity_tasks` made them.
        responses: rows of `synth.schema.RESPONSES`.
    """
    texts = {row["task_id"]: row["text"] for row in responses if row["status"] == "ok"}
    names: dict[str, dict[str, str]] = {}
    faults: dict[str, str] = {}
    for task in tasks:
        if task["task_id"] in texts:
            held = names.setdefault(dict(task["facts"])["doc_id"][0], {})
            try:
                for name, kind in read_entities(texts[task["task_id"]]):
                    held.setdefault(name, kind)
            except ValueError as error:
                faults[task["task_id"]] = str(error)
    return Named({doc_id: list(held.items()) for doc_id, held in names.items()}, faults)


def _task(source: Source, window: Window, document: Mapping[str, str]) -> dict[str, Any]:
    """A window as a task that has not been asked yet."""
    prompt = load_prompt(NAME)
    about: Draft = draft(source, window, NAME, {"doc_id": [window.passages[0].doc_id], "kinds[]": ENTITY_KINDS})
    return {
        "task_id": content_id(NAME, source.collection, about.unit, prompt.sha256, str(source.seed)),
        "recipe": NAME,
        "stage": "cpt",
        "kind": about.kind,
        "collection": source.collection,
        "source_path": about.source_path,
        "revision": document["revision"],
        "license": document["license"],
        "evidence": list(about.evidence),
        "question": "",
        "facts": list(about.facts.items()),
        "prompt_id": prompt.id,
        "claims": [],
        "fabricated": [],
        "difficulty": 1,
        "reference": "",
        "rubric": [],
        "answer_id": "",
    }
