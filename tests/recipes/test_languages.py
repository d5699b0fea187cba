"""Recipes in other languages than Python: what templates say of hand-made graphs, and of the sample projects."""

import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from corpora import config

from recipes.conftest import tasks_of
from recipes.samples import cpp, go, rust
from synth import run
from synth.checks import Context, judge
from synth.config import CheckSettings
from synth.graph.code import LANGUAGES as READ
from synth.languages import LANGUAGES
from synth.prompts import load_prompt, render
from synth.recipes.base import Source
from synth.stages import compose

PROJECTS = Path(__file__).parents[1] / "projects"
READABLE = sorted(path.name for path in PROJECTS.iterdir() if path.name in READ and any(path.iterdir()))
ALL: dict[str, Any] = {
    "dependency_cpt": {}, "single_hop": {"negatives": 1}, "compositional": {}, "utilization": {},
}  # fmt: skip
STATEMENTS = {"well_formed", "symbols", "called_names", "call_signature", "relation", "code_parses", "self_contained"}


def answered(source: Source) -> list[dict[str, Any]]:
    """Samples that the templates make of a source, each wording of a question, trace and answer in one at least."""
    samples = []
    for task in tasks_of([source], **ALL):
        prompt, facts = load_prompt(task["prompt_id"]), dict(task["facts"])
        for choice in range(max(map(len, prompt.sections.values()))):
            text = {name: render(prompt, name, choice, facts) for name in prompt.sections}
            response = {"text": text["answer"], "reasoning": text.get("reasoning", ""), "finish_reason": "stop",
                        "engine": "template", "model": "", "sample_index": choice}  # fmt: skip
            samples.append(compose({**task, "question": text.get("question", "")}, response))
    return samples


def said(samples: list[dict[str, Any]], kind: str) -> str:
    """All questions, traces and answers of one kind as one text."""
    mine = [sample for sample in samples if sample["kind"] == kind]
    return "\n".join(
        text for sample in mine for text in (*(m["content"] for m in sample["messages"]), sample["reasoning"])
    )  # fmt: skip


SOURCES = {"go": go(), "cpp": cpp(), "rust": rust()}
SAMPLES = {name: answered(source) for name, source in SOURCES.items()}


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_what_templates_say_passes_the_checks(language):
    context = Context.build(SOURCES[language].graph, CheckSettings(), lambda text: len(text.split()))
    for sample in SAMPLES[language]:
        faults = [verdict for verdict in judge(sample, context) if not verdict.passed and verdict.name in STATEMENTS]
        assert faults == [], sample


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_blocks_carry_the_word_of_their_language(language):
    for sample in SAMPLES[language]:
        if sample["stage"] == "sft":
            text = "\n".join(message["content"] for message in sample["messages"])
            assert set(re.findall(r"^```(\S+)$", text, re.MULTILINE)) <= {LANGUAGES[language].fence}


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_nothing_is_called_as_in_python(language):
    for sample in SAMPLES[language]:
        if sample["stage"] == "sft":
            text = "\n".join([*(message["content"] for message in sample["messages"]), sample["reasoning"]])
            assert not re.search(r"\b(?:docstring|at-sign|decorator|base class of `example)\b", text), text


@pytest.mark.parametrize(
    ("language", "kind", "phrases"),
    [
        ("go", "inherits", ["embeds `example.com/shop/pricing.Rule`", "implements `example.com/shop/basket.Pricer`",
                            "has every method that `Pricer` asks for", "by line 17 of `basket/basket.go`"]),
        ("go", "contains", ["the package `example.com/shop/basket`", "an interface", "Basket struct { /* ... */ }",
                            "I recall the package `example.com/shop/basket`."]),
        ("go", "overrides", ["`example.com/shop/basket.Basket.Price` implements `example.com/shop/basket.Pricer."]),
        ("go", "depends_on", ["the import at its line 7", "uses at line 10 what `basket/basket.go` defines"]),
        ("go", "imports", ["the package `example.com/shop/pricing`", "the file `basket/basket.go`"]),
        ("go", "instantiates", ["creates a value of", "the struct `example.com/shop/basket.Basket`"]),
        ("go", "tests", ["Go test"]),
        ("cpp", "inherits", ["inherits from `shop::Rule`", "class Basket : public Rule { /* ... */ }"]),
        ("cpp", "depends_on", ["has an include at line 2", "includes something that `include/shop/rule.h` defines"]),
        ("cpp", "overrides", ["overrides `shop::Rule::total`", "virtual int total(int cents) const = 0;"]),
        ("cpp", "contains", ["the namespace `shop`", "a member function"]),
        ("rust", "inherits", ["implements `crate::rule::Rule`", "requires `crate::rule::Named`", "a trait"]),
        ("rust", "overrides", ["implements `crate::rule::Rule::total`", "fn total(&self, cents: u32) -> u32;"]),
        ("rust", "imports", ["The `use` declaration", "the module `crate::basket`"]),
    ],
)  # fmt: skip
def test_relations_are_put_in_the_language_s_own_words(language, kind, phrases):
    text = said(SAMPLES[language], kind)
    for phrase in phrases:
        assert phrase in text, phrase


def test_a_program_of_go_brings_its_imports():
    text = said(SAMPLES["go"], "programming")
    assert 'import (\n\t"testing"\n)\n\nimport' not in text
    assert 'import (\n\t"testing"\n\t"example.com/shop/pricing"\n)\n\nfunc TestBasketPrice' in text
    assert '"errors"' not in text


def test_what_is_only_declared_is_not_asked_to_be_implemented():
    targets = {sample["evidence"][0]["id"] for sample in SAMPLES["cpp"] if sample["recipe"] == "ucd.utilization"}
    assert "shop::Rule::total" not in targets


@pytest.mark.parametrize(("attribute", "is_denied"), [("derive(Debug, Clone)", True), ("derive(Builder)", False)])
def test_members_that_an_attribute_may_add_are_not_denied(attribute, is_denied):
    denied = [task for task in tasks_of([rust(attribute)], **ALL) if task["kind"] == "negative_entity"]
    assert ("crate::basket::Basket" in {task["evidence"][0]["id"] for task in denied}) is is_denied


@pytest.fixture(scope="module", params=READABLE)
def corpus(request, tmp_path_factory):
    """The corpus of a sample project: its language and its folder."""
    out = tmp_path_factory.mktemp(request.param)
    run.corpus([PROJECTS / request.param], out, config(f"sources.languages=[{request.param}]"))
    return request.param, out


def rows(out: Path, folder: str) -> list[dict[str, Any]]:
    return [row for path in sorted((out / folder).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def test_every_recipe_finds_rows_in_a_project(corpus):
    _, out = corpus
    kept = [*rows(out, "cpt"), *rows(out, "sft")]
    assert {row["recipe"] for row in kept} == {
        "ucd.dependency_cpt", "ucd.single_hop", "ucd.compositional", "ucd.utilization",
    }  # fmt: skip


def test_no_row_of_a_project_is_turned_down_for_what_it_states(corpus):
    _, out = corpus
    for row in rows(out, "rejected"):
        faults = {check["name"]: check["detail"] for check in row["checks"] if not check["passed"]}
        assert not STATEMENTS & faults.keys(), faults
