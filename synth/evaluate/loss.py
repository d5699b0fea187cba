"""How surprised is a model by sequences? Mean loss per token, and bits per byte.

Bits per byte compare models with different tokenizers; the loss per token does not.
"""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

import torch
from torch.nn.functional import cross_entropy

from synth.train.dataset import IGNORED

POSITIONS = 1024
"""Positions whose logits become float32 at a time: of all, a large vocabulary would take gigabytes."""
INPUTS = ("input_ids", "position_ids", "attention_mask")


class Loss(NamedTuple):
    """Sums over tokens, so that parts can be added: `total` in nats, and the bytes that the tokens stand for."""

    total: float
    n_tokens: int
    n_bytes: int

    @property
    def mean(self) -> float:
        """Nats per token."""
        return self.total / self.n_tokens if self.n_tokens else math.nan

    @property
    def bits_per_byte(self) -> float:
        """Bits that the model would need for each byte, whatever its tokens are."""
        return self.total / math.log(2) / self.n_bytes if self.n_bytes else math.nan


def add_losses(losses: Iterable[Loss]) -> Loss:
    """Add sums, such as those of several workers."""
    found = list(losses)
    return Loss(sum(each.total for each in found), sum(each.n_tokens for each in found), sum(e.n_bytes for e in found))


class Collate(Protocol):
    """Makes a batch of tensors from sequences."""

    def __call__(self, items: Any, /) -> dict[str, Any]:
        """Stack sequences."""
        ...


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """No gradients and no dropout; the model's mode is put back afterwards."""
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(training)


def device_of(model: Any) -> Any:
    """Where the weights are; wrapped models do not all say so themselves."""
    return next(model.parameters()).device


def mean_loss(model: Any, dataset: Any, collator: Collate, batch: int = 1, tokenizer: Any = None) -> Loss:
    """Measure the loss on sequences, over the tokens that their labels count.

    Args:
        model: a causal language model of transformers, on the device where it is to run.
        dataset: sequences, by index.
        collator: makes tensors of them: `input_ids` and `labels`, int64 [B, L], -100 where not counted; also
            `position_ids` or `attention_mask` where needed.
        batch: sequences at a time.
        tokenizer: counts the bytes of counted tokens; without one they stay 0.
    """
    losses = []
    with evaluating(model):
        for start in range(0, len(dataset), batch):
            inputs = collator([dataset[index] for index in range(start, min(start + batch, len(dataset)))])
            losses.append(_loss(model, inputs, tokenizer))
    return add_losses(losses)


def _loss(model: Any, inputs: dict[str, Any], tokenizer: Any) -> Loss:
    labels, device = inputs["labels"][:, 1:], device_of(model)
    tensors = {name: inputs[name].to(device) for name in INPUTS if name in inputs}
    logits = model(**tensors, use_cache=False).logits[:, :-1]
    # Of a piece that follows another in its sequence nothing predicts the first token.
    counted = labels != IGNORED
    if "position_ids" in inputs:
        counted &= inputs["position_ids"][:, 1:] > 0
    predicted, targets = logits[counted.to(device)], labels[counted].to(device)
    total = sum(
        float(cross_entropy(some.float(), right, reduction="sum"))
        for some, right in zip(predicted.split(POSITIONS), targets.split(POSITIONS), strict=True)
    )
    n_bytes = 0
    if tokenizer is not None:
        n_bytes = sum(_bytes(tokenizer, row[some]) for row, some in zip(labels, counted, strict=True))
    return Loss(total, int(counted.sum()), n_bytes)


def _bytes(tokenizer: Any, ids: Any) -> int:
    return len(tokenizer.decode(ids.tolist(), clean_up_tokenization_spaces=False).encode("utf-8", "replace"))
