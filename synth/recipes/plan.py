"""From drafts to tasks: budgets, wording of the question, ids."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from synth.budget import asks_teacher, fitted, repeats_of, sample_tokens
from synth.config import Config, EngineSettings, Recipes, RecipeSettings
from synth.prompts import load_prompt, render
from synth.recipes import RECIPES
from synth.recipes.base import Draft, Recipe, Source
from synth.schema import content_id

TEMPLATES = Config(engine=EngineSettings(name="template"))
"""The built-in templates answer."""


def plan(
    sources: Sequence[Source],
    recipes: Recipes,
    documents: Mapping[tuple[str, str], Mapping[str, str]],
    config: Config = TEMPLATES,
) -> Iterator[dict[str, Any]]:
    """Yield the tasks of every recipe in the order in which a budget spends on them.

    Collections take turns, so that a budget is spread evenly over them.

    Args:
        sources: one for each collection.
        recipes: settings of the recipes to run.
        documents: `revision` and `license` by (collection, path).
        config: says who answers, which is decided: what that one cannot say is not planned.

    Yields:
        Rows of `synth.schema.TASKS`, each id once.
    """
    for name, recipe in RECIPES.items():
        settings = recipes.of(name)
        if settings is not None and (asks_teacher(config) or not recipe.needs_teacher):
            yield from _recipe(sources, recipe, fitted(recipe, settings, config), documents, config)


def _recipe(
    sources: Sequence[Source],
    recipe: Recipe,
    settings: RecipeSettings,
    documents: Mapping[tuple[str, str], Mapping[str, str]],
    config: Config,
) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    spent = 0
    planned: Counter[str] = Counter()
    for repeat in range(repeats_of(recipe, settings)):
        for source, draft in _take_turns(sources, recipe.drafts, settings):
            if settings.samples is not None and len(seen) >= settings.samples:
                return
            if settings.tokens is not None and spent >= settings.tokens:
                return
            if settings.per_collection is not None and planned[source.collection] >= settings.per_collection:
                continue
            task = _task(source, recipe, draft, repeat, documents[source.collection, draft.source_path])
            if task["task_id"] not in seen:
                seen.add(task["task_id"])
                planned[source.collection] += 1
                if settings.tokens is not None:
                    about = recipe, draft.kind, draft.prompt_id, draft.facts
                    spent += sample_tokens(*about, config, source.count_tokens)
                yield task


def _take_turns(
    sources: Sequence[Source], drafts: Callable[[Source, Any], Iterator[Draft]], settings: RecipeSettings
) -> Iterator[tuple[Source, Draft]]:
    streams = [zip(itertools.repeat(source), drafts(source, settings), strict=False) for source in sources]
    for turn in itertools.zip_longest(*streams):
        yield from (item for item in turn if item is not None)


def _task(source: Source, recipe: Recipe, draft: Draft, repeat: int, document: Mapping[str, str]) -> dict[str, Any]:
    prompt = load_prompt(draft.prompt_id)
    # The unit fixes the first wording; each repeat takes the next one.
    first = int.from_bytes(hashlib.blake2b(draft.unit.encode("utf-8"), digest_size=6).digest(), "big")
    question = render(prompt, "question", first + repeat, draft.facts) if "question" in prompt.sections else ""
    task_id = content_id(recipe.name, source.collection, draft.unit, str(repeat), prompt.sha256, str(source.seed))
    return {
        "task_id": task_id,
        "recipe": recipe.name,
        "round": "answer",
        "stage": recipe.stage,
        "kind": draft.kind,
        "collection": source.collection,
        "source_path": draft.source_path,
        "revision": document["revision"],
        "license": document["license"],
        "evidence": list(draft.evidence),
        "prompt_id": prompt.id,
        "prompt_sha256": prompt.sha256,
        "question": question,
        "messages": [{"role": "user", "content": question}] if question else [],
        "response_schema": "",
        "sampling": {"temperature": 0.0, "top_p": 1.0, "max_tokens": 0, "n": 1, "seed": int(task_id[:15], 16)},
        "prefix_key": draft.source_path,
        "facts": list(draft.facts.items()),
        "claims": list(draft.claims),
        "fabricated": list(draft.fabricated),
        "difficulty": draft.difficulty,
        "reference": "",
        "rubric": [],
        "answer_id": "",
    }
