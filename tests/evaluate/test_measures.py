"""Measures of learning and forgetting, on tables that can be computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synth.evaluate.measures import forgetting, loss_forgetting, transfer

TABLE = [
    [0.1, 0.2, 0.3],  # the untouched base
    [0.9, 0.3, 0.3],
    [0.6, 0.8, 0.5],
    [0.5, 0.9, 0.7],
]


def test_the_measures_of_three_stages_are_those_computed_by_hand() -> None:
    found = transfer(TABLE)
    assert found.average == pytest.approx((0.5 + 0.9 + 0.7) / 3)
    assert found.backward == pytest.approx(((0.5 - 0.9) + (0.9 - 0.8)) / 2)
    assert found.forward == pytest.approx(((0.3 - 0.2) + (0.5 - 0.3)) / 2)
    assert found.forgetting == pytest.approx(((0.9 - 0.5) + (0.8 - 0.9)) / 2)
    assert found.learned == pytest.approx((0.8 + 0.6 + 0.4) / 3)
    assert found.retained == pytest.approx((0.4 + 0.7 + 0.4) / 3)


def test_forgetting_is_measured_from_the_best_moment_of_each_task() -> None:
    assert forgetting(TABLE) == pytest.approx([0.4, -0.1, -0.2])


def test_one_stage_has_neither_transfer_nor_forgetting() -> None:
    found = transfer([[0.2], [0.6]])
    assert (found.backward, found.forward, found.forgetting) == (None, None, None)
    assert (found.average, found.learned) == pytest.approx((0.6, 0.4))


def test_a_loss_is_forgotten_by_how_far_it_rose_above_its_lowest() -> None:
    assert loss_forgetting([3.0, 2.5, 2.75]) == pytest.approx(0.25)
    assert loss_forgetting([3.0, 2.5, 2.25]) == pytest.approx(-0.25)
    assert loss_forgetting([2.0, 2.5, 2.25]) == pytest.approx(0.25)  # the untouched base was the best


@given(arrays(np.float64, (4, 3), elements=st.floats(0, 1)))
def test_nothing_is_forgotten_where_every_score_only_rises(scores: np.ndarray) -> None:
    rising = np.sort(scores, axis=0)
    assert (forgetting(rising) <= 0).all()
    assert (transfer(rising).backward or 0) >= 0


@pytest.mark.parametrize("scores", [[[0.1, 0.2]], [[0.1], [0.2], [0.3]], [0.1, 0.2]])
def test_a_table_of_another_shape_is_refused(scores: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="one row more"):
        transfer(scores)
