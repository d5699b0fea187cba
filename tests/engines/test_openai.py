"""The engine for endpoints: nothing lost, nothing asked again after an answer, and a clear end where none can come."""

import asyncio
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from engines.endpoint import Reply, completion, serve
from synth.config import EngineSettings
from synth.engines import EngineStopped, open_engine
from synth.engines.pace import Pace
from synth.errors import UserError
from synth.schema import RESPONSES, table_from_rows

SCHEMA = json.dumps({"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]})


def settings(url: str, **openai: Any) -> EngineSettings:
    values = {"name": "openai", "model": "teacher", "openai": {"base_url": url, "tries": 8, **openai}}
    return EngineSettings.model_validate(values)


def task(number: int, **changes: Any) -> dict[str, Any]:
    sampling = {"temperature": 0.5, "top_p": 1.0, "max_tokens": 64, "n": 1, "seed": number}
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": f"question {number}"}]
    return {"task_id": f"{number:032x}", "messages": messages, "response_schema": "", "sampling": sampling, **changes}


def ask(url: str, tasks: list[dict[str, Any]], **openai: Any) -> list[list[dict[str, Any]]]:
    return list(open_engine(settings(url, **openai)).answer(tasks))


def wait_until(holds: Callable[[], bool]) -> None:
    """Let the endpoint come so far."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("synth.engines.pace.FIRST_WAIT", 0.002)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-test")


def test_faults_of_every_kind_lose_nothing_and_ask_nothing_twice_after_an_answer():
    dice = random.Random(3)

    def behave(request: dict, before: int) -> Reply:
        fault = dice.choice(["429", "500", "cut", "truncated", "reset", "html", *["none"] * 12])
        good = completion(request)
        return {
            "429": Reply(429, {"error": {"message": "slow down"}}, {"retry-after": "0.01"}),
            "500": Reply(500, {"error": {"message": "oops"}}),
            "cut": Reply(body=good, cut=60),
            "truncated": Reply(body=json.dumps(good).encode()[:40]),
            "reset": Reply(body=good, cut=0),
            "html": Reply(502, b"<html>bad gateway</html>"),
            "none": Reply(body=good),
        }[fault]

    with serve(behave) as endpoint:
        answers = ask(endpoint.url, [task(number) for number in range(400)], concurrency=32)
    ids = [rows[0]["task_id"] for rows in answers]
    assert sorted(ids) == sorted(task(number)["task_id"] for number in range(400))
    assert {row["status"] for rows in answers for row in rows} == {"ok"}
    assert set(endpoint.answered.values()) == {1}
    assert sum(endpoint.asked.values()) > 500


def test_tokens_of_each_kind_are_recorded():
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        [[row]] = ask(endpoint.url, [task(7)])
    prompt = len("Be brief.") + len("question 7")
    assert (row["prompt_tokens"], row["cached_tokens"], row["output_tokens"]) == (prompt, prompt // 2, 5)
    assert (row["text"], row["finish_reason"], row["engine"], row["model"]) == ("fine", "stop", "openai", "teacher")
    sent = endpoint.bodies[0]
    assert (sent["temperature"], sent["max_tokens"], sent["seed"]) == (0.5, 64, 7)


def test_in_flight_is_bounded_and_falls_when_the_endpoint_refuses():
    def behave(request: dict, before: int) -> Reply:
        return Reply(body=completion(request), delay=0.01) if endpoint.in_flight < 8 else Reply(429, {}, {})

    with serve(behave) as endpoint:
        answers = ask(endpoint.url, [task(number) for number in range(300)], concurrency=64)
    assert {rows[0]["status"] for rows in answers} == {"ok"}
    assert 8 <= endpoint.most_in_flight <= 64
    refused = sum(endpoint.asked.values()) - 300
    assert refused < 600  # at a fixed 64 in flight, nearly nine of ten requests would be refused


def test_what_the_endpoint_asks_to_wait_is_understood_as_seconds_and_as_a_date(monkeypatch):
    asked = []
    monkeypatch.setattr(Pace, "refused", lambda self, started, retry_after: asked.append(retry_after))
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    waits = ["7", "0.25", date, "soon"]

    def behave(request: dict, before: int) -> Reply:
        return Reply(503, {}, {"retry-after": waits[before]}) if before < 4 else Reply(body=completion(request))

    with serve(behave) as endpoint:
        [[row]] = ask(endpoint.url, [task(1)])
    assert row["status"] == "ok"
    assert (asked[0], asked[1], asked[3]) == (7, 0.25, None)
    assert 0 < asked[2] <= 90


def test_an_endpoint_that_asks_to_wait_for_hours_ends_the_run():
    with (
        serve(
            lambda request, _: Reply(429, {"error": {"message": "daily limit"}}, {"retry-after": "86400"})
        ) as endpoint,
        pytest.raises(EngineStopped, match="asks to wait 86400 s: daily limit"),
    ):
        ask(endpoint.url, [task(1)])


@pytest.mark.parametrize("limit", [{"requests_per_minute": 90}, {"tokens_per_minute": 4000}])
def test_rates_a_minute_hold_in_the_engine(monkeypatch, limit):
    """On a clock that jumps where it would wait; test_pace.py holds the rates themselves."""
    now = [0.0]

    async def sleep(seconds: float) -> None:
        now[0] += seconds
        await asyncio.sleep(0)

    monkeypatch.setattr("synth.engines.openai.Pace", lambda *limits: Pace(*limits, lambda: now[0], sleep))
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        ask(endpoint.url, [task(number) for number in range(91)], concurrency=4, **limit)
    assert now[0] > 25


def keep_until_stopped(url: str, tasks: Iterable[dict[str, Any]], **openai: Any) -> tuple[list[dict], EngineStopped]:
    """The answers that come before the engine stops, and what it stops with."""
    kept: list[dict] = []
    try:
        for answers in open_engine(settings(url, **openai)).answer(tasks):
            kept += answers
    except EngineStopped as stopped:
        return kept, stopped
    pytest.fail("it did not stop")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"error": {"message": "no such key", "code": "invalid_api_key"}}, "refuses the key in OPENAI_API_KEY"),
        (404, {"error": {"message": "no model"}}, r"no model 'teacher' \(engine.model\), or engine.openai.base_url"),
        (400, {"error": {"message": "none", "code": "model_not_found"}}, "no model 'teacher'"),
        (429, {"error": {"message": "pay", "code": "insufficient_quota"}}, "no quota left"),
        (429, {"error": {"message": "pay", "type": "insufficient_quota"}}, "no quota left"),
        (402, {"error": {"message": "pay"}}, "no quota left"),
    ],
)
def test_what_cannot_mend_itself_stops_at_once_and_keeps_what_was_answered(status, body, said):
    def behave(request: dict, before: int) -> Reply:
        number = int(request["messages"][-1]["content"].split()[1])
        return Reply(body=completion(request)) if number < 5 else Reply(status, body, delay=0.05)

    with serve(behave) as endpoint:
        kept, stopped = keep_until_stopped(endpoint.url, (task(number) for number in range(1000)), concurrency=2)
    assert {row["task_id"] for row in kept} == {task(number)["task_id"] for number in range(5)}
    assert sum(endpoint.asked.values()) <= 8
    assert re.search(said, str(stopped))
    assert "\n" not in str(stopped)
    assert "sk-secret" not in str(stopped)


def test_answers_that_have_come_or_are_on_their_way_when_the_endpoint_stops_are_kept():
    def behave(request: dict, before: int) -> Reply:
        prompt = request["messages"][-1]["content"]
        if prompt == "question 5":
            return Reply(429, {"error": {"message": "pay", "code": "insufficient_quota"}})
        return Reply(body=completion(request), delay=0.2 if prompt in {"question 3", "question 4"} else 0)

    with serve(behave) as endpoint:
        answers = open_engine(settings(endpoint.url, concurrency=6)).answer(task(number) for number in range(9))
        kept = [next(answers)]
        wait_until(lambda: sum(endpoint.answered.values()) == 5)  # and the refusal is long there
        with pytest.raises(EngineStopped, match="no quota left"):  # noqa: PT012 - takes what is left
            for rows in answers:
                kept.append(rows)
    assert sorted(rows[0]["task_id"] for rows in kept) == [task(number)["task_id"] for number in range(5)]


def test_an_endpoint_that_is_down_fails_no_task():
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        pass
    kept, stopped = keep_until_stopped(endpoint.url, [task(number) for number in range(100)], tries=2)
    assert kept == []
    assert re.search("answers nothing, not even a trivial request: .*Connection", str(stopped))


def test_an_endpoint_that_breaks_down_on_the_way_fails_no_task():
    def behave(request: dict, before: int) -> Reply:
        is_up = sum(endpoint.answered.values()) < 20
        return Reply(body=completion(request)) if is_up else Reply(503, {"error": {"message": "restarting"}})

    with serve(behave) as endpoint:
        kept, stopped = keep_until_stopped(endpoint.url, [task(n) for n in range(200)], concurrency=4, tries=2)
    assert {row["status"] for row in kept} == {"ok"}
    assert len(kept) == sum(endpoint.answered.values())
    assert "restarting" in str(stopped)
    assert sum(endpoint.asked.values()) < 150


def test_however_many_requests_always_fail_they_are_set_aside_and_the_rest_go_on():
    def behave(request: dict, before: int) -> Reply:
        is_poison = re.search(r"question \d*[02468]$", request["messages"][-1]["content"])
        return Reply(500, {"error": {"message": "crash"}}) if is_poison else Reply(body=completion(request))

    tasks = [task(number) for number in range(0, 100, 2)] + [task(number) for number in range(1, 20, 2)]
    with serve(behave) as endpoint:
        answers = ask(endpoint.url, tasks, concurrency=8, tries=2)
        poison = ask(endpoint.url, tasks[:3], tries=2)
    assert Counter(rows[0]["status"] for rows in answers) == {"failed": 50, "ok": 10}
    assert [rows[0]["error"] for rows in poison] == ["given up after 2 tries: crash"] * 3
    assert max(endpoint.asked[item["messages"][1]["content"]] for item in tasks) <= 4


def test_a_forbidden_request_is_told_from_a_forbidden_key():
    def moderate(request: dict, before: int) -> Reply:
        is_flagged = "question 0" in request["messages"][-1]["content"]
        return Reply(403, {"error": {"message": "flagged"}}) if is_flagged else Reply(body=completion(request))

    with serve(moderate) as endpoint:
        answers = ask(endpoint.url, [task(number) for number in range(4)], concurrency=1)
    assert [rows[0]["error"] for rows in answers] == ["refused with status 403: flagged", "", "", ""]
    with serve(lambda request, _: Reply(403, {"error": {"message": "no access"}})) as endpoint:
        kept, stopped = keep_until_stopped(endpoint.url, [task(number) for number in range(100)], concurrency=1)
    assert kept == []
    assert "no access" in str(stopped)
    assert sum(endpoint.asked.values()) == 2


def test_a_request_that_the_endpoint_refuses_fails_alone():
    def behave(request: dict, before: int) -> Reply:
        if "question 3" in request["messages"][-1]["content"]:
            return Reply(400, {"error": {"message": "This model's maximum context length is 10 tokens"}})
        return Reply(body=completion(request))

    with serve(behave) as endpoint:
        answers = ask(endpoint.url, [task(number) for number in range(8)])
    failed = [rows[0] for rows in answers if rows[0]["status"] == "failed"]
    assert [row["task_id"] for row in failed] == [task(3)["task_id"]]
    assert "maximum context length" in failed[0]["error"]
    assert endpoint.asked["question 3"] == 1


def test_a_request_that_hangs_is_given_up_and_the_rest_go_on():
    def behave(request: dict, before: int) -> Reply:
        return Reply(body=completion(request), delay=30 if "question 3" in str(request) else 0)

    with serve(behave) as endpoint:
        answers = ask(endpoint.url, [task(number) for number in range(8)], timeout=0.2, tries=2)
    assert Counter(rows[0]["status"] for rows in answers) == {"ok": 7, "failed": 1}


def test_a_reply_that_never_comes_to_its_end_is_given_up_too():
    def behave(request: dict, before: int) -> Reply:
        return Reply(body=completion(request), drip=0.01 if "question 3" in str(request) else 0)

    with serve(behave) as endpoint:
        answers = ask(endpoint.url, [task(number) for number in range(5)], timeout=0.3, tries=2)
    assert Counter(rows[0]["status"] for rows in answers) == {"ok": 4, "failed": 1}


def test_requests_go_on_while_the_caller_is_busy():
    def behave(request: dict, before: int) -> Reply:
        is_broken = "question 2" in str(request) and before == 0
        return Reply(500, {}, delay=0.1) if is_broken else Reply(body=completion(request))

    with serve(behave) as endpoint:
        answers = open_engine(settings(endpoint.url, concurrency=4)).answer([task(number) for number in range(4)])
        next(answers)
        wait_until(lambda: endpoint.answered["question 2"] == 1)
        assert len(list(answers)) == 3


def test_closed_early_it_drops_what_is_in_flight_and_takes_no_more():
    taken = []

    def offer() -> Iterator[dict[str, Any]]:
        for number in range(100):
            taken.append(number)
            yield task(number)

    def behave(request: dict, before: int) -> Reply:
        return Reply(body=completion(request), delay=0 if "question 0" in str(request) else 600)

    with serve(behave) as endpoint:
        answers = open_engine(settings(endpoint.url, concurrency=4)).answer(offer())
        next(answers)
        wait_until(lambda: endpoint.in_flight == 3)
        answers.close()
        assert endpoint.is_left.wait(30)
    assert len(taken) == 4
    assert "openai" not in {thread.name for thread in threading.enumerate()}


def test_a_fault_of_the_tasks_reaches_the_caller_and_leaves_nothing_running():
    def offer() -> Iterator[dict[str, Any]]:
        yield task(1)
        raise ZeroDivisionError

    with (
        serve(lambda request, _: Reply(body=completion(request))) as endpoint,
        pytest.raises(ZeroDivisionError),
    ):
        ask(endpoint.url, offer())
    assert "openai" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("text", ["a\ud800b", "\x00\x07\x1b\u2028\ufffe", "\r\n" * 1000, ""])
def test_text_of_any_kind_fails_one_task_at_worst(text):
    odd = task(1) | {"messages": [{"role": "user", "content": text}]}
    with serve(lambda request, _: Reply(body=completion(request, text="so \ud800"))) as endpoint:
        answers = ask(endpoint.url, [odd, task(2), task(3)])
    by_task = {rows[0]["task_id"]: rows[0] for rows in answers}
    assert by_task[odd["task_id"]]["status"] == ("failed" if "\ud800" in text else "ok")
    assert [by_task[task(number)["task_id"]]["text"] for number in (2, 3)] == ["so ?"] * 2
    assert table_from_rows([row for rows in answers for row in rows], RESPONSES).num_rows == 3


def test_a_task_that_may_say_nothing_fails_alone_and_is_not_sent():
    empty = [
        task(number, sampling=task(1)["sampling"] | change)
        for number, change in enumerate([{"max_tokens": 0}, {"n": 0}])
    ]
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        answers = ask(endpoint.url, [*empty, task(7)])
    assert sorted(rows[0]["status"] for rows in answers) == ["failed", "failed", "ok"]
    assert not endpoint.asked.keys() & {"question 0", "question 1"}


def odd_replies(request: dict) -> list[Any]:
    """JSON that is no chat completion."""
    return [{}, [], "no", None, {"choices": None}, {"choices": []}, {"choices": [{}]}, {"error": {"message": "busy"}}]


def test_a_reply_that_is_no_chat_completion_is_asked_for_again():
    def behave(request: dict, before: int) -> Reply:
        odd = odd_replies(request)
        return Reply(body=odd[before]) if before < len(odd) else Reply(body=completion(request))

    with serve(behave) as endpoint:
        [[row]] = ask(endpoint.url, [task(1)], tries=20)
    assert (row["status"], row["text"]) == ("ok", "fine")
    assert endpoint.asked["question 1"] == 9


def test_a_reply_that_lacks_its_counts_is_an_answer():
    bare = {"choices": [{"message": {"content": "yes"}}]}
    with serve(lambda request, _: Reply(body=bare if "1" in str(request) else bare | {"usage": {}})) as endpoint:
        answers = ask(endpoint.url, [task(1), task(2)])
    assert [(rows[0]["text"], rows[0]["output_tokens"]) for rows in answers] == [("yes", 0)] * 2


def test_several_samples_are_asked_for_together_or_again_where_the_endpoint_gives_one():
    samples = task(1)["sampling"] | {"n": 3}
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        [rows] = ask(endpoint.url, [task(1, sampling=samples)])
    assert [row["sample_index"] for row in rows] == [0, 1, 2]
    assert len(endpoint.bodies) == 1
    with serve(lambda request, _: Reply(body=completion(request | {"n": 1}))) as endpoint:
        [rows] = ask(endpoint.url, [task(1, sampling=samples)])
    assert [row["sample_index"] for row in rows] == [0, 1, 2]
    assert len({body["seed"] for body in endpoint.bodies}) == 3
    assert sum(row.get("output_tokens") or 0 for row in rows) == 15


def test_samples_that_were_paid_for_are_kept_when_a_further_one_fails():
    def behave(request: dict, before: int) -> Reply:
        return Reply(body=completion(request | {"n": 1})) if before < 2 else Reply(400, {"error": {"message": "no"}})

    with serve(behave) as endpoint:
        [rows] = ask(endpoint.url, [task(1, sampling=task(1)["sampling"] | {"n": 4})])
    assert [(row["sample_index"], row["status"]) for row in rows] == [(0, "ok"), (1, "ok")]


def test_an_endpoint_that_gives_one_sample_at_a_time_is_asked_for_them_one_by_one():
    def behave(request: dict, before: int) -> Reply:
        if "n" in request:
            return Reply(400, {"error": {"message": "n must be 1 when using greedy sampling, got 3."}})
        return Reply(body=completion(request))

    with serve(behave) as endpoint:
        [rows] = ask(endpoint.url, [task(1, sampling=task(1)["sampling"] | {"n": 3})])
    assert [row["status"] for row in rows] == ["ok"] * 3


def test_an_answer_that_does_not_fit_its_schema_is_asked_for_again_but_not_for_ever():
    def behave(request: dict, before: int) -> Reply:
        return Reply(body=completion(request, text='{"ok": true}' if before == 1 else '{"ok": 3}'))

    with serve(behave) as endpoint:
        [[row]] = ask(endpoint.url, [task(1, response_schema=SCHEMA)])
    assert json.loads(row["text"]) == {"ok": True}
    assert endpoint.bodies[0]["response_format"]["json_schema"]["schema"] == json.loads(SCHEMA)
    assert row["output_tokens"] == 10  # both answers were paid for
    with serve(lambda request, _: Reply(body=completion(request, text="no JSON"))) as endpoint:
        [[row]] = ask(endpoint.url, [task(1, response_schema=SCHEMA)])
    assert row["text"] == "no JSON"  # the checks turn it down, with its reason
    assert len(endpoint.bodies) == 3


@pytest.mark.parametrize("concurrency", [1, 16])
def test_parameters_that_the_endpoint_does_not_take_are_left_out(concurrency):
    refusals = {
        "response_format": (400, {"error": {"message": "Unknown parameter: response_format"}}),
        "max_tokens": (400, {"error": {"message": "Unsupported: use max_completion_tokens"}}),
        "temperature": (400, {"error": {"message": "Unsupported value: 'temperature' does not support 0.5"}}),
        "seed": (422, {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}),
    }

    def behave(request: dict, before: int) -> Reply:
        for name, (status, body) in refusals.items():
            if name in request:
                return Reply(status, body)
        return Reply(body=completion(request, text='{"ok": true}'))

    tasks = [task(number, response_schema=SCHEMA) for number in range(32)]
    with serve(behave) as endpoint:
        answers = ask(endpoint.url, tasks, concurrency=concurrency)
    assert {rows[0]["status"] for rows in answers} == {"ok"}
    assert endpoint.bodies[-1]["max_completion_tokens"] == 64
    assert "top_p" in endpoint.bodies[-1]
    assert len(endpoint.bodies) <= 32 + 4 * concurrency


def test_the_trace_is_told_from_the_answer_by_field_or_tags():
    def behave(request: dict, before: int) -> Reply:
        if "question 1" in str(request):
            return Reply(body=completion(request, message={"reasoning_content": "I think"}, text="so"))
        return Reply(body=completion(request, text="<think>I think</think>\n\nso"))

    with serve(behave) as endpoint:
        answers = ask(endpoint.url, [task(1), task(2)])
    assert [(rows[0]["reasoning"], rows[0]["text"]) for rows in answers] == [("I think", "so")] * 2


def test_a_cut_answer_says_so():
    with serve(lambda request, _: Reply(body=completion(request, finish_reason="length"))) as endpoint:
        [[row]] = ask(endpoint.url, [task(1)])
    assert row["finish_reason"] == "length"


def test_the_key_goes_to_the_endpoint_and_nowhere_else():
    def behave(request: dict, before: int) -> Reply:
        is_bad = "question 2" in str(request)
        repeated = {"error": {"message": "bad request with key sk-secret-of-the-test"}}
        return Reply(400, repeated) if is_bad else Reply(body=completion(request, "Said sk-secret-of-the-test."))

    with serve(behave) as endpoint:
        answers = ask(endpoint.url, [task(1), task(2)])
    assert {head["authorization"] for head in endpoint.headers} == {"Bearer sk-secret-of-the-test"}
    assert "bad request with key ***" in repr(answers)
    assert answers[0][0]["text"] == "Said ***."
    assert "sk-secret" not in repr(answers) + repr(settings(endpoint.url))


def test_what_is_missing_or_wrong_is_said_before_anything_is_asked(monkeypatch):
    with pytest.raises(UserError, match=r"engine\.model"):
        open_engine(EngineSettings(name="openai"))
    with pytest.raises(UserError, match=r"engine\.openai\.base_url does not begin with"):
        open_engine(settings("localhost:8000/v1"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-“quoted”")
    with pytest.raises(UserError, match="characters that no key has"):
        open_engine(settings("http://127.0.0.1:1/v1"))
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(UserError, match="OPENAI_API_KEY is not set"):
        open_engine(EngineSettings(name="openai", model="m"))
