"""What to expect of more tokens: the paper's curve, fitted where somebody has measured, and honest about its reach."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import UserError
from synth.scaling import Curve, Evaluation, describe, fit, paper_curve, read_evaluations

SOURCE = 200_000
sizes = st.integers(0, 10**10)


def measured(curve: Curve, *tokens: int) -> list[Evaluation]:
    return [Evaluation(count, curve.accuracy(count)) for count in tokens]


def test_the_papers_numbers_come_out_for_the_papers_source():
    curve = paper_curve(1_300_000)
    assert curve.accuracy(0) == pytest.approx(0.383, abs=0.0005)
    assert curve.accuracy(455e6) == pytest.approx(0.562, abs=0.0005)
    assert curve.accuracy(1e13) == pytest.approx(0.6455, abs=0.0005)


def test_what_counts_is_the_number_of_tokens_for_each_of_the_source():
    small, large = paper_curve(10_000), paper_curve(10_000_000)
    assert small.accuracy(70_000) == pytest.approx(large.accuracy(70_000_000))


@given(st.floats(0, 0.9), st.floats(0, 1), st.floats(0.02, 50), sizes, sizes)
def test_more_tokens_are_never_expected_to_be_worse_nor_past_the_asymptote(level, part, rate, one, other):
    curve = Curve(SOURCE, level, part * (1 - level), rate)
    less, more = sorted((one, other))
    assert level - 1e-9 <= curve.accuracy(less) <= curve.accuracy(more) <= curve.level + curve.gain + 1e-9 <= 1 + 2e-9


@settings(deadline=None)
@given(st.floats(0, 0.6), st.floats(0.05, 0.95))
def test_two_sizes_give_back_level_and_gain(level, part):
    curve = Curve(SOURCE, level, part * (1 - level))
    found = fit(measured(curve, 500_000, 20_000_000), SOURCE)
    assert (found.level, found.gain) == pytest.approx((curve.level, curve.gain), abs=1e-6)
    assert found.rate == 1


@settings(deadline=None)
@given(st.floats(0.05, 0.5), st.floats(0.2, 0.9), st.floats(0.1, 10))
def test_three_sizes_or_more_give_back_the_rate_too(level, part, rate):
    curve = Curve(SOURCE, level, part * (1 - level), rate)
    found = fit(measured(curve, 0, 100_000, 1_000_000, 10_000_000, 100_000_000), SOURCE)
    assert found.rate == pytest.approx(rate, rel=0.02)
    assert found.accuracy(5e8) == pytest.approx(curve.accuracy(5e8), abs=0.005)


@settings(deadline=None)
@given(st.lists(st.builds(Evaluation, st.integers(0, 10**9), st.floats(0, 1)), min_size=2, max_size=6))
def test_whatever_was_measured_the_curve_rises_and_is_bounded_or_is_refused(evaluations):
    try:
        curve = fit(evaluations, SOURCE)
    except UserError:
        return
    assert curve.gain > 0
    assert -1e-9 <= curve.level <= curve.level + curve.gain <= 1 + 1e-9


def test_no_curve_is_nearer_to_what_was_measured():
    evaluations = [Evaluation(10_000, 0.02), Evaluation(5_000_000, 0.9), Evaluation(5_000_000, 0.99)]
    found = fit(evaluations, SOURCE)

    def error(curve: Curve) -> float:
        return sum((curve.accuracy(item.tokens) - item.accuracy) ** 2 for item in evaluations)

    grid = [(low / 100, top / 100) for low in range(101) for top in range(low, 101)]
    assert error(found) <= min(error(Curve(SOURCE, low, top - low)) for low, top in grid) + 1e-12


@pytest.mark.parametrize(
    ("evaluations", "fault"),
    [
        ([(10**6, 0.41)], "1 size is too few"),
        ([], "0 size is too few"),
        ([(10**6, 0.41), (10**6, 0.43)], "1 size is too few"),
        ([(10**6, 0.41), (10**7, 0.39)], r"does not rise with tokens \(0.41 at 1M, 0.39 at 10M\)"),
        ([(10**6, 0.41), (10**7, 0.41)], "does not rise"),
        ([(10**6, 41), (10**7, 47)], "41 at 1,000,000 tokens is not possible; accuracy is a share"),
        ([(10**6, -0.1), (10**7, 0.3)], "not possible"),
        ([(-1, 0.1), (10**7, 0.3)], "not possible"),
        ([(10**6, float("nan")), (10**7, 0.3)], "not possible"),
    ],
)
def test_nonsense_is_refused_in_one_line(evaluations, fault):
    with pytest.raises(UserError, match=fault) as refused:
        fit([Evaluation(*item) for item in evaluations], SOURCE)
    assert "\n" not in str(refused.value)


def test_evaluations_are_read_from_lines_that_may_hold_more(tmp_path):
    path = tmp_path / "evaluations.jsonl"
    path.write_text('{"tokens": "1M", "accuracy": 0.41, "model": "x"}\n\n{"tokens": 4000000, "accuracy": 0.5}\n')
    assert read_evaluations(path) == [Evaluation(1_000_000, 0.41), Evaluation(4_000_000, 0.5)]


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"tokens": "1M"}', '{"tokens": "many", "accuracy": 1}', '{"tokens": 1, "accuracy": null}'],
)
def test_a_line_that_is_no_evaluation_is_named(tmp_path, line):
    path = tmp_path / "evaluations.jsonl"
    path.write_text(f'{{"tokens": "1M", "accuracy": 0.41}}\n{line}\n')
    with pytest.raises(UserError, match=r"evaluations.jsonl, line 2 is no evaluation; write it as"):
        read_evaluations(path)


def test_a_file_of_evaluations_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match=r"cannot read .*none\.jsonl.*JSONL"):
        read_evaluations(tmp_path / "none.jsonl")


def test_it_is_said_that_the_papers_curve_is_a_guide_and_how_to_get_a_better_one():
    said = "\n".join(describe(paper_curve(SOURCE), 4_000_000, is_fitted=False))
    assert "one paper" in said
    assert "a guide, not a promise" in said
    assert "within what was measured" in said
    assert "evaluations at two sizes" in said


def test_it_is_said_how_far_a_fitted_curve_extrapolates():
    curve = fit(measured(paper_curve(SOURCE), 500_000, 2_000_000), SOURCE)
    said = "\n".join(describe(curve, 5_000_000, is_fitted=True))
    assert "of up to 2M tokens; 2.5 times the largest size measured: extrapolated" in said
    assert "a guide, not a promise" in said
