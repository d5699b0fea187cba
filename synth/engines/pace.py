"""How fast an endpoint may be asked: a limit on requests in flight that adapts, cool-downs, and rates a minute.

The limit falls by half when the endpoint refuses and grows by one for each round of successes (additive increase,
multiplicative decrease: Chiu and Jain 1989, as in TCP).
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

FIRST_WAIT = 0.5  # seconds before the second try
LONGEST_WAIT = 60.0


def backoff(attempt: int) -> float:
    """Seconds to wait after the failed try number `attempt`, from 0: doubled each time, with full jitter."""
    return random.uniform(0.1, 1) * min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)  # noqa: S311 - spreads retries


class Pace:
    """Lets requests through; use it from one event loop.

    Args:
        most: requests in flight at the most.
        requests_per_minute: None for no limit.
        tokens_per_minute: None for no limit; each request is counted with what it may use, and what it did not use is
            given back.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        most: int,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most = most
        self.limit = float(most)
        self._clock = clock
        self._active = 0
        self._resume_at = 0.0
        self._cut_at = 0.0
        self._room = asyncio.Condition()
        self._requests = Bucket(requests_per_minute, clock) if requests_per_minute else None
        self._tokens = Bucket(tokens_per_minute, clock) if tokens_per_minute else None

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncIterator[float]:
        """Wait for a place among the requests in flight; yields the time at which it was given."""
        async with self._room:
            await self._room.wait_for(lambda: self._active < int(self.limit))
            self._active += 1
        try:
            while (wait := self._wait(tokens)) > 0:
                await asyncio.sleep(wait)
            yield self._clock()
        finally:
            self._active -= 1
            async with self._room:
                self._room.notify(2)  # a success may have made a further place

    def succeeded(self, unused_tokens: int) -> None:
        """A request was answered, with this many tokens fewer than it was let through with."""
        self.limit = min(self.most, self.limit + 1 / self.limit)
        if self._tokens:
            self._tokens.give_back(unused_tokens)

    def refused(self, started: float, retry_after: float | None) -> None:
        """A request that was let through at `started` met a limit or an overload: go slower, and pause if told so."""
        if started > self._cut_at:  # of the many requests that meet one overload, the first one counts
            self.limit = max(1.0, self.limit / 2)
            self._cut_at = self._clock()
        if retry_after is not None:
            self._resume_at = max(self._resume_at, self._clock() + retry_after)

    def _wait(self, tokens: int) -> float:
        wait = self._resume_at - self._clock()
        if wait > 0:
            return wait
        buckets = [(self._requests, 1), (self._tokens, tokens)]
        wait = max((bucket.wait(amount) for bucket, amount in buckets if bucket), default=0.0)
        if wait <= 0:
            for bucket, amount in buckets:
                if bucket:
                    bucket.take(amount)
        return wait


class Bucket:
    """A token bucket that fills at `per_minute` and holds what a minute gives.

    It may be overdrawn by one request, so that one larger than the bucket is late and not stuck.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._rate = per_minute / 60
        self._size = float(per_minute)
        self._level = self._size
        self._clock = clock
        self._filled_at = clock()

    def wait(self, amount: int) -> float:
        """Seconds until this much may be taken; 0 or less: now."""
        now = self._clock()
        self._level = min(self._size, self._level + (now - self._filled_at) * self._rate)
        self._filled_at = now
        return (min(amount, self._size) - self._level) / self._rate

    def take(self, amount: int) -> None:
        """Take it."""
        self._level -= amount

    def give_back(self, amount: int) -> None:
        """Give back what was taken and not used."""
        self._level = min(self._size, self._level + max(0, amount))
