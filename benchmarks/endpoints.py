"""How near does the engine `openai` come to its client library, and what does it lose on a bad endpoint?

    python benchmarks/endpoints.py [--requests 10000] [--in-flight 256] [--rounds 3] [--url URL --model NAME]

The endpoint is a process of its own on this machine that answers at once, so that only the asking side is measured. The
limit to compare with is a bare asyncio loop with the same client, parameters and requests in flight; the two take
turns in one run. On the bad endpoint one request in eight meets a fault: 429 with Retry-After, 500, no reply, a reply
that is cut, or a broken connection.

With --url, a running vLLM server is asked instead, by the engine alone, for short answers; its own count of requests
tells what was asked.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import re
import statistics
import time
import urllib.parse
import urllib.request
from collections import Counter
from multiprocessing.connection import Connection
from typing import Any, ClassVar

from synth.config import EngineSettings
from synth.engines.openai import OpenAIEngine

FAULTS = ("429", "500", "hang", "truncated", "reset")
FAULTY = 0.125  # share of requests that meet one
TIMEOUT = 1.0  # seconds until a request that hangs is given up
LEAST = 0.9  # of the bare loop's requests a second
BODY = json.dumps(
    {
        "id": "x", "object": "chat.completion", "created": 0, "model": "teacher",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "word " * 100}}],
        "usage": {"prompt_tokens": 120, "completion_tokens": 100, "total_tokens": 220},
    }
).encode()  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url", help="of a running vLLM server, such as http://127.0.0.1:8000/v1")
    parser.add_argument("--model", help="the name under which it serves its model")
    options = parser.parse_args()
    tasks = [task(number, options.url is not None) for number in range(options.requests)]
    if options.url:
        raise SystemExit(not ask_server(engine(options.url, options.in_flight, options.model), tasks, options.url))
    ours, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=[there], daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}"
    is_near = compare(engine(f"{url}/good/v1", options.in_flight), tasks, options.in_flight, options.rounds)
    is_safe = lose_nothing(engine(f"{url}/bad/v1", options.in_flight), tasks, url)
    raise SystemExit(not (is_near and is_safe))


def engine(url: str, in_flight: int, model: str = "teacher") -> OpenAIEngine:
    limits = {"base_url": url, "concurrency": in_flight, "timeout": TIMEOUT if "/bad/" in url else 600}
    return OpenAIEngine(EngineSettings.model_validate({"name": "openai", "model": model, "openai": limits}))


def task(number: int, is_short: bool) -> dict[str, Any]:
    messages = [{"role": "system", "content": "word " * 100}, {"role": "user", "content": f"question {number}"}]
    sampling = {"temperature": 0.7, "top_p": 0.95, "max_tokens": 8 if is_short else 256, "n": 1, "seed": number}
    return {"task_id": f"{number:032x}", "messages": messages, "response_schema": "", "sampling": sampling}


def compare(engine: OpenAIEngine, tasks: list[dict[str, Any]], in_flight: int, rounds: int) -> bool:
    """Print requests a second of the bare loop and of the engine; whether they are as near as demanded."""
    print(("{:<10}" + "{:>16}" * 3).format("round", "bare req/s", "engine req/s", "engine / bare"))
    asyncio.run(ask_bare(engine, tasks[:500], in_flight))  # imports and caches
    ratios = []
    for number in range(rounds):
        bare, ours = 0.0, 0.0
        for is_ours in ((False, True), (True, False))[number % 2]:
            started = time.perf_counter()
            n_answers = len(list(engine.answer(tasks))) if is_ours else asyncio.run(ask_bare(engine, tasks, in_flight))
            assert n_answers == len(tasks)
            rate = len(tasks) / (time.perf_counter() - started)
            bare, ours = (bare, rate) if is_ours else (rate, ours)
        ratios.append(ours / bare)
        print(f"{number + 1:<10}{bare:>16,.0f}{ours:>16,.0f}{ratios[-1]:>16.2f}", flush=True)
    print(f"{'median':<10}{'':>32}{statistics.median(ratios):>16.2f}  (at least {LEAST})")
    return statistics.median(ratios) >= LEAST


async def ask_bare(engine: OpenAIEngine, tasks: list[dict[str, Any]], in_flight: int) -> int:
    places = asyncio.Semaphore(in_flight)
    async with engine.connect() as client:

        async def ask(task: dict[str, Any]) -> str:
            async with places:
                reply = await client.chat.completions.create(
                    model=engine.model, messages=task["messages"], **task["sampling"]
                )
            return reply.choices[0].message.content or ""

        return sum(map(bool, await asyncio.gather(*map(ask, tasks))))


def lose_nothing(engine: OpenAIEngine, tasks: list[dict[str, Any]], url: str) -> bool:
    """Print what became of the requests on the bad endpoint; whether all was answered, and nothing twice."""
    started = time.perf_counter()
    rows = [row for answers in engine.answer(tasks) for row in answers]
    seconds = time.perf_counter() - started
    with urllib.request.urlopen(f"{url}/counts") as reply:
        counts = json.load(reply)
    answered = Counter(row["task_id"] for row in rows if row["status"] == "ok")
    lost = len(tasks) - len(answered)
    print("\non the bad endpoint")
    for name, value in [*counts["faults"].items(), ("requests in all", counts["asked"]), ("answered", len(answered)),
                        ("lost", lost), ("asked again after an answer", counts["again"]),
                        ("answers a second", round(len(tasks) / seconds))]:  # fmt: skip
        print(f"  {name:<30}{value:>10,}")
    return not lost and not counts["again"] and set(answered.values()) == {1}


def ask_server(engine: OpenAIEngine, tasks: list[dict[str, Any]], url: str) -> bool:
    """Print what became of the requests on a real server; whether all was answered, and nothing twice."""
    before, started = served(url), time.perf_counter()
    rows = [row for answers in engine.answer(tasks) for row in answers]
    seconds, asked = time.perf_counter() - started, served(url) - before
    answered = Counter(row["task_id"] for row in rows if row["status"] == "ok")
    print("on the server")
    for name, value in (("answered", len(answered)), ("lost", len(tasks) - len(answered)), ("answered by it", asked),
                        ("answers a second", round(len(tasks) / seconds))):  # fmt: skip
        print(f"  {name:<30}{value:>10,}")
    return len(answered) == len(tasks) == asked


def served(url: str) -> int:
    """How many requests a vLLM server has answered since it was started."""
    parts = urllib.parse.urlsplit(url)
    with urllib.request.urlopen(f"{parts.scheme}://{parts.netloc}/metrics") as reply:
        lines = reply.read().decode().split("\n")
    return round(sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("vllm:request_success_total")))


def serve(there: Connection) -> None:
    """Run the endpoint; tells its port."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Exchange, "127.0.0.1", 0, backlog=4096)
        there.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


class Exchange(asyncio.Protocol):
    """One connection. No more of HTTP than the client needs: the endpoint must not be what is measured."""

    dice = random.Random(1)
    asked = 0
    again = 0
    faults: ClassVar[Counter[str]] = Counter()
    answered: ClassVar[set[bytes]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, end, body = self.data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.I)
        if end and len(body) >= (int(length[1]) if length else 0):
            self.data = b""
            self.reply(head.split(b" ", 2)[1], body)

    def reply(self, path: bytes, body: bytes) -> None:
        if path.startswith(b"/good/"):
            self.send(BODY)
        elif path == b"/counts":
            counts = {"asked": Exchange.asked, "again": Exchange.again, "faults": dict(Exchange.faults)}
            self.send(json.dumps(counts).encode())
        else:
            self.reply_badly(body)

    def reply_badly(self, body: bytes) -> None:
        found = re.search(rb"question \d+", body)
        prompt = found[0] if found else body
        Exchange.asked += 1
        Exchange.again += prompt in self.answered
        fault = self.dice.choice(FAULTS) if self.dice.random() < FAULTY else ""
        Exchange.faults[fault or "no fault"] += 1
        if fault == "429":
            self.send(b'{"error": {"message": "slow down"}}', 429, "retry-after: 0.05\r\n")
        elif fault == "500":
            self.send(b'{"error": {"message": "oops"}}', 500)
        elif fault == "truncated":
            self.send(BODY[: len(BODY) // 2])
        elif fault == "reset":
            self.send(BODY, cut=len(BODY) // 2)
        elif fault != "hang":
            self.answered.add(prompt)
            self.send(BODY)

    def send(self, body: bytes, status: int = 200, more: str = "", cut: int | None = None) -> None:
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n{more}\r\n"
        self.transport.write(head.encode() + body[:cut])
        if cut is not None:
            self.transport.close()


if __name__ == "__main__":
    main()
