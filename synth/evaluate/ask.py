"""Which option does a model hold for likely, and would it have said the right one by itself?

An option is scored by the mean log-likelihood of its tokens after the prompt, so that long options are not worse than
short ones. No chat template is used: base models and tuned ones are asked in the same words.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
import torch

from synth.evaluate.loss import device_of, evaluating
from synth.evaluate.probes import Probe

TOKENS = 2048
"""Tokens of one batch, padding included: the logits of more would not fit beside a large model."""
RESAMPLES = 2000
CONFIDENCE = 0.95


class Answer(NamedTuple):
    """What a model makes of a probe.

    `scores` holds a mean log-likelihood per token for each option; `margin` is by how much the right one leads the best
    wrong one. `p` is the probability of the right option as a whole, exp(sum log p), and `exact` says whether greedy
    decoding would write its tokens (Train-Once-Answer-All, section 3).
    """

    probe: str
    scores: tuple[float, ...]
    right: bool
    margin: float
    p: float
    exact: bool


class Score(NamedTuple):
    """Answers to several probes together; `low` and `high` bound the accuracy at 95 %, by bootstrap over facts."""

    n: int
    facts: int
    accuracy: float
    low: float
    high: float
    chance: float
    margin: float
    p: float
    exact: float


class _Option(NamedTuple):
    probe: int
    option: int
    ids: list[int]
    n_prompt: int


class _Scored(NamedTuple):
    total: float
    n_tokens: int
    greedy: bool


def ask(model: Any, tokenizer: Any, probes: Sequence[Probe], tokens: int = TOKENS) -> list[Answer]:
    """Ask a model on its own device; its mode is put back afterwards.

    Args:
        model: a causal language model of transformers.
        tokenizer: its tokenizer; `prompt + option` is tokenised as one text.
        probes: questions, in any order.
        tokens: of one batch.

    Returns:
        One answer a probe, in their order.
    """
    options = [each for number, probe in enumerate(probes) for each in _options(tokenizer, number, probe)]
    options.sort(key=lambda option: (-len(option.ids), option.probe, option.option))
    scored: dict[tuple[int, int], _Scored] = {}
    with evaluating(model):
        for batch in _batches(options, tokens):
            for option, found in zip(batch, _score(model, batch), strict=True):
                scored[option.probe, option.option] = found
    return [
        _answer(probe, [scored[number, option] for option in range(len(probe.options))])
        for number, probe in enumerate(probes)
    ]


def _options(tokenizer: Any, number: int, probe: Probe) -> Iterator[_Option]:
    """Tokens of prompt and option as one text. A token over the seam is the option's."""
    prompt = tokenizer(probe.prompt)["input_ids"]
    for option, text in enumerate(probe.options):
        ids = tokenizer(probe.prompt + text)["input_ids"]
        same = (one == other for one, other in zip(prompt, ids, strict=False))
        shared = sum(1 for _ in takewhile(bool, same))
        # Nothing predicts the first token, and an option needs one token of its own.
        yield _Option(number, option, ids, max(1, min(shared, len(ids) - 1)))


def _batches(options: Sequence[_Option], tokens: int) -> Iterator[Sequence[_Option]]:
    """Options of like length, the longest first, as many as fit when padded to the first."""
    start = 0
    while start < len(options):
        n = max(1, tokens // len(options[start].ids))
        yield options[start : start + n]
        start += n


def _score(model: Any, batch: Sequence[_Option]) -> list[_Scored]:
    ids, mask, asked = (each.to(device_of(model)) for each in _tensors(batch))
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
    # Only the answers' positions become float32 [n, vocabulary]: the logits of all would take gigabytes.
    predicted, targets = logits[:, :-1][asked[:, 1:]].float(), ids[:, 1:][asked[:, 1:]]
    log_p = predicted.log_softmax(-1).gather(1, targets[:, None])[:, 0].double().cpu()
    greedy = (predicted.argmax(-1) == targets).cpu()
    lengths = [len(option.ids) - option.n_prompt for option in batch]
    return [
        _Scored(float(p.sum()), len(p), bool(same.all()))
        for p, same in zip(log_p.split(lengths), greedy.split(lengths), strict=True)
    ]


def _tensors(batch: Sequence[_Option]) -> tuple[Any, Any, Any]:
    """Ids, mask (both int64) and the tokens that are scored (bool), each [options, longest], padded on the right."""
    longest = len(batch[0].ids)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask, asked = torch.zeros_like(ids), torch.zeros_like(ids, dtype=torch.bool)
    for row, option in enumerate(batch):
        ids[row, : len(option.ids)] = torch.tensor(option.ids)
        mask[row, : len(option.ids)] = 1
        asked[row, option.n_prompt : len(option.ids)] = True
    return ids, mask, asked


def _answer(probe: Probe, scored: Sequence[_Scored]) -> Answer:
    scores = tuple(each.total / each.n_tokens for each in scored)
    right = scored[probe.answer]
    margin = scores[probe.answer] - max(score for option, score in enumerate(scores) if option != probe.answer)
    return Answer(probe.id, scores, margin > 0, margin, float(np.exp(right.total)), right.greedy)


def summarise(probes: Sequence[Probe], answers: Sequence[Answer], seed: int = 0) -> Score | None:
    """Sum up answers, each beside its probe; None where there are none."""
    if not answers:
        return None
    by_fact: dict[str, list[bool]] = defaultdict(list)
    for probe, answer in zip(probes, answers, strict=True):
        by_fact[probe.fact or probe.id].append(answer.right)
    low, high = _interval([(sum(each), len(each)) for each in by_fact.values()], seed)
    return Score(
        len(answers), len(by_fact), _mean([answer.right for answer in answers]), low, high,
        _mean([1 / len(probe.options) for probe in probes]), _mean([answer.margin for answer in answers]),
        _mean([answer.p for answer in answers]), _mean([answer.exact for answer in answers]),
    )  # fmt: skip


def _interval(facts: Sequence[tuple[int, int]], seed: int) -> tuple[float, float]:
    """Percentile bootstrap of a ratio of sums: facts are drawn with all their probes."""
    right, asked = np.array(facts, dtype=np.float64).T
    random = np.random.default_rng(seed)
    drawn = random.multinomial(len(facts), np.full(len(facts), 1 / len(facts)), size=RESAMPLES)
    accuracies = (drawn @ right) / (drawn @ asked)
    low, high = np.quantile(accuracies, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
