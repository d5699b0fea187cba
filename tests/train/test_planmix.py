"""Planning a mixture: what is read from pilots, what is recommended, and what is refused or warned of."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from synth.errors import UserError
from synth.progress import silent
from synth.train.advice import LEAST_R2, Fit, advise, best_measured, ceiling
from synth.train.mixlaw import Law, largest_share
from synth.train.pilotruns import TIMES, check_length, measurements, pilot_settings, run_pilots, set_apart
from synth.train.pilots import Measurement, Pilots, gather, read_pilots
from synth.train.planmix import describe, plan_mixture
from synth.train.rows import read_rows
from synth.train.settings import TrainSettings

GENERAL = Law(1.8, 0.0, 1.0, 0.02, 0.25, 0.6, 0.3, 0.5, 0.1)
DOMAIN = Law(1.2, 0.0, 1.0, 0.02, 0.25, 0.6, 0.4, 0.4, 0.1)
RATIOS = (1.0, 0.75, 0.5, 1 / 3, 0.25)
START = Measurement(1.0, 0, 2.6, 2.35)
UNTRAINED = '{"tokens": 0, "domain_loss": 2.6, "general_loss": 2.35}'
LIMIT = START.general_loss + 0.05


def pilots(ratios=RATIOS, times=8, noise=0.0, params=0) -> list[Measurement]:
    rng = np.random.default_rng(0)
    points = [(ratio, round(2e6 * step / times)) for ratio in ratios for step in range(1, times + 1)]
    return [START._replace(params=params)] + [
        Measurement(
            ratio, tokens, float(DOMAIN.loss(tokens, ratio)) * np.exp(rng.normal(0, noise)),
            float(GENERAL.loss(tokens, 1 - ratio)) * np.exp(rng.normal(0, noise)), params,
        )
        for ratio, tokens in points
    ]  # fmt: skip


def save(path: Path, measurements: list[Measurement]) -> Path:
    path.write_text("".join(json.dumps(item._asdict()) + "\n" for item in measurements))
    return path


def plan(path: Path | None, budget: str = "20M", tolerance: float = 0.05) -> str:
    return "\n".join(plan_mixture(path, [], [], None, None, "2M", budget, tolerance, TrainSettings(), silent))


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> str:
    """The plan for 20M tokens after pilots with a little noise."""
    return plan(save(tmp_path_factory.mktemp("plan") / "pilots.jsonl", pilots(noise=3e-4)))


def recommended(said: str) -> float:
    return float(re.search(r"recommended (\d+)% of the tokens", said)[1]) / 100


def test_a_line_holds_a_measurement_and_may_hold_more(tmp_path):
    path = tmp_path / "pilots.jsonl"
    path.write_text(
        f'{UNTRAINED}\n\n{{"ratio": 0.5, "tokens": "1M", "domain_loss": 2.5, "general_loss": 2.4, "step": 7}}\n'
        '{"ratio": 1, "tokens": 5, "domain_loss": 2, "general_loss": 3, "params": "1.5B", "run": "seed 1"}\n'
    )
    assert read_pilots(path) == [
        START,
        Measurement(0.5, 1_000_000, 2.5, 2.4),
        Measurement(1.0, 5, 2.0, 3.0, 1_500_000_000, "seed 1 (1)"),
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "line 2 is no measurement of a pilot; write it as"),
        ("[]", "is no measurement"),
        ('{"tokens": "1M", "domain_loss": 2, "general_loss": 2}', "is no measurement"),
        ('{"ratio": 0.5, "tokens": "many", "domain_loss": 2, "general_loss": 2}', "is no measurement"),
        ('{"ratio": 0.5, "tokens": "1M", "domain_loss": 2}', "is no measurement"),
        ('{"ratio": 50, "tokens": "1M", "domain_loss": 2, "general_loss": 2}', "line 2: ratio 50 is no share"),
        ('{"ratio": 0.5, "tokens": "1M", "domain_loss": 2, "general_loss": NaN}', "a loss is a number of nats"),
        ('{"ratio": 0.5, "tokens": "1M", "domain_loss": 0, "general_loss": 2}', "a loss is a number of nats"),
    ],
)
def test_a_line_that_is_no_measurement_is_named(tmp_path, line, fault):
    path = tmp_path / "pilots.jsonl"
    path.write_text(f"{UNTRAINED}\n{line}\n")
    with pytest.raises(UserError, match=fault) as refused:
        read_pilots(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("measurements", "fault"),
    [
        ([], "0 ratios are too few for a law; add pilots with 4 more, such as 1, 0.75, 0.5, 0.33"),
        (pilots(RATIOS[:1]), "1 ratio is too few for a law; add pilots with 3 more, such as 0.75, 0.5, 0.33"),
        (pilots(RATIOS[:3]), "add pilots with 1 more, such as 0.33, each measured 5 times"),
        (pilots(times=3), "the pilot 1 was measured at 3 numbers of tokens, .* measure at 2 more"),
        (pilots()[1:], "losses of the untrained model are missing"),
        ([*pilots()[:25], *(item._replace(tokens=item.tokens * 100) for item in pilots()[25:])], "one pilot ends"),
    ],
)
def test_too_few_measurements_are_refused_and_it_is_said_how_many_more(measurements, fault):
    with pytest.raises(UserError, match=fault) as refused:
        gather(measurements)
    assert "\n" not in str(refused.value)


def test_the_untrained_losses_are_those_of_the_largest_model():
    small = [item._replace(params=100, general_loss=item.general_loss + 1) for item in pilots(params=100)]
    found = gather([*small, *pilots(params=1000)])
    assert found.start_general == START.general_loss
    assert set(found.largest().params) == {1000}


@pytest.mark.parametrize(
    ("path", "budget", "tolerance", "fault"),
    [
        ("none.jsonl", "20M", 0.05, r"--pilots: cannot read .*none\.jsonl"),
        (None, "20M", 0.05, "plan-mix needs --pilots with what was measured, or --data, --general, --model and --out"),
        ("pilots.jsonl", "much", 0.05, "--budget: 'much' is no number of tokens"),
        ("pilots.jsonl", "0", 0.05, "--budget is no tokens at all"),
        ("pilots.jsonl", "20M", 0.0, "--tolerance 0: give the rise"),
        ("pilots.jsonl", "20M", float("nan"), "--tolerance nan: give the rise"),
        ("pilots.jsonl", "1B", 0.05, "--budget 1B is 500 times the pilots' 2M tokens.*run pilots of 10M or more"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_one_line(tmp_path, path, budget, tolerance, fault):
    save(tmp_path / "pilots.jsonl", pilots())
    with pytest.raises(UserError, match=fault) as refused:
        plan(path and tmp_path / path, budget, tolerance)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "pilots.parquet"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match=r"pilots\.parquet is no text in UTF-8"):
        read_pilots(path)


def test_the_best_pilot_is_the_one_with_most_of_the_corpus_that_ended_within_the_tolerance():
    found = gather(pilots())
    rise = float(GENERAL.loss(2e6, 0.5)) - START.general_loss
    assert best_measured(found, rise + 1e-6) == 0.5
    assert best_measured(found, rise - 1e-6) == pytest.approx(1 / 3)
    assert best_measured(found, -10) is None


def forgetting(*runs: str) -> Pilots:
    """Pilots of which some forget more and more, where the others recover."""
    found = gather(pilots())
    general = found.general.copy()
    for run in runs:
        general[found.run == run] = START.general_loss + np.linspace(0.1, 0.6, 8)
    return found._replace(general=general)


@pytest.mark.parametrize(
    ("runs", "tolerance", "tokens", "most"),
    [
        ((), 0.05, 20e6, 1.0),
        (("1",), 0.05, 20e6, 0.75),
        (("1", "0.5"), 0.05, 20e6, 1 / 3),
        (("0.25",), 0.05, 20e6, 0.25),
        (("1",), 0.7, 20e6, 1.0),
        (("1",), 0.05, 2e6, 1.0),
    ],
)
def test_no_share_is_hoped_for_with_which_a_pilot_ended_too_high_and_still_rising(runs, tolerance, tokens, most):
    assert ceiling(forgetting(*runs), tokens, tolerance) == pytest.approx(most)


@pytest.mark.train
def test_no_law_recommends_what_a_pilot_speaks_against():
    measured = forgetting("1", "0.5")
    advice = advise(measured, 20e6, 0.05, draws=2)
    assert max(opinion.high for opinion in advice.opinions) <= 1 / 3 + 1e-9
    said = "\n".join(describe(measured, advice, 20_000_000, 0.05))
    assert "still rising at the end of 2 of 5 pilots" in said
    assert "more than 33% is not taken" in said


def test_a_law_holds_when_it_explains_what_was_measured_or_errs_little_beside_the_tolerance():
    assert Fit(LEAST_R2, 0.04).holds(0.05)
    assert not Fit(LEAST_R2 - 0.01, 0.04).holds(0.05)
    assert Fit(0.0, 0.001).holds(0.05)


@pytest.mark.train
def test_the_recommended_share_is_that_of_the_law_behind_the_pilots(said):
    truth = largest_share(GENERAL, 20e6, LIMIT)
    assert recommended(said) == pytest.approx(truth, abs=0.05)
    low, high = (
        float(number) / 100 for number in re.search(r"between (\d+)% and (\d+)%$", said, re.MULTILINE).groups()
    )
    assert low - 0.005 <= truth <= high + 0.005


@pytest.mark.train
def test_it_is_said_what_the_recommendation_means_in_settings_and_what_it_costs(said):
    ratio = recommended(said)
    rate = float(re.search(r"--set data\.replay\.rate=([\d.]+)", said)[1])
    assert ratio + rate == pytest.approx(1)
    assert f"{20 * rate:g}M of 20M tokens are replay: {1 / ratio:.2f} times the compute" in said
    assert "laws tell losses, not accuracy" in said
    assert "a choice" in said
    TrainSettings.model_validate({"data": {"replay": {"rate": rate, "sources": [{"path": "general.jsonl"}]}}})


@pytest.mark.train
def test_of_two_laws_that_fit_the_smaller_share_is_taken_and_a_wide_gap_is_told():
    measured = gather(pilots())
    advice = advise(measured, 20e6, 0.05, draws=0)
    for shares in ((0.4, 0.7), (0.7, 0.4)):
        opinions = tuple(one._replace(ratio=share) for one, share in zip(advice.opinions, shares, strict=True))
        said = "\n".join(describe(measured, advice._replace(opinions=opinions), 20_000_000, 0.05))
        assert recommended(said) == 0.4
        assert "the laws differ by 30% of all tokens" in said


@pytest.mark.train
def test_a_plan_far_beyond_the_pilots_is_called_extrapolated(said):
    measured = gather(pilots())
    far = "\n".join(describe(measured, advise(measured, 1e8, 0.05, draws=2), 10**8, 0.05))
    assert "the plan is 50 times as long as the pilots: extrapolated; pilots of 10M tokens" in far
    assert "extrapolated" not in said


@pytest.mark.train
def test_pilots_that_no_law_fits_bring_no_recommendation_but_what_was_measured():
    rng = np.random.default_rng(0)
    measured = gather(pilots())
    measured = measured._replace(general=2.35 + rng.normal(0, 0.3, len(measured.general)))
    said = "\n".join(describe(measured, advise(measured, 20e6, 0.05, draws=2), 20_000_000, 0.05))
    assert said.count("it does not fit") == 2
    assert "recommended nothing: neither law fits" in said
    assert "data.replay.rate" not in said


@pytest.mark.train
def test_a_tolerance_that_is_never_reached_needs_no_replay():
    measured = gather(pilots())
    said = "\n".join(describe(measured, advise(measured, 20e6, 3.0, draws=2), 20_000_000, 3.0))
    assert "recommended 100% of the tokens from the corpus" in said
    assert "data.replay.rate=0\n" in said


@pytest.mark.train
def test_a_tolerance_that_no_mixture_keeps_is_said_to_be_too_small():
    measured = gather(pilots())._replace(start_general=1.0)
    said = "\n".join(describe(measured, advise(measured, 20e6, 0.05, draws=2), 20_000_000, 0.05))
    assert "recommended none" in said
    assert "--tolerance" in said
    assert "data.replay.rate" not in said


@pytest.mark.train
def test_of_models_of_several_sizes_the_largest_is_spoken_of():
    sizes = GENERAL._replace(size=0.05, alpha=0.3)
    rows = [
        item._replace(general_loss=float(sizes.loss(item.tokens, 1 - item.ratio, params)) if item.tokens else 2.35)
        for params in (10**8, 4 * 10**8, 16 * 10**8)
        for item in pilots(params=params)
    ]
    measured = gather(rows)
    advice = advise(measured, 20e6, 0.05, draws=2)
    assert advice.opinions[0].ratio == pytest.approx(largest_share(sizes, 20e6, LIMIT, 1.6e9), abs=0.005)
    assert "/N^" in "\n".join(describe(measured, advice, 20_000_000, 0.05))


@pytest.mark.train
def test_the_same_pilots_give_the_same_advice():
    measured = gather(pilots(noise=1e-3))
    assert advise(measured, 20e6, 0.05, draws=2).opinions == advise(measured, 20e6, 0.05, draws=2).opinions


def test_a_pilot_differs_from_the_run_in_its_mixture_length_and_constant_rate_only():
    settings = TrainSettings.model_validate({"optimizer": {"batch": 4, "peak_lr": 1e-4}, "data": {"max_length": 128}})
    pilot = pilot_settings(settings, 0.75, 64_000, ["general"])
    assert pilot.data.replay.rate == 0.25
    assert [source.path for source in pilot.data.replay.sources] == ["general"]
    assert pilot.optimizer == settings.optimizer.model_copy(update={"max_steps": 125})
    assert (pilot.schedule.kind, pilot.evaluation.general, pilot.evaluation.probes) == ("constant", ("general",), 0)
    assert pilot.model == settings.model
    assert TrainSettings.model_validate(pilot.model_dump()) == pilot


def test_a_pilot_of_the_corpus_alone_replays_nothing_but_measures_what_is_forgotten():
    pilot = pilot_settings(TrainSettings(), 1.0, 10**6, ["general"])
    assert (pilot.data.replay.rate, pilot.data.replay.sources) == (0, ())
    assert pilot.evaluation.general == ("general",)


def test_a_pilot_of_a_few_steps_is_refused():
    settings = TrainSettings.model_validate({"optimizer": {"batch": 16}, "data": {"max_length": 2048}})
    with pytest.raises(UserError, match="100,000 tokens are 4 steps, and a pilot has at least 16; give 524,288"):
        check_length(100_000, settings)


def test_general_text_to_measure_on_is_never_trained_on(tmp_path):
    source = tmp_path / "general.jsonl"
    source.write_text("".join(json.dumps({"text": f"Text number {number}."}) + "\n" for number in range(50)))
    folder = str(set_apart(str(source), tmp_path / "out", 10**6))
    trained, apart = ({row.text for row in read_rows(folder, "cpt", split)} for split in ("train", "validation"))
    assert len(trained) == 45
    assert len(apart) == 5
    assert not trained & apart


def test_general_text_that_never_ends_is_cut_off(tmp_path):
    source = tmp_path / "general.jsonl"
    source.write_text("".join(json.dumps({"text": "word " * 100}) + "\n" for _ in range(100)))
    folder = set_apart(str(source), tmp_path / "out", 1_000)
    assert len((folder / "train.jsonl").read_text().splitlines()) < 20


def test_one_general_text_cannot_be_set_apart(tmp_path):
    source = tmp_path / "general.jsonl"
    source.write_text('{"text": "All that there is."}\n')
    with pytest.raises(UserError, match=r"general\.jsonl has 1 rows, too few to set some apart"):
        set_apart(str(source), tmp_path / "out", 10**6)


def test_general_texts_count_alike_in_what_a_pilot_measured(tmp_path):
    losses = {"corpus": {"loss": 2.0}, "1": {"loss": 3.0}, "2": {"loss": 4.0}}
    results = {"measured": [{"name": "base", "step": 0, "tokens": 0, "losses": losses}]}
    assert measurements(0.5, results, tmp_path) == [Measurement(0.5, 0, 2.0, 3.5)]


@pytest.mark.parametrize("missing", ["corpus", "1"])
def test_a_pilot_without_held_out_rows_is_refused(tmp_path, missing):
    losses = {name: {"loss": 2.0} for name in ("corpus", "1") if name != missing}
    with pytest.raises(UserError, match="no loss was measured on the corpus and on general text"):
        measurements(0.5, {"measured": [{"tokens": 0, "losses": losses}]}, tmp_path)


@pytest.mark.train
def test_a_pilot_is_trained_measured_and_taken_over_by_the_same_command(tmp_path):
    from tiny_model import make_model

    def texts(path: Path, count: int, words: str) -> str:
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps({"text": f"{words} {number}. " * 12}) + "\n" for number in range(count)))
        return str(path)

    texts(tmp_path / "corpus" / "train.jsonl", 20, "The pump has number")
    texts(tmp_path / "corpus" / "validation.jsonl", 3, "The valve has number")
    general = texts(tmp_path / "general.jsonl", 40, "It was a warm day in the year")
    model = make_model(tmp_path / "model", hidden=32)
    settings = TrainSettings.model_validate(
        {
            "data": {"max_length": 64, "workers": 1}, "optimizer": {"batch": 2}, "evaluation": {"rows": 4},
            "workers": {"count": 0, "threads": 1}, "log": {"tensorboard": False},
        }
    )  # fmt: skip
    given = ([str(tmp_path / "corpus")], [general], str(model), tmp_path / "pilots", 2048, settings, silent, (0.5,))
    measured = run_pilots(*given)
    tokens = [item.tokens for item in measured]
    assert tokens == sorted(tokens)
    assert (tokens[0], len(tokens)) == (0, 1 + TIMES)
    assert 1500 < tokens[-1] <= 2048
    assert len({item.domain_loss for item in measured}) == 1 + TIMES
    assert read_pilots(tmp_path / "pilots" / "pilots.jsonl") == measured
    assert run_pilots(*given) == measured
