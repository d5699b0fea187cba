"""What does a model know, and what has it kept? Losses and probes of one model at one moment, as numbers for a file."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from synth.evaluate.ask import Answer, ask, summarise
from synth.evaluate.loss import Collate, Loss, mean_loss
from synth.evaluate.probes import Probe

Measured = dict[str, Any]
"""`losses`: by name of the held-out data; `probes`: of each group, as docs/evaluation.md describes."""


def evaluate_model(
    model: Any, tokenizer: Any, held_out: Mapping[str, Any], probes: Sequence[Probe],
    collator: Collate, batch: int = 1,
) -> Measured:  # fmt: skip
    """Measure one model, on its own device; no random number is drawn, and its mode is put back.

    Args:
        model: a causal language model of transformers.
        tokenizer: its tokenizer.
        held_out: datasets of sequences by name: `corpus`, and general text by its own names.
        probes: questions; may be none.
        collator: makes a batch of sequences.
        batch: sequences at a time.

    Returns:
        Plain numbers, ready for JSON; what cannot be computed is left out.
    """
    losses = {
        name: _loss(mean_loss(model, dataset, collator, batch, tokenizer))
        for name, dataset in held_out.items()
        if len(dataset)
    }
    measured: Measured = {"losses": losses}
    if probes:
        measured["probes"] = group_scores(probes, ask(model, tokenizer, probes))
    return measured


def _loss(loss: Loss) -> dict[str, float]:
    found = {"loss": loss.mean, "bits_per_byte": loss.bits_per_byte, "tokens": loss.n_tokens}
    return {name: value for name, value in found.items() if not math.isnan(value)}


def group_scores(probes: Sequence[Probe], answers: Sequence[Answer]) -> dict[str, Any]:
    """Sum up answers by what they show.

    Returns:
        `trained`: facts of the corpus, of which `reworded` are those whose wording no training row has; `control`: what
        was made up; `relations`: accuracy on trained facts by relation.
    """
    pairs = list(zip(probes, answers, strict=True))
    chosen = {
        "trained": [pair for pair in pairs if not pair[0].control],
        "reworded": [pair for pair in pairs if not pair[0].control and not pair[0].asked_in],
        "control": [pair for pair in pairs if pair[0].control],
    }
    groups: dict[str, Any] = {name: _score(some) for name, some in chosen.items() if some}
    by_relation = groupby(sorted(chosen["trained"], key=_relation), key=_relation)
    groups["relations"] = {name: _score(list(some)) for name, some in by_relation if name}
    return groups


def _relation(pair: tuple[Probe, Answer]) -> str:
    return pair[0].relation


def _score(pairs: Sequence[tuple[Probe, Answer]]) -> dict[str, float]:
    score = summarise([probe for probe, _ in pairs], [answer for _, answer in pairs])
    return score._asdict() if score is not None else {}
