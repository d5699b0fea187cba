"""How much does each of the last checkpoints count in their mean?

Averaging the last checkpoints stands in for a decay of the learning rate, and saves good data that a quality-ordered
curriculum sees last from being learned at a rate near zero.

The literature is ambiguous about the exponential mean. Written as the running update `mean = alpha * newest + (1 -
alpha) * mean`, started at the first of six checkpoints, with alpha 0.2, it gives the *oldest* the weight 0.8^5 = 0.33
and the newest 0.2; yet what it is meant for is to favour the newest. So weights here are an explicit vector, and `ema`
is the same update started at nothing and divided by what its weights sum to, as Adam does with its moments (Kingma and
Ba 2015, section 3): each checkpoint weighs 1 - alpha of the next newer one.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from synth.errors import UserError
from synth.progress import Progress, silent


def averaging_weights(kind: Literal["sma", "ema", "linear"], n: int, alpha: float = 0.2) -> list[float]:
    """Weights of n checkpoints, the oldest first; they sum to 1 and never fall towards the newest.

    Args:
        kind: sma: all the same; linear: 1, 2, 3, … parts; ema: each 1 / (1 - alpha) of the one before.
        n: checkpoints.
        alpha: of `ema`, between 0 and 1; near 0 it is `sma`.
    """
    parts = {
        "sma": [1.0] * n,
        "linear": [float(index + 1) for index in range(n)],
        "ema": [(1 - alpha) ** (n - 1 - index) for index in range(n)],
    }[kind]
    total = sum(parts)
    return [part / total for part in parts]


def average_checkpoints(
    folders: Sequence[Path], weights: Sequence[float], out: Path, progress: Progress = silent
) -> str:
    """Write the weighted mean of checkpoints of one run, which are whole models or LoRA adapters on one base.

    Args:
        folders: of the checkpoints, the oldest first; the newest gives tokenizer and configuration.
        weights: one for each, as `averaging_weights` gives them; they are divided by their sum.
        out: a new or empty folder; whole or absent.
        progress: told the megabytes that are written.

    Returns:
        A line that says what was written.

    Raises:
        UserError: a checkpoint is absent, damaged or of another model, or OUT holds something.
    """
    from synth.train.agreement import check_alike
    from synth.train.combine import combine
    from synth.train.merge import average_terms
    from synth.train.stacking import stack_adapters
    from synth.train.weights import is_adapter, open_model

    assert len(folders) == len(weights)
    absent = next((folder for folder in folders if not folder.is_dir()), None)
    if absent is not None or not folders:
        raise UserError(f"checkpoint {absent} is not there; average checkpoints that were kept")
    newest_first = list(reversed(folders))
    numbers = list(reversed(weights))
    if is_adapter(newest_first[0]):
        return stack_adapters(newest_first, [number / sum(numbers) for number in numbers], out)
    models = [open_model(str(folder)) for folder in newest_first]
    check_alike(models)
    return combine(average_terms(models, numbers), out, progress=progress)
