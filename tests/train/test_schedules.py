"""Learning rates: where they start, how they join, and where they end."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from synth.config import load_settings
from synth.errors import UserError
from synth.train.schedules import learning_rate
from synth.train.settings import ScheduleSettings, TrainFile

N = 1000
LENGTHS = st.one_of(st.floats(0, 0.999), st.integers(1, 300).map(float))


@st.composite
def schedules(draw):
    floor = draw(st.floats(0.001, 1))
    return ScheduleSettings(
        kind=draw(st.sampled_from(["cosine", "wsd", "infinite", "constant"])),
        warmup=draw(LENGTHS), decay=draw(LENGTHS), cooldown=draw(LENGTHS), floor=floor,
        decay_shape=draw(st.sampled_from(["linear", "cosine", "1-sqrt"])), trunk=draw(st.floats(floor, 1)),
        anneal=draw(st.booleans()), on_trunk=draw(st.booleans()),
    )  # fmt: skip


def last_rate(settings):
    if settings.kind == "constant":
        return 1
    if settings.kind == "infinite" and not settings.anneal:
        return settings.trunk
    return settings.floor


def curve(n_steps=N, **settings):
    rate = learning_rate(ScheduleSettings(**settings), n_steps)
    return [rate(step) for step in range(n_steps)]


@trying(deadline=None)
@given(schedules(), st.integers(1, 500))
def test_the_last_step_has_exactly_the_last_rate_and_none_is_above_the_peak(settings, n_steps):
    rate = learning_rate(settings, n_steps)
    rates = [rate(step) for step in range(n_steps)]
    assert rates[-1] == last_rate(settings)
    assert rate(n_steps) == rate(10 * n_steps) == rates[-1]
    assert all(0 <= factor <= 1 for factor in rates)


@trying(deadline=None)
@given(schedules(), st.integers(1, 500))
def test_a_rate_that_has_fallen_never_rises_again(settings, n_steps):
    rate = learning_rate(settings, n_steps)
    changes = [now - before for before, now in pairwise(rate(step) for step in range(n_steps))]
    first_fall = next((at for at, change in enumerate(changes) if change < -1e-12), len(changes))
    assert all(change < 1e-12 for change in changes[first_fall:])


@trying(deadline=None)
@given(
    st.sampled_from(["cosine", "wsd", "infinite", "constant"]),
    st.sampled_from(["linear", "cosine"]),
    st.floats(0.1, 0.3), st.floats(0.1, 0.3), st.floats(0.1, 0.3), st.floats(0.01, 0.5),
)  # fmt: skip
def test_a_rate_never_jumps_where_parts_join(kind, shape, warmup, cooldown, decay, floor):
    settings = {"warmup": warmup, "cooldown": cooldown, "decay": decay, "floor": floor, "decay_shape": shape}
    rates = curve(kind=kind, **settings)
    steepest = max(1 / warmup, math.pi / 2 / min(cooldown, decay), math.log(1 / floor) / decay) / N
    assert max(abs(now - before) for before, now in pairwise(rates)) < 1.1 * steepest


@pytest.mark.parametrize("kind", ["cosine", "wsd", "infinite", "constant"])
@pytest.mark.parametrize(("length", "n_steps"), [(0.1, 200), (20, 200)])
def test_a_warm_up_starts_at_nothing_and_a_length_below_one_is_a_share(kind, length, n_steps):
    rates = curve(n_steps, kind=kind, warmup=length)
    assert rates[:21] == pytest.approx([step / 20 for step in range(21)])
    assert rates[20] == 1


def test_a_floor_never_lifts_the_start_of_the_warm_up():
    assert curve(kind="wsd", warmup=10, floor=1 / 3)[0] == 0


def test_without_warm_up_the_first_step_has_the_peak():
    assert curve(kind="cosine", warmup=0)[0] == 1


def test_the_infinite_schedule_is_that_of_its_paper():
    rates = curve(2001, kind="infinite", warmup=100, cooldown=500, trunk=0.55, decay=400, floor=0.055)
    wave = (1 + math.cos(math.pi * 125 / 500)) / 2
    assert rates[100] == 1
    assert rates[225] == pytest.approx(0.55 + 0.45 * wave)
    assert set(rates[600:1601]) == {0.55}
    assert rates[1800] == pytest.approx(0.55 * math.sqrt(0.1))
    assert rates[2000] == 0.055


def test_a_branch_leaves_the_trunk_as_it_was():
    trunk = curve(500, kind="infinite", anneal=False)
    longer = curve(500, kind="infinite", warmup=0.05, anneal=True)
    assert trunk[-1] == 0.55
    assert trunk[:400] == pytest.approx(longer[:400])


def test_on_a_trunk_the_rate_goes_on_as_the_trunk_left_it():
    left = curve(500, kind="infinite", anneal=False)[-1]
    on = curve(300, kind="infinite", on_trunk=True, anneal=False)
    assert set(on) == {left}
    annealed = curve(300, kind="infinite", on_trunk=True, decay=60)
    assert set(annealed[:240]) == {left}
    assert annealed[-1] == 0.1


@pytest.mark.parametrize(("shape", "halfway"), [("linear", 0.65), ("cosine", 0.65), ("1-sqrt", 1 - 0.7 * 0.5**0.5)])
def test_the_last_part_of_wsd_falls_in_the_shape_that_was_asked_for(shape, halfway):
    rates = curve(1001, kind="wsd", decay=200, decay_shape=shape, floor=0.3)
    assert set(rates[50:801]) == {1}
    assert rates[900] == pytest.approx(halfway)


def test_parts_that_are_longer_than_the_run_are_shortened_alike():
    rates = curve(31, kind="infinite", warmup=100, cooldown=100, decay=100)
    assert rates[10] == 1
    assert rates[20] == pytest.approx(0.55)
    assert rates[30] == 0.1


def test_a_rate_survives_being_sent_to_another_process():
    import pickle

    rate = learning_rate(ScheduleSettings(kind="wsd"), N)
    assert [pickle.loads(pickle.dumps(rate))(step) for step in range(N)] == [rate(step) for step in range(N)]


@pytest.mark.parametrize("change", ["floor=0", "floor=0.6"])
def test_an_anneal_that_has_nowhere_to_fall_to_is_refused(change):
    changes = ["cpt.schedule.kind=infinite", f"cpt.schedule.{change}"]
    with pytest.raises(UserError, match="give 0 < floor <= trunk"):
        load_settings(TrainFile, None, changes, "preset")


def their_rates(schedule, n_steps, **arguments):
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    factor = schedule(optimizer, num_training_steps=n_steps - 1, **arguments).lr_lambdas[0]
    return [factor(step) for step in range(n_steps)]


@pytest.mark.train
@pytest.mark.parametrize(("n_steps", "warmup", "floor"), [(101, 5, 0.1), (500, 0, 0.0), (37, 12, 1.0)])
def test_cosine_is_the_library_s(n_steps, warmup, floor):
    from transformers import get_cosine_with_min_lr_schedule_with_warmup as theirs

    expected = their_rates(theirs, n_steps, num_warmup_steps=warmup, min_lr_rate=floor)
    assert curve(n_steps, kind="cosine", warmup=warmup, floor=floor) == pytest.approx(expected)


@pytest.mark.train
@pytest.mark.parametrize("shape", ["linear", "cosine", "1-sqrt"])
@pytest.mark.parametrize(("n_steps", "warmup", "decay", "floor"), [(101, 5, 20, 1 / 3), (300, 0, 100, 0.0)])
def test_wsd_is_the_library_s_after_the_warm_up(shape, n_steps, warmup, decay, floor):
    from transformers import get_wsd_schedule as theirs

    expected = their_rates(
        theirs, n_steps, num_warmup_steps=warmup, num_decay_steps=decay, decay_type=shape, min_lr_ratio=floor
    )
    rates = curve(n_steps, kind="wsd", warmup=warmup, decay=decay, decay_shape=shape, floor=floor)
    assert rates[warmup:] == pytest.approx(expected[warmup:])
    assert expected[0] == (floor if warmup else 1)
