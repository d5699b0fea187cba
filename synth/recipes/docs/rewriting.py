"""What recipes that rewrite a document share: one request a window, and its answer as it is."""

from collections.abc import Iterator
from functools import partial

from synth.config import RewriteSettings
from synth.recipes.base import Draft, Recipe, Source
from synth.recipes.docs.frame import ask, draft, over_windows


def rewriting(name: str) -> Recipe:
    """The recipe whose prompt has its name; a window is asked about again (`repeats`) after all had their turn."""
    return Recipe(name, "cpt", partial(_drafts, name), needs_teacher=True, ask=ask)


def _drafts(name: str, source: Source, settings: RewriteSettings) -> Iterator[Draft]:
    return over_windows(source, settings.context_tokens, lambda window: iter([draft(source, window, name, {})]))
