"""A teacher names entities window by window, in the frame that all later prompts begin with."""

import json

import pyarrow as pa
import pytest

from recipes.documents import library, tasks_of
from synth.config import TeacherSettings
from synth.recipes import RECIPES
from synth.recipes.docs.entities import entity_tasks, names_by_document, read_entities
from synth.schema import TASKS

SOURCE = library({
    "guide.md": [("A rule has a pattern. " * 30, []), ("A record has fields. " * 30, [])],
    "news.md": [("Nothing new.", [])],
})  # fmt: skip
ABOUT = {("library", path): {"revision": "r1", "license": "MIT"} for path in SOURCE.texts}


def tasks(limit=8192):
    rows = list(entity_tasks(SOURCE, ABOUT, TeacherSettings(context_tokens=limit)))
    return pa.Table.from_pylist(rows, TASKS).to_pylist()  # as from one stage to the next


def answer(task, text, status="ok"):
    return {"task_id": task["task_id"], "status": status, "text": text}


def named(*entities):
    return json.dumps({"summary": "s", "entities": [{"name": name, "kind": kind} for name, kind in entities]})


def test_every_window_is_asked_about_once_in_the_frame_of_later_prompts():
    rows = tasks()
    assert {row["round"] for row in rows} == {"entities"}
    assert [row["source_path"] for row in rows] == ["guide.md", "news.md"]
    later = [
        RECIPES["spa.teacher"].ask(task, SOURCE, TeacherSettings()) for task in tasks_of(SOURCE, **{"spa.teacher": {}})
    ]
    frames = {row["prefix_key"]: row["messages"][0] for row in later}
    assert {row["prefix_key"]: row["messages"][0] for row in rows} == frames
    assert len({row["task_id"] for row in tasks(256)}) == 3
    assert [row["license"] for row in rows] == ["MIT", "MIT"]
    assert all(column is not None for row in rows for column in row.values())


def test_names_of_all_windows_of_a_document_are_joined():
    source = library({"guide.md": [("word " * 200, []), ("word " * 200, [])]})
    about = {("library", "guide.md"): {"revision": "", "license": ""}}
    one, two = entity_tasks(source, about, TeacherSettings(context_tokens=256))
    rows = [
        answer(one, named(("Rule", "term"), ("awk", "code"))),
        answer(two, named(("awk", "thing"), ("Ada", "person"))),
    ]
    found = names_by_document([one, two], rows)
    assert found.names == {"d:guide.md": [("Rule", "term"), ("awk", "code"), ("Ada", "person")]}
    assert found.faults == {}


def test_an_answer_of_another_shape_is_a_fault_and_the_others_count():
    one, two = tasks()
    found = names_by_document([one, two], [answer(one, "Sure! Here"), answer(two, named(("news", "thing")))])
    assert found.names["d:news.md"] == [("news", "thing")]
    assert list(found.faults) == [one["task_id"]]


def test_an_answer_that_failed_or_never_came_names_nothing():
    one, two = tasks()
    assert names_by_document([one, two], [answer(one, "", "failed")]).names == {}


def test_unknown_kinds_become_things_and_blanks_are_put_right():
    text = named((" field \n separator ", "term"), ("x y", "gadget"), ("  ", "term"), ("field separator", "code"))
    assert read_entities(text) == [("field separator", "code"), ("x y", "thing")]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"entities": [7]}', '{"entities": [{"name": "a"}]}', "null", "7"])
def test_another_shape_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"JSON|shape|Expecting"):
        read_entities(text)
