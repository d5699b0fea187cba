"""Which rows of a source take part? The best, a sample in proportion to quality, or so many tokens."""

import numpy as np
import numpy.typing as npt

SMALLEST_WEIGHT = 1e-6  # of a row whose quality is 0 or below, so that it is drawn last but can be drawn


def choose_best(
    lengths: npt.NDArray[np.integer], quality: npt.NDArray[np.floating], share: float
) -> npt.NDArray[np.int64]:
    """The pieces of the highest quality that hold a share of the tokens; of equals the first.

    Args:
        lengths: tokens of each piece, shape [n].
        quality: higher is better, shape [n].
        share: of all tokens, from above 0 to 1.

    Returns:
        The chosen pieces, in their order.
    """
    return _until(np.argsort(-quality, kind="stable"), lengths, share * int(lengths.sum()))


def draw_by_quality(
    lengths: npt.NDArray[np.integer], quality: npt.NDArray[np.floating], share: float, seed: list[int]
) -> npt.NDArray[np.int64]:
    """A sample without replacement that holds a share of the tokens, each draw in proportion to quality.

    Each piece gets the key log(u) / quality for a random u, and the highest keys are taken (Efraimidis and Spirakis,
    "Weighted random sampling with a reservoir", 2006, algorithm A-ExpJ's basis A-Res).

    Args:
        lengths: tokens of each piece, shape [n].
        quality: chances beside each other, shape [n].
        share: of all tokens, from above 0 to 1.
        seed: of this draw.

    Returns:
        The chosen pieces, in their order.
    """
    u = 1 - np.random.default_rng(seed).random(len(lengths))  # above 0, so that it has a logarithm
    keys = np.log(u) / np.maximum(quality.astype(np.float64), SMALLEST_WEIGHT)
    return _until(np.argsort(-keys, kind="stable"), lengths, share * int(lengths.sum()))


def choose_tokens(lengths: npt.NDArray[np.integer], most: float, seed: list[int]) -> npt.NDArray[np.int64]:
    """Pieces at random that hold at most `most` tokens, in their order."""
    shuffled = np.random.default_rng(seed).permutation(len(lengths))
    return np.sort(shuffled[np.cumsum(lengths[shuffled], dtype=np.int64) <= most])


def _until(order: npt.NDArray[np.intp], lengths: npt.NDArray[np.integer], least: float) -> npt.NDArray[np.int64]:
    """The first pieces of an order that hold at least so many tokens, sorted."""
    before = np.cumsum(lengths[order], dtype=np.int64) - lengths[order]
    return np.sort(order[before < least]).astype(np.int64)
