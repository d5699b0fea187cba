"""Losses: what is counted, whatever stands beside it."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    from tiny_model import make_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = make_model(tmp_path_factory.mktemp("tiny"), hidden=64)
    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


def item(ids: list[int], trained: list[bool] | None = None, starts: tuple[int, ...] = (0,)) -> dict[str, Any]:
    """A sequence of pieces that begin at `starts`."""
    array = np.array(ids)
    position = np.concatenate(
        [np.arange(end - start) for start, end in zip(starts, (*starts[1:], len(ids)), strict=True)]
    )
    labels = np.where(trained or [True] * len(ids), array, -100)
    return {"input_ids": array, "labels": labels, "position_ids": position, "source": 0}


def by_hand(model: Any, ids: list[int]) -> list[float]:
    """Nats of each token but the first."""
    import torch

    with torch.no_grad():
        log_p = model(torch.tensor([ids])).logits[0].log_softmax(-1)
    return [-float(log_p[at - 1, ids[at]]) for at in range(1, len(ids))]


def test_the_loss_is_that_of_each_sequence_by_itself_whatever_the_batch(tiny: tuple[Any, Any]) -> None:
    from synth.evaluate.loss import mean_loss
    from synth.train.dataset import Collator

    model, tokenizer = tiny
    sequences = [tokenizer(text)["input_ids"] for text in ("a licence", "the work and its derivative works", "you may")]
    expected = [nats for ids in sequences for nats in by_hand(model, ids)]
    for batch in (1, 2, 3):
        found = mean_loss(model, [item(ids) for ids in sequences], Collator(0), batch, tokenizer)
        assert found.n_tokens == len(expected)
        assert found.mean == pytest.approx(sum(expected) / len(expected), abs=1e-4)


def test_pieces_of_one_sequence_do_not_see_each_other_and_their_first_tokens_do_not_count(
    tiny: tuple[Any, Any],
) -> None:
    from synth.evaluate.loss import mean_loss
    from synth.train.dataset import Collator

    model, tokenizer = tiny
    one, other = (tokenizer(text)["input_ids"] for text in ("a licence is granted", "the work of others"))
    packed = mean_loss(model, [item([*one, *other], starts=(0, len(one)))], Collator(0))
    expected = by_hand(model, one) + by_hand(model, other)
    assert packed.n_tokens == len(expected)
    assert packed.total == pytest.approx(sum(expected), abs=1e-3)


def test_only_labelled_tokens_count(tiny: tuple[Any, Any]) -> None:
    from synth.evaluate.loss import mean_loss
    from synth.train.dataset import Collator

    model, tokenizer = tiny
    ids = tokenizer("the work of others")["input_ids"]
    trained = [number >= 2 for number in range(len(ids))]
    found = mean_loss(model, [item(ids, trained)], Collator(0), 1, tokenizer)
    assert found.total == pytest.approx(sum(by_hand(model, ids)[1:]), abs=1e-4)
    assert found.n_bytes == len(tokenizer.decode(ids[2:]).encode())
    assert found.bits_per_byte == pytest.approx(found.total / math.log(2) / found.n_bytes)


def test_sums_can_be_added_and_nothing_has_no_mean() -> None:
    from synth.evaluate.loss import Loss, add_losses

    assert add_losses([Loss(1.5, 2, 3), Loss(2.5, 4, 5)]) == Loss(4.0, 6, 8)
    assert math.isnan(add_losses([]).mean)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A base, and the same model after some steps on what the corpus says."""
    from tiny_model import make_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from evaluate.test_ask import learn

    folder = make_model(tmp_path_factory.mktemp("models") / "base", hidden=64)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    learn(model, tokenizer, [f"Whoever wants `{name}` opens src/anvil.py." for name in ("gather", "ponder")], 30)
    for each in (model, tokenizer):
        each.save_pretrained(folder.parent / "cpt")
    return [str(folder), str(folder.parent / "cpt")]


def test_models_are_compared_on_held_out_rows_general_text_and_probes(models: list[str], tmp_path: Path) -> None:
    import json

    from corpora import SHOP, config

    from synth import run
    from synth.evaluate.run import compare_models
    from synth.progress import silent

    corpus, general = tmp_path / "corpus", tmp_path / "general.jsonl"
    run.corpus([SHOP], corpus, config("shards.validation=0.3"))
    general.write_text(json.dumps({"text": "The keeper turns the lens every twelve hours."}) + "\n")
    table = compare_models(
        models, [str(corpus)], tmp_path / "out", ["rows=8", "probes=8", f"general=[{general}]"], silent
    )  # fmt: skip
    assert [each["name"] for each in table] == ["base", "cpt"]
    for each in table:
        assert set(each["losses"]) == {"corpus", "corpus-sft", "general"}
        assert each["losses"]["corpus"]["tokens"] != each["losses"]["corpus-sft"]["tokens"]
        assert {"trained", "control", "relations"} <= set(each["probes"])
        assert each["probes"]["trained"]["n"] == each["probes"]["control"]["n"] <= 8
    assert table[0]["losses"]["general"]["tokens"] == table[1]["losses"]["general"]["tokens"]
    assert table[0]["losses"]["general"]["loss"] != table[1]["losses"]["general"]["loss"]
    assert json.loads((tmp_path / "out" / "results.json").read_text())["measured"] == table
    assert "comparison of models" in (tmp_path / "out" / "report.html").read_text()
    assert len((tmp_path / "out" / "probes.jsonl").read_text().splitlines()) == 2 * table[0]["probes"]["trained"]["n"]


def test_mistakes_are_one_line_each(models: list[str], tmp_path: Path) -> None:
    from synth.errors import UserError
    from synth.evaluate.run import compare_models
    from synth.progress import silent

    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "a row"}\n')
    (tmp_path / "file").write_text("")
    for arguments, message in (
        ((models[:1], [str(rows)], tmp_path / "out", []), "nothing to measure: .*neither held-out rows nor facts"),
        ((models[:1], [str(rows)], tmp_path / "file", []), "is a file; name a folder"),
        ((models[:1], [str(rows)], tmp_path / "out", ["probe=3"]), "probe"),
        ((models[:1], [str(tmp_path / "none.jsonl")], tmp_path / "out", []), "no data at"),
        ((["./none"], [str(rows)], tmp_path / "out", []), "none"),
    ):
        with pytest.raises(UserError, match=message) as caught:
            compare_models(*arguments, silent)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()
