"""What the recipes about several entities of one window share: what they are called there, and who is near whom."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from synth.recipes.base import Draft, Source
from synth.recipes.docs.frame import draft
from synth.recipes.docs.windows import Window, entities_in, evidence_of, texts_of, written


class Subjects(NamedTuple):
    """The entities of one window that are combined."""

    window: Window
    names: dict[str, str]
    """What the window calls each, by entity id, the rarest entity first."""
    near: dict[str, set[str]]
    """For each the others that a passage of the window speaks of too."""


def subjects_of(source: Source, window: Window, most: int) -> Subjects:
    """Choose the entities of a window that are combined, at most so many."""
    (text,) = texts_of(source, evidence_of(source, window.passages))
    names = {entity.entity_id: written(entity, text) for entity in entities_in(source, window, most)}
    return Subjects(window, names, _near(source, window, names))


def about(source: Source, subjects: Subjects, prompt_id: str, chosen: Sequence[str]) -> Draft:
    """What is asked about some of the entities; the same in whatever order they come."""
    ordered = sorted(chosen)
    facts = {"names[]": [subjects.names[entity_id] for entity_id in ordered]}
    return draft(source, subjects.window, prompt_id, facts, ordered)


def _near(source: Source, window: Window, chosen: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {entity_id: set() for entity_id in chosen}
    for passage in window.passages:
        held = [one.entity_id for one in source.text.entities_in(passage.passage_id) if one.entity_id in found]
        for one, other in combinations(held, 2):
            found[one].add(other)
            found[other].add(one)
    return found
