"""How many sequences of which source, and in which places? Exact counts, from shares and limits."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Places = TypeVar("Places", int, npt.NDArray[np.int64])


def count_steps(n_corpus: int, batch: int, rate: float) -> int:
    """Steps that it takes until `n_corpus` sequences have had a place that is not for replay.

    That is n_corpus / (batch * (1 - rate)), rounded up; where the last step's places are not a whole number, the
    rounding of `replay_slots` decides.
    """
    share = _exact(rate)
    steps = int((n_corpus - 1) / (batch * (1 - share)))  # rounding adds half a place at most, so these are too few
    while steps * batch - _replay_before(steps * batch, share) < n_corpus:
        steps += 1
    return steps


def replay_slots(n_steps: int, batch: int, rate: float) -> npt.NDArray[np.bool_]:
    """Which places of a run are for replay, spread evenly over the run and over each batch.

    What a batch's share has below one sequence is carried to the next (error diffusion), so that after any number of
    steps the count is that of the rate, rounded: 3 % of batches of 16 is a sequence in every second batch or so.

    Args:
        n_steps: batches of the run.
        batch: places of each.
        rate: share of the places, from 0 to below 1.

    Returns:
        True for replay, shape [n_steps * batch].
    """
    before = _replay_before(np.arange(n_steps * batch + 1, dtype=np.int64), _exact(rate))
    return np.diff(before) > 0


def _exact(share: float) -> Fraction:
    """The number that was written: 0.1 is one tenth, not the nearest binary fraction."""
    return Fraction(str(share)).limit_denominator(1_000_000)


def _replay_before(places: Places, share: Fraction) -> Places:
    """How many of the first places are for replay: their share, rounded half up, in whole numbers."""
    return (2 * share.numerator * places + share.denominator) // (2 * share.denominator)


def share_out(total: int, shares: Sequence[float], limits: Sequence[int] | None = None) -> list[int]:
    """Divide a number of sequences by shares, where no source gives more than its limit.

    What one source cannot give, the others do, by their shares (UniMax: "UniMax: Fairer and More Effective Language
    Sampling for Large-Scale Multilingual Pretraining", arXiv 2304.09151, algorithm 1, there with equal shares).
    Remainders go to the largest fractions.

    Args:
        total: sequences to divide; at most the sum of the limits.
        shares: of each source; only their proportions count. Not all are 0.
        limits: the most that each source gives; None where there is no limit.

    Returns:
        Sequences of each source; their sum is `total`.
    """
    weights = [Fraction(str(share)) for share in shares]
    caps = [Fraction(limit) for limit in ([total] * len(weights) if limits is None else limits)]
    exact = [Fraction(0)] * len(weights)
    budget, weight_left = Fraction(total), sum(weights, Fraction(0))
    sources = [index for index, weight in enumerate(weights) if weight > 0]
    for index in sorted(sources, key=lambda index: caps[index] / weights[index]):
        exact[index] = min(caps[index], budget * weights[index] / weight_left)
        budget -= exact[index]
        weight_left -= weights[index]
    counts = [int(count) for count in exact]
    by_fraction = sorted(range(len(exact)), key=lambda index: (counts[index] - exact[index], index))
    for index in by_fraction[: total - sum(counts)]:
        counts[index] += 1
    return counts


def spread(counts: Sequence[int]) -> npt.NDArray[np.int64]:
    """Interleave sources so that their mixture is the same all along the run.

    The k-th of n sequences of a source comes at the share (k + 1/2) / n of the way.

    Args:
        counts: sequences of each source.

    Returns:
        The source of each place, shape [sum(counts)].
    """
    source = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    at = np.concatenate([np.empty(0), *((np.arange(count) + 0.5) / count for count in counts if count)])
    return source[np.argsort(at, kind="stable")]
