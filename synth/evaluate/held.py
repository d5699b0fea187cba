"""What is a model measured on? Held-out rows of corpora and general text, as one model's tokenizer sees them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from synth.evaluate.results import CONVERSATIONS
from synth.progress import silent
from synth.train.dataset import IGNORED, Item
from synth.train.inputs import Corpora, Input, general_inputs
from synth.train.settings import DataSettings, EvaluationSettings
from synth.train.tokens import tokenise

DATA = DataSettings()


def held_out_sets(
    data: Sequence[str], tokenizer: Any, settings: EvaluationSettings, scratch: Path
) -> dict[str, list[Item]]:
    """Tokenise what the models were not trained on: `corpus` are texts, `corpus-sft` what is answered.

    Rows are not packed: each piece is a sequence of its own, so that what stands together does not depend on how long
    the pieces are in the tokens of one model or another.

    Args:
        data: corpora, or files of rows.
        tokenizer: of the model that is measured, with a chat template.
        settings: `rows` and `general` are used.
        scratch: a folder for tables.

    Returns:
        Sequences by name; only what has some.

    Raises:
        UserError: the data or a general text cannot be read.
    """
    sets = {part.name: _pieces(part, tokenizer, settings.rows, scratch) for part in _inputs(data, settings)}
    return {name: pieces for name, pieces in sets.items() if pieces}


def _inputs(data: Sequence[str], settings: EvaluationSettings) -> Iterator[Input]:
    yield Corpora("cpt", tuple(data), DATA).held_out()
    yield Corpora("sft", tuple(data), DATA).held_out()._replace(name=CONVERSATIONS)
    yield from general_inputs(settings.general, settings.rows * DATA.max_length)


def _pieces(source: Input, tokenizer: Any, most: int, scratch: Path) -> list[Item]:
    """At most so many pieces, evenly spaced, the longest first: those of a batch are then of like length."""
    path = scratch / f"{len(list(scratch.iterdir()))}.arrow"
    table = tokenise(source.rows, tokenizer, source.stage, DATA, path, 1, silent).table
    chosen = np.unique(np.linspace(0, table.num_rows - 1, min(most, table.num_rows)).round().astype(np.int64))
    rows = table.take(chosen).select(["input_ids", "trained"]).to_pylist() if len(chosen) else []
    return [_item(row) for row in sorted(rows, key=lambda row: -len(row["input_ids"]))]


def _item(row: dict[str, Any]) -> Item:
    ids = np.asarray(row["input_ids"], dtype=np.int64)
    return {
        "input_ids": ids,
        "labels": np.where(np.asarray(row["trained"], dtype=bool), ids, IGNORED),
        "position_ids": np.arange(len(ids), dtype=np.int64),
        "source": 0,
    }
