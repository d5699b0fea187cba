"""A budget: counted from what was spent and what is likely to come, and never without an end."""

from hypothesis import given
from hypothesis import strategies as st

from synth.config import EngineSettings
from synth.ledger import Spent
from synth.meter import FIRST_TOKENS, Meter

NOTHING = Spent()


def meter(spent: Spent = NOTHING, **budget: float) -> Meter:
    return Meter(EngineSettings.model_validate({"budget": budget, "prices": {"prompt": 1, "output": 10}}), spent)


def test_without_a_budget_there_is_no_end():
    assert not meter(Spent(10**12, 0, 10**12)).is_spent(10**6)


def test_what_was_spent_before_counts():
    assert meter(Spent(600, 0, 400), tokens=1000).is_spent()
    assert not meter(Spent(600, 0, 399), tokens=1000).is_spent()


def test_requests_in_flight_count_with_what_those_before_took():
    counted = meter(tokens=1000 + FIRST_TOKENS)
    assert not counted.is_spent(1)
    assert counted.is_spent(2)
    counted.add(10, Spent(80, 0, 20))  # ten tokens a task
    assert not counted.is_spent(200)
    assert counted.is_spent(300)


def test_cached_tokens_have_their_own_price():
    prices = {"prompt": 2, "cached": 0.5, "output": 8}
    settings = EngineSettings.model_validate({"prices": prices})
    assert Meter(settings, Spent(1_000_000, 400_000, 500_000)).cost == 0.6 * 2 + 0.4 * 0.5 + 0.5 * 8


@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 5000)), min_size=20), st.integers(1, 8))
def test_an_engine_that_asks_before_each_task_overspends_by_little(sizes, in_flight):
    budget = sum(map(sum, sizes)) // 2
    counted, flying = meter(tokens=budget), []
    for prompt, output in sizes:
        if len(flying) == in_flight:
            counted.add(1, Spent(*flying.pop(0)))
        if counted.is_spent(len(flying)):
            break
        flying.append((prompt, 0, output))
    for item in flying:
        counted.add(1, Spent(*item))
    assert counted.spent.prompt + counted.spent.output <= budget + (in_flight + 1) * 10_000


def test_a_round_may_take_its_share_and_no_more():
    counted = meter(Spent(500, 0, 0), tokens=1000)
    counted.begin(0.2, Spent(150, 0, 0))
    assert not counted.is_spent()
    counted.add(1, Spent(40, 0, 10))
    assert counted.is_spent()
    counted.begin(0.8, Spent())
    assert not counted.is_spent()
    counted.add(1, Spent(400, 0, 50))  # within its share, but it is the end of the whole
    assert counted.is_spent()


def test_the_first_requests_of_a_budget_of_money_count_too():
    first = FIRST_TOKENS * 10 / 1e6  # at the dearer price
    assert not meter(money=5 * first).is_spent(4)
    assert meter(money=5 * first).is_spent(5)
