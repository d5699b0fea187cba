"""What may more tokens bring? The scaling curve of EntiGraph, as a guide, or fitted to evaluations of one's own.

"Synthetic continued pretraining" (arXiv 2409.07431, section 6) fits a mixture of exponentials to the accuracy of
closed-book questions: it rises fast, then with the logarithm of the tokens, then levels off below what can be inferred
from the source. Here it is a function of the tokens made for each token of the source, so that sources of other sizes
can be compared. It comes from one paper: one model, one set of documents.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from synth.amounts import parse_tokens, say_tokens
from synth.config import Config
from synth.errors import UserError

# The fit of the paper: percent of QuALITY's questions that Llama 3 8B answers right after x million synthetic tokens.
PAPER_ASYMPTOTE = 64.5456
PAPER_TERMS = ((13.8352, 0.9989), (8.4705, 0.8961), (3.932, 0.0546))
PAPER_SOURCE = 1_300_000
PAPER_MEASURED = 455_000_000
"""Synthetic tokens up to which the paper measured."""

RATES = (0.01, 100.0)
"""How much slower or faster than in the paper accuracy may come, where three sizes or more let it be fitted."""
LEAST_GAIN = 1e-6
"""Less is no gain, but the rounding of numbers."""
SHOWN = (0.25, 0.5, 1.0, 2.0, 4.0, 16.0)
"""Parts of a budget for which the curve is printed."""


class Evaluation(NamedTuple):
    """What was measured after training on a corpus of one size."""

    tokens: int
    accuracy: float
    """Share of the questions that were answered right."""


class Curve(NamedTuple):
    """Accuracy by the number of tokens of a corpus: it rises from `level` to `level + gain`, and never falls."""

    source_tokens: int
    level: float
    gain: float
    rate: float = 1.0
    """How much faster than in the paper it comes."""
    measured: int = PAPER_MEASURED
    """Tokens of the largest corpus that it rests on; beyond, it extrapolates."""

    def accuracy(self, tokens: float) -> float:
        """The accuracy to expect of a corpus of so many tokens."""
        return self.level + self.gain * self.gained(tokens)

    def gained(self, tokens: float) -> float:
        """The part of the gain that so many tokens bring, from 0 to 1."""
        return float(gained(tokens / self.source_tokens * self.rate))


def gained(per_source_token: Any) -> Any:
    """The part of all that can be gained, after so many tokens for each token of the source (a number or an array)."""
    millions = np.asarray(per_source_token, dtype=float) * PAPER_SOURCE / 1e6
    missing = sum(weight * base**millions for weight, base in PAPER_TERMS)
    return 1 - missing / sum(weight for weight, _ in PAPER_TERMS)


def paper_curve(source_tokens: int) -> Curve:
    """The paper's curve for a source of another size."""
    gain = sum(weight for weight, _ in PAPER_TERMS) / 100
    measured = round(PAPER_MEASURED / PAPER_SOURCE * source_tokens)
    return Curve(source_tokens, PAPER_ASYMPTOTE / 100 - gain, gain, measured=measured)


def fit(evaluations: Sequence[Evaluation], source_tokens: int) -> Curve:
    """The curve of the paper's shape that is nearest to what was measured, by least squares.

    Two sizes fix level and gain; three or more also the rate. Level and gain stay between 0 and 1, together too.

    Args:
        evaluations: of one model on the same questions; several of one size count each.
        source_tokens: of the prose that the corpora were made of.

    Raises:
        UserError: there are fewer than two sizes, an accuracy is no share, or accuracy does not rise.
    """
    check(evaluations)
    tokens = np.array([item.tokens for item in evaluations], dtype=float) / source_tokens
    accuracy = np.array([item.accuracy for item in evaluations])
    rate = _best_rate(tokens, accuracy) if len(set(tokens)) > 2 else 1.0
    level, gain, _ = _line(gained(tokens * rate), accuracy)
    if gain <= LEAST_GAIN:
        first, last = min(evaluations), max(evaluations)
        raise UserError(
            f"evaluations: accuracy does not rise with tokens ({first.accuracy:g} at {say_tokens(first.tokens)}, "
            f"{last.accuracy:g} at {say_tokens(last.tokens)}), so no curve fits; give those of one model on one set of "
            "questions, or leave evaluations out"
        )
    return Curve(source_tokens, level, gain, rate, max(item.tokens for item in evaluations))


def known_evaluations(config: Config, path: Path | None) -> list[Evaluation]:
    """What was measured, as a JSONL file says it, else as the settings do; checked, so that mistakes show at once.

    Raises:
        UserError: the file cannot be read, a line is no evaluation, or no curve can be fitted to what there is.
    """
    if path is None:
        known = [Evaluation(item.tokens, item.accuracy) for item in config.evaluations]
    else:
        known = read_evaluations(path)
    if known or path:
        check(known)
    return known


def read_evaluations(path: Path) -> list[Evaluation]:
    """Read evaluations from a JSONL file; a line is like `{"tokens": "1M", "accuracy": 0.41}` and may hold other keys.

    Raises:
        UserError: the file cannot be read, or a line is no such object; the message names it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UserError(f"--evaluations: cannot read {path}: {error.strerror}; give a JSONL file") from None
    except UnicodeDecodeError:
        raise UserError(f"--evaluations: {path} is no text in UTF-8; give a JSONL file") from None
    return [_evaluation(f"{path}, line {number}", line) for number, line in enumerate(lines, start=1) if line.strip()]


def check(evaluations: Sequence[Evaluation]) -> None:
    """Refuse what no curve can be fitted to.

    Raises:
        UserError: there are fewer than two sizes, or an accuracy is no share.
    """
    for item in evaluations:
        if item.tokens < 0 or not 0 <= item.accuracy <= 1:
            raise UserError(
                f"evaluations: {item.accuracy:g} at {item.tokens:,} tokens is not possible; accuracy is a share from 0 "
                "to 1, such as 0.41, and tokens are not negative"
            )
    sizes = {item.tokens for item in evaluations}
    if len(sizes) < 2:
        raise UserError(
            f"evaluations: {len(sizes)} size is too few for a curve; evaluate at two sizes or more, or leave them out"
        )


def describe(curve: Curve, tokens: int, *, is_fitted: bool) -> Iterator[str]:
    """Say in lines for the terminal what corpora round a size may bring, and how far that can be trusted."""
    accuracy = "accuracy" if is_fitted else "accuracy in the paper"
    yield f"expected      tokens  for each of the source  of what can be gained  {accuracy}"
    for part in SHOWN:
        size = round(tokens * part)
        ratio, share, level = size / curve.source_tokens, curve.gained(size), curve.accuracy(size)
        row = f"{say_tokens(size):>20}{ratio:>24,.1f}{share:>23.0%}{level:>{len(accuracy) + 2}.1%}"
        yield row + ("  this plan" if part == 1 else "")
    ratio = tokens / curve.measured
    reach = "within what was measured" if ratio <= 1 else f"{ratio:,.1f} times the largest size measured: extrapolated"
    if is_fitted:
        yield f"           fitted to your evaluations of up to {say_tokens(curve.measured)} tokens; {reach}"
        yield "           its shape is from one paper (EntiGraph, arXiv 2409.07431): a guide, not a promise"
    else:
        yield f"           from one paper (EntiGraph on QuALITY, arXiv 2409.07431): a guide, not a promise; {reach}"
        yield "           with evaluations at two sizes or more it is fitted to your model and questions"


def _evaluation(where: str, line: str) -> Evaluation:
    try:
        found = json.loads(line)
        return Evaluation(parse_tokens(found["tokens"]), float(found["accuracy"]))
    except (ValueError, KeyError, TypeError):
        raise UserError(f'{where} is no evaluation; write it as {{"tokens": "1M", "accuracy": 0.41}}') from None


def _best_rate(tokens: Any, accuracy: Any) -> float:
    """Look over all rates, then ever more closely round the best."""
    low, high = np.log(RATES)
    best = 0.0
    for points in (201, 41, 41, 41):
        rates = np.linspace(low, high, points)
        errors = [_line(gained(tokens * np.exp(rate)), accuracy)[2] for rate in rates]
        best = float(rates[int(np.argmin(errors))])
        step = (high - low) / (points - 1)
        low, high = max(np.log(RATES[0]), best - step), min(np.log(RATES[1]), best + step)
    return float(np.exp(best))


def _line(parts: Any, accuracy: Any) -> tuple[float, float, float]:
    """Level, gain and squared error of the best line from `level` to `top`, where 0 <= level <= top <= 1.

    The error is convex, so it is least inside that triangle or on one of its three sides.
    """
    weights = np.stack([1 - parts, parts], axis=1)
    level, top = np.linalg.lstsq(weights, accuracy, rcond=None)[0]
    ends = [(level, top)] if 0 <= level <= top <= 1 else [
        (0.0, _nearest(parts, accuracy)),
        (_nearest(1 - parts, accuracy - parts), 1.0),
        (_nearest(np.ones_like(parts), accuracy),) * 2,
    ]  # fmt: skip
    errors = [float(np.sum((weights @ end - accuracy) ** 2)) for end in ends]
    level, top = ends[int(np.argmin(errors))]
    return float(level), float(top - level), min(errors)


def _nearest(weights: Any, values: Any) -> float:
    """The number from 0 to 1 by which the weights come nearest to the values."""
    return float(np.clip(weights @ values / max(weights @ weights, 1e-12), 0, 1))
