"""`entigraph.pair`: a document told anew for each pair of its entities (EntiGraph, section 2.2 and appendix H.1).

Every pair of a window is asked about once before any is asked about again (`repeats`).
"""

from collections.abc import Iterator

from synth.config import EntigraphSettings
from synth.recipes.base import Draft, Recipe, Source
from synth.recipes.docs.frame import ask, over_windows
from synth.recipes.docs.windows import Window
from synth.recipes.entigraph.drafting import about, subjects_of
from synth.recipes.entigraph.subsets import pairs

NAME = "entigraph.pair"


def drafts(source: Source, settings: EntigraphSettings) -> Iterator[Draft]:
    """Yield one draft a pair of entities of a window."""

    def of_window(window: Window) -> Iterator[Draft]:
        subjects = subjects_of(source, window, settings.max_entities)
        return (about(source, subjects, NAME, pair) for pair in pairs(list(subjects.names), subjects.near))

    return over_windows(source, settings.context_tokens, of_window)


RECIPE = Recipe(NAME, "cpt", drafts, needs_teacher=True, ask=ask)
