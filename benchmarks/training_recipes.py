"""Do the training recipes do what their papers say? On tiny languages, where the answer takes minutes.

    python benchmarks/training_recipes.py [--seeds 0 1 2]

A model of 83 thousand parameters learns a Markov language of order two over 16 tokens, and then goes on with another,
whose probabilities are half the old one's. Rates, losses, orders, plans and gaps are those of `synth.train`; only the
loop around them is small. Each claim is checked with each seed, and the exit status is 1 where one does not hold.
Directions and orders are what such a size can show: no number here says how much a recipe gains at another.
"""

import argparse
import copy
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from transformers import LlamaConfig, LlamaForCausalLM

from synth.train.gap import Gap, stability_gap
from synth.train.losses import pull_back, self_distillation, starting_weights
from synth.train.plan import Source, make_plan
from synth.train.schedules import learning_rate
from synth.train.settings import TrainSettings

VOCABULARY, LENGTH, BATCH = 16, 48, 24
BASE_STEPS, STEPS = 500, 200
HELD_OUT = 256
SPREAD = 0.1
"""Of the Dirichlet distribution that probabilities are drawn from: few tokens are likely after any two."""
NOISE = 0.7
"""Share of random tokens in the worst row of a curriculum; the best row has none."""
PROBED = (1, 2, 5, 10, 20, 50, 100, 150, STEPS)
"""Steps after which the old language is asked for."""
STEEP, MODERATE, NONE = 0.003, 1 / 3, 1.0
"""Ends of a rate, as shares of the peak: the baseline's in "How Learning Rate Decay Wastes Your Best Data" (arXiv
2511.18903), the one that it found best for a curriculum, and no decay."""


class World(NamedTuple):
    """Rows of two languages, int64 [n, LENGTH], and a model that knows the old one."""

    old: Tensor
    new: Tensor
    old_held_out: Tensor
    new_held_out: Tensor
    base: LlamaForCausalLM


class Run(NamedTuple):
    """Losses on held-out rows when a run is over, and how that of the old language went."""

    old: float
    new: float
    gap: Gap


class Claim(NamedTuple):
    """What should be so, what was found with one seed, and whether it is so."""

    what: str
    found: str
    holds: bool


def make_world(seed: int, base_steps: int = BASE_STEPS, steps: int = STEPS) -> World:
    """Draw two languages, and train a model on the first."""
    rng = np.random.default_rng(seed)
    old, other = rng.dirichlet(np.full(VOCABULARY, SPREAD), (2, VOCABULARY, VOCABULARY))
    new = (old + other) / 2
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=LENGTH, tie_word_embeddings=True,
    )  # fmt: skip
    base = LlamaForCausalLM(config)
    rows = speak(old, base_steps * BATCH, rng)
    settings = settings_of({"optimizer": {"peak_lr": 5e-3}})
    for _ in learn(base, plan(rows, settings), settings):
        pass
    n = steps * BATCH
    return World(rows[:n], speak(new, n, rng), speak(old, HELD_OUT, rng), speak(new, HELD_OUT, rng), base)


def speak(language: npt.NDArray[np.float64], n: int, rng: np.random.Generator) -> Tensor:
    """Draw n rows from a language [V, V, V]: the probabilities of a token after two others."""
    rows = rng.integers(VOCABULARY, size=(n, LENGTH))
    sums = language.cumsum(-1)
    for at in range(2, LENGTH):
        passed = rng.random((n, 1)) > sums[rows[:, at - 2], rows[:, at - 1]]
        rows[:, at] = np.minimum(passed.sum(1), VOCABULARY - 1)
    return torch.from_numpy(rows)


def settings_of(changes: dict[str, dict[str, Any]]) -> TrainSettings:
    """Settings of a run: those that all runs share, with changes by group."""
    shared: dict[str, dict[str, Any]] = {
        "data": {"max_length": LENGTH},
        "optimizer": {"peak_lr": 1e-3, "batch": BATCH},
        "schedule": {"kind": "cosine", "warmup": 0.01, "floor": 0.1},
    }
    return TrainSettings.model_validate({key: shared.get(key, {}) | changes.get(key, {}) for key in shared | changes})


def plan(
    rows: Tensor, settings: TrainSettings, replay: Tensor | None = None, quality: Sequence[float] | None = None
) -> Tensor:
    """The rows of each step, int64 [steps, BATCH, LENGTH], as the planner orders them."""

    def source(name: str, held: Tensor, worth: Sequence[float], epochs: float | None) -> Source:
        return Source(name, np.full(len(held), LENGTH, np.int32), np.array(worth, np.float32), epochs)

    sources = [source("new", rows, quality or [0] * len(rows), 1)]
    if replay is not None and settings.data.replay.rate:
        sources.append(source("old", replay, [0] * len(replay), None))
    table = make_plan(sources, settings.data, settings.optimizer, settings.seed).table
    held = {"new": rows, "old": replay}
    places = zip(table["source"].to_pylist(), table["pack"].to_pylist(), strict=True)
    return torch.stack([held[name][pack] for name, pack in places]).view(-1, BATCH, LENGTH)


def learn(model: LlamaForCausalLM, batches: Tensor, settings: TrainSettings) -> Iterator[int]:
    """Train a model, and give the number of each step when it is done."""
    wanted, loss_settings = settings.optimizer, settings.loss
    teacher = copy.deepcopy(model) if loss_settings.distill else None
    optimizer = torch.optim.AdamW(model.parameters(), wanted.peak_lr, wanted.betas, weight_decay=wanted.weight_decay)
    scheduler = LambdaLR(optimizer, learning_rate(settings.schedule, len(batches)))
    if loss_settings.l2_start:
        pull_back(optimizer, model, starting_weights(model), loss_settings.l2_start)
    for step, batch in enumerate(batches, 1):
        output = model(input_ids=batch, labels=batch, use_cache=False)
        loss = output.loss
        if teacher is not None:
            with torch.no_grad():
                known = teacher(input_ids=batch, use_cache=False).logits.flatten(0, 1)
            loss = loss + loss_settings.distill * self_distillation(output.logits, known.__getitem__, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), wanted.max_grad_norm)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        yield step


@torch.no_grad()
def measure(model: LlamaForCausalLM, rows: Tensor) -> float:
    """The mean loss of a token."""
    return float(model(input_ids=rows, labels=rows, use_cache=False).loss)


def go_on(world: World, changes: dict[str, dict[str, Any]]) -> Run:
    """Train a copy of the base on the new language, and see what it knows of both."""
    model, settings = copy.deepcopy(world.base), settings_of(changes)
    batches = plan(world.new, settings, world.old)
    curve = {0: measure(model, world.old_held_out)}
    for step in learn(model, batches, settings):
        if step in PROBED:
            curve[step] = measure(model, world.old_held_out)
    gap = stability_gap(list(curve), list(curve.values()), higher_is_better=False)
    return Run(measure(model, world.old_held_out), measure(model, world.new_held_out), gap)


def gain_of_order(world: World, end: float) -> float:
    """How much lower the loss on clean new rows is where noisy rows come first than where rows are shuffled.

    Args:
        world: rows and base.
        end: of the rate, as a share of its peak, to which it falls over the last fifth of the steps.
    """
    rng = np.random.default_rng(1)
    share = rng.permutation(np.linspace(0, NOISE, len(world.new)))
    is_random = torch.from_numpy(rng.random(world.new.shape) < share[:, None])
    noisy = torch.where(is_random, torch.from_numpy(rng.integers(VOCABULARY, size=world.new.shape)), world.new)
    losses = {}
    for order in ("shuffled", "quality"):
        settings = settings_of({"data": {"order": order}, "schedule": {"kind": "wsd", "floor": end}})
        model = copy.deepcopy(world.base)
        for _ in learn(model, plan(noisy, settings, quality=(1 - share).tolist()), settings):
            pass
        losses[order] = measure(model, world.new_held_out)
    return losses["shuffled"] - losses["quality"]


def replay_of(rate: float) -> dict[str, dict[str, Any]]:
    """As many steps as without."""
    return {"data": {"replay": {"rate": rate, "sources": [{"path": "old"}]}}, "optimizer": {"max_steps": STEPS}}


def show(runs: dict[str, Run]) -> str:
    """Losses of runs, old/new."""
    return ", ".join(f"{name}: {run.old:.3f}/{run.new:.3f}" for name, run in runs.items())


def check(world: World) -> Iterator[Claim]:
    """Try all claims in one world."""
    plain = go_on(world, {})
    peaks = {"3e-4": {"peak_lr": 3e-4}, "1e-3": {}, "3e-3": {"peak_lr": 3e-3}}
    rates = {name: go_on(world, {"optimizer": change}) if change else plain for name, change in peaks.items()}
    yield jump(measure(world.base, world.old_held_out), rates["3e-3"])
    yield trade("a higher peak: more of the new, less of the old", {name: rates[name] for name in reversed(rates)})
    yield warm_up({"1%": plain} | {f"{share:.0%}": go_on(world, {"schedule": {"warmup": share}}) for share in (0, 0.2)})
    replayed = {"0%": plain} | {f"{rate:.0%}": go_on(world, replay_of(rate)) for rate in (0.04, 0.25, 0.5)}
    yield trade("more replay: more of the old, less of the new", replayed)
    yield cheap(replayed["0%"], replayed["4%"])
    distilled = go_on(world, {"loss": {"distill": 1}})
    yield trade("self-distillation: more of the old, less of the new", {"0": plain, "1": distilled})
    yield trade("L2 to the start: the same", {"0": plain, "10": go_on(world, {"loss": {"l2_start": 10}})})
    yield curriculum({end: gain_of_order(world, end) for end in (STEEP, MODERATE, NONE)})


def jump(start: float, run: Run) -> Claim:
    """The stability gap on old text."""
    found = f"{start:.3f}, at worst {start + run.gap.depth:.3f} after {run.gap.lowest:.0f} steps, at last {run.old:.3f}"
    return Claim("old text gets worse at once, then partly recovers", found, 0.3 < run.gap.depth > run.old - start)


def trade(what: str, runs: dict[str, Run]) -> Claim:
    """Runs in order: each knows more of the old and less of the new than the one before."""
    holds = all(after.old < before.old and after.new > before.new for before, after in pairwise(runs.values()))
    return Claim(what, show(runs), holds)


def warm_up(runs: dict[str, Run]) -> Claim:
    """Losses that differ by less than a fiftieth are the same here."""
    spans = [max(values) - min(values) for values in zip(*((run.old, run.new) for run in runs.values()), strict=True)]
    return Claim("the length of the warm-up does not matter", show(runs), max(spans) < 0.02)


def cheap(without: Run, little: Run) -> Claim:
    """A little replay."""
    saved, paid = without.old - little.old, little.new - without.new
    return Claim("4% of replay saves more than it costs", f"{saved:.3f} for {paid:.3f}", saved > 2 * paid)


def curriculum(gains: dict[float, float]) -> Claim:
    """Gains of sorting by quality, by where the rate ends."""
    found = ", ".join(f"rate ends at {end:.3g}: {gain:+.3f}" for end, gain in gains.items())
    holds = gains[STEEP] < gains[MODERATE] < gains[NONE] and gains[NONE] > 0
    return Claim("the best rows last: the more the rate decays, the less is gained", found, holds)


def main() -> int:
    """Print what was found with each seed; 1 where a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    seeds = parser.parse_args().seeds
    torch.set_num_threads(1)
    failed = 0
    print("losses are of the old language / of the new one")
    for seed in seeds:
        for claim in check(make_world(seed)):
            print(
                f"{'yes' if claim.holds else 'NO':3}  seed {seed}  {claim.what}\n                {claim.found}",
                flush=True,
            )
            failed += not claim.holds
    print(f"{failed} claims do not hold" if failed else "all claims hold with all seeds")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
