"""An endpoint of the OpenAI chat protocol that misbehaves on demand, on a port of this machine."""

import asyncio
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """What the endpoint does with one request."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Send only so many bytes of the body and then break the connection."""
    delay: float = 0.0
    drip: float = 0.0
    """Seconds between the bytes."""
    once: Callable[[], bool] = lambda: True
    """Reply only when this holds."""


@dataclass
class Endpoint:
    """A running endpoint, and what it was asked."""

    url: str
    asked: Counter = field(default_factory=Counter)
    """How often each prompt was asked."""
    answered: Counter = field(default_factory=Counter)
    """How often each prompt was answered whole."""
    bodies: list[dict] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    is_left: threading.Event = field(default_factory=threading.Event)
    """Set once a client has gone away in the middle of a reply."""


def completion(request: dict, text: str = "fine", **choice: Any) -> dict:
    """A whole reply to a request."""
    prompt = sum(len(message["content"]) for message in request["messages"])
    message = {"role": "assistant", "content": text, **choice.pop("message", {})}
    choices = [
        {"index": index, "finish_reason": "stop", "message": message, **choice} for index in range(request.get("n", 1))
    ]
    usage = {
        "prompt_tokens": prompt, "completion_tokens": 5, "total_tokens": prompt + 5,
        "prompt_tokens_details": {"cached_tokens": prompt // 2},
    }  # fmt: skip
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": choices,
        "usage": usage,
    }


Behaviour = Callable[[dict, int], Reply]


@contextmanager
def serve(behave: Behaviour) -> Iterator[Endpoint]:
    """Serve until the block ends; `behave` is given a request and how often its prompt was asked before."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    endpoint = Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=[_run(endpoint, behave, listener, stop)])
    thread.start()
    try:
        yield endpoint
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _run(endpoint: Endpoint, behave: Behaviour, listener: socket.socket, stop: asyncio.Event) -> None:
    handlers: set[asyncio.Task] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.add(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await _reply(endpoint, behave, reader, writer):
                pass
        writer.close()
        handlers.discard(asyncio.current_task())

    server = await asyncio.start_server(handle, sock=listener, backlog=2048)
    await stop.wait()
    server.close()
    for task in list(handlers):
        task.cancel()
    await asyncio.gather(*handlers, return_exceptions=True)
    await asyncio.sleep(0)  # lets the transports close


async def _head(reader: asyncio.StreamReader) -> dict[str, str]:
    data = await reader.readuntil(b"\r\n\r\n")
    lines = data.decode().split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}


async def _reply(
    endpoint: Endpoint, behave: Behaviour, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Take and answer one request; whether the connection stays open."""
    head = await _head(reader)
    request = json.loads(await reader.readexactly(int(head.get("content-length", 0))))
    prompt = request["messages"][-1]["content"]
    reply = behave(request, endpoint.asked[prompt])
    endpoint.asked[prompt] += 1
    endpoint.bodies.append(request)
    endpoint.headers.append(head)
    endpoint.in_flight += 1
    endpoint.most_in_flight = max(endpoint.most_in_flight, endpoint.in_flight)
    try:
        await _wait(endpoint, reply, reader)
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        headers = {"content-type": "application/json", "content-length": str(len(body)), **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
        sent = "\r\n".join(lines).encode() + b"\r\n\r\n" + body[: reply.cut]
        for part in [sent] if not reply.drip else [sent[at : at + 1] for at in range(len(sent))]:
            await asyncio.sleep(reply.drip)
            writer.write(part)
            await writer.drain()
        if reply.cut is not None:
            return False
        if reply.status == 200 and not isinstance(reply.body, bytes):
            endpoint.answered[prompt] += 1
        return True
    finally:
        endpoint.in_flight -= 1


async def _wait(endpoint: Endpoint, reply: Reply, reader: asyncio.StreamReader) -> None:
    """Wait as long as the reply is to be late, or until the client goes away."""
    if not reply.delay and reply.once():
        return
    late = asyncio.create_task(_ready(reply))
    gone = asyncio.create_task(reader.read(1))
    try:
        await asyncio.wait([late, gone], return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            endpoint.is_left.set()
            raise ConnectionError
    finally:
        late.cancel()
        gone.cancel()
        await asyncio.gather(late, gone, return_exceptions=True)


async def _ready(reply: Reply) -> None:
    await asyncio.sleep(reply.delay)
    while not reply.once():
        await asyncio.sleep(0.002)
