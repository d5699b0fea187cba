"""`docs.passage`: documents as they are, in pieces of whole passages, each under the title and headings it came from.

It needs no teacher and invents nothing: this is the raw text that "Synthetic continued pretraining" (Yang et al. 2024,
section 4) trains on for comparison. The whole of each document is covered once.
"""

from collections.abc import Iterator

from synth.config import PassageSettings
from synth.graph.text.view import Passage
from synth.recipes.base import Draft, Source
from synth.recipes.docs.evidence import full_name, is_prose, stretches, text_of
from synth.recipes.docs.markup import plain
from synth.recipes.docs.spread import spread
from synth.recipes.docs.windows import Window, evidence_of, windows_of

NAME = "docs.passage"
STAGE = "cpt"
HEADING_SHARE = 8  # part of a sample that is left free for its title and headings


def drafts(source: Source, settings: PassageSettings) -> Iterator[Draft]:
    """Yield one draft a window of passages, in the order of each document; documents take turns by their length."""
    limit = settings.context_tokens - settings.context_tokens // HEADING_SHARE
    streams = []
    for path in source.text.paths:
        passages = [passage for passage in source.text.passages_of(path) if is_prose(passage)]
        weight = 1 + sum(passage.n_tokens for passage in passages)
        streams.append((weight, (_draft(source, window) for window in windows_of(passages, limit))))
    yield from spread(streams)


def _draft(source: Source, window: Window) -> Draft:
    pieces = stretches(source, window.passages)
    known: tuple[str, ...] = ()
    headings = []
    for piece in pieces:
        headings.append(_new_headings(known, piece[0]))
        known = piece[0].headings
    return Draft(
        unit=window.key,
        kind="extractive_passage",
        prompt_id=NAME,
        source_path=window.path,
        evidence=evidence_of(source, window.passages),
        facts={
            "project": [source.collection],
            "document": [full_name(source, window.path).replace("*", "")],
            "headings[]": headings,
            "texts[]": [text_of(source, piece[0], piece[-1]) for piece in pieces],
        },
        difficulty=len(pieces),
    )


def _new_headings(known: tuple[str, ...], passage: Passage) -> str:
    """The headings of a passage as Markdown, from the first that differs from those before it on."""
    same = 0
    while same < min(len(known), len(passage.headings)) and known[same] == passage.headings[same]:
        same += 1
    lines = [
        f"{'#' * min(depth + 2, 6)} {text}"
        for depth, heading in enumerate(passage.headings)
        if depth >= same and (text := plain(heading, passage.language))
    ]
    return "\n\n".join(lines)
