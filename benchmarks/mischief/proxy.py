"""A store or a teacher that is away: a proxy before an HTTP server, which misbehaves at chosen requests."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PASS, BUSY, CUT, SLOW = "pass", "busy", "cut", "slow"
SLOW_SECONDS = 0.3  # that each piece of a reply takes
_BODY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
_HEAD = "HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n"
_BUSY = _HEAD.format(len(_BODY)).encode() + _BODY


@dataclass
class Proxy:
    """A running proxy.

    Args:
        port: where it listens.
        behave: from the number of a request, counted from 0 over all connections, to what happens to it.
    """

    port: int
    behave: Callable[[int], str]
    n_requests: int = 0
    done: Counter[str] = field(default_factory=Counter)
    """Requests by what happened to them."""

    def next(self) -> str:
        """What happens to the request that comes in now."""
        what = self.behave(self.n_requests)
        self.n_requests += 1
        self.done[what] += 1
        return what

    def begin(self, behave: Callable[[int], str]) -> None:
        """Count from 0 again, and behave in another way."""
        self.behave, self.n_requests, self.done = behave, 0, Counter()


def good(number: int) -> str:
    """Every request comes through."""
    return PASS


def window(kind: str, start: int, end: int) -> Callable[[int], str]:
    """Requests from `start` up to `end` meet a fault, the others none."""
    return lambda number: kind if start <= number < end else PASS


@contextmanager
def proxy(target: int, behave: Callable[[int], str] = good) -> Iterator[Proxy]:
    """Stand before a server of this machine until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    found = Proxy(listener.getsockname()[1], behave)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=[_run(found, target, listener, stop)])
    thread.start()
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _run(found: Proxy, target: int, listener: socket.socket, stop: asyncio.Event) -> None:
    handlers: set[asyncio.Task[None] | None] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.add(asyncio.current_task())
        with suppress(ConnectionError, asyncio.CancelledError):
            await _connect(found, target, reader, writer)
        writer.transport.abort()
        handlers.discard(asyncio.current_task())

    server = await asyncio.start_server(handle, sock=listener, backlog=512)
    await stop.wait()
    server.close()
    for task in list(handlers):
        if task:
            task.cancel()
    await asyncio.gather(*(task for task in handlers if task), return_exceptions=True)
    await asyncio.sleep(0)  # lets the transports close


async def _connect(found: Proxy, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry one connection; what a client sends after a reply begins a new request."""
    server_reader, server_writer = await asyncio.open_connection("127.0.0.1", target)
    state = {"replied": True, "slow": False}

    async def back() -> None:
        while data := await server_reader.read(1 << 16):
            state["replied"] = True
            if state["slow"]:
                await asyncio.sleep(SLOW_SECONDS)
            writer.write(data)
            await writer.drain()

    answering = asyncio.create_task(back())
    try:
        while data := await reader.read(1 << 16):
            if state["replied"]:
                what = found.next()
                state.update(replied=False, slow=what == SLOW)
                if what in {BUSY, CUT}:
                    await _refuse(what, reader, writer)
                    return
            server_writer.write(data)
            await server_writer.drain()
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        server_writer.transport.abort()


async def _refuse(what: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if what == BUSY:
        writer.write(_BUSY)
        await writer.drain()
        writer.write_eof()
        while await reader.read(1 << 16):  # else what the client still sends would break the reply
            pass
