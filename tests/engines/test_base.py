"""What engines share: a trace told from an answer, and JSON that any parser reads."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.config import EngineSettings, ReasoningSettings
from synth.engines.base import part, sampling, schema_fault, split_reasoning

SCHEMA = json.dumps({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]})


def parted(text: str, schema: str = "") -> tuple[str, str]:
    return part(text, schema, lambda text: split_reasoning(text, ReasoningSettings()))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("<think>why</think>so", ("why", "so")),
        ("why</think>so", ("why", "so")),  # the opening tag may stand in the prompt
        ("so", ("", "so")),
        ("<think>why, and never so", ("why, and never so", "")),
        ("", ("", "")),
    ],
)
def test_tags_part_a_trace_from_an_answer(text, parts):
    assert parted(text) == parts


@pytest.mark.parametrize("text", ['{"a": "<think>"}', '{"a": "x</think>y"}', ' {"a": "</think>"}\n'])
def test_tags_in_the_strings_of_json_are_text(text):
    assert parted(text, SCHEMA) == ("", text.strip())


def test_json_may_follow_a_trace():
    assert parted('<think>{"a": 1}?</think>{"a": "b"}', SCHEMA) == ('{"a": 1}?', '{"a": "b"}')


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_raw_control_characters_in_json_are_escaped(value):
    raw = json.dumps({"a": value}).replace("\\n", "\n").replace("\\t", "\t").replace("\\u0001", "\x01")
    reasoning, text = parted(raw, SCHEMA)
    assert (reasoning, schema_fault(text, SCHEMA)) == ("", "")
    assert json.loads(text) == json.loads(raw, strict=False)


def test_what_is_no_json_stays_as_it_is():
    assert parted('{"a": "cut\n', SCHEMA) == ("", '{"a": "cut')


def test_sampling_is_sent_as_the_prompt_says_it_and_changed_by_the_settings():
    stored = {"temperature": 0.699999988079071, "top_p": 0.949999988079071, "max_tokens": 9, "n": 2, "seed": 5}
    settings = EngineSettings.model_validate({"sampling": {"max_tokens": 7, "extra": {"top_k": 20}}})
    assert sampling({"sampling": stored}, settings) == {
        "temperature": 0.7, "top_p": 0.95, "max_tokens": 7, "n": 2, "seed": 5, "top_k": 20,
    }  # fmt: skip
