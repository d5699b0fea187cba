"""Which samples does a person get to see, and what do they look like beside the source lines that they rest on?"""

import heapq
from collections.abc import Callable, Iterable
from itertools import chain, zip_longest
from typing import Any, TypedDict

import pyarrow as pa

from synth.hostile import clip

MAX_EXCERPTS = 6
"""Pieces of evidence that are shown beside one sample. A window of pretraining may have dozens."""

MAX_LINES = 60
"""Lines of one excerpt that are shown; what is cut is said."""

MAX_LINE_CHARACTERS = 400
"""Characters of one source line that are shown; generated code has lines of megabytes."""

ReadText = Callable[[str, str], str | None]
"""Looks up the text of a document by collection and path; None where there is none."""


class Excerpt(TypedDict):
    """Lines of a source file. `lines[0]` is line `start_line`; `n_cut` further lines are not shown."""

    path: str
    start_line: int
    lines: list[str]
    n_cut: int


class Example(TypedDict):
    """A sample as a page shows it. All of it is hostile text: it may come from a source or from a teacher."""

    id: str
    recipe: str
    kind: str
    stage: str
    split: str
    source_path: str
    n_tokens: int
    messages: list[dict[str, str]]
    reasoning: str
    text: str
    evidence: list[Excerpt]
    n_more_evidence: int


def choose_examples(samples: Iterable[pa.Table], count: int = 20) -> list[dict[str, Any]]:
    """Choose samples for a person to read: every recipe and kind gets its turn, and the same rows give the same choice.

    Args:
        samples: tables of schema `SAMPLES`, read once; no more than `count` rows per kind are held.
        count: how many to choose.

    Returns:
        Rows as dictionaries, the recipes in turn.
    """
    # Ids are hashes, so the smallest are a fair draw that does not depend on the order of the rows.
    chosen: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = {}
    for table in samples:
        keys = zip(*(table[name].to_pylist() for name in ("id", "recipe", "kind")), strict=True)
        for index, (sample_id, recipe, kind) in enumerate(keys):
            best = chosen.setdefault((recipe, kind or ""), [])
            if len(best) < count or sample_id < best[-1][0]:
                best.append((sample_id, table.slice(index, 1).to_pylist()[0]))
                best[:] = heapq.nsmallest(count, best, key=lambda item: item[0])
    groups = [[row for _, row in chosen[key]] for key in sorted(chosen)]
    in_turn = chain.from_iterable(zip_longest(*groups))
    return [row for row in in_turn if row is not None][:count]


def show_example(row: dict[str, Any], read_text: ReadText) -> Example:
    """Put a sample beside the source lines that it names as evidence.

    Args:
        row: a row of schema `SAMPLES`, or of a folder of a release.
        read_text: finds the documents; lines of one that it does not know are left out.
    """
    spans = row["evidence"] or []
    excerpts = [_excerpt(span, read_text(row["collection"], span["path"])) for span in spans[:MAX_EXCERPTS]]
    return Example(
        id=row["id"],
        recipe=row["recipe"],
        kind=row["kind"] or "",
        stage=row["stage"],
        split=row["split"],
        source_path=row["source_path"],
        n_tokens=row["n_tokens"] or 0,
        messages=[dict(message) for message in row.get("messages") or []],
        reasoning=row.get("reasoning") or "",
        text=row.get("text") or "",
        evidence=excerpts,
        n_more_evidence=len(spans) - len(excerpts),
    )


def _excerpt(span: dict[str, Any], text: str | None) -> Excerpt:
    start = span["start_line"] or 1
    lines = text.split("\n")[start - 1 : span["end_line"] or start] if text else []
    shown = [clip(line.removesuffix("\r"), MAX_LINE_CHARACTERS) for line in lines[:MAX_LINES]]
    return Excerpt(path=span["path"], start_line=start, lines=shown, n_cut=len(lines) - len(shown))
