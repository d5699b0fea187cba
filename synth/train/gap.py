"""How far does a run fall before it rises? The stability gap of a curve of scores.

After Guo et al. 2024, "Efficient Continual Pre-training by Mitigating the Stability Gap" (arXiv 2406.14833): at first a
model gets worse even at what it is trained for, and recovers later. A run that is judged within the gap is stopped too
early.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Gap(NamedTuple):
    """The gap of one curve. Tokens are those trained on since its first point."""

    depth: float
    """How much worse than at the start the worst point is; 0 where none is."""
    lowest: float
    """Tokens until the worst point."""
    recovered: float | None
    """Tokens until, after that, a score is as good as at the start again; None: not within the curve."""


def stability_gap(tokens: Sequence[float], scores: Sequence[float], higher_is_better: bool = True) -> Gap:
    """Measure the gap of a curve.

    Args:
        tokens: trained on at each point, ascending; the first point is the untouched base.
        scores: at each point: an accuracy, or a loss with `higher_is_better` off.
        higher_is_better: off for losses.

    Raises:
        ValueError: there is no point, or not one score a point.
    """
    if not scores or len(tokens) != len(scores):
        raise ValueError(f"a curve has one score a point and at least one, not {len(scores)} for {len(tokens)}")
    lost = [(scores[0] - score) if higher_is_better else (score - scores[0]) for score in scores]
    lowest = max(range(len(lost)), key=lost.__getitem__)
    recovered = next((at for at in range(lowest, len(lost)) if lost[at] <= 0), None)
    return Gap(
        lost[lowest],
        tokens[lowest] - tokens[0],
        None if recovered is None else tokens[recovered] - tokens[0],
    )
