"""Selection: the best rows, a draw in proportion to quality, a limit of tokens."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synth.train.selection import choose_best, choose_tokens, draw_by_quality

pieces = st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1, width=32)), min_size=1, max_size=80)
shares = st.floats(0.01, 1)


def arrays(rows: list[tuple[int, float]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row[0] for row in rows], np.int32), np.array([row[1] for row in rows], np.float32)


@given(pieces, shares)
def test_the_best_hold_the_share_of_tokens_and_no_better_piece_is_left(rows, share):
    lengths, quality = arrays(rows)
    chosen = choose_best(lengths, quality, share)
    assert chosen.tolist() == sorted(set(chosen.tolist()))
    assert lengths[chosen].sum() >= share * lengths.sum()
    assert lengths[chosen].sum() - lengths[chosen].max() < share * lengths.sum()
    assert quality[np.setdiff1d(np.arange(len(rows)), chosen)].max(initial=0) <= quality[chosen].min()


@given(pieces, shares, st.integers(0, 9))
def test_a_draw_holds_the_share_of_tokens_and_no_piece_twice(rows, share, seed):
    lengths, quality = arrays(rows)
    chosen = draw_by_quality(lengths, quality, share, [seed])
    assert chosen.tolist() == sorted(set(chosen.tolist()))
    assert lengths[chosen].sum() >= share * lengths.sum()
    assert lengths[chosen].sum() - lengths[chosen].max() < share * lengths.sum()


def test_a_piece_of_twice_the_quality_is_drawn_twice_as_often():
    lengths, quality = np.ones(1000, np.int32), np.repeat([0.4, 0.8, 0], [400, 400, 200]).astype(np.float32)
    drawn = np.concatenate([draw_by_quality(lengths, quality, 0.05, [seed]) for seed in range(200)])
    low, high, none = np.histogram(drawn, bins=[0, 400, 800, 1000])[0]
    assert 1.85 < high / low < 2.15
    assert none == 0


@given(pieces, st.integers(0, 3000), st.integers(0, 9))
def test_pieces_up_to_a_limit_never_exceed_it_and_another_would(rows, most, seed):
    lengths, _ = arrays(rows)
    chosen = choose_tokens(lengths, most, [seed])
    assert lengths[chosen].sum() <= most
    assert len(chosen) == len(rows) or lengths[chosen].sum() + lengths.max() > most
