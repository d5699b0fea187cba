"""`entigraph.triple`: a document told anew for three of its entities at a time (EntiGraph, section 2.2).

The paper has no limit but the budget. Its corpus, 455 million tokens on 265 documents, comes to some 1,500 requests a
document if an answer has 1,100 tokens; 30 entities have 435 pairs, and the rest are triples.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice

from synth.config import EntigraphSettings
from synth.recipes.base import Draft, Recipe, Source
from synth.recipes.docs.frame import ask, over_windows
from synth.recipes.docs.windows import Window
from synth.recipes.entigraph.drafting import about, subjects_of
from synth.recipes.entigraph.subsets import triples

NAME = "entigraph.triple"


def drafts(source: Source, settings: EntigraphSettings) -> Iterator[Draft]:
    """Yield one draft a triple of entities of a window, at most `max_triples` of them."""

    def of_window(window: Window) -> Iterator[Draft]:
        subjects = subjects_of(source, window, settings.max_entities)
        seed = int.from_bytes(hashlib.blake2b(f"{source.seed}:{window.key}".encode(), digest_size=6).digest(), "big")
        found = triples(list(subjects.names), subjects.near, seed)
        return (about(source, subjects, NAME, triple) for triple in islice(found, settings.max_triples))

    return over_windows(source, settings.context_tokens, of_window)


RECIPE = Recipe(NAME, "cpt", drafts, needs_teacher=True, ask=ask)
