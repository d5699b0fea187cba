"""The built-in engine: one answer a task, the same each time, and a fault stays in its row."""

from typing import Any

from synth.config import EngineSettings
from synth.engines import ENGINES, open_engine

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


def test_one_response_a_task_in_order_and_alike_each_time():
    tasks = [task(number * 7919 << 37) for number in range(20)]
    engine = open_engine(EngineSettings())
    first, second = list(engine.answer(tasks)), list(engine.answer(tasks))
    assert first == second
    assert [row["task_id"] for row in first] == [item["task_id"] for item in tasks]
    assert {row["status"] for row in first} == {"ok"}
    assert all("shop.b" in row["text"] and "shop.b" in row["reasoning"] for row in first)


def test_answers_and_traces_vary_independently():
    rows = list(open_engine(EngineSettings()).answer(task(number * 0x9E3779B97F4A7C15 << 20) for number in range(60)))
    assert len({row["text"] for row in rows}) == 3
    assert len({row["reasoning"] for row in rows}) == 3
    assert len({(row["text"], row["reasoning"]) for row in rows}) == 9


def test_a_task_that_lacks_a_fact_fails_alone():
    broken = task(2, facts=[("project", ["shop"])])
    rows = list(open_engine(EngineSettings()).answer([task(1), broken, task(3)]))
    assert [row["status"] for row in rows] == ["ok", "failed", "ok"]
    assert "undefined" in rows[1]["error"]


def test_text_of_the_source_is_never_a_template():
    for trap in ("{{ 7 * 7 }}", "{% for x in y %}", "{{ ''.__class__.__mro__ }}", "{# no #}"):
        facts = [*((key, value) for key, value in FACTS.items() if key != "object_summary"), ("object_summary", [trap])]
        rows = list(open_engine(EngineSettings()).answer(task(number << 37, facts=facts) for number in range(30)))
        assert {row["status"] for row in rows} == {"ok"}
        assert any(trap in row["text"] + row["reasoning"] for row in rows)
        assert "49" not in repr([row["text"] for row in rows])


def test_every_engine_carries_its_name():
    assert {name: make(EngineSettings()).name for name, make in ENGINES.items()} == {name: name for name in ENGINES}
