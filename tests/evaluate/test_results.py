"""What follows from several measurements of one run."""

from typing import Any

import pytest

from synth.evaluate.results import derive, general_names, losses


def moment(tokens: int, corpus: float, wiki: float, trained: float, control: float = 0.25) -> dict[str, Any]:
    return {
        "name": str(tokens),
        "tokens": tokens,
        "losses": {"corpus": {"loss": corpus}, "wiki": {"loss": wiki}},
        "probes": {"trained": {"accuracy": trained}, "control": {"accuracy": control}},
    }


RUN = [moment(0, 3.0, 2.0, 0.30), moment(100, 2.5, 1.9, 0.20), moment(200, 2.2, 2.3, 0.35), moment(300, 2.0, 2.2, 0.8)]


def test_a_run_says_what_was_learned_and_forgotten() -> None:
    derived = derive(RUN)
    assert derived["learned"] == pytest.approx({"trained": 0.5, "control": 0.0, "loss": 1.0})
    assert derived["forgotten"] == pytest.approx({"wiki": 0.3})


def test_the_stability_gap_has_its_depth_and_its_recovery_in_tokens() -> None:
    gap = derive(RUN)["gap"]
    assert gap["depth"] == pytest.approx(0.1)
    assert (gap["lowest"], gap["recovered"]) == (100, 200)


def test_nothing_follows_from_one_measurement() -> None:
    assert derive(RUN[:1]) == {}


def test_what_was_not_measured_is_left_out() -> None:
    bare = [{"name": "base", "losses": {}}, {"name": "after", "losses": {"wiki": {"loss": 2.0}}}]
    assert derive(bare) == {}
    assert losses(bare, "wiki") == [2.0]


def test_all_that_is_not_of_the_corpus_is_general() -> None:
    sets = {
        "corpus": {"loss": 1.0},
        "corpus-sft": {"loss": 1.0},
        "corpus-of-news": {"loss": 1.0},
        "wiki": {"loss": 1.0},
    }
    assert general_names([{"losses": sets}]) == ["corpus-of-news", "wiki"]
