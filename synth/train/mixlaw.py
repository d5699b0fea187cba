"""How does loss depend on the mixture? The D-CPT law, fitted to pilot runs.

"D-CPT Law: Domain-specific Continual Pre-Training Scaling Law for Large Language Models" (arXiv 2406.01375):

    L(N, D, r) = E + A/N^alpha + B·r^eta/D^beta + C/(r + epsilon)^gamma

N are the parameters and D the tokens trained, in billions, r is the share of the data whose loss is predicted: of the
corpus for its own loss, of replay for the loss on general text. With one size of model E + A/N^alpha is one constant.
"""

from typing import Any, NamedTuple

import numpy as np

HUBER = 1e-3
"""Where the loss of a residual of log L turns from square to linear: one bad evaluation may not bend the law."""
BILLION = 1e9
STARTS = 40
BEGIN, FINISH, BEST = 60, 2000, 3
"""Iterations from every start, then from where the best of them have come, of so many."""
BOUNDS = {
    "level": (1e-3, 1.0), "size": (1e-4, 1.0), "alpha": (0.01, 2.0), "tokens": (1e-6, 10.0), "beta": (0.01, 2.0),
    "eta": (0.05, 5.0), "share": (1e-6, 10.0), "gamma": (0.02, 5.0), "epsilon": (1e-3, 1.0),
}  # fmt: skip
"""Where constants are sought, for tokens and parameters as parts of the most and losses as parts of the largest."""


class Law(NamedTuple):
    """The constants of a D-CPT law, of tokens and parameters in billions."""

    level: float
    """E."""
    size: float
    """A; 0 where all pilots are of one size, which `level` then includes."""
    alpha: float
    tokens: float
    """B."""
    beta: float
    eta: float
    share: float
    """C."""
    gamma: float
    epsilon: float

    def loss(self, tokens: Any, share: Any, params: Any = BILLION) -> Any:
        """The loss after so many tokens, of which so large a share was of the kind that the loss is of.

        Args:
            tokens: trained, of both kinds; a number or an array, as all three.
            share: from 0 to 1.
            params: of the model; of no account with one size.
        """
        tokens, share, params = (np.asarray(value, dtype=float) for value in (tokens, share, params))
        by_size = self.size / (params / BILLION) ** self.alpha if self.size else 0.0
        by_tokens = self.tokens * share**self.eta / (tokens / BILLION) ** self.beta
        return self.level + by_size + by_tokens + self.share / (share + self.epsilon) ** self.gamma


def fit_law(
    tokens: Any, share: Any, loss: Any, params: Any = None, *, seed: int = 0, starts: int = STARTS,
    near: Law | None = None,
) -> Law:  # fmt: skip
    """The law that is nearest to what was measured: Huber loss of log L, L-BFGS-B from many starts, in logarithms.

    Args:
        tokens: trained at each measurement, above 0; an array, as the following.
        share: of the kind of data whose loss is given, from 0 to 1.
        loss: what was measured, in nats.
        params: of the models; where given and of several sizes, A and alpha are fitted too.
        seed: of the starting points.
        starts: how many starting points are tried.
        near: start from this law alone, for a fit to almost the same numbers.
    """
    from scipy.optimize import minimize

    tokens, share, loss = (np.asarray(value, dtype=float) for value in (tokens, share, loss))
    sizes = None if params is None or len(set(params)) < 2 else np.asarray(params, dtype=float)
    names = [name for name in BOUNDS if sizes is not None or name not in ("size", "alpha")]
    unit = _Unit(float(tokens.max()), 1.0 if sizes is None else float(sizes.max()), float(loss.max()))
    scaled = (tokens / unit.tokens, share, loss / unit.loss, None if sizes is None else sizes / unit.params)
    limits = np.log([BOUNDS[name] for name in names])

    def descend(begin: Any, iterations: int) -> list[Any]:
        options = {"maxiter": iterations, "maxfun": 2 * iterations, "ftol": 1e-13, "gtol": 1e-9}
        found = [
            minimize(_misfit, x0, (names, *scaled), "L-BFGS-B", jac=True, bounds=limits, options=options)
            for x0 in begin
        ]
        return [result.x for result in sorted(found, key=lambda result: float(result.fun))]

    if near is None:
        drawn = np.random.default_rng(seed).uniform(limits[:, 0], limits[:, 1], (starts, len(names)))
        begin = descend(drawn, BEGIN)[:BEST]
    else:
        begin = [np.log([_scale(near, unit)[name] for name in names]).clip(limits[:, 0], limits[:, 1])]
    best = np.exp(descend(begin, FINISH)[0]).tolist()
    return _unscale(dict(zip(names, best, strict=True)), unit)


def largest_share(law: Law, tokens: float, limit: float, params: float = BILLION) -> float:
    """The largest share of the corpus with which the law of general loss keeps to a limit; 0 if there is none.

    Args:
        law: of the general loss, by the share of replay.
        tokens: of the run that is planned.
        limit: of the general loss, in nats.
        params: of the model.
    """
    shares = np.linspace(0, 1, 10_001)
    kept = shares[law.loss(tokens, 1 - shares, params) <= limit]
    return float(kept.max()) if len(kept) else 0.0


def fit_quality(measured: Any, fitted: Any) -> tuple[float, float]:
    """R² (1: exact; 0: no better than the mean) and the root mean square error, in nats."""
    measured, fitted = np.asarray(measured, dtype=float), np.asarray(fitted, dtype=float)
    squares = float(np.sum((measured - fitted) ** 2))
    spread = float(np.sum((measured - measured.mean()) ** 2))
    return (1 - squares / spread if spread > 0 else float(squares == 0)), float(np.sqrt(squares / len(measured)))


class _Unit(NamedTuple):
    """The largest of what was measured."""

    tokens: float
    params: float
    loss: float


def _misfit(logs: Any, names: list[str], tokens: Any, share: Any, loss: Any, params: Any) -> tuple[float, Any]:
    """The Huber loss in units of its square part, and its gradient by the logarithms of the constants."""
    value = dict(zip(names, np.exp(logs), strict=True))
    log_share = np.log(np.maximum(share, 1e-300))
    by_tokens = value["tokens"] * share ** value["eta"] * tokens ** -value["beta"]
    by_share = value["share"] * (share + value["epsilon"]) ** -value["gamma"]
    slopes = {
        "level": np.full_like(loss, value["level"]),
        "tokens": by_tokens,
        "beta": -by_tokens * np.log(tokens) * value["beta"],
        "eta": by_tokens * log_share * value["eta"],
        "share": by_share,
        "gamma": -by_share * np.log(share + value["epsilon"]) * value["gamma"],
        "epsilon": -by_share * value["gamma"] * value["epsilon"] / (share + value["epsilon"]),
    }
    if params is not None:
        slopes["size"] = value["size"] * params ** -value["alpha"]
        slopes["alpha"] = -slopes["size"] * np.log(params) * value["alpha"]
    total = sum(slopes[name] for name in ("level", "tokens", "share", "size") if name in slopes)
    residual = (np.log(total) - np.log(loss)) / HUBER
    size = np.abs(residual)
    misfit = np.sum(np.where(size <= 1, residual**2 / 2, size - 0.5))
    slope = np.clip(residual, -1, 1) / HUBER / total
    return float(misfit), np.stack([slopes[name] for name in names]) @ slope


def _scale(law: Law, unit: _Unit) -> dict[str, float]:
    """The constants of a law as they are fitted."""
    value = law._asdict()
    value["tokens"] *= (BILLION / unit.tokens) ** law.beta
    value["size"] *= (BILLION / unit.params) ** law.alpha
    return value | {name: max(value[name] / unit.loss, 1e-12) for name in ("level", "size", "tokens", "share")}


def _unscale(value: dict[str, float], unit: _Unit) -> Law:
    """The reverse of `_scale`."""
    value = {"size": 0.0, "alpha": 1.0} | value
    value |= {name: value[name] * unit.loss for name in ("level", "size", "tokens", "share")}
    value["tokens"] *= (unit.tokens / BILLION) ** value["beta"]
    value["size"] *= (unit.params / BILLION) ** value["alpha"]
    return Law(**value)
