"""Which share of the corpus do the laws recommend, how surely, and what comes of it?

Two laws are asked: D-CPT, in which the general loss follows from tokens and share, and CMR, which follows how the
share that is just tolerable moves. The recommendation is the smaller share of those laws that fit the pilots.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from synth.train.cmrlaw import CriticalRatio, fit_critical_ratio, fit_runs
from synth.train.mixlaw import Law, fit_law, fit_quality, largest_share
from synth.train.pilots import Pilots

LEAST_R2 = 0.9
"""Below, a law does not fit, unless its error is small beside the tolerance."""
SMALL = 0.1
"""An error that is this part of the tolerance does no harm, whatever R² says: losses then hardly differ."""
DRAWS = 100
CONSTANTS = 7
"""Of a law for one size of model; they take up as many degrees of freedom."""
RISING = 0.1
"""A smaller part of a change from start to end is noise, not a rise."""
OUTER = (5, 95)
"""Percentiles of the draws between which an interval lies."""


class Fit(NamedTuple):
    """How well a law describes what was measured."""

    r2: float
    error: float
    """Root mean square, in nats."""

    def holds(self, tolerance: float) -> bool:
        """Whether it is good enough for a question about so large a rise."""
        return self.r2 >= LEAST_R2 or self.error <= SMALL * tolerance


class Opinion(NamedTuple):
    """What one law says."""

    name: str
    ratio: float
    """Largest share of the corpus that keeps to the tolerance, from 0 to 1."""
    low: float
    high: float
    fit: Fit
    """Of the general loss."""


class Advice(NamedTuple):
    """What all laws say of a run that is planned."""

    general: Law
    """Of the loss on general text, by the share of replay."""
    domain: Law
    """Of the loss on the corpus, by its share."""
    domain_fit: Fit
    critical: CriticalRatio
    opinions: tuple[Opinion, ...]
    """Of D-CPT and CMR."""
    ceiling: float
    """No opinion is above: pilots with more of the corpus speak against it."""

    def trusted(self, tolerance: float) -> tuple[Opinion, ...]:
        """Those of laws that fit."""
        return tuple(opinion for opinion in self.opinions if opinion.fit.holds(tolerance))


def advise(pilots: Pilots, tokens: float, tolerance: float, seed: int = 0, draws: int = DRAWS) -> Advice:
    """Fit both laws, and ask them how much of the corpus a run may hold.

    Args:
        pilots: of one size of model or several; what is said is said of the largest.
        tokens: of the run that is planned, corpus and replay.
        tolerance: how much the loss on general text may rise, in nats.
        seed: of starting points and draws.
        draws: how many for each interval.
    """
    general = fit_general(pilots, seed)
    domain = fit_law(pilots.tokens, pilots.ratio, pilots.domain, pilots.params, seed=seed)
    largest = pilots.largest()
    critical = fit_critical(largest, tolerance)

    most = ceiling(largest, tokens, tolerance)

    def by_dcpt(some: Pilots, at: float) -> float:
        return min(_dcpt_ratio(fit_general(some, seed, general), some, at, tolerance), most)

    def by_cmr(some: Pilots, at: float) -> float:
        return min(fit_critical(some, tolerance).at(at), most)

    dcpt_fitted = general.loss(pilots.tokens, 1 - pilots.ratio, pilots.params)
    mixed = largest.take(largest.ratio > 0)
    cmr_fitted = pilots.start_general + critical.runs.fitted(mixed.ratio, mixed.tokens)
    return Advice(
        general,
        domain,
        Fit(*fit_quality(pilots.domain, domain.loss(pilots.tokens, pilots.ratio, pilots.params))),
        critical,
        (
            _opinion("D-CPT", pilots, dcpt_fitted, tokens, by_dcpt, seed, draws),
            _opinion("CMR", mixed, cmr_fitted, tokens, by_cmr, seed, draws),
        ),
        most,
    )


def fit_general(pilots: Pilots, seed: int, near: Law | None = None) -> Law:
    """The D-CPT law of the general loss."""
    return fit_law(pilots.tokens, 1 - pilots.ratio, pilots.general, pilots.params, seed=seed, near=near)


def fit_critical(pilots: Pilots, tolerance: float) -> CriticalRatio:
    """The CMR law; pilots without any corpus say nothing to it."""
    mixed = pilots.take(pilots.ratio > 0)
    return fit_critical_ratio(mixed.ratio, mixed.tokens, mixed.general - mixed.start_general, mixed.run, tolerance)


def expected_domain(advice: Advice, pilots: Pilots, tokens: float, ratio: float) -> float:
    """The loss on the corpus to expect: by the D-CPT law where it fits, else by how each pilot goes on."""
    largest = pilots.largest()
    if advice.domain_fit.r2 >= LEAST_R2:
        return float(advice.domain.loss(tokens, ratio, largest.params.max()))
    mixed = largest.take(largest.ratio > 0)
    runs = fit_runs(mixed.ratio, mixed.tokens, mixed.domain - mixed.start_domain, mixed.run, is_general=False)
    return float(mixed.start_domain + runs.across(tokens).at(ratio))


def best_measured(pilots: Pilots, tolerance: float) -> float | None:
    """The largest share with which a pilot ended within the tolerance; None: no pilot did."""
    ends = [(course.general[-1] - course.start_general, course.ratio[-1]) for course in pilots.largest().courses()]
    return max((float(ratio) for rise, ratio in ends if rise <= tolerance), default=None)


def ceiling(pilots: Pilots, tokens: float, tolerance: float) -> float:
    """The largest share that no pilot speaks against, for a run that is longer than the pilots.

    A pilot that ended beyond the tolerance and was still getting worse shows no sign of the recovery that a law may
    see from other pilots, so its share and those above are not taken.
    """
    courses = pilots.largest().courses()
    if tokens <= min(course.tokens[-1] for course in courses):
        return 1.0
    against = [
        float(course.ratio[0])
        for course in courses
        if is_rising(course) and course.general[-1] - course.start_general > tolerance
    ]
    if not against:
        return 1.0
    return max((float(ratio) for ratio in pilots.largest().ratio if ratio < min(against)), default=min(against))


def is_rising(course: Pilots) -> bool:
    """Whether a good part of what one pilot forgot was forgotten in its second half."""
    middle, end = course.general[len(course.general) // 2 :][[0, -1]]
    return bool(end - middle > RISING * abs(end - course.start_general))


def _dcpt_ratio(law: Law, pilots: Pilots, tokens: float, tolerance: float) -> float:
    return largest_share(law, tokens, pilots.start_general + tolerance, pilots.params.max())


def _opinion(
    name: str, pilots: Pilots, fitted: Any, tokens: float, ask: Callable[[Pilots, float], float], seed: int, draws: int
) -> Opinion:
    """Ask a law, of how sure it is too.

    It is asked again of losses as its errors might have made them, of all pilots but one, and of as many tokens as the
    pilots had: that nothing changes beyond them is possible, too.
    """
    ratio = ask(pilots, tokens)
    rng = np.random.default_rng(seed)
    errors = pilots.general - fitted
    errors = (errors - errors.mean()) * np.sqrt(len(errors) / max(len(errors) - CONSTANTS, 1))
    drawn = [ask(pilots._replace(general=fitted + rng.choice(errors, len(errors))), tokens) for _ in range(draws)]
    without = [ask(pilots.take(pilots.run != run), tokens) for run in dict.fromkeys(pilots.run)]
    low, high = np.percentile(drawn, OUTER) if drawn else (ratio, ratio)
    ends = [ratio, low, high, *without, ask(pilots, min(tokens, float(pilots.largest().tokens.max())))]
    return Opinion(name, ratio, float(min(ends)), float(max(ends)), Fit(*fit_quality(pilots.general, fitted)))
