"""The engine `vllm` with the real vLLM: what it answers, what it counts, and how it fails."""

import itertools
import json
import shutil
import sys

import psutil
import pytest
from tokenizers import Tokenizer

from engines.vllm.conftest import IN_FLIGHT, settings, task
from synth.engines import EngineStopped, open_engine
from synth.engines.base import schema_fault
from synth.errors import UserError

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "question": {"type": "string", "maxLength": 12},
            "level": {"enum": ["easy", "hard"]},
            "sure": {"type": "boolean"},
        },
        "required": ["question", "level", "sure"],
        "additionalProperties": False,
    }
)

UNBOUNDED = SCHEMA.replace('"maxLength": 12', '"minLength": 0')  # bytes that are no UTF-8 count as more characters


def ids(answers):
    return [rows[0]["task_id"] for rows in answers]


def said(rows):
    return [row["reasoning"] + row["text"] for row in rows]


def token(model, text):
    return Tokenizer.from_file(str(model / "tokenizer.json")).token_to_id(text)


def test_every_task_of_a_stream_is_answered_once(engine):
    tasks = [task(number, n=1 + number % 3) for number in range(100)]
    answers = {rows[0]["task_id"]: rows for rows in engine.answer(iter(tasks))}
    assert sorted(answers) == sorted(item["task_id"] for item in tasks)
    for item in tasks:
        rows = answers[item["task_id"]]
        assert [row["sample_index"] for row in rows] == list(range(item["sampling"]["n"]))
        assert {(row["status"], row["engine"], row["model"]) for row in rows} == {("ok", "vllm", engine.model)}


def test_the_seed_of_a_task_decides_its_answers(engine):
    tasks = [task(number, content="the same words", n=3) for number in range(3)]
    once, again = ({rows[0]["task_id"]: said(rows) for rows in engine.answer(tasks)} for _ in range(2))
    assert once == again
    assert len({text for texts in once.values() for text in texts}) == 9


def test_every_whole_answer_to_a_schema_is_json_of_it_and_every_other_says_that_it_was_cut(engine):
    tasks = [task(number, schema=SCHEMA, max_tokens=8 if number % 4 == 0 else 80) for number in range(200)]
    rows = [row for answer in engine.answer(tasks) for row in answer]
    whole = [row for row in rows if row["finish_reason"] == "stop"]
    assert {row["finish_reason"] for row in rows} == {"stop", "length"}
    assert len(whole) == 150
    assert [fault for row in whole if (fault := schema_fault(row["text"], UNBOUNDED))] == []
    assert {row["output_tokens"] for row in rows if row["finish_reason"] == "length"} == {8}


def test_what_cannot_be_asked_fails_alone_and_says_why(engine):
    bad = {
        3: (task(3, content="long " * 2000), "longer than the maximum model length"),
        5: (task(5, schema='{"type": "no such type"}'), "refused"),
        7: (task(7, schema="{"), "refused"),
        9: (task(9, max_tokens=0), "max_tokens must be at least 1"),
    }
    answers = list(engine.answer(bad[number][0] if number in bad else task(number) for number in range(40)))
    failed = {int(rows[0]["task_id"], 16): rows for rows in answers if rows[0]["status"] == "failed"}
    assert len(answers) == 40
    assert sorted(failed) == sorted(bad)
    for number, [row] in failed.items():
        assert bad[number][1] in row["error"]


def test_no_more_is_taken_from_the_source_than_may_be_in_flight(engine):
    taken = itertools.count()
    in_flight = []
    for done, _ in enumerate(engine.answer(task(next(taken), max_tokens=1 + n % 20) for n in range(200))):
        in_flight.append(next(taken) - 2 * done)  # each look takes one more number
    assert max(in_flight) == IN_FLIGHT
    assert len(in_flight) == 200


def test_answers_leave_while_the_source_goes_on_and_one_may_stop_listening(engine):
    answers = engine.answer(task(number) for number in itertools.count())
    first = list(itertools.islice(answers, 30))
    answers.close()
    assert len(set(ids(first))) == 30
    assert ids(engine.answer([task(10**6), task(10**6 + 1)])) == [task(10**6)["task_id"], task(10**6 + 1)["task_id"]]


def test_a_shared_prefix_is_computed_once_and_its_tokens_are_counted_once(engine):
    words = " ".join(f"word{number}" for number in range(60))
    answers = list(engine.answer(task(number, content=f"{words} Question {number}", n=4) for number in range(8)))
    first, *later = [rows[0] for rows in answers]
    shared = first["prompt_tokens"] // 32 * 32 - 32
    assert first["cached_tokens"] < 32  # only what every conversation begins with
    assert all(row["prompt_tokens"] > row["cached_tokens"] >= shared for row in later)
    others = [row for rows in answers for row in rows[1:]]
    assert {(row["prompt_tokens"], row["cached_tokens"], row["output_tokens"] > 0) for row in others} == {(0, 0, True)}


def test_long_prompts_are_answered_side_by_side(engine):
    """More tokens than one step computes: on a CPU, vLLM by default cuts a prompt there, and dies of its seed."""
    answers = list(engine.answer(task(number, content=f"{number} " * 180) for number in range(100, 148)))
    assert len(answers) == 48
    assert all(rows[0]["status"] == "ok" and rows[0]["prompt_tokens"] > 500 for rows in answers)


def test_the_trace_is_told_from_the_answer_by_its_tags(engine, model):
    allowed = [token(model, text) for text in ("a", "b", "</think>")]
    tasks = [task(number, allowed_token_ids=allowed) for number in range(20)]
    rows = [row for answer in engine.answer(tasks) for row in answer]
    parted = [row for row in rows if row["reasoning"] and row["text"]]
    assert len(parted) > 5
    assert all(set(row["reasoning"]) <= set("ab") for row in parted)


def test_an_adapter_changes_answers_and_a_schema_binds_only_what_follows_the_trace(engine, model, tmp_path):
    from tiny_model import make_adapter

    adapter = make_adapter(tmp_path / "adapter", model)
    plain = {rows[0]["task_id"]: said(rows) for rows in engine.answer(task(n, temperature=0.0) for n in range(8))}
    other = open_engine(settings(model, vllm={"lora": str(adapter)}, reasoning={"parser": "qwen3"}))
    try:
        adapted = {rows[0]["task_id"]: said(rows) for rows in other.answer(task(n, temperature=0.0) for n in range(8))}
        ending = {token(model, "</think>"): 5.0}  # else a model of random weights thinks for ever
        asked = [task(n, schema=SCHEMA, max_tokens=400, logit_bias=ending) for n in range(20)]
        rows = [row for answer in other.answer(asked) for row in answer]
    finally:
        other.close()
    assert adapted.keys() == plain.keys()
    assert sum(adapted[key] != plain[key] for key in plain) >= 6
    whole = [row for row in rows if row["finish_reason"] == "stop" and row["text"]]
    assert len(whole) >= 15
    assert {schema_fault(row["text"], UNBOUNDED) for row in whole} == {""}
    assert sum(bool(row["reasoning"]) for row in whole) >= 10


def test_an_engine_that_is_killed_stops_the_run_in_one_line_and_keeps_what_it_answered(model):
    before = set(psutil.Process().children(recursive=True))
    victim = open_engine(settings(model))
    answers = victim.answer(task(number) for number in itertools.count())
    kept = list(itertools.islice(answers, 20))
    for process in set(psutil.Process().children(recursive=True)) - before:
        process.kill()
    with pytest.raises(EngineStopped, match="vLLM died with") as caught:
        kept.extend(answers)
    victim.close()
    assert "\n" not in str(caught.value)
    assert {rows[0]["status"] for rows in kept} == {"ok"}


def test_a_model_that_does_not_fit_is_one_line_that_says_what_to_change(model, capfd):
    with pytest.raises(UserError, match=r"cannot load .*memory for the cache blocks.*; lower max_") as caught:
        open_engine(settings(model, arguments={"num_gpu_blocks_override": 1}))
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "/no/such/model"}, "engine.model: there is no folder /no/such/model"),
        ({"arguments": {"max_modle_len": 5}}, "max_modle_len is no engine argument .* did you mean max_model_len"),
        ({"arguments": {"dtype": "int3"}}, "cannot load .*dtype|cannot load .*bfloat16"),
        ({"arguments": {"max_model_len": 10**6}}, "cannot load .*max_model_len"),
        ({"sampling": {"extra": {"topk": 3}}}, r"engine\.sampling\.extra: topk is no sampling .* did you mean top_k"),
        ({"sampling": {"temperature": 3}}, r"engine\.sampling: temperature must be"),
        ({"reasoning": {"parser": "qwen33"}}, r"engine\.reasoning\.parser: Reasoning parser 'qwen33' not found"),
        ({"vllm": {"lora": "/no/such/adapter"}}, r"engine\.vllm\.lora: /no/such/adapter holds no LoRA adapter"),
    ],
)
def test_a_mistake_is_one_line_before_anything_is_loaded(model, changes, said, capfd):
    with pytest.raises(UserError, match=said) as caught:
        open_engine(settings(**{"model": model, **changes}))
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_model_without_a_chat_template_is_refused_before_it_is_loaded(model, tmp_path):
    shutil.copytree(model, tmp_path / "base", ignore=shutil.ignore_patterns("chat_template.jinja"))
    with pytest.raises(UserError, match=r"has no chat template.*engine\.vllm\.args\.chat_template") as caught:
        open_engine(settings(tmp_path / "base"))
    assert "\n" not in str(caught.value)


def test_without_vllm_it_says_what_to_install(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(UserError, match=r"vllm is not installed; install `synth\[vllm\]`"):
        open_engine(settings(model))
