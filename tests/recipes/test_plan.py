"""Budgets, turns, ids and determinism."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from recipes.conftest import make_source, shop_files, tasks_of
from synth.prompts import load_prompt, render
from synth.recipes import RECIPES

ALL = {"dependency_cpt": {}, "single_hop": {}, "compositional": {}, "utilization": {}}


def test_a_recipe_that_is_not_named_is_not_run(shop):
    assert {task["recipe"] for task in tasks_of([shop], utilization={})} == {"ucd.utilization"}
    assert tasks_of([shop]) == []


def test_ids_are_unique_over_all_recipes(shop):
    ids = [task["task_id"] for task in tasks_of([shop], **ALL)]
    assert len(ids) == len(set(ids)) > 250


@pytest.mark.parametrize("recipe", list(ALL))
@pytest.mark.parametrize("samples", [0, 1, 7])
def test_a_budget_of_samples_is_exact(shop, recipe, samples):
    assert len(tasks_of([shop], **{recipe: {"samples": samples}})) == samples


def test_a_budget_of_tokens_ends_soon_after_it_is_spent(shop):
    few, more = (len(tasks_of([shop], single_hop={"tokens": tokens})) for tokens in (200, 1000))
    assert 0 < few < more < len(tasks_of([shop], single_hop={}))


def test_sources_take_turns_in_a_budget():
    sources = [make_source(shop_files(), name) for name in ("one", "two", "three")]
    counts = Counter(task["collection"] for task in tasks_of(sources, single_hop={"samples": 30}))
    assert set(counts.values()) == {10}


def test_the_same_seed_gives_the_same_tasks_and_another_one_another_order():
    one, same, other = (
        tasks_of([make_source(shop_files(), seed=seed)], single_hop={"samples": 40}) for seed in (1, 1, 2)
    )
    assert one == same
    assert [task["question"] for task in one] != [task["question"] for task in other]


def test_tasks_are_the_same_in_every_process():
    code = (
        "from recipes.conftest import *; import hashlib;"
        "every = dict(dependency_cpt={}, single_hop={}, compositional={}, utilization={});"
        "tasks = tasks_of([make_source(shop_files())], **every);"
        "print(hashlib.sha256(repr(tasks).encode()).hexdigest())"
    )
    found = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])}
        found.add(subprocess.check_output([sys.executable, "-c", code], env=environment, text=True))
    assert len(found) == 1


def test_every_variant_of_every_prompt_is_complete_for_real_facts(shop):
    used = set()
    for task in tasks_of([shop], **{**ALL, "single_hop": {"negatives": 1.0}}):
        prompt = load_prompt(task["prompt_id"])
        used.add(prompt.id)
        for section, variants in prompt.sections.items():
            for choice in range(len(variants)):
                text = render(prompt, section, choice, dict(task["facts"]))
                assert text.strip()
                assert "None" not in text.replace("None`", "").replace("None =", "") or "None" in repr(task["facts"])
    assert len(used) >= 14


def test_the_registry_names_every_recipe():
    assert list(RECIPES)[:4] == ["ucd.dependency_cpt", "ucd.single_hop", "ucd.compositional", "ucd.utilization"]
    families = {name.partition(".")[0] for name in RECIPES}
    assert families == {"ucd", "docs", "entigraph", "spa", "active_reading", "rephrase", "knowledge_instruct"}
    for name, recipe in RECIPES.items():
        assert name == recipe.name
        assert recipe.stage in {"cpt", "sft"}
