"""How much of the corpus may a mixture hold before the model forgets too much? The critical mixture ratio.

"CMR Scaling Law: Predicting Critical Mixture Ratios for Continual Pre-training of Language Models" (arXiv 2407.17467).
With T the tokens trained, in units of 0.2 billion, and R the share of the corpus, losses differ from the untrained
model's by

    dL_dom(T) = a1·T^s1 + b1        dL_gen(T) = a2·T^s2 + a3·T^s3 + b2        in one run
    dL(R) = a·R^s + b                                                         after the same tokens

The critical ratio is the largest R for which dL_gen keeps to a tolerance; it follows CMR(T) = a4·T^s4 + b3.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

UNIT = 0.2e9
"""Tokens of one T."""
OF_RATIO = (0.1, 12.0)
OF_TOKENS = (-2.0, 1.0)
OF_CRITICAL = (-1.0, 0.5)
"""Exponents that are sought; those published of CMR(T) lie between -0.42 and 0.27."""
APART = 0.2
"""Two exponents of one curve differ at least by so much: nearer ones are one term, written as two that cancel out."""
ENOUGH_FOR_TWO = 7
"""Points without which the second term of dL_gen would fit noise."""
GRID, ROUNDS = {1: 41, 2: 21}, 7
"""Exponents of each term that are tried at first, and how often it is looked more closely."""
READINGS = 8
"""Numbers of tokens at which the critical ratio is read off: from the pilots' last divided by `SPAN` on, when what the
start of training does to the loss is over."""
SPAN = 4.0
CAP = 2.0
"""A ratio above 1 is the law's where even the corpus alone keeps to the tolerance; beyond this it says nothing."""


class Curve(NamedTuple):
    """A sum of powers and a level: level + sum of weight·x^exponent."""

    terms: tuple[tuple[float, float], ...]
    """Weight and exponent of each."""
    level: float

    def at(self, x: Any) -> Any:
        """Its value at a number or an array above 0."""
        x = np.asarray(x, dtype=float)
        return self.level + sum(weight * x**exponent for weight, exponent in self.terms)


class Runs(NamedTuple):
    """How a loss changed in each pilot."""

    shares: tuple[float, ...]
    """Of the corpus."""
    curves: tuple[Curve, ...]
    """By T, in units of `UNIT` tokens."""

    def across(self, tokens: float) -> Curve:
        """The change by the share of the corpus, after so many tokens."""
        return fit_curve(self.shares, [float(curve.at(tokens / UNIT)) for curve in self.curves], OF_RATIO)

    def fitted(self, ratio: Any, tokens: Any) -> Any:
        """The changes float64 [n] that the powers of R give at measurements."""
        across = {one: self.across(one) for one in set(tokens.tolist())}
        return np.array([float(across[one].at(share)) for one, share in zip(tokens.tolist(), ratio, strict=True)])


class CriticalRatio(NamedTuple):
    """The largest share of the corpus that keeps to a tolerance, by the tokens trained."""

    curve: Curve
    """By T, in units of `UNIT` tokens; a constant where there was too little to fit."""
    readings: tuple[tuple[float, float], ...]
    """Tokens and critical ratio within the pilots, of which the curve was made."""
    runs: Runs
    """How the general loss rose in each pilot."""

    def at(self, tokens: float) -> float:
        """The critical ratio of a run of so many tokens, from 0 to 1."""
        return float(np.clip(self.curve.at(tokens / UNIT), 0, 1))


def fit_curve(x: Any, y: Any, bounds: tuple[float, float], n_terms: int = 1) -> Curve:
    """The curve of one or two powers that is nearest by least squares.

    For given exponents the rest is linear, so exponents alone are sought: over all within the bounds, then ever more
    closely round the best.

    Args:
        x: above 0; an array.
        y: as many.
        bounds: of the exponents.
        n_terms: 1 or 2; x has at least n_terms + 2 values, else there is no one nearest curve.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    scale = x.max()
    centre, step = np.full(n_terms, sum(bounds) / 2), (bounds[1] - bounds[0]) / (GRID[n_terms] - 1)
    offsets = (np.arange(GRID[n_terms]) - GRID[n_terms] // 2) * step
    for _ in range(ROUNDS):
        exponents = _candidates([np.clip(one + offsets, *bounds) for one in centre])
        basis = np.stack([_power(x / scale, exponents[:, term]) for term in range(n_terms)], axis=2)
        basis = np.concatenate([basis, np.ones((*basis.shape[:2], 1))], axis=2)
        weights = np.linalg.pinv(basis) @ y
        best = int(np.argmin(np.sum((np.einsum("cnk,ck->cn", basis, weights) - y) ** 2, axis=1)))
        centre, step = exponents[best], step / 3
        offsets = np.arange(-4, 5) * step
    return _plain(centre, weights[best], scale)


def fit_runs(ratio: Any, tokens: Any, change: Any, run: Sequence[str], *, is_general: bool) -> Runs:
    """One curve by the tokens for each pilot; the change of the general loss gets two terms where there is enough.

    Args:
        ratio: share of the corpus, above 0, at each measurement; an array, as the following.
        tokens: trained, above 0.
        change: of the loss against that of the untrained model, in nats.
        run: which pilot each is of.
        is_general: the loss is that of general text, which may rise and fall again.
    """
    shares, curves = [], []
    for name in dict.fromkeys(run):
        of_run = np.array([one == name for one in run])
        n_terms = 2 if is_general and of_run.sum() >= ENOUGH_FOR_TWO else 1
        shares.append(float(ratio[of_run][0]))
        curves.append(fit_curve(tokens[of_run] / UNIT, change[of_run], OF_TOKENS, n_terms))
    return Runs(tuple(shares), tuple(curves))


def fit_critical_ratio(ratio: Any, tokens: Any, rise: Any, run: Sequence[str], tolerance: float) -> CriticalRatio:
    """Read the critical ratio off within the pilots, and fit how it goes on.

    Args:
        ratio: as for `fit_runs`, as are `tokens` and `run`.
        tokens: as far as all pilots have been trained, they are compared.
        rise: of the general loss over that of the untrained model, in nats.
        run: three different ratios at least.
        tolerance: how much the general loss may rise, in nats.
    """
    ratio, tokens, rise = (np.asarray(value, dtype=float) for value in (ratio, tokens, rise))
    runs = fit_runs(ratio, tokens, rise, run, is_general=True)
    of_run = [tokens[[one == name for one in run]] for name in dict.fromkeys(run)]
    first, last = max(one.min() for one in of_run), min(one.max() for one in of_run)
    at = np.geomspace(max(first, last / SPAN), last, READINGS)
    readings = [(float(one), _critical(runs.across(one), tolerance)) for one in at]
    return CriticalRatio(_course(readings), tuple(readings), runs)


def _critical(across: Curve, tolerance: float) -> float:
    """The largest share for which the rise keeps to the tolerance, from 0 to `CAP`."""
    ((weight, exponent),) = across.terms
    if weight <= 0:
        return CAP if across.at(1) <= tolerance else 0.0
    reach = max((tolerance - across.level) / weight, 0.0)
    return CAP if reach >= CAP**exponent else float(reach ** (1 / exponent))


def _course(readings: list[tuple[float, float]]) -> Curve:
    """How the critical ratio goes on with T; ratios that only say "beyond" cannot tell."""
    inside = [(tokens, ratio) for tokens, ratio in readings if 0 < ratio < CAP]
    if len(inside) < READINGS // 2 or inside[-1] != readings[-1]:
        return Curve((), readings[-1][1])
    tokens, ratios = zip(*inside, strict=True)
    return fit_curve(np.array(tokens) / UNIT, ratios, OF_CRITICAL)


def _candidates(exponents: list[Any]) -> Any:
    """All combinations [c, terms] of exponents that are far enough from each other, the lower one first."""
    if len(exponents) == 1:
        return exponents[0][:, None]
    pairs = np.stack(np.meshgrid(*exponents, indexing="ij"), axis=-1).reshape(-1, 2)
    return pairs[pairs[:, 1] - pairs[:, 0] >= APART]


def _power(x: Any, exponents: Any) -> Any:
    """(x^s - 1)/s for each exponent [c] and x [n]: like x^s, yet it has a limit, the logarithm, at s = 0."""
    s = exponents[:, None]
    near = np.where(np.abs(s) < 1e-9, 1e-9, s)
    return np.expm1(near * np.log(x)[None, :]) / near


def _plain(exponents: Any, weights: Any, scale: float) -> Curve:
    """The same curve as powers of x itself."""
    s = np.where(np.abs(exponents) < 1e-9, 1e-9, exponents)
    factors = weights[:-1] / s
    terms = tuple((float(w * scale**-e), float(e)) for w, e in zip(factors, s, strict=True))
    return Curve(terms, float(weights[-1] - factors.sum()))
