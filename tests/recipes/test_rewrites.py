"""`spa.*` and `rephrase.*` ask once about each window, freely and in words of their own."""

import pytest

from recipes.documents import library, tasks_of
from synth.config import TeacherSettings
from synth.prompts import load_prompt
from synth.recipes import RECIPES

REWRITES = [name for name in RECIPES if name.startswith(("spa.", "rephrase."))]
DOCUMENTS = {
    "long.md": [(f"word{number} " * 30, [f"n{number}"]) for number in range(30)],
    "short.md": [("A short one.", ["one"])],
}


def asked(source, recipe, **settings):
    return [RECIPES[recipe].ask(task, source, TeacherSettings()) for task in tasks_of(source, **{recipe: settings})]


def test_there_are_seven_ways_to_study_and_four_ways_to_rephrase():
    assert [name.startswith("spa.") for name in REWRITES].count(True) == 7
    assert len(REWRITES) == 11


@pytest.mark.parametrize("recipe", REWRITES)
def test_each_window_of_each_document_is_asked_about_once(recipe):
    requests = asked(library(DOCUMENTS), recipe, context_tokens=700)
    assert sorted(request["source_path"] for request in requests) == ["long.md"] * 3 + ["short.md"]
    assert len({request["task_id"] for request in requests}) == 4
    assert len({request["prefix_key"] for request in requests}) == 4
    for request in requests:
        assert request["stage"] == "cpt"
        assert request["response_schema"] == ""
        assert request["sampling"]["temperature"] == 1.0
        assert request["sampling"]["n"] == 1
        assert f'"{request["source_path"].removesuffix(".md")}"' in request["messages"][1]["content"]


def test_no_two_ways_ask_alike():
    source = library(DOCUMENTS)
    assert len({asked(source, recipe)[0]["messages"][1]["content"] for recipe in REWRITES}) == len(REWRITES)


def test_another_seed_asks_for_another_sample():
    one, other = (asked(library(DOCUMENTS, seed=seed), "spa.teacher")[0] for seed in (1, 2))
    assert one["messages"] == other["messages"]
    assert one["sampling"]["seed"] != other["sampling"]["seed"]


@pytest.mark.parametrize("recipe", [name for name in RECIPES if RECIPES[name].needs_teacher])
def test_every_prompt_about_documents_can_be_asked_of_real_facts(recipe):
    source = library({**DOCUMENTS, "other.md": [("x y z.", ["one", "two", "three"])]})
    tasks = tasks_of(source, **{recipe: {}})
    assert tasks
    for task in tasks:
        assert task["messages"] == []
        assert load_prompt(task["prompt_id"]).expected_tokens > 0
        request = RECIPES[recipe].ask(task, source, TeacherSettings())
        assert "{{" not in request["messages"][1]["content"]
        assert request["sampling"]["seed"] == int(request["task_id"][:15], 16)
