"""An endpoint of the OpenAI chat protocol that misbehaves on demand, on a port of this machine."""

import asyncio
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
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


@contextmanager
def serve(behave: Callable[[dict, int], Reply]):
    """Serve until the block ends; `behave` is given a request and how often its prompt was asked before."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    endpoint = Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
    loop = asyncio.new_event_loop()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await _head(reader):
                length = int(head.get("content-length", 0))
                request = json.loads(await reader.readexactly(length))
                if not await _reply(endpoint, behave, request, head, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(handle, sock=listener)
        async with server:
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


async def _head(reader: asyncio.StreamReader) -> dict[str, str]:
    data = await reader.readuntil(b"\r\n\r\n")
    lines = data.decode().split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}


async def _reply(endpoint: Endpoint, behave: Callable, request: dict, head: dict, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; whether the connection stays open."""
    prompt = request["messages"][-1]["content"]
    reply = behave(request, endpoint.asked[prompt])
    endpoint.asked[prompt] += 1
    endpoint.bodies.append(request)
    endpoint.headers.append(head)
    endpoint.in_flight += 1
    endpoint.most_in_flight = max(endpoint.most_in_flight, endpoint.in_flight)
    try:
        if reply.delay:
            await asyncio.sleep(reply.delay)
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        headers = {"content-type": "application/json", "content-length": str(len(body)), **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body[: reply.cut])
        await writer.drain()
        if reply.cut is not None:
            return False
        if reply.status == 200 and not isinstance(reply.body, bytes):
            endpoint.answered[prompt] += 1
        return True
    finally:
        endpoint.in_flight -= 1
