"""The built-in engine: one answer a task, the same each time, and a fault stays in its row."""

from collections.abc import Iterable
from typing import Any

import pytest

from synth.config import EngineSettings
from synth.engines import open_engine
from synth.schema import RESPONSES, table_from_rows

FACTS = {
    "project": ["shop"], "subject": ["shop.a"], "subject_name": ["a"], "subject_kind": ["function"],
    "subject_signature": ["def a()"], "subject_summary": [""], "subject_path": ["shop.py"], "subject_place": ["line 1"],
    "object": ["shop.b"], "object_name": ["b"], "object_kind": ["function"], "object_signature": ["def b()"],
    "object_summary": ["Do it all"], "object_path": ["shop.py"], "object_place": ["line 9"], "line": ["2"],
    "siblings[]": ["shop.c"], "more": ["0"],
}  # fmt: skip


def task(number: int, **changes: Any) -> dict[str, Any]:
    facts = list(FACTS.items())
    return {"task_id": f"{number:032x}", "prompt_id": "ucd.single_hop_calls", "facts": facts, **changes}


def answer(tasks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The one row that answers each task."""
    answers = list(open_engine(EngineSettings(name="template")).answer(tasks))
    assert all(len(rows) == 1 for rows in answers)
    return [row for rows in answers for row in rows]


def test_one_response_a_task_in_order_and_alike_each_time():
    tasks = [task(number * 7919 << 37) for number in range(20)]
    first, second = answer(tasks), answer(tasks)
    assert first == second
    assert [row["task_id"] for row in first] == [item["task_id"] for item in tasks]
    assert {row["status"] for row in first} == {"ok"}
    assert all("shop.b" in row["text"] and "shop.b" in row["reasoning"] for row in first)
    assert table_from_rows(first, RESPONSES).num_rows == 20


def test_answers_and_traces_vary_independently():
    rows = answer(task(number * 0x9E3779B97F4A7C15 << 20) for number in range(60))
    assert len({row["text"] for row in rows}) == 3
    assert len({row["reasoning"] for row in rows}) == 3
    assert len({(row["text"], row["reasoning"]) for row in rows}) == 9


def test_a_task_that_lacks_a_fact_fails_alone():
    broken = task(2, facts=[("project", ["shop"])])
    rows = answer([task(1), broken, task(3)])
    assert [row["status"] for row in rows] == ["ok", "failed", "ok"]
    assert "undefined" in rows[1]["error"]


def test_text_of_the_source_is_never_a_template():
    for trap in ("{{ 7 * 7 }}", "{% for x in y %}", "{{ ''.__class__.__mro__ }}", "{# no #}"):
        facts = [*((key, value) for key, value in FACTS.items() if key != "object_summary"), ("object_summary", [trap])]
        rows = answer(task(number << 37, facts=facts) for number in range(30))
        assert {row["status"] for row in rows} == {"ok"}
        assert any(trap in row["text"] + row["reasoning"] for row in rows)
        assert "49" not in repr([row["text"] for row in rows])


@pytest.mark.parametrize("name", ["template", "openai"])
def test_every_engine_carries_its_name(name):
    settings = {"name": name, "model": "teacher", "openai": {"base_url": "http://127.0.0.1:1/v1"}}
    assert open_engine(EngineSettings.model_validate(settings)).name == name
