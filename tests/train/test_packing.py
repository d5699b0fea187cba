"""Packing: every piece once, none cut, order kept as far as asked, and next to no padding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.train.packing import pack, waste

CAPACITY = 64
lists = st.lists(st.integers(1, CAPACITY), max_size=300)
windows = st.one_of(st.none(), st.integers(1, 400))


def packs_of(lengths: list[int], window: int | None = None, capacity: int = CAPACITY) -> list[list[int]]:
    packs = pack(np.array(lengths, dtype=np.int32), capacity, window)
    return [packs.members[start:end].tolist() for start, end in zip(packs.offsets, packs.offsets[1:], strict=False)]


def documents(n: int, seed: int = 0) -> np.ndarray:
    """Lengths as texts have them: most are short, long ones are cut at the capacity."""
    return np.clip(np.random.default_rng(seed).lognormal(5.3, 1, n), 1, 2048).astype(np.int32)


@given(lists, windows)
def test_every_piece_is_in_one_pack_and_no_pack_overflows(lengths, window):
    packs = packs_of(lengths, window)
    assert sorted(piece for members in packs for piece in members) == list(range(len(lengths)))
    assert all(members and sum(lengths[piece] for piece in members) <= CAPACITY for members in packs)


@given(lists, windows)
def test_pieces_keep_their_order_in_a_pack_and_packs_come_in_the_order_of_their_first_pieces(lengths, window):
    packs = packs_of(lengths, window)
    assert all(members == sorted(members) for members in packs)
    firsts = [members[0] for members in packs]
    assert firsts == sorted(firsts)


@given(lists, st.integers(1, 100))
def test_a_piece_never_comes_after_one_that_is_a_window_further_on(lengths, window):
    packs = packs_of(lengths, window)
    latest = -1
    for members in packs:
        assert latest < members[0] + window
        latest = max(latest, members[-1])


@given(lists)
def test_no_two_packs_would_fit_into_one(lengths):
    sizes = sorted(sum(lengths[piece] for piece in members) for members in packs_of(lengths))
    assert len(sizes) < 2 or sizes[0] + sizes[1] > CAPACITY


def test_the_longest_go_first_each_with_a_pair_that_fills_its_pack():
    # The longest that fits beside 10 is 5, and then a third pack is needed.
    assert packs_of([10, 5, 4, 3, 3, 9], capacity=17) == [[0, 2, 3], [1, 4, 5]]


def test_a_pair_needs_two_pieces():
    assert packs_of([10, 4, 3], capacity=18) == [[0, 1, 2]]
    assert packs_of([10, 4, 5], capacity=18) == [[0, 2], [1]]


def test_a_window_of_one_keeps_the_order_as_it_is():
    assert packs_of([5, 6, 5, 4, 1], window=1, capacity=10) == [[0], [1], [2, 3, 4]]


def alike(n: int) -> np.ndarray:
    """Lengths as the rows of one recipe have them: four fit into a pack, and hardly any is short."""
    return np.random.default_rng(0).normal(510, 60, n).astype(np.int32)


@pytest.mark.parametrize("window", [None, 512])
@pytest.mark.parametrize("lengths", [documents(20_000), alike(2_000)], ids=["documents", "alike"])
def test_less_than_one_in_a_hundred_tokens_is_padding(lengths, window):
    packs = pack(lengths, 2048, window)
    assert waste(int(lengths.sum()), len(packs), 2048) < 0.01


def test_nothing_to_pack_is_no_pack():
    assert len(pack(np.empty(0, dtype=np.int32), CAPACITY)) == 0
    assert waste(0, 0, CAPACITY) == 0


@pytest.mark.parametrize("wrong", [0, CAPACITY + 1])
def test_a_piece_that_is_empty_or_too_long_is_refused(wrong):
    with pytest.raises(ValueError, match=f"from 1 to {CAPACITY} tokens"):
        packs_of([3, wrong])
