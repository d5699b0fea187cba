"""What is learned beside the next token? Terms that keep a model near the one that it started from.

- Logit-swap self-distillation: the frozen base, corrected where it is wrong, is the teacher (Mix-CPT, Jiang et al.
  2024, arXiv 2407.10804).
- L2 to the start: each step draws the weights back to where they began (Smith et al. 2022, arXiv 2203.17269), in the
  decoupled form of AdamW's weight decay.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

IGNORED = -100
"""Label of a token that no loss counts, as in transformers."""


def swap_gold(logits: Tensor, gold: Tensor) -> Tensor:
    """Exchange the highest logit with that of the gold token: the gold token is the arg-max, all else stays.

    Args:
        logits: [N, V], any floating dtype.
        gold: int64 [N].

    Returns:
        A new tensor [N, V]; each row is a permutation of the row that was given.
    """
    gold = gold.unsqueeze(-1)
    top = logits.argmax(-1, keepdim=True)
    highest, golden = logits.gather(-1, top), logits.gather(-1, gold)
    return logits.scatter(-1, top, golden).scatter(-1, gold, highest)


def self_distillation(
    student: Tensor, teacher: Callable[[Tensor], Tensor], labels: Tensor, where: Tensor | None = None,
    temperature: float = 1, n_tokens: float | None = None, chunk: int = 256,
) -> Tensor:  # fmt: skip
    """How far a student is from a teacher whose arg-max is the gold token: the mean KL(teacher || student) of a token.

    It is multiplied by the square of the temperature, so that its gradient has the same size at any. Only `chunk`
    tokens of the teacher's logits are held at a time, in float32, and never again after this call.

    Args:
        student: logits [B, T, V] of the model that learns.
        teacher: gives logits [N, V] for N places (int64 [N]) among the B * T of the flattened batch, such as
            `lambda places: head(hidden.flatten(0, 1)[places])`. No gradient reaches it.
        labels: int64 [B, T], not shifted: the logits at t are for the label at t + 1. -100 is not counted.
        where: bool [B, T] or [B, 1]: labels (so, or sequences) that are distilled; None: all.
        temperature: divides the logits of both.
        n_tokens: what the sum is divided by, where a step has several micro-batches; None: the tokens counted here.
        chunk: tokens that are worked on together.

    Returns:
        A float32 scalar; 0 where no token counts.
    """
    gold = functional.pad(labels[:, 1:], (0, 1), value=IGNORED)
    if where is not None:
        distilled = functional.pad(where.expand_as(labels)[:, 1:], (0, 1), value=False)
        gold = gold.masked_fill(~distilled, IGNORED)
    places = (gold.flatten() != IGNORED).nonzero().squeeze(-1)
    total: Tensor = _Distillation.apply(student, teacher, gold.flatten(), places, temperature, chunk)
    return total / (max(1, len(places)) if n_tokens is None else n_tokens)


class _Distillation(torch.autograd.Function):
    """The summed divergence, with its gradient made on the way: autograd would keep every chunk's logits until then."""

    @staticmethod
    def forward(
        ctx: Any, student: Tensor, teacher: Callable[[Tensor], Tensor], gold: Tensor, places: Tensor,
        temperature: float, chunk: int,
    ) -> Tensor:  # fmt: skip
        logits = student.flatten(0, 1)
        gradient = torch.zeros_like(logits) if ctx.needs_input_grad[0] else None
        total = torch.zeros((), device=logits.device)
        for at in places.split(chunk):
            wanted = functional.log_softmax(swap_gold(teacher(at).float(), gold[at]) / temperature, -1)
            given = functional.log_softmax(logits[at].float() / temperature, -1)
            total += temperature**2 * functional.kl_div(given, wanted, reduction="sum", log_target=True)
            if gradient is not None:
                gradient[at] = (temperature * (given.exp() - wanted.exp())).to(gradient.dtype)
        ctx.shape = student.shape
        ctx.save_for_backward(*([] if gradient is None else [gradient]))
        return total

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None, None, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return (gradient * upstream.to(gradient.dtype)).view(ctx.shape), None, None, None, None, None


def starting_weights(model: nn.Module, device: str | torch.device | None = "cpu") -> dict[str, Tensor]:
    """Copy the weights that are trained, by name. To be called on the base model, before a run that goes on is loaded.

    Args:
        model: the base, with `requires_grad` set as it is trained.
        device: where the copies lie; None: beside the weights, which is faster and takes their memory again.
    """
    return {
        name: weight.detach().to(device or weight.device, copy=True)
        for name, weight in model.named_parameters()
        if weight.requires_grad
    }


def pull_back(
    optimizer: torch.optim.Optimizer, model: nn.Module, start: Mapping[str, Tensor], strength: float
) -> torch.utils.hooks.RemovableHandle:
    """Draw weights back to their start after each step: `p -= lr * strength * (p - start)`, with the lr of p's group.

    A pull is never past the start. Returns the handle that ends it.

    Args:
        optimizer: steps of it are followed by a pull.
        model: whose parameters it trains.
        start: what `starting_weights` gave.
        strength: the weight of `1/2 |p - start|²` beside the loss.

    Raises:
        ValueError: the model has no parameter of a name in `start`, as one that was wrapped since has not.
    """
    weights = dict(model.named_parameters())
    if unknown := start.keys() - weights.keys():
        raise ValueError(f"no parameters {', '.join(sorted(unknown)[:3])} in the model to draw back")
    origin = {weights[name]: weight for name, weight in start.items()}

    def pull(stepped: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        for group in stepped.param_groups:
            way = min(1.0, float(group["lr"]) * strength)
            for weight in group["params"]:
                if weight in origin:
                    weight.detach().lerp_(origin[weight].to(weight.device), way)

    return optimizer.register_step_post_hook(pull)
