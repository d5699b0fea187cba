"""How are models added? A slice of a tensor at a time, each model read once."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import torch

from synth.progress import Progress, silent
from synth.train.sidefiles import copy_beside, write_config
from synth.train.tensors import FLOATS, SHARD_BYTES, Spec, new_folder, write_tensors
from synth.train.weights import Weights

SLICE = 1 << 19  # elements of a tensor that are in memory at a time, of each model; they fit a processor's cache
Observer = Callable[[str, Mapping[Weights, torch.Tensor]], None]


class Term(NamedTuple):
    """A part of a sum: `weight · (model - minus)`."""

    weight: float
    model: Weights
    minus: Weights | None = None


class Beside(NamedTuple):
    """Folders that give the small files, each kind from the first that has it; see `copy_beside`."""

    sources: tuple[Path, ...]
    chat: tuple[Path, ...]


def combine(
    terms: Sequence[Term],
    out: Path,
    like: Weights | None = None,
    beside: Beside | None = None,
    observe: Observer | None = None,
    record: Callable[[], Mapping[str, Any]] | None = None,
    progress: Progress = silent,
    shard_bytes: int = SHARD_BYTES,
) -> str:
    """Write a sum of models that fit together, in float32 a slice at a time; OUT is whole or absent.

    Args:
        terms: the first is a model without `minus`; its tensors and rows are those of the result.
        out: a new or empty folder.
        like: whose types the result is written in; by default the first model's.
        beside: who gives tokenizer and other small files; by default the first model.
        observe: told each slice of a tensor, by model.
        record: asked at the end what `merge.json` shall say.
        progress: told the megabytes that are written.
        shard_bytes: size of one file of weights.

    Returns:
        A line that says what was written.

    Raises:
        UserError: OUT holds something or cannot be written.
    """
    first = terms[0].model
    layout = {name: spec._replace(dtype=(like or first).spec(name).dtype) for name, spec in first.specs.items()}
    n_bytes = sum(spec.n_bytes for spec in layout.values())
    done = 0

    def slices(name: str) -> Iterator[torch.Tensor]:
        nonlocal done
        for rows in _slices(name, layout[name], terms, observe):
            yield rows
            done += rows.numel() * layout[name].item_bytes
            progress("merge", done // 1_000_000, n_bytes // 1_000_000, "MB")

    with new_folder(out, n_bytes) as part:
        files = write_tensors(part, layout, slices, shard_bytes)
        write_config(part, first.config, layout)
        copy_beside(part, *(beside or Beside(first.folders, first.folders)))
        if record is not None:
            (part / "merge.json").write_text(json.dumps(record(), indent=2) + "\n")
    return f"{out}: {len(layout)} tensors, {n_bytes / 1e9:.2f} GB in {len(files)} file{'s' * (len(files) > 1)}"


def _slices(name: str, spec: Spec, terms: Sequence[Term], observe: Observer | None) -> Iterator[torch.Tensor]:
    """The rows of a tensor of the sum, as float32; no slice lies across the last row of any model."""
    models = {side for term in terms for side in (term.model, term.minus) if side is not None}
    ends = {model.spec(name).n_rows for model in models}
    step = max(1, SLICE // max(1, spec.row_size))
    bounds = sorted({*range(0, spec.n_rows, step), *(end for end in ends if end < spec.n_rows), spec.n_rows})
    for start, stop in pairwise(bounds):
        factors = _factors(name, start, terms if spec.dtype in FLOATS else terms[:1])
        rows = {model: model.read(name, start, stop) for model in factors}
        if observe is not None:
            observe(name, rows)
        (first, factor), *others = factors.items()
        total = rows[first] * factor
        for model, factor in others:
            total.add_(rows[model], alpha=factor)
        yield total


def _factors(name: str, row: int, terms: Sequence[Term]) -> dict[Weights, float]:
    """What each model is multiplied with, so that it is read once; only terms count whose models have the row."""
    factors: dict[Weights, float] = {}
    for weight, model, minus in terms:
        sides = {model: weight} if minus is None else {model: weight, minus: -weight}
        if all(row < side.spec(name).n_rows for side in sides):
            for side, factor in sides.items():
                factors[side] = factors.get(side, 0.0) + factor
    return {model: factor for model, factor in factors.items() if factor}
