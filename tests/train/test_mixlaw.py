"""The laws of mixtures: what they are fitted to comes back, also where nothing was measured."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.train.cmrlaw import UNIT, Curve, fit_critical_ratio, fit_curve, fit_runs
from synth.train.mixlaw import BILLION, Law, fit_law, fit_quality, largest_share

RATIOS = (1.0, 0.75, 0.5, 1 / 3, 0.25)
GENERAL = Law(1.8, 0.0, 1.0, 0.02, 0.25, 0.6, 0.3, 0.5, 0.1)
SIZES = Law(1.5, 0.05, 0.3, 0.02, 0.25, 0.6, 0.3, 0.5, 0.1)
PUBLISHED = {
    "460M": (Curve(((0.22524761, 0.26944345),), -0.48139982), 0.298),
    "940M": (Curve(((0.7520627, 0.13720245),), -1.06581937), 0.349),
    "1.6B": (Curve(((-2.36384831, -0.15125569),), 1.59223649), 0.414),
    "3.1B": (Curve(((-2.5368197, -0.42071423),), 0.84375368), 0.478),
}


def grid(ratios=RATIOS, times=8, last=2e6):
    return np.repeat(ratios, times), np.tile(np.linspace(1, times, times) / times * last, len(ratios))


def rises(critical, tolerance, ratio, tokens):
    """Rises of the general loss that reach the tolerance just at a critical ratio."""
    return (tolerance + 0.08) * (ratio / critical.at(tokens / UNIT)) ** 1.3 - 0.08


@pytest.mark.train
@pytest.mark.parametrize("noise", [0.0, 5e-4])
def test_the_loss_of_a_ratio_that_no_pilot_had_is_predicted_to_a_thousandth(noise):
    ratio, tokens = grid()
    loss = GENERAL.loss(tokens, 1 - ratio) * np.exp(np.random.default_rng(0).normal(0, noise, len(ratio)))
    found = fit_law(tokens, 1 - ratio, loss, starts=8)
    for held_out in (0.4, 0.6, 0.9):
        assert found.loss(2e6, 1 - held_out) == pytest.approx(GENERAL.loss(2e6, 1 - held_out), rel=1e-3)


@pytest.mark.train
def test_a_law_of_exact_losses_is_found_again_and_goes_on_beyond_the_pilots():
    ratio, tokens = grid()
    found = fit_law(tokens, ratio, GENERAL.loss(tokens, ratio), starts=8)
    assert tuple(found) == pytest.approx(tuple(GENERAL), rel=1e-3)
    assert found.loss(1e9, 0.6) == pytest.approx(GENERAL.loss(1e9, 0.6), rel=1e-5)


@pytest.mark.train
def test_models_of_three_sizes_tell_of_a_fourth():
    ratio, tokens = (np.tile(column, 3) for column in grid())
    params = np.repeat([1e8, 3e8, 1e9], len(ratio) // 3)
    found = fit_law(tokens, ratio, SIZES.loss(tokens, ratio, params), params, starts=8)
    assert found.loss(2e6, 0.6, 2e9) == pytest.approx(SIZES.loss(2e6, 0.6, 2e9), rel=1e-3)
    assert found.size > 0


@pytest.mark.train
def test_one_bad_evaluation_hardly_bends_the_law():
    ratio, tokens = grid()
    loss = GENERAL.loss(tokens, 1 - ratio)
    loss[13] *= 1.3
    found = fit_law(tokens, 1 - ratio, loss, starts=8)
    assert found.loss(2e6, 0.6) == pytest.approx(GENERAL.loss(2e6, 0.6), rel=2e-3)


@pytest.mark.train
def test_the_same_measurements_give_the_same_law():
    ratio, tokens = grid()
    loss = GENERAL.loss(tokens, 1 - ratio)
    assert fit_law(tokens, 1 - ratio, loss, starts=3) == fit_law(tokens, 1 - ratio, loss, starts=3)


@pytest.mark.train
def test_a_fit_that_starts_from_a_law_nearby_finds_it_from_there_alone():
    ratio, tokens = grid()
    loss = GENERAL.loss(tokens, 1 - ratio)
    assert tuple(fit_law(tokens, 1 - ratio, loss, near=GENERAL, starts=0)) == pytest.approx(tuple(GENERAL), rel=1e-9)
    near = GENERAL._replace(level=1.75, gamma=0.6)
    found = fit_law(tokens, 1 - ratio, loss, near=near, starts=0)
    assert found.loss(2e6, 0.6) == pytest.approx(GENERAL.loss(2e6, 0.6), rel=1e-3)


@given(st.floats(1.9, 3.5), st.floats(1e6, 1e9))
def test_the_largest_share_is_within_the_limit_and_a_larger_one_is_not(limit, tokens):
    share = largest_share(GENERAL, tokens, limit)
    assert 0 <= share <= 1
    if share > 0:
        assert GENERAL.loss(tokens, 1 - share) <= limit
    if share < 1:
        assert GENERAL.loss(tokens, max(1 - share - 2e-4, 0)) > limit


def test_a_limit_that_no_mixture_keeps_leaves_no_share():
    assert largest_share(GENERAL, 1e6, GENERAL.level) == 0.0


def test_the_d_cpt_law_is_that_of_the_paper():
    by_hand = 1.5 + 0.05 / 2**0.3 + 0.02 * 0.4**0.6 / 0.5**0.25 + 0.3 / 0.5**0.5
    assert SIZES.loss(0.5 * BILLION, 0.4, 2 * BILLION) == pytest.approx(by_hand)


@pytest.mark.parametrize(("curve", "share"), PUBLISHED.values(), ids=PUBLISHED)
def test_the_published_constants_give_the_published_critical_ratios(curve, share):
    assert curve.at(20e9 / UNIT) == pytest.approx(share, abs=5e-4)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_critical_ratio_is_found_from_pilots_that_follow_it(name):
    critical, share = PUBLISHED[name]
    ratio, tokens = grid(last=4e9)
    tokens = tokens + 8e9
    found = fit_critical_ratio(ratio, tokens, rises(critical, 0.05, ratio, tokens), [f"{one:g}" for one in ratio], 0.05)
    assert found.at(10e9) == pytest.approx(critical.at(50), abs=1e-3)
    assert found.at(20e9) == pytest.approx(share, abs=0.005)


def test_readings_of_the_critical_ratio_lie_within_the_pilots():
    ratio, tokens = grid(last=4e9)
    known = Curve(((0.12, 0.27),), 0.1)
    found = fit_critical_ratio(ratio, tokens, rises(known, 0.05, ratio, tokens), [f"{one:g}" for one in ratio], 0.05)
    assert [one for one, _ in found.readings] == sorted(one for one, _ in found.readings)
    assert found.readings[0][0] == pytest.approx(1e9)
    assert found.readings[-1][0] == pytest.approx(4e9)
    assert all(share == pytest.approx(known.at(one / UNIT), abs=2e-3) for one, share in found.readings)


@pytest.mark.parametrize(("rise", "share"), [(-0.2, 1.0), (0.5, 0.0)])
@pytest.mark.parametrize("slope", [0.001, -0.001])
def test_where_every_pilot_is_far_on_one_side_of_the_tolerance_the_ratio_is_all_or_none(rise, share, slope):
    ratio, tokens = grid()
    rises = rise + slope * ratio
    assert fit_critical_ratio(ratio, tokens, rises, [f"{one:g}" for one in ratio], 0.05).at(1e8) == share


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=40, max_size=40), st.floats(1e5, 1e9))
def test_whatever_was_measured_the_critical_ratio_is_a_share(rises, budget):
    ratio, tokens = grid()
    found = fit_critical_ratio(ratio, tokens, rises, [f"{one:g}" for one in ratio], 0.05)
    assert 0 <= found.at(budget) <= 1


@settings(deadline=None, max_examples=30)
@given(st.floats(0.1, 2), st.floats(-1.9, 0.9), st.floats(-3, 3), st.booleans())
def test_a_power_and_a_level_come_back_from_five_points(weight, exponent, level, is_falling):
    curve = Curve(((-weight if is_falling else weight, exponent),), level)
    x = np.geomspace(0.01, 0.2, 5)
    found = fit_curve(x, curve.at(x), (-2, 1))
    assert found.at(0.05) == pytest.approx(curve.at(0.05), abs=1e-3 * max(1, np.ptp(curve.at(x))))


def test_a_loss_that_rises_and_falls_again_gets_two_terms_where_there_are_points_enough():
    two = Curve(((0.3, 0.5), (-0.1, 0.9)), 0.02)
    ratio, tokens = grid(times=8, last=2 * UNIT * 4)
    runs = fit_runs(ratio, tokens, two.at(tokens / UNIT), [f"{one:g}" for one in ratio], is_general=True)
    assert all(curve.at(5) == pytest.approx(two.at(5), abs=1e-4) for curve in runs.curves)
    ratio, tokens = grid(times=5, last=2 * UNIT * 4)
    runs = fit_runs(ratio, tokens, two.at(tokens / UNIT), [f"{one:g}" for one in ratio], is_general=True)
    assert {len(curve.terms) for curve in runs.curves} == {1}


def test_the_quality_of_a_fit_is_its_explained_part_and_its_error():
    assert fit_quality([1, 2, 3], [1, 2, 3]) == (1.0, 0.0)
    assert fit_quality([1, 2, 3], [2, 2, 2]) == (0.0, pytest.approx((2 / 3) ** 0.5))
    assert fit_quality([2, 2], [2, 2])[0] == 1.0
    assert fit_quality([2, 2], [2, 1])[0] == 0.0
