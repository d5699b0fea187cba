"""Facts are asked for until there are no more, and each wording becomes a chat."""

import json

import pyarrow as pa
import pytest

from recipes.documents import library, tasks_of
from synth.config import TeacherSettings
from synth.engines.template import TemplateEngine
from synth.prompts import load_prompt
from synth.recipes import RECIPES
from synth.recipes.knowledge_instruct import CHAT, NAME
from synth.schema import TASKS

TEACHER = TeacherSettings()


def first(**settings):
    source = library({"guide.md": [("Fields are parted by blanks.", ["field"])]})
    (task,) = tasks_of(source, **{NAME: settings})
    return RECIPES[NAME].ask(task, source, TEACHER)


def pose(asked, *facts):
    # As from one stage to the next: through a table.
    (stored,) = pa.Table.from_pylist([asked], TASKS).to_pylist()
    found = list(RECIPES[NAME].pose(stored, json.dumps({"facts": list(facts)}), TEACHER))
    return [task for task in found if not task["messages"]], [task for task in found if task["messages"]]


def fact(topic, *wordings):
    return {"subject": "guide", "topic": topic, "wordings": list(wordings)}


def test_each_wording_of_a_fact_becomes_a_chat_that_a_rule_answers():
    chats, _ = pose(first(), fact("the default separator.", "Blanks part fields.", "Fields are  parted by blanks."))
    assert [dict(task["facts"])["wording"] for task in chats] == [
        ["Blanks part fields."],
        ["Fields are parted by blanks."],
    ]
    answers = [rows[0] for rows in TemplateEngine().answer(chats)]
    assert [row["text"] for row in answers] == ["Blanks part fields.", "Fields are parted by blanks."]
    assert {row["status"] for row in answers} == {"ok"}
    for task in chats:
        assert task["stage"] == "sft"
        assert task["round"] == "answer"
        assert "the default separator" in task["question"]
        assert "separator.." not in task["question"]
    assert chats[0]["question"] != chats[1]["question"]
    assert len({task["task_id"] for task in chats}) == 2


def test_more_facts_are_asked_for_until_there_are_none():
    asked = first(rounds=9)
    _, (second,) = pose(asked, fact("one", "One is one."), fact("two", "Two is two."))
    assert second["round"] == "problem2"
    assert second["messages"][0] == asked["messages"][0]
    assert "- One is one.\n- Two is two." in second["messages"][1]["content"]
    chats, (third,) = pose(second, fact("two again", "two is TWO!"), fact("three", "Three is three."))
    assert [dict(task["facts"])["topic"] for task in chats] == [["three"]]
    assert third["round"] == "problem3"
    assert "- Three is three." in third["messages"][1]["content"]
    assert pose(third, fact("one", "One is one.")) == ([], [])
    assert pose(third) == ([], [])


def test_the_number_of_rounds_and_of_wordings_is_bounded():
    chats, more = pose(first(rounds=1, paraphrases=2), fact("one", "One.", "It is one.", "One it is."))
    assert len(chats) == 2
    assert more == []


def test_the_same_answer_gives_the_same_chats_and_questions():
    facts = [fact("one", "One is one.", "It is one.")]
    assert pose(first(), *facts) == pose(first(), *facts)


def test_there_are_twenty_five_questions_and_each_names_the_topic():
    prompt = load_prompt(CHAT)
    shown = {"project": "p", "title": "The Guide", "subject": "gawk", "topic": "the separator of gawk", "wording": "w"}
    questions = {variant.render(shown) for variant in prompt.sections["question"]}
    assert len(questions) == 25
    assert all("the separator of gawk" in question for question in questions)


@pytest.mark.parametrize(
    "text",
    ["", "words", "[]", "{}", '{"facts": 7}', '{"facts": [{"subject": "a"}]}', '{"facts": [{"subject": 1}]}', "7"],
)
def test_another_shape_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"JSON|shape|Expecting"):
        list(RECIPES[NAME].pose(first(), text, TEACHER))
