"""How fast may an endpoint be asked? A limit on requests in flight that adapts, cool-downs, and rates a minute.

The limit falls by half when the endpoint refuses and grows by one for each round of successes (additive increase,
multiplicative decrease: Chiu and Jain 1989, as in TCP).
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

FIRST_WAIT = 0.5  # seconds before the second try
LONGEST_WAIT = 60.0
ROUNDING = 1e-6  # of a request or token: what sums of fractions may lack


def backoff(attempt: int) -> float:
    """Seconds to wait after the failed try number `attempt`, from 0: doubled each time, with jitter."""
    jitter: float = random.uniform(0.1, 1)  # noqa: S311 - spreads retries
    return jitter * min(LONGEST_WAIT, FIRST_WAIT * float(2**attempt))


class Pace:
    """Lets requests through; use it from one event loop.

    Args:
        most: requests in flight at the most.
        requests_per_minute: None for no limit.
        tokens_per_minute: None for no limit; each request counts with what it may use, then with what it used.
        clock: seconds that never go back.
        sleep: waits so many seconds of that clock.
    """

    def __init__(
        self,
        most: int,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.most = most
        self.limit = float(most)
        self.sleep = sleep
        self.counts_tokens = tokens_per_minute is not None
        self._clock = clock
        self._active = 0
        self._resume_at = self._cut_at = float("-inf")
        self._queue: deque[asyncio.Future[None]] = deque()
        self._gate = asyncio.Lock()
        self._requests = Bucket(requests_per_minute, clock) if requests_per_minute else None
        self._tokens = Bucket(tokens_per_minute, clock) if tokens_per_minute else None

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncIterator[float]:
        """Wait for a place among the requests in flight; yields the time at which it was given."""
        await self._enter()
        try:
            async with self._gate:  # in order, so that small requests do not keep a large one waiting for ever
                while (wait := self._wait(tokens)) > 0:
                    await self.sleep(wait)
            yield self._clock()
        finally:
            self._leave()

    def succeeded(self, unused_tokens: int) -> None:
        """A request was answered, with this many tokens fewer than it was let through with."""
        self.limit = min(self.most, self.limit + 1 / self.limit)
        if self._tokens:
            self._tokens.settle(unused_tokens)

    def refused(self, started: float, retry_after: float | None) -> None:
        """A request that was let through at `started` met a limit or an overload: go slower, and pause if told so."""
        if started > self._cut_at:  # of the many requests that meet one overload, the first one counts
            self.limit = max(1.0, self.limit / 2)
            self._cut_at = self._clock()
        if retry_after is not None:
            self._resume_at = max(self._resume_at, self._clock() + retry_after)

    async def _enter(self) -> None:
        place = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        self._admit()
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():  # it was admitted at the same moment
                self._leave()
            raise

    def _leave(self) -> None:
        self._active -= 1
        self._admit()

    def _admit(self) -> None:
        while self._queue and self._active < int(self.limit):
            place = self._queue.popleft()
            if not place.done():
                self._active += 1
                place.set_result(None)

    def _wait(self, tokens: int) -> float:
        wait = self._resume_at - self._clock()
        if wait > 0:
            return wait
        buckets = [(self._requests, 1), (self._tokens, tokens)]
        wait = max((bucket.wait(amount) for bucket, amount in buckets if bucket), default=0.0)
        if not wait:
            for bucket, amount in buckets:
                if bucket:
                    bucket.take(amount)
        return wait


class Bucket:
    """A token bucket from which a minute never gets more than `per_minute`, at an even rate.

    It holds what a second gives, so that an endpoint that counts by the second is content too. It may be overdrawn by
    one request: one that is larger than the bucket is late and not stuck.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._size = max(1.0, per_minute / 60)
        self._rate = (per_minute - self._size + 1) / 60  # what it holds at first is a part of the first minute's
        self._level = self._size
        self._clock = clock
        self._filled_at = clock()

    def wait(self, amount: int) -> float:
        """Seconds until this much may be taken."""
        now = self._clock()
        self._level = min(self._size, self._level + (now - self._filled_at) * self._rate)
        self._filled_at = now
        lacking = min(amount, self._size) - self._level
        return lacking / self._rate if lacking > ROUNDING else 0.0

    def take(self, amount: int) -> None:
        """Take it."""
        self._level -= amount

    def settle(self, unused: int) -> None:
        """Give back what was taken and not used; less than 0: take what was used beyond it."""
        self._level = min(self._size, self._level + unused)
