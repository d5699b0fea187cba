"""Diversity: the same numbers in whatever order rows come, and known ones for known texts."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.diversity import ROWS, WORDS, Reservoir, measure, self_bleu, text_of
from synth.shards import Metrics, render_card, render_report
from synth.shards.metrics import Diversity, Documents, Engine, Files, Samples, Tokens
from synth.tally import SampleTally, count_diversity

WORDS_OF = st.lists(st.sampled_from(["lens", "lamp", "oil", "the", "turns", "."]), min_size=1, max_size=20)


def test_texts_that_are_all_the_same_have_no_diversity():
    found = measure(["the lens turns at night"] * 50)
    assert found.self_bleu == 1
    assert found.distinct == (5 / 250, 4 / 200, 3 / 150)
    assert found.compression > 10


def test_texts_that_share_no_word_have_all_of_it():
    found = measure([f"a{index} b{index} c{index} d{index} e{index}" for index in range(50)])
    assert found.distinct == (1, 1, 1)
    assert found.self_bleu < 0.05


def test_a_row_is_compared_with_all_others_at_once():
    # By hand: each row has 4 of 4 words, 2 of 3 pairs, and no triple or quadruple in common with the others.
    rows = [["a", "b", "x", "y"], ["a", "b", "p", "q"], ["x", "y", "r", "s"], ["p", "q", "r", "s"]]
    expected = (1 * (2 / 3) * (0.1 / 2) * (0.1 / 1)) ** 0.25
    assert self_bleu(rows) == pytest.approx(expected)


def test_a_row_that_is_shorter_than_all_others_is_penalised():
    long = [f"w{index}" for index in range(20)]
    assert self_bleu([long, long, long[:10]]) == pytest.approx((1 + 1 + 2.718281828 ** (1 - 2)) / 3)


@given(st.lists(WORDS_OF, min_size=0, max_size=12))
def test_numbers_are_shares(rows):
    found = measure([" ".join(row) for row in rows])
    assert 0 <= found.self_bleu <= 1
    assert all(0 <= share <= 1 for share in found.distinct)
    assert found.words == sum(map(len, rows))


def test_a_sample_is_the_same_in_any_order_and_bounded():
    rows = [(f"id{index}", f"text {index}") for index in range(3 * ROWS)]
    samples = []
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        reservoir = Reservoir()
        for row_id, text in rows:
            reservoir.add(row_id, text)
        samples.append(reservoir.texts())
    assert samples[0] == samples[1] == samples[2]
    assert len(samples[0]) == ROWS


def test_of_a_long_row_the_beginning_counts():
    reservoir = Reservoir()
    reservoir.add("a", "word " * 10_000)
    assert measure(reservoir.texts()).words == WORDS


def test_of_a_conversation_question_and_answer_count():
    messages = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Holtz."}]
    assert text_of({"text": None, "messages": messages}) == "Who?\nHoltz."
    assert text_of({"text": "The lens.", "messages": None}) == "The lens."


def sample(index: int, recipe: str, text: str) -> dict[str, Any]:
    return {
        "id": f"{recipe}{index}", "recipe": recipe, "stage": "cpt", "text": text, "messages": None, "reasoning": None,
        "checks": [], "n_tokens": 1, "prompt_id": "p", "prompt_sha256": "s", "evidence": [], "claims": [],
    }  # fmt: skip


def test_a_run_reports_the_diversity_of_each_recipe_by_its_accepted_rows():
    counts = SampleTally()
    for index in range(20):
        counts.add(sample(index, "spa.dialogue", "the lens turns"), "train")
        counts.add(sample(index, "entigraph.pair", f"a{index} b{index} c{index} d{index}"), "train")
        counts.add(sample(index, "spa.dialogue", f"other{index} words{index}"), "rejected")
    found = count_diversity(counts)
    assert found["spa.dialogue"].self_bleu == 1
    assert found["spa.dialogue"].rows == 20
    assert found["entigraph.pair"].distinct_3 == 1


def numbers(**changes: Any) -> Metrics:
    nothing = Metrics(
        synth_version="0", seed=0, sources=(), files=Files(found=0, used=0), documents=Documents(n=0),
        tokens=Tokens(counter="not at all"), engine=Engine(name="template"), rows={},
    )  # fmt: skip
    return nothing.model_copy(update=changes)


def test_the_card_says_what_was_not_judged_by_what_recipes_are_about():
    made = Samples(stage="cpt", accepted=1, rejected=0)
    of_code = render_card(numbers(samples={"ucd.dependency_cpt": made}))
    of_documents = render_card(numbers(samples={"docs.passage": made}))
    assert "- code\n" in of_code
    assert "- code\n" not in of_documents
    assert "support_model" not in of_code
    assert "support_model" in of_documents
    assert "dynamic imports" not in of_documents


def test_card_and_report_show_it():
    diversity = Diversity(
        rows=200, words=6000, distinct_1=0.1, distinct_2=0.456, distinct_3=0.7, compression=3.21, self_bleu=0.321
    )
    measured = numbers(diversity={"spa.dialogue": diversity})
    card, report = render_card(measured), render_report(measured, [])
    assert "| `spa.dialogue` | 200 | 6,000 | 0.100 | 0.456 | 0.700 | 3.21 | 0.321 |" in card
    assert "\n\n\n" not in card
    assert "distinct-2" in report
    assert "0.456" in report
    assert "distinct-2" not in render_report(numbers(), [])
    assert "### Diversity" not in render_card(numbers())
