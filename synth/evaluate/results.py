"""What do measurements at several moments say together? The contents of `results.json`, and what follows from them.

`measured` is a list, in order, the untouched base first. Each has a `name`, how many `tokens` it was trained on since
the base, and what `evaluate_model` found. docs/evaluation.md describes the file.
"""

from collections.abc import Sequence
from typing import Any

from synth.evaluate.measures import loss_forgetting
from synth.train.gap import stability_gap

CORPUS, CONVERSATIONS = "corpus", "corpus-sft"
"""Names of the held-out rows of a corpus: those of the stage that is trained, and conversations beside texts."""


def derive(measured: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Compute what was learned and forgotten between the first and the last of several measurements of one line.

    Returns:
        `learned`: by how much the accuracy on trained facts, and on controls, rose, and the loss on held-out rows fell;
        `forgotten`: how far the loss on each general text ended above its lowest; `gap`: how far accuracy fell before
        it rose, and after how many tokens it was back. What was not measured is left out.
    """
    if len(measured) < 2:
        return {}
    learned = {
        "trained": _rise(_accuracies(measured, "trained")),
        "reworded": _rise(_accuracies(measured, "reworded")),
        "control": _rise(_accuracies(measured, "control")),
        "loss": _rise([-loss for loss in losses(measured, CORPUS)]),
    }
    general = {name: losses(measured, name) for name in general_names(measured)}
    derived = {
        "learned": {name: value for name, value in learned.items() if value is not None},
        "forgotten": {name: loss_forgetting(found) for name, found in general.items() if len(found) > 1},
    }
    accuracies = _accuracies(measured, "trained")
    if len(accuracies) == len(measured):
        derived["gap"] = stability_gap([each.get("tokens", 0) for each in measured], accuracies)._asdict()
    return {name: value for name, value in derived.items() if value}


def losses(measured: Sequence[dict[str, Any]], name: str) -> list[float]:
    """The loss on one held-out source wherever it was measured."""
    return [each["losses"][name]["loss"] for each in measured if name in each.get("losses", {})]


def general_names(measured: Sequence[dict[str, Any]]) -> list[str]:
    """Names of all that is measured and not of the corpus."""
    names = {name: None for each in measured for name in each.get("losses", {})}
    return [name for name in names if name not in (CORPUS, CONVERSATIONS)]


def _accuracies(measured: Sequence[dict[str, Any]], group: str) -> list[float]:
    found = (each.get("probes", {}).get(group) for each in measured)
    return [score["accuracy"] for score in found if score is not None]


def _rise(values: Sequence[float]) -> float | None:
    return values[-1] - values[0] if len(values) > 1 else None
