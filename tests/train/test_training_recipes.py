"""The benchmark of recipes tells a curriculum from a shuffle, with our own rates and plans."""

import pytest

pytestmark = pytest.mark.train


def test_sorting_by_quality_gains_more_where_the_rate_does_not_decay():
    from training_recipes import NONE, STEEP, gain_of_order, make_world

    world = make_world(seed=1, base_steps=300, steps=100)
    assert gain_of_order(world, NONE) > gain_of_order(world, STEEP) + 0.02


def test_a_replay_rate_mixes_the_old_into_every_step():
    import torch
    from training_recipes import BATCH, LENGTH, plan, replay_of, settings_of

    rows = torch.zeros(20 * BATCH, LENGTH, dtype=torch.int64)
    batches = plan(rows, settings_of(replay_of(0.25)), rows + 1)
    assert batches.float().mean(dim=(1, 2)).tolist() == [0.25] * len(batches)


def test_a_claim_that_does_not_hold_is_told():
    from training_recipes import MODERATE, NONE, STEEP, Run, curriculum, trade

    from synth.train.gap import Gap

    little, much = Run(1.0, 3.0, Gap(0, 0, 0)), Run(2.0, 2.0, Gap(0, 0, 0))
    assert trade("", {"much": much, "little": little}).holds
    assert not trade("", {"little": little, "much": much}).holds
    assert curriculum({STEEP: -0.1, MODERATE: 0.1, NONE: 0.2}).holds
    assert not curriculum({STEEP: 0.1, MODERATE: 0.1, NONE: 0.2}).holds
