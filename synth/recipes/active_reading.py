"""`active_reading.*`: strategies to study one document, and what comes of each (Active Reading, arXiv 2508.09494).

In the first round the teacher invents strategies that suit the document, for whatever reader (`task_agnostic`) or for
one who will be asked about it, after imagining the questions (`task_specific`). In the second it follows each in a
request of its own.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from synth.config import ActiveReadingSettings, TeacherSettings
from synth.recipes.base import Draft, Recipe, Source, load_json
from synth.recipes.docs.frame import ask_first, draft, follow, over_windows

APPLY = "active_reading.apply"


def drafts(name: str, source: Source, settings: ActiveReadingSettings) -> Iterator[Draft]:
    """Yield one draft a window: the strategies come from its answer."""
    facts = {"count": [str(settings.strategies)]}
    return over_windows(source, settings.context_tokens, lambda window: iter([draft(source, window, name, facts)]))


def pose(task: Mapping[str, Any], text: str, settings: TeacherSettings) -> Iterator[dict[str, Any]]:
    """One task for each strategy; as `synth.recipes.base.Recipe.pose`.

    Raises:
        ValueError: the answer is no JSON of the prompt's shape.
    """
    count = int(dict(task["facts"])["count"][0])
    for strategy in read_strategies(text)[:count]:
        yield follow(task, APPLY, {"strategy": [strategy]}, "answer")


def read_strategies(text: str) -> list[str]:
    """The strategies in an answer, each once.

    Raises:
        ValueError: it is no JSON of the prompt's shape.
    """
    found = load_json(text)
    try:
        strategies = [" ".join(strategy.split()) for strategy in found["strategies"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not of the prompt's shape: {error}") from None
    return [strategy for strategy in dict.fromkeys(strategies) if strategy]


RECIPES = tuple(
    Recipe(name, "cpt", partial(drafts, name), needs_teacher=True, ask=ask_first, pose=pose)
    for name in ("active_reading.task_agnostic", "active_reading.task_specific")
)
"""One recipe for each kind of first round."""
