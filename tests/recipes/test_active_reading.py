"""Active reading asks for strategies first, then follows each in the same frame."""

import json

import pyarrow as pa
import pytest

from recipes.documents import library, tasks_of
from synth.config import TeacherSettings
from synth.recipes import RECIPES
from synth.schema import TASKS

RECIPE_NAMES = ["active_reading.task_agnostic", "active_reading.task_specific"]
TEACHER = TeacherSettings()


@pytest.fixture(params=RECIPE_NAMES)
def request_for_strategies(request):
    source = library({"guide.md": [("A rule has a pattern.", ["rule", "pattern"])]})
    (task,) = tasks_of(source, **{request.param: {"strategies": 3}})
    return RECIPES[request.param].ask(task, source, TEACHER)


def pose(asked, answer):
    # As from one stage to the next: through a table.
    (stored,) = pa.Table.from_pylist([asked], TASKS).to_pylist()
    return list(RECIPES[asked["recipe"]].pose(stored, answer, TEACHER))


def test_the_first_round_asks_for_strategies_as_json(request_for_strategies):
    asked = request_for_strategies
    assert asked["round"] == "problem"
    assert "strategies" in json.loads(asked["response_schema"])["required"]
    assert "3 strategies" in asked["messages"][1]["content"]


def test_each_strategy_is_followed_in_a_request_of_its_own(request_for_strategies):
    asked = request_for_strategies
    strategies = ["Draw a table.", "Write  a\nletter.", "Draw a table.", "Tell a tale.", "Too many."]
    found = pose(asked, json.dumps({"questions": ["Why?"], "strategies": strategies}))
    assert [dict(task["facts"])["strategy"] for task in found] == [
        ["Draw a table."],
        ["Write a letter."],
        ["Tell a tale."],
    ]
    assert {task["round"] for task in found} == {"answer"}
    assert len({task["task_id"] for task in found}) == 3
    for task in found:
        assert task["messages"][0] == asked["messages"][0]
        assert task["prefix_key"] == asked["prefix_key"]
        assert dict(task["facts"])["strategy"][0] in task["messages"][1]["content"]
        assert task["response_schema"] == ""
        assert task["evidence"] == asked["evidence"]
    assert pose(asked, json.dumps({"strategies": strategies})) == found


@pytest.mark.parametrize("text", ["", "words", "[]", "{}", '{"strategies": 7}', '{"strategies": [1]}', "null"])
def test_another_shape_is_a_value_error(request_for_strategies, text):
    with pytest.raises(ValueError, match=r"JSON|shape|Expecting"):
        pose(request_for_strategies, text)
