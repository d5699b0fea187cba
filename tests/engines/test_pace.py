"""How fast an endpoint is asked, on a clock of its own: nobody waits here."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.engines.pace import FIRST_WAIT, LONGEST_WAIT, Pace, backoff


class Clock:
    """Time passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def pace(most: int = 8, clock: Clock | None = None, **limits: int) -> Pace:
    clock = clock or Clock()
    return Pace(most, clock=clock, sleep=clock.sleep, **limits)


async def go(pace: Pace, tokens: int = 0, during: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)) -> float:
    """One request; when it was let through."""
    async with pace.turn(tokens) as started:
        await during()
    return started


def most_at_once(pace: Pace, requests: int = 40) -> int:
    now, most = 0, 0

    async def during() -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        now -= 1

    async def main() -> None:
        await asyncio.gather(*(go(pace, during=during) for _ in range(requests)))

    asyncio.run(main())
    return most


def test_as_many_are_in_flight_as_the_limit_allows_and_no_more():
    assert most_at_once(pace(8)) == 8
    assert most_at_once(pace(1)) == 1
    slowed = pace(8)
    slowed.refused(0.0, None)
    assert most_at_once(slowed) == 4


def test_the_limit_falls_by_half_once_an_overload_and_never_below_one():
    clock = Clock()
    slowed = pace(64, clock)
    for _ in range(20):  # all of them were sent before the first refusal was known
        slowed.refused(0.0, None)
    assert slowed.limit == 32
    for _ in range(20):
        clock.now += 1
        slowed.refused(clock.now, None)
    assert slowed.limit == 1
    assert most_at_once(slowed) == 1


def test_the_limit_grows_by_one_a_round_of_answers_and_never_beyond_the_most():
    grown = pace(16)
    grown.refused(0.0, None)
    for _ in range(8):
        grown.succeeded(0)
    assert 8.9 < grown.limit < 9.1
    for _ in range(1000):
        grown.succeeded(0)
    assert grown.limit == 16


def test_what_the_endpoint_asks_to_wait_holds_for_every_request():
    clock = Clock()
    paused = pace(4, clock)

    async def main() -> list[float]:
        async with paused.turn(0) as started:
            waiting = [asyncio.create_task(go(paused)) for _ in range(6)]
            paused.refused(started, 30.0)
            paused.refused(started, 12.0)  # an earlier end does not shorten it
        return await asyncio.gather(*waiting)

    assert asyncio.run(main()) == [30.0] * 6


def let_through(limits: dict[str, int], sizes: list[int]) -> list[float]:
    clock = Clock()
    paced = pace(4, clock, **limits)

    async def main() -> list[float]:
        return await asyncio.gather(*(go(paced, size) for size in sizes))

    return asyncio.run(main())


def in_any_minute(moments: list[float], sizes: list[int]) -> int:
    return max(
        sum(size for moment, size in zip(moments, sizes, strict=True) if start <= moment < start + 59.999)
        for start in moments
    )


@settings(deadline=None, max_examples=60)
@given(limit=st.integers(1, 600), requests=st.integers(1, 300))
def test_no_minute_sees_more_requests_than_the_limit_and_the_limit_is_used(limit, requests):
    moments = let_through({"requests_per_minute": limit}, [0] * requests)
    assert in_any_minute(moments, [1] * requests) <= limit
    assert max(moments) <= 60 * requests / limit * 1.05


@settings(deadline=None, max_examples=60)
@given(limit=st.integers(60, 100_000), sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=60))
def test_no_minute_sees_more_tokens_than_the_limit_and_one_request(limit, sizes):
    moments = let_through({"tokens_per_minute": limit}, sizes)
    assert in_any_minute(moments, sizes) <= limit + max(sizes)
    assert max(moments) <= 60 * sum(sizes) / limit * 1.05


def test_a_request_larger_than_a_minute_is_late_and_not_stuck():
    assert let_through({"tokens_per_minute": 600}, [5000, 10]) == pytest.approx([0, 5000 / 10], rel=0.05)


def test_tokens_that_were_not_used_let_the_next_go_sooner_and_those_beyond_let_it_wait():
    def second(unused: int) -> float:
        clock = Clock()
        paced = pace(4, clock, tokens_per_minute=600)

        async def main() -> float:
            await go(paced, 1000)
            paced.succeeded(unused)
            return await go(paced, 10)

        return asyncio.run(main())

    assert second(900) < second(0) < second(-500)


def test_a_large_request_is_not_overtaken_by_small_ones():
    moments = let_through({"tokens_per_minute": 600}, [10, 900, *[10] * 40])
    assert sorted(moments) == moments


@pytest.mark.parametrize("is_let_through", [False, True])
def test_a_request_that_is_given_up_while_it_waits_leaves_its_place_and_no_more(is_let_through):
    single = pace(1)

    async def main() -> float:
        async with single.turn(0):
            waiting = asyncio.create_task(go(single))
            await asyncio.sleep(0)
            if not is_let_through:
                waiting.cancel()
        waiting.cancel()  # it has a place by now, but does not know it yet
        await asyncio.gather(waiting, return_exceptions=True)
        return await asyncio.wait_for(go(single), 30)

    assert asyncio.run(main()) == 0
    assert most_at_once(single) == 1


def test_waits_after_failures_grow_to_a_bound_and_are_spread():
    waits = [[backoff(attempt) for _ in range(50)] for attempt in range(12)]
    assert max(waits[0]) <= FIRST_WAIT
    assert max(waits[4]) > 4 * FIRST_WAIT
    assert max(map(max, waits)) <= LONGEST_WAIT
    assert all(0 < min(some) < max(some) / 2 for some in waits)
