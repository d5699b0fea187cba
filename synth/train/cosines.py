"""Did two trainings change the same directions? Cosines between their differences from the base, by matrix."""

from collections.abc import Mapping
from typing import Any

import torch

from synth.train.weights import Weights

WARN_ABOVE = 0.1  # differences of continued pretraining and of instruction tuning are nearly orthogonal


class Cosines:
    """Sums over slices, as a merge reads them; a vector has no direction worth a number and is left out."""

    def __init__(self, one: Weights, other: Weights, base: Weights) -> None:
        self._models = (one, other, base)
        self._sums: dict[str, tuple[float, float, float]] = {}

    def __call__(self, name: str, rows: Mapping[Weights, torch.Tensor]) -> None:
        """Take note of some rows of a tensor; rows that not all three models have do not count."""
        if not all(model in rows and rows[model].ndim >= 2 for model in self._models):
            return
        one, other, base = (rows[model].reshape(-1) for model in self._models)
        first, second = one - base, other - base
        dots = (torch.dot(first, second).item(), torch.dot(first, first).item(), torch.dot(second, second).item())
        before = self._sums.get(name, (0.0, 0.0, 0.0))
        self._sums[name] = (before[0] + dots[0], before[1] + dots[1], before[2] + dots[2])

    def by_matrix(self) -> dict[str, float]:
        """The cosine of each matrix that both trainings changed."""
        return {name: dot / (one * other) ** 0.5 for name, (dot, one, other) in self._sums.items() if one and other}

    def record(self) -> dict[str, Any]:
        """All of them, for programs."""
        return {"cosines": self.by_matrix()}

    def report(self) -> list[str]:
        """Their mean and the largest, and a warning where they share directions."""
        found = self.by_matrix()
        if not found:
            return ["cosine of the two differences: none, since one of them changed no matrix"]
        largest = max(found, key=lambda name: abs(found[name]))
        mean = sum(found.values()) / len(found)
        lines = [f"cosine of the two differences: mean {mean:.3f}, largest {found[largest]:.3f} in {largest}"]
        shared = sum(abs(value) > WARN_ABOVE for value in found.values())
        if shared:
            lines.append(
                f"warning: it is above {WARN_ABOVE} in {shared} of {len(found)} matrices: the two trainings changed "
                "the same directions, so that their sum may overshoot; ask the merged model, and try a smaller --weight"
            )
        return lines
