"""The mixture: exact counts in every batch, shares with limits, and the same mixture all along."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synth.train.mixture import count_steps, replay_slots, share_out, spread

rates = st.integers(0, 990).map(lambda number: number / 1000)
batches = st.integers(1, 64)


@given(st.integers(1, 200), batches, rates)
def test_after_any_number_of_steps_replay_has_its_share_rounded(n_steps, batch, rate):
    so_far = np.cumsum(replay_slots(n_steps, batch, rate).reshape(n_steps, batch).sum(axis=1))
    for step, count in enumerate(so_far.tolist(), 1):
        assert abs(count - step * batch * Fraction(str(rate))) <= Fraction(1, 2)


def test_a_share_that_is_a_whole_number_is_in_every_batch():
    assert set(replay_slots(1000, 20, 0.1).reshape(1000, 20).sum(axis=1)) == {2}


def test_a_share_below_one_sequence_comes_in_some_batches():
    per_step = replay_slots(100, 16, 0.03).reshape(100, 16).sum(axis=1)
    assert set(per_step) == {0, 1}
    assert per_step.sum() == 48


@given(st.integers(1, 3000), batches, rates)
def test_no_sequence_of_the_corpus_gives_way_to_replay_and_no_step_is_needless(n_corpus, batch, rate):
    def places(n_steps: int) -> int:
        return int((~replay_slots(n_steps, batch, rate)).sum())

    n_steps = count_steps(n_corpus, batch, rate)
    assert places(n_steps - 1) < n_corpus <= places(n_steps)


@pytest.mark.parametrize(
    ("n_corpus", "batch", "rate", "n_steps"), [(90, 10, 0.1, 10), (91, 10, 0.1, 11), (64, 16, 0, 4)]
)
def test_the_number_of_steps_is_the_corpus_over_its_places_rounded_up(n_corpus, batch, rate, n_steps):
    assert count_steps(n_corpus, batch, rate) == n_steps


shares = st.lists(st.tuples(st.floats(0.01, 100), st.integers(0, 500)), min_size=1, max_size=8)


@given(shares, st.data())
def test_shares_add_up_and_no_source_gives_more_than_its_limit(sources, data):
    weights, limits = zip(*sources, strict=True)
    total = data.draw(st.integers(0, sum(limits)))
    counts = share_out(total, weights, limits)
    assert sum(counts) == total
    assert all(0 <= count <= limit for count, limit in zip(counts, limits, strict=True))


@given(shares, st.data())
def test_sources_below_their_limits_have_the_same_proportions_and_no_source_at_its_limit_has_more(sources, data):
    weights, limits = zip(*sources, strict=True)
    counts = share_out(data.draw(st.integers(0, sum(limits))), weights, limits)
    below = [index for index, count in enumerate(counts) if count < limits[index]]
    assume(below)
    for index in below:
        level = counts[index] / weights[index]
        for other, count in enumerate(counts):
            assert count <= level * weights[other] + weights[other] / weights[index] + 1


def test_what_a_small_source_cannot_give_the_others_do():
    assert share_out(100, [1, 1, 1], [10, 1000, 1000]) == [10, 45, 45]
    assert share_out(100, [2, 1, 1], [10, 30, 1000]) == [10, 30, 60]
    assert share_out(100, [3, 1]) == [75, 25]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_sources_are_interleaved_in_the_same_mixture_all_along(counts):
    order = spread(counts)
    assert np.bincount(order, minlength=len(counts)).tolist() == counts
    for source, count in enumerate(counts):
        so_far = np.cumsum(order == source)
        expected = np.arange(1, len(order) + 1) * count / max(1, sum(counts))
        assert np.all(np.abs(so_far - expected) <= (len(counts) + 1) / 2)
