"""What did pilot runs show? Measurements of short runs with different shares of the corpus, read and checked.

One JSON object a line; other keys are passed over:

    {"ratio": 0.5, "tokens": "1M", "domain_loss": 2.71, "general_loss": 3.02}

`ratio` is the share of the corpus in the tokens trained, `tokens` counts both kinds, losses are in nats on rows held
back. Lines with `"tokens": 0` are of the untrained model and need no ratio. `params` tells models of several sizes
apart, `run` pilots of one ratio (other seeds).
"""

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from synth.amounts import parse_tokens
from synth.errors import UserError

RATIOS, TIMES = 4, 5
"""Different ratios, and measurements of each pilot, without which the constants of the laws are not fixed."""
EXAMPLE = '{"ratio": 0.5, "tokens": "1M", "domain_loss": 2.71, "general_loss": 3.02}'


class Measurement(NamedTuple):
    """What one pilot had come to after some tokens."""

    ratio: float
    """Share of the corpus in the tokens, from 0 to 1."""
    tokens: int
    """Trained so far, of corpus and replay; 0: not trained yet."""
    domain_loss: float
    general_loss: float
    params: int = 0
    """Of the model; 0: not said."""
    run: str = ""
    """Tells pilots of one ratio apart."""


class Pilots(NamedTuple):
    """All measurements of trained models, as columns of n values, and the losses of the untrained one."""

    ratio: Any
    """float64 [n]"""
    tokens: Any
    """float64 [n]"""
    domain: Any
    """float64 [n], nats"""
    general: Any
    """float64 [n], nats"""
    params: Any
    """float64 [n]"""
    run: Any
    """str [n]: one name a pilot"""
    start_domain: float
    """Of the largest model, untrained, as is `start_general`."""
    start_general: float

    def take(self, chosen: Any) -> "Pilots":
        """The measurements for which a bool [n] says so."""
        return self._replace(**{name: getattr(self, name)[chosen] for name in COLUMNS})

    def largest(self) -> "Pilots":
        """Those of the largest model: what is said is said of it."""
        return self.take(self.params == self.params.max())

    def courses(self) -> "list[Pilots]":
        """The measurements of each pilot, by their tokens."""
        found = [self.take(self.run == run) for run in dict.fromkeys(self.run)]
        return [course.take(np.argsort(course.tokens)) for course in found]


COLUMNS = ("ratio", "tokens", "domain", "general", "params", "run")


def read_pilots(path: Path) -> list[Measurement]:
    """Read measurements from a JSONL file.

    Raises:
        UserError: the file cannot be read, or a line is no measurement; the message names it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UserError(f"--pilots: cannot read {path}: {error.strerror}; give a JSONL file") from None
    except UnicodeDecodeError:
        raise UserError(f"--pilots: {path} is no text in UTF-8; give a JSONL file") from None
    return [_measurement(f"{path}, line {number}", line) for number, line in enumerate(lines, start=1) if line.strip()]


def gather(measurements: Sequence[Measurement]) -> Pilots:
    """Put measurements into columns, when they are enough for the laws.

    Raises:
        UserError: the untrained model, ratios or measurements are missing; the message says how many.
    """
    largest = max((item.params for item in measurements), default=0)
    untrained = [item for item in measurements if item.tokens == 0 and item.params in (largest, 0)]
    trained = [item for item in measurements if item.tokens > 0]
    _check([item for item in trained if item.params == largest], bool(untrained))
    columns = {
        "ratio": [item.ratio for item in trained], "tokens": [item.tokens for item in trained],
        "domain": [item.domain_loss for item in trained], "general": [item.general_loss for item in trained],
        "params": [item.params for item in trained],
    }  # fmt: skip
    return Pilots(
        **{name: np.array(values, dtype=float) for name, values in columns.items()},
        run=np.array([_name(item) for item in trained]),
        start_domain=float(np.mean([item.domain_loss for item in untrained])),
        start_general=float(np.mean([item.general_loss for item in untrained])),
    )


def _check(trained: list[Measurement], has_start: bool) -> None:
    times: dict[str, set[int]] = defaultdict(set)
    for item in trained:
        times[_name(item)].add(item.tokens)
    ratios = {item.ratio for item in trained}
    if len(ratios) < RATIOS:
        said = "1 ratio is" if len(ratios) == 1 else f"{len(ratios)} ratios are"
        raise UserError(
            f"pilots: {said} too few for a law; add pilots with {RATIOS - len(ratios)} more, such as "
            f"{_others(ratios)}, each measured {TIMES} times"
        )
    for name, tokens in times.items():
        if len(tokens) < TIMES:
            raise UserError(
                f"pilots: the pilot {name} was measured at {len(tokens)} numbers of tokens, which is too few for a "
                f"law; measure at {TIMES - len(tokens)} more"
            )
    if max(min(tokens) for tokens in times.values()) >= min(max(tokens) for tokens in times.values()):
        raise UserError("pilots: one pilot ends before another is first measured; train all for as many tokens")
    if not has_start:
        raise UserError(
            'pilots: the losses of the untrained model are missing; add a line with "tokens": 0, from which the rise '
            "of the general loss is counted"
        )


def _others(ratios: set[float]) -> str:
    usual = (1.0, 0.75, 0.5, 0.33, 0.25)
    new = [one for one in usual if all(abs(one - ratio) > 0.02 for ratio in ratios)]
    return ", ".join(f"{one:g}" for one in new[: RATIOS - len(ratios)])


def _name(item: Measurement) -> str:
    size = f" of {item.params:,} parameters" if item.params else ""
    return f"{item.run or format(item.ratio, 'g')}{size}"


def _measurement(where: str, line: str) -> Measurement:
    try:
        found = json.loads(line)
        tokens = parse_tokens(found["tokens"])
        ratio = float(found["ratio"] if tokens else found.get("ratio") or 1)
        losses = float(found["domain_loss"]), float(found["general_loss"])
        params = parse_tokens(found.get("params") or 0)
        run = str(found.get("run") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{where} is no measurement of a pilot; write it as {EXAMPLE}") from None
    if not 0 <= ratio <= 1:
        raise UserError(f"{where}: ratio {ratio:g} is no share; it goes from 0 to 1 (only the corpus)")
    if not all(math.isfinite(loss) and loss > 0 for loss in losses):
        raise UserError(f"{where}: a loss is a number of nats above 0, not {losses[0]:g} and {losses[1]:g}")
    return Measurement(ratio, tokens, *losses, params, f"{run} ({ratio:g})" if run else "")
