"""How much was learned, transferred and forgotten? Numbers of a table of scores, stage by stage.

A table `a` has a row for the untouched base and one for each stage after it, and a column for each task, the task of
stage i in column i - 1: `a[i][j]` is the score on task j + 1 after stage i. Higher is better; of losses give their
negative. Source: Lopez-Paz and Ranzato 2017 (section 3) for transfer, Chaudhry et al. 2018 (section 3) for forgetting.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Transfer(NamedTuple):
    """Measures of a whole sequence of stages; None where one stage is too few.

    `average`: mean score at the end. `backward`: what later stages changed of what earlier ones reached. `forward`:
    what earlier stages did for tasks yet to come. `forgetting`: how far below its best each task but the last ended.
    `learned`: by how much each task rose in its own stage, over the base. `retained`: what is left of that at the end.
    """

    average: float
    backward: float | None
    forward: float | None
    forgetting: float | None
    learned: float
    retained: float


def transfer(scores: ArrayLike) -> Transfer:
    """Compute all measures of a table.

    Args:
        scores: float [stages + 1, tasks], as many tasks as stages; the first row is the untouched base.

    Raises:
        ValueError: the table has another shape.
    """
    a = np.asarray(scores, dtype=np.float64)
    if a.ndim != 2 or len(a) != a.shape[1] + 1 or a.shape[1] < 1:
        raise ValueError(f"{a.shape} is not one row more than there are tasks")
    n = a.shape[1]
    own = a[np.arange(1, n + 1), np.arange(n)]
    several = n > 1
    return Transfer(
        average=float(a[-1].mean()),
        backward=float((a[-1, :-1] - own[:-1]).mean()) if several else None,
        forward=float((a[np.arange(1, n), np.arange(1, n)] - a[0, 1:]).mean()) if several else None,
        forgetting=float(forgetting(a)[:-1].mean()) if several else None,
        learned=float((own - a[0]).mean()),
        retained=float((a[-1] - a[0]).mean()),
    )


def forgetting(scores: ArrayLike) -> NDArray[np.float64]:
    """How far each task is below its best earlier score: max over i < n of a[i][j], minus a[n][j]; below 0: it rose.

    Args:
        scores: float [times, tasks], at least two times.

    Returns:
        float64 [tasks].

    Raises:
        ValueError: there are fewer than two times.
    """
    a = np.asarray(scores, dtype=np.float64)
    if a.ndim != 2 or len(a) < 2:
        raise ValueError(f"{a.shape} is not two times or more by tasks")
    best: NDArray[np.float64] = a[:-1].max(axis=0) - a[-1]
    return best


def loss_forgetting(losses: Sequence[float]) -> float:
    """How far the last loss is above the lowest before it; below 0: it fell.

    Raises:
        ValueError: there are fewer than two.
    """
    return float(forgetting([[-loss] for loss in losses])[0])
