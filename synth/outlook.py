"""What will come of a plan? Tokens by kind of recipe, what they cover, and what more of them may bring."""

from collections import Counter
from collections.abc import Iterator, Sequence

from synth.amounts import say_tokens
from synth.budget import asks_teacher
from synth.config import Config
from synth.coverage import describe as describe_coverage
from synth.estimate import Estimate
from synth.scaling import Evaluation, fit, paper_curve
from synth.scaling import describe as describe_curve

NEAR = 0.95
"""Part of the tokens asked for from which on a plan has about as many."""


def outlook(estimate: Estimate, config: Config, evaluations: Sequence[Evaluation] = ()) -> Iterator[str]:
    """Say in lines for the terminal what an estimate leaves open.

    Args:
        estimate: of a plan.
        config: that it was planned with; its engine is decided.
        evaluations: what was measured of corpora of other sizes; without them the curve is the paper's.

    Raises:
        UserError: no curve fits the evaluations.
    """
    made = estimate.total.made
    yield from _sizes(estimate, config.tokens)
    yield from describe_coverage(estimate.coverage)
    if estimate.coverage and asks_teacher(config) and config.text.extractor != "spacy":
        yield "           entities are those that spaCy finds: a dry run asks no teacher, who will name others"
    # The paper's curve is of what a teacher writes: the source's own words taught next to nothing there.
    if (source := estimate.source_tokens) and made and (asks_teacher(config) or evaluations):
        curve = fit(evaluations, source) if evaluations else paper_curve(source)
        yield from describe_curve(curve, made, is_fitted=bool(evaluations))


def _sizes(estimate: Estimate, wanted: int | None) -> Iterator[str]:
    families: Counter[str] = Counter()
    for line in estimate.lines:
        families[line.recipe.partition(".")[0]] += line.made
    made = estimate.total.made
    parts = ", ".join(f"{family} {say_tokens(count)}" for family, count in families.items() if count)
    asked_for = f" of the {say_tokens(wanted)} asked for" if wanted else ""
    yield f"corpus     about {say_tokens(made)} tokens{asked_for}" + (f": {parts}" if parts else "")
    if wanted and made < NEAR * wanted:
        yield "           the recipes can make no more of this source: raise their repeats and limits, or add recipes"
