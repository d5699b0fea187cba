"""The stability gap: how deep, and how long until it is made good."""

import pytest

from synth.train.gap import Gap, stability_gap

TOKENS = [100, 110, 120, 130, 140]


def test_a_curve_that_falls_and_rises_has_a_depth_and_a_recovery():
    gap = stability_gap(TOKENS, [0.5, 0.4, 0.25, 0.45, 0.5])
    assert gap == Gap(depth=0.25, lowest=20, recovered=40)


def test_a_loss_is_worse_where_it_is_higher():
    gap = stability_gap(TOKENS, [2.0, 2.5, 2.25, 1.5, 1.0], higher_is_better=False)
    assert gap == Gap(depth=0.5, lowest=10, recovered=30)


def test_a_curve_that_stays_below_its_start_has_not_recovered():
    assert stability_gap(TOKENS, [0.5, 0.25, 0.375, 0.375, 0.375]).recovered is None


def test_a_score_that_was_good_before_the_worst_point_is_no_recovery():
    assert stability_gap(TOKENS, [0.5, 0.6, 0.25, 0.3, 0.4]) == Gap(0.25, 20, None)


def test_a_curve_that_only_rises_has_no_gap():
    assert stability_gap(TOKENS, [0.1, 0.2, 0.3, 0.4, 0.5]) == Gap(0, 0, 0)


@pytest.mark.parametrize(("tokens", "scores"), [([], []), ([1, 2], [0.5])])
def test_a_curve_without_a_score_a_point_is_refused(tokens, scores):
    with pytest.raises(ValueError, match="one score a point"):
        stability_gap(tokens, scores)
