"""The engine `openai`: any endpoint that speaks the OpenAI chat protocol, such as vLLM's own server."""

import asyncio
import json
import logging
import os
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.chat.chat_completion import Choice

from synth.config import EngineSettings
from synth.engines import faults
from synth.engines.base import (
    Answers,
    EngineStopped,
    Task,
    failure,
    part,
    sampling,
    schema_fault,
    split_reasoning,
    storable,
    strict_json,
)
from synth.engines.faults import SetAside
from synth.engines.pace import Pace, backoff
from synth.errors import UserError
from synth.tokens import token_counter

REFUSALS = 100  # how often a request may meet a rate limit before it is set aside
REASKS = 2  # further tries for an answer that is not JSON of its schema
FAILURES_IN_A_ROW = 32  # so many without an answer between them, and a trivial request tells whose fault they are
LONGEST_PAUSE = 3600.0  # seconds that an endpoint may ask to wait
GRACE_SECONDS = 5.0  # for what is in flight when the endpoint stops: it may have been paid for
CONNECT_SECONDS = 30.0
KEPT = "what was answered is kept, and the same command goes on"
PROBE: Task = {
    "task_id": "",
    "messages": [{"role": "user", "content": "Answer with the one word: yes"}],
    "response_schema": "",
    "sampling": {"temperature": 1.0, "top_p": 1.0, "max_tokens": 16, "n": 1, "seed": 0},
}

log = logging.getLogger(__name__)


class OpenAIEngine:
    """Asks an endpoint for many answers at once, as fast as it takes them.

    A rate limit, an overload, a time-out or a broken connection is waited out and tried again; a task that the
    endpoint refuses (such as an over-long prompt) fails alone. A wrong key, an unknown model or an exhausted quota
    stops the run.

    Raises:
        UserError: no model is named, there is no key, or the base URL is none.
    """

    name = "openai"

    def __init__(self, settings: EngineSettings) -> None:
        if not settings.model:
            raise UserError("engine.model: the engine openai needs the name of a model; set it with --set or MODEL=")
        self.model = settings.model
        self.variable = settings.openai.api_key_env
        self._settings = settings
        self._base_url = settings.openai.base_url or os.environ.get("OPENAI_BASE_URL") or None
        if self._base_url and not self._base_url.startswith(("http://", "https://")):
            raise UserError("engine.openai.base_url does not begin with http:// or https://; give the URL up to /v1")
        self._key = os.environ.get(self.variable, "").strip()
        if not self._key and not self._base_url:
            raise UserError(f"the environment variable {self.variable} is not set; it must hold the key")
        if not (self._key.isascii() and self._key.isprintable()):
            raise UserError(f"the environment variable {self.variable} holds characters that no key has; set it anew")

    def answer(self, tasks: Iterable[Task]) -> Iterator[Answers]:
        """Answer tasks, at most `engine.openai.concurrency` at once.

        Tasks are taken in the caller's thread. Requests go on in one of their own while the caller is busy; those that
        are in flight when the iterator is closed are dropped.

        Raises:
            EngineStopped: the endpoint cannot answer any task.
        """
        with _Asking(self, self._settings) as asking:
            yield from asking.answers(iter(tasks))

    def connect(self) -> openai.AsyncOpenAI:
        """A client of the endpoint; use it in one event loop. Retries are ours."""
        limits = self._settings.openai
        host = urlsplit(self._base_url or "").hostname
        client = openai.DefaultAsyncHttpxClient(
            limits=httpx2.Limits(max_connections=limits.concurrency, max_keepalive_connections=limits.concurrency),
            trust_env=host not in {"localhost", "127.0.0.1", "::1"},  # a proxy does not lead back to this machine
        )
        return openai.AsyncOpenAI(
            api_key=self._key or "none",
            base_url=self._base_url,
            max_retries=0,
            timeout=httpx2.Timeout(limits.timeout, connect=min(limits.timeout, CONNECT_SECONDS)),
            http_client=client,
        )

    def said(self, problem: Exception) -> str:
        """What the endpoint said, without the key: some repeat it, and what they say goes into files."""
        return self.without_key(faults.said(problem))

    def without_key(self, text: str) -> str:
        """What goes into files of what an endpoint sent."""
        return text.replace(self._key, "***") if self._key else text

    def close(self) -> None:
        """Nothing is held between calls."""


class _Asking:
    """One call of `answer`: hands tasks to the loop in which they are asked, and answers back."""

    def __init__(self, engine: OpenAIEngine, settings: EngineSettings) -> None:
        self.most = settings.openai.concurrency
        self.requests = _Requests(engine, settings)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="openai", daemon=True)
        self.awaited = 0  # tasks that were taken and whose answers have not come back
        self.held: list[Answers] = []  # failures that wait for an answer: without any, the endpoint is at fault
        self.patience = 1  # failures in a row before the endpoint is tested; once it has answered, more

    def __enter__(self) -> "_Asking":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.requests.close(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def answers(self, tasks: Iterator[Task]) -> Iterator[Answers]:
        more = True
        while True:
            # What has come goes out first: taking a task may last.
            while more and self._has_room() and self.requests.finished.empty():
                task = next(tasks, None)
                if task is None:
                    more = False
                else:
                    self._ask(task)
            if not self.awaited:
                break
            answers = self.requests.finished.get()
            self.awaited -= 1
            if isinstance(answers, EngineStopped):
                yield from self._last_answers()
                raise answers
            yield from self._release(answers)
        yield from self.held

    def _has_room(self) -> bool:
        return self.awaited < self.most and len(self.held) < self.patience

    def _ask(self, task: Task) -> None:
        self.awaited += 1
        self.loop.call_soon_threadsafe(self.requests.start, task)

    def _release(self, answers: Answers) -> list[Answers]:
        """What may be passed on: answers, and failures once there is an answer after them."""
        is_probe = answers[0]["task_id"] == PROBE["task_id"]
        if answers[0]["status"] == "ok":
            held, self.held, self.patience = self.held, [], FAILURES_IN_A_ROW
            return held if is_probe else [*held, answers]
        if is_probe:
            if len(self.held) >= self.patience:
                raise EngineStopped(
                    f"the endpoint answers nothing, not even a trivial request: {answers[0]['error']}; {KEPT}"
                )
            return []
        self.held.append(answers)
        if len(self.held) == self.patience:
            self._ask(PROBE)
        return []

    def _last_answers(self) -> Iterator[Answers]:
        """Answers to what was in flight when the endpoint stopped, as far as they come soon."""
        until = time.monotonic() + GRACE_SECONDS
        while self.awaited:
            try:
                answers = self.requests.finished.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return
            self.awaited -= 1
            if not isinstance(answers, EngineStopped) and answers[0]["status"] == "ok":
                yield answers


class _Requests:
    """What runs inside the event loop: from a task to its answers."""

    def __init__(self, engine: OpenAIEngine, settings: EngineSettings) -> None:
        limits = settings.openai
        self.engine = engine
        self.settings = settings
        self.client = engine.connect()
        self.pace = Pace(limits.concurrency, limits.requests_per_minute, limits.tokens_per_minute)
        self.finished: queue.SimpleQueue[Answers | EngineStopped] = queue.SimpleQueue()
        self.running: set[asyncio.Task[None]] = set()
        self.stopped: EngineStopped | None = None
        self.left_out: set[str] = set()
        self.count_tokens = token_counter(None)

    def start(self, task: Task) -> None:
        """Answer a task; the answers come out of `finished`."""
        running = asyncio.create_task(self._settle(task))
        self.running.add(running)
        running.add_done_callback(self.running.discard)

    async def close(self) -> None:
        """Drop what is in flight."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        await self.client.close()

    async def _settle(self, task: Task) -> None:
        try:
            self.finished.put(await self._answer(task))
        except EngineStopped as error:
            self.stopped = error
            self.finished.put(error)
        except Exception as error:  # noqa: BLE001 - one task is set apart from the rest, with its reason
            self.finished.put(failure(task, self.engine, f"{type(error).__name__}: {self.engine.said(error)}"))

    async def _answer(self, task: Task) -> Answers:
        """All samples of one task; asks on where the endpoint gives fewer than it was asked for."""
        values = sampling(task, self.settings)
        wanted, rows, spent = values["n"], Answers(), [0, 0, 0]
        if wanted < 1 or values["max_tokens"] < 1:
            return failure(task, self.engine, "sampling: n and max_tokens must be at least 1")
        most = wanted + REASKS
        try:
            for asks in range(most):
                completion = await self._request(task, values | {"n": wanted - len(rows)}, asks)
                spent = [sum(pair) for pair in zip(spent, _usage(completion), strict=True)]
                rows += self._rows(task, completion, keep_misfits=asks + 1 == most)
                if len(rows) >= wanted:
                    break
        except SetAside as reason:
            rows = rows or failure(task, self.engine, str(reason))  # fewer samples than asked for are samples too
        for index, row in enumerate(rows):
            row["sample_index"] = index
        rows[0] |= dict(zip(("prompt_tokens", "cached_tokens", "output_tokens"), spent, strict=True))  # of all requests
        return rows[:wanted]

    def _rows(self, task: Task, completion: ChatCompletion, *, keep_misfits: bool) -> Answers:
        rows: Answers = []
        for choice in completion.choices:
            reasoning, text = self._parts(choice, task["response_schema"])
            reason = getattr(choice, "finish_reason", None) or ""
            may_differ = keep_misfits or reason == "length"  # the checks turn it down, and say why
            schema = task["response_schema"]
            if schema and not may_differ and schema_fault(text, schema):
                continue
            rows.append(
                {
                    "task_id": task["task_id"], "status": "ok", "text": self.engine.without_key(text),
                    "reasoning": self.engine.without_key(reasoning),
                    "finish_reason": reason, "error": "",
                    "engine": self.engine.name, "model": self.engine.model,
                }
            )  # fmt: skip
        return rows

    def _parts(self, choice: Choice, schema: str) -> tuple[str, str]:
        content = storable(getattr(choice.message, "content", None) or "")
        extra = choice.message.model_extra or {}
        reasoning = extra.get("reasoning_content") or extra.get("reasoning") or ""
        if reasoning:
            return storable(str(reasoning)).strip(), strict_json(content.strip()) if schema else content.strip()
        return part(content, schema, lambda text: split_reasoning(text, self.settings.reasoning))

    def _parameters(self, task: Task, values: dict[str, Any], asks: int) -> dict[str, Any]:
        values = values | {"seed": (values["seed"] + asks) % 2**63}
        parameters: dict[str, Any] = {name: values.pop(name) for name in ("temperature", "top_p", "n", "seed")}
        is_new = "max_tokens" in self.left_out
        parameters["max_completion_tokens" if is_new else "max_tokens"] = values.pop("max_tokens")
        if task["response_schema"] and self.settings.openai.structured_output:
            parameters["response_format"] = _response_format(task["response_schema"])
        kept = {name: value for name, value in parameters.items() if name not in self.left_out}
        return {**kept, "extra_body": values} if values else kept

    async def _request(self, task: Task, values: dict[str, Any], asks: int) -> ChatCompletion:
        """One request, tried until it is answered.

        Raises:
            SetAside: it never will be.
            EngineStopped: no request will be.
        """
        allowed = self._allowed_tokens(task, values) if self.pace.counts_tokens else 0
        tries = refusals = 0
        while True:
            parameters = self._parameters(task, values, asks)
            reply = await self._try(task, parameters, allowed)
            if isinstance(reply, ChatCompletion):
                return reply
            if self._adapt(reply, parameters):
                continue
            self._give_up_if_final(reply)
            has_date = faults.retry_after(reply) is not None
            is_refusal = has_date or faults.status_of(reply) == 429
            tries, refusals = tries + (not is_refusal), refusals + is_refusal
            if tries >= self.settings.openai.tries or refusals >= REFUSALS:
                raise SetAside(f"given up after {tries + refusals} tries: {self.engine.said(reply)}")
            if not has_date:  # else everything waits
                await self.pace.sleep(backoff(max(tries, min(refusals, 5)) - 1))

    async def _try(self, task: Task, parameters: dict[str, Any], allowed: int) -> ChatCompletion | Exception:
        async with self.pace.turn(allowed) as started:
            if self.stopped:
                raise self.stopped
            try:
                completion = await self._send(task, parameters)
            except UnicodeEncodeError as error:
                raise SetAside(f"its text cannot be sent: {error.reason}") from None
            except (openai.APIError, httpx2.HTTPError, TimeoutError, ValueError) as problem:
                if faults.is_overload(problem):
                    self.pace.refused(started, faults.retry_after(problem))
                return problem
            used = sum(_usage(completion)[::2])
            self.pace.succeeded(allowed - used if used else 0)
            return completion

    async def _send(self, task: Task, parameters: dict[str, Any]) -> ChatCompletion:
        messages = [{"role": message["role"], "content": message["content"]} for message in task["messages"]]
        async with asyncio.timeout(self.settings.openai.timeout):  # the client's own is for each part of a reply
            completion: Any = await self.client.chat.completions.create(
                model=self.engine.model, messages=cast(list[ChatCompletionMessageParam], messages), **parameters
            )
        choices = getattr(completion, "choices", None)
        if not choices or any(getattr(choice, "message", None) is None for choice in choices):
            raise ValueError("the reply is no chat completion")  # the client checks no more than that it is JSON
        return cast(ChatCompletion, completion)

    def _allowed_tokens(self, task: Task, values: dict[str, Any]) -> int:
        prompt = sum(self.count_tokens(message["content"]) for message in task["messages"])
        return prompt + int(values["n"] * values["max_tokens"])

    def _adapt(self, problem: Exception, sent: dict[str, Any]) -> bool:
        """Leave out parameters that the endpoint does not take, and say so once."""
        names = faults.not_taken(problem, sent)
        if new := set(names) - self.left_out:
            log.warning("the endpoint does not take %s; asking without", ", ".join(sorted(new)))
            self.left_out |= new
        return bool(names)

    def _give_up_if_final(self, problem: Exception) -> None:
        said, engine = self.engine.said(problem), self.engine
        if faults.is_out_of_quota(problem):
            raise EngineStopped(f"the account has no quota left: {said}; {KEPT}")
        if faults.status_of(problem) == 401:
            raise EngineStopped(f"the endpoint refuses the key in {engine.variable}: {said}; {KEPT}")
        if faults.is_unknown_model(problem):
            raise EngineStopped(
                f"the endpoint has no model {engine.model!r} (engine.model), or engine.openai.base_url is wrong "
                f"(most end in /v1): {said}; {KEPT}"
            )
        if (faults.retry_after(problem) or 0) > LONGEST_PAUSE:
            raise EngineStopped(f"the endpoint asks to wait {faults.retry_after(problem):.0f} s: {said}; {KEPT}")
        if faults.is_final(problem):
            raise SetAside(f"refused with status {faults.status_of(problem)}: {said}")


def _usage(completion: ChatCompletion) -> tuple[int, int, int]:
    """Prompt, cached and output tokens of a reply; 0 where it does not say."""
    usage = getattr(completion, "usage", None)  # the client builds replies without a look at what they lack
    details = getattr(usage, "prompt_tokens_details", None)
    counts = ((usage, "prompt_tokens"), (details, "cached_tokens"), (usage, "completion_tokens"))
    prompt, cached, output = (getattr(holder, name, None) or 0 for holder, name in counts)
    return prompt, cached, output


@lru_cache(maxsize=64)
def _response_format(schema: str) -> dict[str, Any]:
    json_schema = {"name": "answer", "schema": json.loads(schema), "strict": True}
    return {"type": "json_schema", "json_schema": json_schema}
