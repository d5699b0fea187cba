"""What a dry run says of the corpus to come, and how its options are given."""

import os
import re
import subprocess
import sys

import pytest
from corpora import SHOP
from plans import planned, settings, source, tables

from synth.amounts import say_tokens
from synth.budget import limited, split, take_stock
from synth.config import Config, load_config
from synth.errors import UserError
from synth.estimate import estimate_plan
from synth.ledger import Ledger
from synth.outlook import outlook
from synth.prompts import load_prompt
from synth.scaling import Evaluation

PAIR, MAP = "entigraph.pair", "spa.mind_map"
RECIPES = {PAIR: {"share": 3}, MAP: {"repeats": 50}, "docs.passage": {}}


def said(folder, config: Config, evaluations=()) -> str:
    ledger = Ledger(folder / "answers")
    estimate = estimate_plan(planned(folder, config), config, ledger, text=tables(source()))
    ledger.close()
    return "\n".join(outlook(estimate, config, evaluations))


def budgeted(config: Config) -> Config:
    parts = split(config, take_stock([source()], config, config.tokens or 0))
    return config.model_copy(update={"recipes": limited(config.recipes, parts)})


def synth(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synth.cli", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)


def test_stock_is_what_each_recipe_can_make_of_the_sources():
    stocks = take_stock([source(), source()], settings(**RECIPES), 10**9)
    assert stocks[PAIR] == (14, 14 * load_prompt(PAIR).expected_tokens, 1)
    assert stocks[MAP] == (4, 4 * load_prompt(MAP).expected_tokens, 50)
    assert stocks["docs.passage"].repeats == 1
    assert set(take_stock([source()], settings(engine="template", **RECIPES), 10**9)) == {"docs.passage"}


def test_a_plan_keeps_to_the_parts_of_its_budget():
    config = budgeted(settings(tokens=12_000, **RECIPES))
    limits = {name: recipe.tokens for name in RECIPES if (recipe := config.recipes.of(name))}
    passages = limits["docs.passage"]
    pairs = 7 * load_prompt(PAIR).expected_tokens  # all that there are
    assert limits[PAIR] == pairs
    assert limits[MAP] == 12_000 - pairs - passages
    assert config.recipes.of("entigraph.triple") is None


def test_the_corpus_is_told_by_families_of_recipes_and_beside_what_was_asked_for(tmp_path):
    told = said(tmp_path, settings(tokens=1_000_000, **{**RECIPES, MAP: {}}))
    pairs, maps = (n * load_prompt(prompt).expected_tokens for n, prompt in ((7, PAIR), (2, MAP)))
    assert re.search(r"about [\d.]+k tokens of the 1M asked for: docs \d+, ", told)
    assert f", entigraph {say_tokens(pairs)}, spa {say_tokens(maps)}" in told
    assert "can make no more of this source" in told
    assert "library: 7 of 7 pairs in one document (100%)" in told


def test_it_is_said_that_a_teacher_will_name_other_entities(tmp_path):
    note = "entities are those that spaCy finds: a dry run asks no teacher"
    assert note in said(tmp_path, settings(**RECIPES))
    assert note not in said(tmp_path, settings(engine="template", **{"docs.pair": {}}))


def test_evaluations_turn_the_papers_curve_into_ones_own(tmp_path):
    config = settings(**RECIPES)
    assert "with evaluations at two sizes or more it is fitted" in said(tmp_path, config)
    own = said(tmp_path, config, [Evaluation(0, 0.3), Evaluation(2000, 0.4)])
    assert "fitted to your evaluations of up to 2k tokens" in own
    with pytest.raises(UserError, match="does not rise"):
        said(tmp_path, config, [Evaluation(0, 0.4), Evaluation(2000, 0.3)])


def test_settings_take_tokens_in_words_and_evaluations_change_no_row():
    config = load_config(
        None, ["tokens=10M", "recipes.docs.qa.tokens=500k", "evaluations=[{tokens: 1M, accuracy: 0.4}]"]
    )
    assert config.tokens == 10_000_000
    assert config.recipes.docs_qa.tokens == 500_000
    assert config.evaluations[0].tokens == 1_000_000
    assert "evaluations" not in config.identity()
    with pytest.raises(UserError, match=r"tokens: .*'ten' is no number of tokens; write it as 2500000, 500k"):
        load_config(None, ["tokens=ten"])


def test_a_dry_run_takes_its_budget_from_the_command_line(tmp_path):
    done = synth("corpus", SHOP, "-o", tmp_path / "out", "--dry-run", "--tokens", "0.5M", "--set", "engine=template")
    assert done.returncode == 0, done.stderr
    assert "tokens of the 500k asked for: ucd " in done.stdout


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--tokens", "ten", "--dry-run"], "'ten' is no number of tokens"),
        (["--evaluations", "none.jsonl"], "add --dry-run"),
        (["--evaluations", "none.jsonl", "--dry-run"], "cannot read none.jsonl: No such file or directory"),
        (["--set", "evaluations=[{tokens: 1M, accuracy: 0.4}]", "--dry-run"], "1 size is too few"),
    ],
)
def test_a_mistake_in_the_options_is_one_line(tmp_path, options, fault):
    done = synth("corpus", SHOP, "-o", tmp_path / "out", *options)
    assert done.returncode == 2
    assert fault in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
