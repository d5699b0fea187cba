"""The engine for endpoints: nothing lost, nothing asked again after an answer, and a clear end where none can come."""

import json
import random
import time
from collections import Counter
from typing import Any

import pytest

from engines.endpoint import Reply, completion, serve
from synth.config import EngineSettings
from synth.engines import EngineStopped, open_engine
from synth.errors import UserError

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


def test_retry_after_pauses_everything():
    moments = []

    def behave(request: dict, before: int) -> Reply:
        moments.append(time.monotonic())
        return Reply(429, {}, {"retry-after": "0.6"}) if len(moments) == 1 else Reply(body=completion(request))

    with serve(behave) as endpoint:
        ask(endpoint.url, [task(1), task(2)], concurrency=1)
    assert moments[1] - moments[0] >= 0.55


@pytest.mark.parametrize("limit", [{"requests_per_minute": 60}, {"tokens_per_minute": 60 * 70}])
def test_rates_a_minute_are_kept(limit):
    """A bucket of a minute is spent at once, then one request a second follows; each takes about 70 tokens."""
    started = time.monotonic()
    with serve(lambda request, _: Reply(body=completion(request, text="x"))) as endpoint:
        ask(endpoint.url, [task(number) for number in range(61)], concurrency=4, **limit)
    assert time.monotonic() - started >= (0.9 if "requests_per_minute" in limit else 0)
    assert sum(endpoint.asked.values()) == 61


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"error": {"message": "no such key", "code": "invalid_api_key"}}, "refuses the key in OPENAI_API_KEY"),
        (404, {"error": {"message": "no model"}}, "'teacher' is not at the endpoint"),
        (429, {"error": {"message": "pay", "code": "insufficient_quota"}}, "no quota left"),
        (402, {"error": {"message": "pay"}}, "no quota left"),
    ],
)
def test_what_cannot_mend_itself_stops_at_once_and_keeps_what_was_answered(status, body, said):
    def behave(request: dict, before: int) -> Reply:
        number = int(request["messages"][-1]["content"].split()[1])
        return Reply(body=completion(request)) if number < 5 else Reply(status, body, delay=0.05)

    kept = []
    with serve(behave) as endpoint, pytest.raises(EngineStopped, match=said) as caught:
        for answers in open_engine(settings(endpoint.url, concurrency=2)).answer(task(n) for n in range(1000)):
            kept += answers
    assert {row["task_id"] for row in kept} == {task(number)["task_id"] for number in range(5)}
    assert sum(endpoint.asked.values()) <= 8
    assert "\n" not in str(caught.value)
    assert "sk-secret" not in str(caught.value)


def test_an_endpoint_that_is_down_fails_no_task():
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        pass
    with pytest.raises(EngineStopped, match="answers nothing"):
        ask(endpoint.url, [task(number) for number in range(100)], tries=2)


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


def test_an_answer_that_does_not_fit_its_schema_is_asked_for_again_but_not_for_ever():
    def behave(request: dict, before: int) -> Reply:
        return Reply(body=completion(request, text='{"ok": true}' if before == 1 else '{"ok": 3}'))

    with serve(behave) as endpoint:
        [[row]] = ask(endpoint.url, [task(1, response_schema=SCHEMA)])
    assert json.loads(row["text"]) == {"ok": True}
    assert endpoint.bodies[0]["response_format"]["json_schema"]["schema"] == json.loads(SCHEMA)
    with serve(lambda request, _: Reply(body=completion(request, text="no JSON"))) as endpoint:
        [[row]] = ask(endpoint.url, [task(1, response_schema=SCHEMA)])
    assert row["text"] == "no JSON"  # the checks turn it down, with its reason
    assert len(endpoint.bodies) == 3


def test_a_parameter_that_the_endpoint_does_not_take_is_left_out():
    def behave(request: dict, before: int) -> Reply:
        for name, word in (
            ("response_format", "Unknown parameter: response_format"),
            ("max_tokens", "Unsupported: use max_completion_tokens"),
        ):
            if name in request:
                return Reply(400, {"error": {"message": word}})
        return Reply(body=completion(request, text='{"ok": true}'))

    with serve(behave) as endpoint:
        answers = ask(endpoint.url, [task(number, response_schema=SCHEMA) for number in range(3)], concurrency=1)
    assert [rows[0]["status"] for rows in answers] == ["ok"] * 3
    assert endpoint.bodies[-1]["max_completion_tokens"] == 64
    assert len(endpoint.bodies) == 5


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


def test_the_key_goes_to_the_endpoint_and_nowhere_else(monkeypatch):
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        answers = ask(endpoint.url, [task(1)])
    assert endpoint.headers[0]["authorization"] == "Bearer sk-secret-of-the-test"
    assert "sk-secret" not in repr(answers) + repr(settings(endpoint.url))


def test_without_a_key_or_a_model_it_says_what_is_missing(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(UserError, match="OPENAI_API_KEY is not set"):
        open_engine(EngineSettings(name="openai", model="m"))
    with pytest.raises(UserError, match=r"engine\.model"):
        open_engine(EngineSettings(name="openai"))
