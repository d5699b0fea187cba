"""What engines share: a trace told from an answer, and JSON that any parser reads."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.config import ReasoningSettings
from synth.engines.base import part, schema_fault, split_reasoning

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
