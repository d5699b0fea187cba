"""`docs.qa`: questions about documents that their own sentences answer, each naming the document it is about.

They can be asked closed-book, as the evaluation of "Synthetic continued pretraining" does (Yang et al. 2024, section
4.2), because a question carries the title. Every answer is a sentence of the source, or a fact about where it stands;
questions about what a document never mentions are answered so.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from synth.config import DocsQASettings
from synth.recipes.base import Draft, Recipe, Source
from synth.recipes.docs.evidence import is_prose
from synth.recipes.docs.posing import PROBLEM, ask, pose
from synth.recipes.docs.questions import absent, choice, cloze, definition, hop, place
from synth.recipes.docs.spread import spread

NAME = "docs.qa"
STAGE = "sft"
KINDS = (definition, cloze, place, choice, hop)


def drafts(source: Source, settings: DocsQASettings) -> Iterator[Draft]:
    """Yield the questions of every document, its kinds in turn, unanswerable ones spread evenly between."""
    streams = []
    for path in source.text.paths:
        passages = [passage for passage in source.text.passages_of(path) if is_prose(passage)]
        if passages:
            weight = 1 + sum(passage.n_tokens for passage in passages)
            streams.append((weight, _of_document(source, path, settings.negatives)))
    yield from spread(streams)


def _of_document(source: Source, path: str, negatives: float) -> Iterator[Draft]:
    denied = absent.drafts_of(source, path)
    owed = 0.0
    for draft in _in_turn([kind.drafts_of(source, path) for kind in KINDS]):
        yield draft
        owed += negatives
        if owed >= 1:
            owed -= 1
            denial = next(denied, None)
            if denial is not None:
                yield denial


def _in_turn(streams: Sequence[Iterator[Draft]]) -> Iterator[Draft]:
    for turn in zip_longest(*streams):
        yield from (draft for draft in turn if draft is not None)


RECIPE = Recipe(NAME, STAGE, drafts, problem=PROBLEM, ask=ask, pose=pose)
