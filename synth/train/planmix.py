"""How much of the corpus should the mixture hold? From pilots to a recommendation, in lines for the terminal."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from synth.amounts import parse_tokens, say_tokens
from synth.errors import UserError
from synth.progress import Progress
from synth.train.advice import (
    LEAST_R2,
    Advice,
    Fit,
    Opinion,
    advise,
    best_measured,
    expected_domain,
    is_rising,
)
from synth.train.cmrlaw import CriticalRatio
from synth.train.mixlaw import Law
from synth.train.pilots import Pilots, gather, read_pilots
from synth.train.settings import TrainSettings

FAR, TOO_FAR = 10, 100
"""Times the pilots' tokens beyond which a plan is called extrapolated, and beyond which it is refused."""
LEAST_RATIO = 0.01
"""A smaller share of the corpus is none."""


def plan_mixture(
    pilots: Path | None, data: Sequence[str], general: Sequence[str], model: str | None, out: Path | None,
    pilot_tokens: str, budget: str, tolerance: float, settings: TrainSettings, progress: Progress,
) -> list[str]:  # fmt: skip
    """Recommend a share of the corpus for a run, from pilots that are read, or made first.

    Args:
        pilots: JSONL of measurements; None: pilots are run on data, general text and model, in out.
        data: corpora, files or folders; so is `general`.
        general: text of other kinds, to replay and to measure what is forgotten.
        model: the model that pilots start from.
        out: folder of the pilots; the same command goes on with it.
        pilot_tokens: of one pilot, as people write numbers of tokens; so is `budget`.
        budget: of the run that is planned, corpus and replay.
        tolerance: how much the loss on general text may rise, in nats.
        settings: of the pilots' training.
        progress: told of the pilots.

    Returns:
        What to print.

    Raises:
        UserError: an amount or a file is wrong, something is missing, measurements are too few, or the budget is
            beyond what they can tell.
    """
    tokens = _amount("--budget", budget)
    if not (math.isfinite(tolerance) and tolerance > 0):
        raise UserError(f"--tolerance {tolerance:g}: give the rise of the general loss in nats, above 0, such as 0.05")
    if pilots is not None:
        measured = gather(read_pilots(pilots))
    else:
        from synth.train.pilotruns import run_pilots

        if not (data and general and model and out):
            raise UserError(
                "plan-mix needs --pilots with what was measured, or --data, --general, --model and --out to run pilots"
            )
        wanted = _amount("--pilot-tokens", pilot_tokens)
        _check_reach(tokens, wanted)
        measured = gather(run_pilots(data, general, model, out, wanted, settings, progress))
    _check_reach(tokens, measured.largest().tokens.max())
    progress("laws", 0, 1)
    advice = advise(measured, tokens, tolerance, settings.seed)
    progress("laws", 1, 1)
    return list(describe(measured, advice, tokens, tolerance))


def describe(pilots: Pilots, advice: Advice, tokens: int, tolerance: float) -> Iterator[str]:
    """Say what was measured, which laws fit it, what they recommend, what that costs, and what to beware of."""
    yield from _table(pilots)
    yield from _laws(advice, tolerance)
    trusted = advice.trusted(tolerance)
    if trusted:
        chosen = min(trusted, key=lambda opinion: opinion.ratio)
        low, high = min(one.low for one in trusted), max(one.high for one in trusted)
        yield from _recommendation(pilots, advice, chosen, (low, high), tokens, tolerance)
    else:
        yield from _no_recommendation(pilots, tolerance)
    yield from _cautions(pilots, advice, tokens, tolerance)


def _table(pilots: Pilots) -> Iterator[str]:
    yield f"untrained   corpus loss {pilots.start_domain:.4f}, general loss {pilots.start_general:.4f}"
    yield "pilots      corpus    tokens  corpus loss    change  general loss    change   highest"
    for course in pilots.largest().courses():
        domain, general = float(course.domain[-1]), float(course.general[-1])
        rise, highest = general - pilots.start_general, float(course.general.max()) - pilots.start_general
        yield (
            f"{course.ratio[0]:>18.0%}{say_tokens(int(course.tokens[-1])):>10}{domain:>13.4f}"
            f"{domain - pilots.start_domain:>+10.4f}{general:>14.4f}{rise:>+10.4f}{highest:>+10.4f}"
        )


def _laws(advice: Advice, tolerance: float) -> Iterator[str]:
    dcpt, cmr = advice.opinions
    yield f"D-CPT       general loss = {_formula(advice.general)}; {_quality(dcpt.fit, dcpt.fit.holds(tolerance))}"
    fit = advice.domain_fit
    yield f"            corpus loss = {_formula(advice.domain)}; {_quality(fit, fit.r2 >= LEAST_R2)}"
    yield "            r is the share of what the loss is of, D the tokens, in billions"
    yield f"            {_share(dcpt)}"
    yield f"CMR         critical ratio = {_critical(advice.critical)}; {_quality(cmr.fit, cmr.fit.holds(tolerance))}"
    yield "            T is the tokens, in units of 0.2 billion"
    yield f"            {_share(cmr)}"


def _recommendation(
    pilots: Pilots, advice: Advice, chosen: Opinion, interval: tuple[float, float], tokens: int, tolerance: float
) -> Iterator[str]:
    if chosen.ratio < LEAST_RATIO:
        yield f"recommended none: by {chosen.name} no mixture keeps the general loss within +{tolerance:g}"
        yield "            allow more with --tolerance, lower optimizer.peak_lr, or train on fewer tokens"
        return
    rate = min(math.ceil(round((1 - chosen.ratio) * 100, 6)) / 100, 0.99)
    ratio = 1 - rate
    low, high = interval
    yield f"recommended {ratio:.0%} of the tokens from the corpus, by {chosen.name}; between {low:.0%} and {high:.0%}"
    yield f"            in settings: --set data.replay.rate={rate:g}"
    yield (
        f"costs       {say_tokens(round(tokens * rate))} of {say_tokens(tokens)} tokens are replay: "
        f"{1 / ratio:.2f} times the compute of the {say_tokens(round(tokens * ratio))} of the corpus alone"
    )
    domain, alone = (expected_domain(advice, pilots, tokens, one) for one in (ratio, 1.0))
    yield f"brings      corpus loss of about {domain:.3f} ({domain - alone:+.3f} against no replay)"
    limit = pilots.start_general + tolerance
    yield f"            general loss of at most {limit:.3f} (+{tolerance:g}), if the law holds"
    if ratio < pilots.ratio[pilots.ratio > 0].min():
        yield f"beware      no pilot had so little of the corpus; run one with ratio {ratio:.2f}"


def _no_recommendation(pilots: Pilots, tolerance: float) -> Iterator[str]:
    best = best_measured(pilots, tolerance)
    yield "recommended nothing: neither law fits what was measured"
    yield "            run longer pilots, or measure on more rows (evaluation.rows), more often (evaluation.times)"
    if best is not None:
        yield f"            of the pilots, the one with {best:.0%} of the corpus was the largest within +{tolerance:g}"
    else:
        yield f"            no pilot ended within +{tolerance:g}"


def _cautions(pilots: Pilots, advice: Advice, tokens: int, tolerance: float) -> Iterator[str]:
    longest = float(pilots.largest().tokens.max())
    if tokens > FAR * longest:
        yield (
            f"beware      the plan is {tokens / longest:.0f} times as long as the pilots: extrapolated; "
            f"pilots of {say_tokens(math.ceil(tokens / FAR))} tokens would tell more"
        )
    courses = pilots.largest().courses()
    if rising := sum(map(is_rising, courses)):
        yield (
            f"beware      the general loss was still rising at the end of {rising} of {len(courses)} pilots; "
            "D-CPT has no such rise"
        )
    if advice.ceiling < 1:
        yield (
            f"beware      more than {advice.ceiling:.0%} is not taken: pilots with more ended beyond +{tolerance:g}, "
            "still rising"
        )
    ratios = [opinion.ratio for opinion in advice.trusted(tolerance)]
    if ratios and max(ratios) - min(ratios) > 0.1:
        yield f"beware      the laws differ by {max(ratios) - min(ratios):.0%} of all tokens; the smaller is taken"
    yield "            laws tell losses, not accuracy; they hold for this model's size, corpus and learning rate, and"
    yield "            were tested up to 4B parameters; where the tolerance lies is a choice, and it moves the answer"


def _check_reach(tokens: int, longest: float) -> None:
    if tokens > TOO_FAR * longest:
        raise UserError(
            f"--budget {say_tokens(tokens)} is {tokens / longest:,.0f} times the pilots' {say_tokens(int(longest))} "
            f"tokens, more than laws can tell; run pilots of {say_tokens(math.ceil(tokens / TOO_FAR))} or more"
        )


def _amount(option: str, text: str) -> int:
    try:
        amount = parse_tokens(text)
    except ValueError as error:
        raise UserError(f"{option}: {error}") from None
    if amount == 0:
        raise UserError(f"{option} is no tokens at all; write it as 500k, 10M or 1.5B")
    return amount


def _formula(law: Law) -> str:
    size = f" + {law.size:.3g}/N^{law.alpha:.3g}" if law.size else ""
    return (
        f"{law.level:.4g}{size} + {law.tokens:.3g}·r^{law.eta:.3g}/D^{law.beta:.3g} + "
        f"{law.share:.3g}/(r + {law.epsilon:.3g})^{law.gamma:.3g}"
    )


def _critical(critical: CriticalRatio) -> str:
    if not critical.curve.terms:
        return f"{min(critical.curve.level, 1):.3g} (the pilots do not tell how it moves)"
    ((weight, exponent),) = critical.curve.terms
    return f"{weight:.4g}·T^{exponent:.3g} {critical.curve.level:+.4g}"


def _quality(fit: Fit, holds: bool) -> str:
    return f"R² {fit.r2:.3f}, off by {fit.error:.4f}" + ("" if holds else ": it does not fit")


def _share(opinion: Opinion) -> str:
    return f"{opinion.ratio:.1%} of the corpus, between {opinion.low:.1%} and {opinion.high:.1%}"
