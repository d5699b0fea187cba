"""The engine `openai`: any endpoint that speaks the OpenAI chat protocol, such as vLLM's own server."""

import asyncio
import json
import logging
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion import Choice

from synth.config import EngineSettings
from synth.engines.base import Answers, EngineStopped, Task, failure, sampling, schema_fault, split_reasoning
from synth.engines.pace import Pace, backoff
from synth.errors import UserError
from synth.tokens import token_counter

REFUSALS = 100  # how often a request may meet a rate limit before it is set aside
REASKS = 2  # further tries for an answer that is not JSON of its schema
FAILURES_IN_A_ROW = 32  # so many failed tasks without a success between them are the endpoint's fault, not theirs
OPTIONAL = ("response_format", "seed", "top_p", "temperature", "n")  # parameters that some endpoints do not take
_NO_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_TRANSIENT = {408, 409, 425, 429}

log = logging.getLogger(__name__)


class OpenAIEngine:
    """Asks an endpoint for many answers at once, as fast as it takes them.

    A rate limit, an overload, a time-out or a broken connection is waited out and tried again; a task that the endpoint
    refuses (such as an over-long prompt) fails alone. A wrong key, an unknown model or an exhausted quota stops the run.

    Raises:
        UserError: no model is named, or there is no key.
    """

    name = "openai"

    def __init__(self, settings: EngineSettings) -> None:
        if not settings.model:
            raise UserError("engine.model: the engine openai needs the name of a model; set it with --set or MODEL=")
        self.model = settings.model
        self._settings = settings
        self._base_url = settings.openai.base_url or os.environ.get("OPENAI_BASE_URL") or None
        self._key = os.environ.get(settings.openai.api_key_env, "")
        if not self._key and not self._base_url:
            raise UserError(f"the environment variable {settings.openai.api_key_env} is not set; it must hold the key")

    def answer(self, tasks: Iterable[Task]) -> Iterator[Answers]:
        """Answer tasks, at most `engine.openai.concurrency` at once.

        Raises:
            EngineStopped: the endpoint cannot answer any task.
        """
        with asyncio.Runner() as runner:
            asking = _Asking(self, self._settings, iter(tasks))
            try:
                while (answers := runner.run(asking.step())) is not None:
                    yield from answers
            finally:
                runner.run(asking.close())

    def connect(self) -> openai.AsyncOpenAI:
        """A client of the endpoint; use it in one event loop. Retries are ours."""
        most = self._settings.openai.concurrency
        host = urlsplit(self._base_url or "").hostname
        client = openai.DefaultAsyncHttpxClient(
            limits=httpx2.Limits(max_connections=most, max_keepalive_connections=most),
            trust_env=host not in {"localhost", "127.0.0.1", "::1"},  # a proxy does not lead back to this machine
        )
        return openai.AsyncOpenAI(
            api_key=self._key or "none",
            base_url=self._base_url,
            max_retries=0,
            timeout=self._settings.openai.timeout,
            http_client=client,
        )

    def close(self) -> None:
        """Nothing is held between calls."""


@dataclass
class _Asking:
    """The requests of one call of `answer`, inside its event loop."""

    engine: OpenAIEngine
    settings: EngineSettings
    tasks: Iterator[Task]
    running: set["asyncio.Task[None]"] = field(default_factory=set)
    awaited: int = 0
    """Tasks that were taken and whose answers have not been seen yet."""
    held: list[Answers] = field(default_factory=list)
    """Failures that wait for a success: without any, the endpoint is at fault and they are not recorded."""
    fatal: EngineStopped | None = None
    dropped: set[str] = field(default_factory=set)
    limit_name: str = "max_tokens"

    def __post_init__(self) -> None:
        self.is_open = False
        self.more = True
        self.count_tokens = token_counter(None)

    async def step(self) -> list[Answers] | None:
        """Keep the endpoint busy until at least one answer is there; None when all are."""
        if not self.is_open:
            limits = self.settings.openai
            self.client = self.engine.connect()
            self.pace = Pace(limits.concurrency, limits.requests_per_minute, limits.tokens_per_minute)
            self.finished: asyncio.Queue[Answers] = asyncio.Queue()
            self.is_open = True
        while True:
            self._fill()
            if not self.awaited:
                held, self.held = self.held, []
                return held or None
            ready = [await self.finished.get()]
            while not self.finished.empty():
                ready.append(self.finished.get_nowait())
            self.awaited -= len(ready)
            if self.fatal:
                raise self.fatal
            if answers := self._release(ready):
                return answers

    async def close(self) -> None:
        """Drop what is in flight."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        if self.is_open:
            await self.client.close()

    def _fill(self) -> None:
        while self.more and self.awaited < self.settings.openai.concurrency and not self.fatal:
            task = next(self.tasks, None)
            if task is None:
                self.more = False
                return
            running = asyncio.create_task(self._settle(task))
            self.awaited += 1
            self.running.add(running)
            running.add_done_callback(self.running.discard)

    def _release(self, ready: list[Answers]) -> list[Answers]:
        """What may be passed on: answers, and failures once there is an answer after them."""
        self.held += [answers for answers in ready if answers[0]["status"] != "ok"]
        answered = [answers for answers in ready if answers[0]["status"] == "ok"]
        if answered:
            answered, self.held = [*self.held, *answered], []
        elif len(self.held) >= FAILURES_IN_A_ROW:
            raise EngineStopped(
                f"the endpoint answers nothing; the last of {len(self.held)} failures in a row: "
                f"{self.held[-1][0]['error']}; what was answered is kept, and the same command goes on"
            )
        return answered

    async def _settle(self, task: Task) -> None:
        try:
            answers = await self._answer(task)
        except EngineStopped as error:
            self.fatal = self.fatal or error
            answers = failure(task, self.engine, str(error))
        await self.finished.put(answers)

    async def _answer(self, task: Task) -> Answers:
        """All samples of one task; asks on where the endpoint gives fewer than it was asked for."""
        wanted, rows, asks = sampling(task, self.settings)["n"], Answers(), 0
        while len(rows) < wanted and asks < wanted + REASKS:
            completion = await self._request(task, wanted - len(rows), asks)
            asks += 1
            if isinstance(completion, str):
                return failure(task, self.engine, completion)
            may_ask_again = asks < wanted + REASKS
            rows += self._rows(task, completion, len(rows), drop_misfits=may_ask_again)
        return rows

    def _rows(self, task: Task, completion: ChatCompletion, first: int, *, drop_misfits: bool) -> Answers:
        usage = completion.usage
        cached = usage.prompt_tokens_details if usage else None
        rows: Answers = []
        for choice in completion.choices:
            text, reasoning = self._parts(choice)
            is_cut = choice.finish_reason == "length"
            schema = task["response_schema"]
            if schema and drop_misfits and not is_cut and schema_fault(text, schema):
                continue
            rows.append(
                {
                    "task_id": task["task_id"], "sample_index": first + len(rows), "status": "ok", "text": text,
                    "reasoning": reasoning, "finish_reason": choice.finish_reason or "", "error": "",
                    "engine": self.engine.name, "model": self.engine.model,
                }
            )  # fmt: skip
        if rows and usage:  # of all choices together
            rows[0] |= {
                "prompt_tokens": usage.prompt_tokens, "output_tokens": usage.completion_tokens,
                "cached_tokens": (cached.cached_tokens if cached else 0) or 0,
            }  # fmt: skip
        return rows

    def _parts(self, choice: Choice) -> tuple[str, str]:
        content = choice.message.content or ""
        extra = choice.message.model_extra or {}
        reasoning = extra.get("reasoning_content") or extra.get("reasoning") or ""
        if reasoning:
            return content.strip(), str(reasoning).strip()
        reasoning, text = split_reasoning(content, self.settings.reasoning)
        return text, reasoning

    def _parameters(self, task: Task, n: int, asks: int) -> dict[str, Any]:
        values = sampling(task, self.settings)
        values |= {"n": n, "seed": (values["seed"] + asks) % 2**63}
        parameters: dict[str, Any] = {name: values.pop(name) for name in ("temperature", "top_p", "n", "seed")}
        parameters[self.limit_name] = values.pop("max_tokens")
        if task["response_schema"] and self.settings.openai.structured_output:
            schema = {"name": "answer", "schema": json.loads(task["response_schema"]), "strict": True}
            parameters["response_format"] = {"type": "json_schema", "json_schema": schema}
        kept = {name: value for name, value in parameters.items() if name not in self.dropped}
        return {**kept, "extra_body": values} if values else kept

    async def _request(self, task: Task, n: int, asks: int) -> ChatCompletion | str:
        """One request, tried until it is answered; or the reason why it is set aside."""
        messages = [{"role": message["role"], "content": message["content"]} for message in task["messages"]]
        allowed = sum(self.count_tokens(message["content"]) for message in messages)
        allowed += n * sampling(task, self.settings)["max_tokens"]
        tries = refusals = 0
        while True:
            async with self.pace.turn(allowed) as started:
                try:
                    completion: ChatCompletion = await self.client.chat.completions.create(
                        model=self.engine.model,
                        messages=messages,
                        **self._parameters(task, n, asks),  # type: ignore[arg-type]
                    )
                    if not isinstance(completion, ChatCompletion) or not completion.choices:
                        raise ValueError("the reply is no chat completion")
                except (openai.APIError, httpx2.HTTPError, ValueError) as error:
                    problem = error
                else:
                    used = completion.usage.total_tokens if completion.usage else allowed
                    self.pace.succeeded(allowed - used)
                    return completion
            status = problem.status_code if isinstance(problem, openai.APIStatusError) else None
            if status is not None and self._adapt(problem, status):
                continue
            self._stop_if_hopeless(problem, status)
            if status is not None and status < 500 and status not in _TRANSIENT:
                return f"refused with status {status}: {_message(problem)}"
            retry_after = _retry_after(problem)
            if status is not None:
                self.pace.refused(started, retry_after)
            if status == 429 or retry_after is not None:
                refusals += 1
            else:
                tries += 1
            if tries >= self.settings.openai.tries or refusals >= REFUSALS:
                return f"given up after {tries + refusals} tries: {_message(problem)}"
            if retry_after is None:
                await asyncio.sleep(backoff(max(tries, min(refusals, 5)) - 1))

    def _adapt(self, problem: Exception, status: int) -> bool:
        """Leave out a parameter that the endpoint does not take, and say so once."""
        if status not in {400, 422}:
            return False
        text = _message(problem)
        if self.limit_name == "max_tokens" and "max_completion_tokens" in text:
            self.limit_name = "max_completion_tokens"
            return True
        named = [name for name in OPTIONAL if name in text and name not in self.dropped and name != "n"]
        if named and any(word in text.lower() for word in ("unsupported", "not supported", "unrecognized", "unknown")):
            log.warning("the endpoint does not take %s; asking without it", ", ".join(named))
            self.dropped.update(named)
            return True
        return False

    def _stop_if_hopeless(self, problem: Exception, status: int | None) -> None:
        code = getattr(problem, "code", None)
        kept = "what was answered is kept, and the same command goes on"
        if status in {401, 403}:
            variable = self.settings.openai.api_key_env
            raise EngineStopped(f"the endpoint refuses the key in {variable}: {_message(problem)}; {kept}")
        if status == 404:
            raise EngineStopped(
                f"engine.model {self.engine.model!r} is not at the endpoint: {_message(problem)}; {kept}"
            )
        if status == 402 or code in _NO_QUOTA:
            raise EngineStopped(f"the account has no quota left: {_message(problem)}; {kept}")


def _message(problem: Exception) -> str:
    """What an endpoint said, on one line; never the request, which holds the key."""
    body = getattr(problem, "body", None)
    text = body.get("message") if isinstance(body, dict) else None
    return " ".join(str(text or getattr(problem, "message", None) or problem).split())[:300]


def _retry_after(problem: Exception) -> float | None:
    """Seconds that the endpoint asks to wait: as a number, or until a date."""
    if not isinstance(problem, openai.APIStatusError):
        return None
    header = problem.response.headers.get("retry-after")
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None
