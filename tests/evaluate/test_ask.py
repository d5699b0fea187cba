"""Asking a model: what it scores, and that scores do not depend on what is asked beside."""

from pathlib import Path
from typing import Any

import pytest

from synth.evaluate.probes import Probe

pytestmark = pytest.mark.train

FACTS = {"gather": "anvil", "ponder": "beacon", "refine": "copper", "salute": "dynamo"}


def probe(name: str, answer: str, options: tuple[str, ...] = tuple(FACTS.values()), **more: Any) -> Probe:
    shown = tuple(f" `{option}`" for option in options)
    return Probe(id=name, prompt=f"The function `{name}` is in", options=shown, answer=options.index(answer), **more)


PROBES = [probe(name, answer, fact=name) for name, answer in FACTS.items()]
CONTROLS = [
    probe(name, answer, fact=name, control=True)
    for name, answer in zip(("gatder", "ponfine", "refute", "salther"), FACTS.values(), strict=True)
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """A model of random weights and its tokenizer."""
    from tiny_model import make_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = make_model(tmp_path_factory.mktemp("tiny"), hidden=64)
    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


def learn(model: Any, tokenizer: Any, texts: list[str], steps: int) -> None:
    """Train on texts until they are known."""
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)  # more only wait for each other over so little work
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    tokenizer.padding_side = "right"
    batch = tokenizer(texts, return_tensors="pt", padding=True)
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    for _ in range(steps):
        model(**batch, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def test_a_score_is_the_mean_log_likelihood_of_the_options_tokens(tiny: tuple[Any, Any]) -> None:
    import torch

    from synth.evaluate.ask import ask

    model, tokenizer = tiny
    (answer,) = ask(model, tokenizer, PROBES[:1])
    prompt = tokenizer(PROBES[0].prompt)["input_ids"]
    for text, score in zip(PROBES[0].options, answer.scores, strict=True):
        ids = tokenizer(PROBES[0].prompt + text)["input_ids"]
        assert ids[: len(prompt)] == prompt
        with torch.no_grad():
            log_p = model(torch.tensor([ids])).logits[0].log_softmax(-1)
        by_hand = [float(log_p[at - 1, ids[at]]) for at in range(len(prompt), len(ids))]
        assert score == pytest.approx(sum(by_hand) / len(by_hand), abs=1e-5)
        if text == PROBES[0].options[PROBES[0].answer]:
            assert answer.p == pytest.approx(float(torch.tensor(by_hand).sum().exp()), rel=1e-4)


@pytest.mark.parametrize("tokens", [1, 200])
def test_padding_and_neighbours_change_no_score(tiny: tuple[Any, Any], tokens: int) -> None:
    from synth.evaluate.ask import ask

    mixed = [*PROBES, probe("a_much_longer_name_of_a_function_that_has_many_words", "copper"), *CONTROLS]
    alone = [ask(*tiny, [each])[0] for each in mixed]
    for one, other in zip(ask(*tiny, mixed, tokens=tokens), alone, strict=True):
        assert one.scores == pytest.approx(other.scores, abs=1e-4)
        assert one.probe == other.probe


def test_who_was_trained_on_the_answers_knows_them_and_still_not_the_controls(tmp_path: Path) -> None:
    from tiny_model import make_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from synth.evaluate.ask import ask, summarise
    from synth.evaluate.model import group_scores

    folder = make_model(tmp_path / "model", hidden=64)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    before = summarise(PROBES, ask(model, tokenizer, PROBES))
    assert before is not None
    assert before.accuracy <= 0.5
    learn(model, tokenizer, [each.prompt + each.options[each.answer] for each in PROBES], 60)
    groups = group_scores([*PROBES, *CONTROLS], ask(model, tokenizer, [*PROBES, *CONTROLS]))
    assert groups["trained"]["accuracy"] == 1.0
    assert groups["trained"]["exact"] == 1.0
    assert groups["trained"]["p"] > 0.3
    assert groups["trained"]["margin"] > 0.2
    assert groups["control"]["accuracy"] < 1.0
    assert groups["trained"]["chance"] == groups["control"]["chance"] == 0.25


def test_exact_means_that_greedy_decoding_writes_the_answer(tmp_path: Path) -> None:
    from tiny_model import make_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from synth.evaluate.ask import ask

    folder = make_model(tmp_path / "model", hidden=64)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    learn(model, tokenizer, [each.prompt + each.options[each.answer] for each in PROBES[:2]], 60)
    for each, answer in zip(PROBES, ask(model, tokenizer, PROBES), strict=True):
        prompt = tokenizer(each.prompt, return_tensors="pt")
        n_new = len(tokenizer(each.prompt + each.options[each.answer])["input_ids"]) - prompt["input_ids"].shape[1]
        written = model.generate(**prompt, do_sample=False, max_new_tokens=n_new)[0, -n_new:]
        assert answer.exact == (tokenizer.decode(written) == each.options[each.answer])
    assert [answer.exact for answer in ask(model, tokenizer, PROBES[:2])] == [True, True]


def test_asking_leaves_the_model_and_the_random_numbers_as_they_were(tiny: tuple[Any, Any]) -> None:
    import torch

    from synth.evaluate.ask import ask

    model, tokenizer = tiny
    model.train()
    state = torch.get_rng_state()
    ask(model, tokenizer, PROBES)
    assert model.training
    assert torch.equal(torch.get_rng_state(), state)
    model.eval()


def test_results_tell_facts_in_a_rows_own_words_from_reworded_ones() -> None:
    from synth.evaluate.ask import Answer
    from synth.evaluate.model import group_scores

    probes = [
        probe("gather", "anvil", asked_in=True, relation="a"),
        probe("ponder", "beacon", relation="b"),
        *CONTROLS[:1],
    ]
    answers = [
        Answer(each.id, (), right, 0.0, 0.0, False) for each, right in zip(probes, (True, False, True), strict=True)
    ]
    groups = group_scores(probes, answers)
    assert {name: groups[name]["accuracy"] for name in ("trained", "reworded", "control")} == {
        "trained": 0.5, "reworded": 0.0, "control": 1.0,
    }  # fmt: skip
    assert {name: score["accuracy"] for name, score in groups["relations"].items()} == {"a": 1.0, "b": 0.0}


def test_the_interval_draws_facts_and_not_single_probes() -> None:
    from synth.evaluate.ask import Answer, summarise

    answers = [Answer(str(number), (), right=number < 20, margin=0.0, p=0.0, exact=False) for number in range(40)]
    apart = [probe(str(number), "anvil", fact=str(number)) for number in range(40)]
    together = [probe(str(number), "anvil", fact=str(number // 10)) for number in range(40)]
    wide, narrow = summarise(together, answers), summarise(apart, answers)
    assert wide is not None
    assert narrow is not None
    assert (wide.facts, narrow.facts) == (4, 40)
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    assert narrow.low < 0.5 == narrow.accuracy < narrow.high
    assert summarise(apart, answers) == narrow
    assert summarise([], []) is None
