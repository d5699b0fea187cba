"""Wherever a budget cuts the stream, each document has had its due."""

from collections import Counter
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from synth.recipes.docs.spread import spread

WEIGHTS = st.lists(st.floats(0.01, 100), min_size=1, max_size=12)


def numbered(name, count=10**9):
    return ((name, number) for number in range(count))


@given(st.lists(st.tuples(st.floats(0.01, 100), st.integers(0, 20)), max_size=8))
def test_every_item_comes_once_and_in_the_order_of_its_stream(streams):
    found = list(spread((weight, numbered(name, count)) for name, (weight, count) in enumerate(streams)))
    for name, (_, count) in enumerate(streams):
        assert [number for held, number in found if held == name] == list(range(count))
    assert len(found) == sum(count for _, count in streams)


@given(WEIGHTS, st.integers(0, 300))
def test_a_cut_anywhere_leaves_each_stream_less_than_one_item_from_its_due(weights, cut):
    found = Counter(name for name, _ in islice(spread((w, numbered(i)) for i, w in enumerate(weights)), cut))
    for one, weight in enumerate(weights):
        for other, weight2 in enumerate(weights):
            assert found[one] / weight - found[other] / weight2 < 1.001 * (1 / weight + 1 / weight2)


def test_many_small_documents_share_a_budget_that_is_too_small_for_all():
    weights = [1000.0] + [1.0] * 1000
    found = Counter(name for name, _ in islice(spread((w, numbered(i)) for i, w in enumerate(weights)), 200))
    assert 95 <= found[0] <= 105
    assert sum(found[name] for name in range(1, 1001)) == 200 - found[0]


def test_nothing_is_read_ahead():
    read = []

    def stream(name):
        for number in range(5):
            read.append((name, number))
            yield name, number

    found = list(islice(spread((1.0, stream(name)) for name in "abc"), 4))
    assert read == found
