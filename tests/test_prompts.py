"""Prompt files: found, versioned, hashed, and rendered without ever evaluating a value."""

import json

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from synth.checks.markdown import split
from synth.prompts import code_block, load_prompt, prompt_hashes, render, resource

IDS = sorted(f"{path.parent.name}.{path.stem}" for path in resource("prompts").glob("*/*.md"))


TEMPLATES = [prompt_id for prompt_id in IDS if "answer" in load_prompt(prompt_id).sections]
ASKED = [prompt_id for prompt_id in IDS if "instruction" in load_prompt(prompt_id).sections]
FRAMES = {"teacher.frame", "docs.frame"}
ONE_WORDING = {"ucd.dependency_cpt", "docs.passage", "docs.dossier", "docs.pair", "docs.qa_written"}
"""Templates that only set what is given to them."""


@pytest.mark.parametrize("prompt_id", IDS)
def test_every_prompt_loads_and_is_hashed(prompt_id):
    prompt = load_prompt(prompt_id)
    assert prompt.version >= 1
    assert prompt_hashes()[prompt_id] == prompt.sha256
    assert len(prompt.sha256) == 64


@pytest.mark.parametrize("prompt_id", TEMPLATES)
def test_every_template_answers_in_more_than_one_way(prompt_id):
    prompt = load_prompt(prompt_id)
    if prompt_id not in ONE_WORDING:
        assert len(prompt.sections["question"]) >= 2
        assert all(len(variants) >= 2 for name, variants in prompt.sections.items() if name == "reasoning")


def test_every_prompt_is_answered_by_a_template_or_asked_of_a_teacher_or_frames_what_is_asked():
    assert sorted([*TEMPLATES, *ASKED, *FRAMES]) == IDS


@pytest.mark.parametrize("prompt_id", ASKED)
def test_every_prompt_of_a_teacher_says_how_it_is_sampled(prompt_id):
    prompt = load_prompt(prompt_id)
    assert "instruction" in prompt.sections
    assert {"temperature", "top_p", "max_tokens"} == set(prompt.sampling)
    assert 0 < prompt.expected_tokens <= prompt.sampling["max_tokens"]


@pytest.mark.parametrize("prompt_id", [prompt_id for prompt_id in ASKED if load_prompt(prompt_id).response_schema])
def test_every_schema_bounds_what_it_asks_for(prompt_id):
    """A weak model fills an unbounded field until its answer is cut."""
    schema = json.loads(load_prompt(prompt_id).response_schema)
    Draft202012Validator.check_schema(schema)
    for part in _parts(schema):
        if part["type"] == "object":
            assert part["required"] == list(part["properties"])
            assert part["additionalProperties"] is False
        else:
            assert {"string": "maxLength", "array": "maxItems", "boolean": "type"}[part["type"]] in part


def _parts(schema):
    yield schema
    for part in [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]:
        yield from _parts(part)


@pytest.mark.parametrize("prompt_id", TEMPLATES)
def test_no_prompt_speaks_of_unseen_text(prompt_id):
    text = (resource("prompts") / prompt_id.replace(".", "/", 1)).with_suffix(".md").read_text().lower()
    text = text.partition("\n---\n")[2]
    for phrase in ("provided", "given context", "the document", "as above", "the above", "passage", "snippet"):
        assert phrase not in text, phrase


def test_hashes_tell_prompts_apart():
    assert len({load_prompt(prompt_id).sha256 for prompt_id in IDS}) == len(IDS)


def test_a_missing_fact_is_an_error_not_a_gap():
    with pytest.raises(jinja2.UndefinedError):
        render(load_prompt("ucd.single_hop_calls"), "question", 0, {"project": ["x"]})


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_a_block_holds_any_code(code):
    fence = code_block(code).split("python", 1)[0]
    assert fence not in code
    if "\n" not in code and code.strip():
        assert split(code_block(code))[1][0].code == code


def test_a_prompt_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        load_prompt("ucd.nothing")
