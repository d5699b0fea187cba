"""How do several models become one? Their weights are added, a slice of a tensor at a time.

Every method is a sum of models and of differences of models: the instruction residual (Jindal et al. 2024, "Balancing
Continuous Pre-Training and Instruction Fine-Tuning", section 3), task arithmetic (Ilharco et al. 2023, section 2), the
dial of WiSE-FT (Wortsman et al. 2022, section 3), averages, and adapters.
"""

import math
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from synth.errors import UserError
from synth.progress import Progress, silent
from synth.train.adapters import AdaptedWeights, open_weights
from synth.train.agreement import check_alike, compare_vocabularies, vocabulary
from synth.train.combine import Beside, Term, combine
from synth.train.cosines import Cosines
from synth.train.weights import Weights, open_model

METHODS = ("residual", "arithmetic", "wise", "average", "lora")


def merge_models(
    method: str,
    base: str,
    trained: Sequence[str],
    out: Path,
    instruct: str | None = None,
    weights: Sequence[float] | None = None,
    progress: Progress = silent,
) -> list[str]:
    """Write the model that a method of METHODS makes of others, and `merge.json`, which says how.

    With t for trained models, b for the base, i for the instruct model and w for weights, 1 by default:
    residual: t + w (i - b); arithmetic: b + sum of w (t - b); wise: (1 - w) b + w t; average: sum of w t / sum of w;
    lora: b + w (t - b) for an adapter. Adapters among the trained are merged with the base as they are read.

    Args:
        method: how.
        base: the model that all others started from; like all models here, a folder or a name on the Hub.
        trained: models or adapters; tokens that they added keep the first one's rows.
        out: a new or empty folder.
        instruct: the instruction-tuned sibling of the base, for the residual.
        weights: one for each trained model; for the residual, one.
        progress: told the megabytes that are written.

    Returns:
        Lines that say what was done, and what to beware of.

    Raises:
        UserError: models are absent, damaged or do not fit together, weights make no sense, or OUT holds something.
    """
    numbers = _checked_weights(method, trained, instruct, weights)
    start = open_model(base)
    models: list[Weights] = [open_weights(name, start) for name in trained]
    if method == "lora" and not isinstance(models[0], AdaptedWeights):
        raise UserError(f"--trained {trained[0]} is no adapter; to add whole models take --method arithmetic")
    guide = None if instruct is None else open_weights(instruct, start)
    present = [*models, start, *([] if guide is None else [guide])]
    check_alike(present)
    warnings = _compare_vocabularies(present)
    cosines = None if guide is None else Cosines(models[0], guide, start)
    how = {"method": method, "base": base, "trained": list(trained), "instruct": instruct, "weights": list(numbers)}
    written = combine(
        _terms(method, start, models, guide, numbers), out, like=start, beside=_beside(models[0], start, guide),
        observe=cosines, record=lambda: how | ({} if cosines is None else cosines.record()), progress=progress,
    )  # fmt: skip
    return [written, *warnings, *([] if cosines is None else cosines.report())]


def _checked_weights(
    method: str, trained: Sequence[str], instruct: str | None, weights: Sequence[float] | None
) -> list[float]:
    if method not in METHODS:
        raise UserError(f"--method {method} is not known; give one of {', '.join(METHODS)}")
    if (method == "residual") != (instruct is not None):
        raise UserError("--instruct goes with --method residual, which needs it, and with no other")
    if method in {"residual", "wise", "lora"} and len(trained) != 1:
        raise UserError(f"--method {method} takes one --trained, not {len(trained)}; arithmetic and average take more")
    numbers = [1.0] * len(trained) if weights is None else list(weights)
    if len(numbers) != len(trained) or not all(math.isfinite(number) for number in numbers):
        raise UserError(f"--weight is needed once for each --trained, {len(trained)} times, and finite; or not at all")
    if method == "wise" and not 0 <= numbers[0] <= 1:
        raise UserError(f"--weight {numbers[0]} is not between 0, the base, and 1, the trained model")
    if method == "average" and (min(numbers) < 0 or sum(numbers) <= 0):
        raise UserError("--weight of an average must not be negative, nor all of them 0")
    return numbers


def _terms(
    method: str, base: Weights, models: Sequence[Weights], guide: Weights | None, numbers: Sequence[float]
) -> list[Term]:
    """The sum that a method is: the first model and differences, which have no rows for tokens that the first added."""
    first, *others = models
    if guide is not None:
        return [Term(1, first), Term(numbers[0], guide, base)]
    if method == "average":
        return average_terms(models, numbers)
    rest = [Term(number, model, base) for number, model in zip(numbers[1:], others, strict=True)]
    return [Term(1, first), Term(numbers[0] - 1, first, base), *rest]


def average_terms(models: Sequence[Weights], numbers: Sequence[float]) -> list[Term]:
    """The mean of models, weighted; new rows and small files are those of the first."""
    first, *others = models
    total = sum(numbers)
    rest = [Term(number / total, model, first) for number, model in zip(numbers[1:], others, strict=True)]
    return [Term(1, first), *rest]


def _compare_vocabularies(models: Sequence[Weights]) -> list[str]:
    known = [(model.folder, vocabulary(model.folders)) for model in models]
    lines = [
        f"warning: {folder} holds no tokenizer.json; its tokens are not compared" for folder, ids in known if not ids
    ]
    found = [(folder, ids) for folder, ids in known if ids]
    unlike = (compare_vocabularies(*one, *other) for one, other in combinations(found, 2))
    return [*lines, *(line for line in unlike if line is not None)]


def _beside(first: Weights, base: Weights, guide: Weights | None) -> Beside:
    """A residual talks as the instruct model does; its tokenizer serves too, unless training added tokens."""
    if guide is None:
        return Beside((*first.folders, *base.folders), (*first.folders, *base.folders))
    own, others = vocabulary(first.folders), vocabulary(guide.folders)
    sources = (*first.folders, *guide.folders, *base.folders)
    if own is None or (others is not None and own.items() <= others.items()):
        sources = (*guide.folders, *sources)
    return Beside(sources, (*guide.folders, *first.folders, *base.folders))
