from typing import Any

import pytest
from pydantic import ValidationError

from synth.shards import Metrics, check_sums
from synth.shards.metrics import Documents, Files, Samples, Tasks, Tokens, round_title


def test_a_run_that_lost_nothing_has_no_broken_sum(metrics: Metrics) -> None:
    assert check_sums(metrics) == []
    assert all(item.holds for item in metrics.sums)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"files": Files(found=83, used=79, skipped={"binary": 3})}, "files found = used + skipped: 83 is not 82"),
        ({"documents": Documents(n=78)}, "files used = documents: 79 is not 78"),
        ({"tokens": Tokens(counter="", cpt=90_000, sft=9)}, "sft: tokens of its recipes = tokens: 12000 is not 9"),
        ({"rows": {"cpt": {"train": 22}, "sft": {"train": 31}}}, "samples rejected = rows written: 3 is not 0"),
    ],
)  # fmt: skip
def test_what_was_lost_is_named(metrics: Metrics, change: dict[str, Any], line: str) -> None:
    assert check_sums(metrics.model_copy(update=change)) == [line]


def test_lost_tasks_and_answers_are_named_by_recipe(metrics: Metrics) -> None:
    tasks = metrics.tasks | {"ucd.single_hop": Tasks(planned=36, answered=34, failed=1, answers=35)}
    assert check_sums(metrics.model_copy(update={"tasks": tasks})) == [
        "ucd.single_hop: tasks planned = answered + failed: 36 is not 35",
        "ucd.single_hop: answers = accepted + rejected: 35 is not 34",
    ]


def test_samples_of_a_recipe_that_planned_nothing_are_made_up(metrics: Metrics) -> None:
    samples = metrics.samples | {"ghost": Samples(stage="sft", accepted=1, rejected=0, splits={"train": 1})}
    assert check_sums(metrics.model_copy(update={"samples": samples})) == [
        "ghost: answers = accepted + rejected: 0 is not 1",
        "sft: samples accepted = rows written: 32 is not 31",
    ]


def test_numbers_survive_json_and_sums_are_counted_anew(metrics: Metrics) -> None:
    text = metrics.model_dump_json()
    assert '"sums":[{' in text
    forged = text.replace('"found":83', '"found":84')
    assert Metrics.model_validate_json(text) == metrics
    assert check_sums(Metrics.model_validate_json(forged)) == [
        "files found = used + skipped: 84 is not 83",
        "files found = files of the sources: 84 is not 83",
    ]


def test_a_misspelt_number_is_refused(metrics: Metrics) -> None:
    with pytest.raises(ValidationError, match="n_documents"):
        Metrics.model_validate(metrics.model_dump() | {"n_documents": 3})


@pytest.mark.parametrize(
    ("name", "title"),
    [("problem", "problems"), ("verdict", "verdicts"), ("entities", "entities"), ("problem2", "problems 2")],
)
def test_a_round_is_named_in_the_plural(name, title):
    assert round_title(name) == title
