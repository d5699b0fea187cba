"""The plan: what is seen when, exactly, before training starts."""

import json
import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import UserError
from synth.train.plan import Source, make_plan
from synth.train.settings import DataSettings, OptimizerSettings
from synth.train.tables import PLAN

LENGTH = 128


def source(name: str, n_packs: int, epochs: float | None = 1, share: float = 1, draws: tuple[int, ...] = ()) -> Source:
    """Packs of random sizes and qualities."""
    random = np.random.default_rng(n_packs)
    sizes = random.integers(LENGTH - 4, LENGTH + 1, n_packs).astype(np.int32)
    return Source(name, sizes, random.random(n_packs, dtype=np.float32), epochs, share, draws)


def data(rate: float = 0, order: str = "shuffled", max_epochs: float = 4) -> DataSettings:
    replay = {"rate": rate, "sources": [{"path": "general.jsonl"}], "max_epochs": max_epochs}
    return DataSettings.model_validate({"max_length": LENGTH, "order": order, "replay": replay})


def batches(table: pa.Table, batch: int) -> list[list[str]]:
    """Sources of each step's sequences."""
    names = table["source"].to_pylist()
    return [names[start : start + batch] for start in range(0, len(names), batch)]


def seen(table: pa.Table, name: str) -> list[tuple[int, int]]:
    """(pack, epoch) of one source, in order."""
    rows = zip(*(table[column].to_pylist() for column in ("source", "pack", "epoch")), strict=True)
    return [(pack, epoch) for of, pack, epoch in rows if of == name]


def packs(table: pa.Table, name: str) -> list[int]:
    return [pack for pack, _ in seen(table, name)]


def test_rows_of_the_plan_are_the_slots_of_its_steps_in_order():
    table, summary = make_plan([source("corpus", 50)], data(), OptimizerSettings(batch=8), seed=0)
    assert table.schema == PLAN
    assert summary["n_steps"] == 7
    steps, slots = table["step"].to_pylist(), table["slot"].to_pylist()
    assert list(zip(steps, slots, strict=True)) == [(step, slot) for step in range(7) for slot in range(8)]


@settings(deadline=None)
@given(st.integers(1, 120), st.integers(1, 16), st.integers(0, 90), st.sampled_from(["shuffled", "quality", "written"]))
def test_every_sequence_of_the_corpus_is_seen_and_replay_takes_none_of_their_places(n_packs, batch, percent, order):
    sources = [source("corpus", n_packs), source("replay-web", 5000, None)]
    table, summary = make_plan(sources, data(percent / 100, order), OptimizerSettings(batch=batch), seed=1)
    counts = np.bincount(packs(table, "corpus"), minlength=n_packs)
    assert counts.min() >= 1
    assert counts.sum() == n_packs + summary["filled"]
    assert len(table) == summary["n_steps"] * batch


def test_every_batch_has_the_same_count_of_replay():
    sources = [source("corpus", 400), source("replay-web", 90, None)]
    table, summary = make_plan(sources, data(0.25), OptimizerSettings(batch=16), seed=0)
    assert {names.count("replay-web") for names in batches(table, 16)} == {4}
    assert summary["replay"]["steps_by_count"] == {"4": summary["n_steps"]}


def test_a_rate_below_one_sequence_is_carried_from_step_to_step():
    sources = [source("corpus", 970), source("replay-web", 90, None)]
    table, summary = make_plan(sources, data(0.03), OptimizerSettings(batch=10), seed=0)
    assert summary["n_steps"] == 100
    assert [sum(names.count("replay-web") for names in batches(table, 10)[:step]) for step in (25, 50, 75, 100)] == [
        8, 15, 23, 30,
    ]  # fmt: skip


def test_several_replay_sources_come_by_their_shares_and_a_small_one_not_more_often_than_allowed():
    sources = [
        source("corpus", 900), source("replay-web", 500, None, 2), source("replay-code", 500, None, 1),
        source("replay-maths", 5, None, 1),
    ]  # fmt: skip
    table, summary = make_plan(sources, data(0.1, max_epochs=2), OptimizerSettings(batch=10), seed=0)
    counts = {row["name"]: row["sequences"] for row in summary["sources"]}
    assert counts == {"corpus": 900, "replay-web": 60, "replay-code": 30, "replay-maths": 10}
    assert sorted(packs(table, "replay-maths")) == sorted([*range(5)] * 2)


def test_too_little_replay_is_refused_with_a_rate_that_works():
    sources = [source("corpus", 900), source("replay-web", 20, None)]
    optimizer = OptimizerSettings(batch=10)
    with pytest.raises(
        UserError, match=r"asks for 100 sequences and the sources hold 40 in 2 epochs; set data"
    ) as told:
        make_plan(sources, data(0.1, max_epochs=2), optimizer, seed=0)
    possible = float(str(told.value).split("data.replay.rate=")[1].split(",")[0])
    assert make_plan(sources, data(possible, max_epochs=2), optimizer, seed=0).summary["replay"]["sequences"] <= 40
    with pytest.raises(UserError, match="the sources hold 40"):
        make_plan(sources, data(possible + 0.001, max_epochs=2), optimizer, seed=0)


def test_a_part_of_an_epoch_is_a_part_of_its_sequences():
    table, _ = make_plan([source("corpus", 40, 2.5)], data(), OptimizerSettings(batch=10), seed=0)
    counts = np.bincount(packs(table, "corpus"))
    assert sorted(counts) == [2] * 20 + [3] * 20
    assert [epoch for _, epoch in seen(table, "corpus")] == [0] * 40 + [1] * 40 + [2] * 20


def test_each_epoch_has_an_order_of_its_own():
    table, _ = make_plan([source("corpus", 40, 2)], data(), OptimizerSettings(batch=10), seed=0)
    first, second = packs(table, "corpus")[:40], packs(table, "corpus")[40:]
    assert sorted(first) == sorted(second) == list(range(40))
    assert first != second != list(range(40))


def test_sources_with_different_epochs_are_mixed_alike_all_along():
    sources = [source("corpus", 100, 1), source("corpus-x3", 20, 3)]
    table, _ = make_plan(sources, data(), OptimizerSettings(batch=16), seed=0)
    assert np.bincount(packs(table, "corpus-x3")).tolist() == [3] * 20
    assert {names.count("corpus-x3") for names in batches(table, 16)} == {6}


def test_quality_rises_over_the_whole_run_while_the_mixture_stays():
    good, rest = source("corpus", 100, 2), source("corpus-x3", 60, 3)
    sources = [good, rest, source("replay-web", 300, None)]
    table, _ = make_plan(sources, data(0.25, "quality"), OptimizerSettings(batch=16), seed=0)
    for part in (good, rest):
        assert np.all(np.diff(part.quality[packs(table, part.name)]) >= 0)
    assert {names.count("replay-web") for names in batches(table, 16)} == {4}
    assert all(abs(names.count("corpus") - names.count("corpus-x3")) <= 3 for names in batches(table, 16))


def test_sequences_of_equal_quality_are_all_seen_before_one_is_seen_again():
    alike = Source("corpus", np.full(30, LENGTH, np.int32), np.ones(30, np.float32), 2)
    table, _ = make_plan([alike], data(order="quality"), OptimizerSettings(batch=10), seed=0)
    assert sorted(packs(table, "corpus")[:30]) == list(range(30))


def test_the_written_order_is_that_of_the_packs():
    table, _ = make_plan([source("corpus", 40, 2)], data(order="written"), OptimizerSettings(batch=10), seed=0)
    assert packs(table, "corpus") == [*range(40), *range(40)]


def test_an_epoch_sees_its_own_draw():
    table, summary = make_plan([source("corpus", 50, 2, draws=(20, 30))], data(), OptimizerSettings(batch=10), seed=0)
    assert sorted(seen(table, "corpus")) == [(pack, 0 if pack < 20 else 1) for pack in range(50)]
    assert summary["filled"] == 0


def test_the_last_batch_is_whole_and_the_summary_says_what_is_seen_again_for_it():
    table, summary = make_plan([source("corpus", 21)], data(), OptimizerSettings(batch=10), seed=0)
    assert (len(table), summary["filled"], summary["sources"][0]["sequences"]) == (30, 9, 30)
    assert np.bincount(packs(table, "corpus")).max() == 2
    assert summary["warnings"] == [
        "9 of 30 sequences of the corpus are seen once more than asked, so that every batch has 10; "
        "a smaller optimizer.batch makes fewer"
    ]


def test_much_padding_is_warned_of():
    half_full = Source("corpus", np.full(40, LENGTH // 2, np.int32), np.ones(40, np.float32), 1)
    _, summary = make_plan([half_full], data(), OptimizerSettings(batch=10), seed=0)
    assert summary["waste"] == 0.5
    assert summary["warnings"] == [
        "50% of the sequences is padding: there are too few pieces that fit beside one another in data.max_length=128; "
        "a longer one wastes less"
    ]


def test_max_steps_shortens_every_source_and_a_curriculum_still_ends_with_the_best():
    sources = [source("corpus", 100), source("corpus-x3", 100, 3), source("replay-web", 300, None)]
    table, summary = make_plan(sources, data(0.2, "quality"), OptimizerSettings(batch=10, max_steps=10), seed=0)
    assert (summary["n_steps"], summary["cut"]) == (10, 320)
    counts = {row["name"]: row["sequences"] for row in summary["sources"]}
    assert counts == {"corpus": 20, "corpus-x3": 60, "replay-web": 20}
    qualities = sources[1].quality[packs(table, "corpus-x3")]
    assert qualities[0] < 0.1
    assert qualities[-1] > 0.9


def test_the_summary_counts_what_the_plan_holds():
    sources = [source("corpus", 100, 1.5), source("replay-web", 70, None)]
    table, summary = make_plan(sources, data(0.1), OptimizerSettings(batch=7), seed=0)
    for part, row in zip(sources, summary["sources"], strict=True):
        chosen = packs(table, part.name)
        assert row["sequences"] == len(chosen)
        assert row["tokens_seen"] == part.n_tokens[chosen].sum()
        assert row["epochs"] == len(chosen) / len(part.n_tokens)
        assert row["share"] == len(chosen) / len(table)
    assert summary["tokens"] == sum(row["tokens_seen"] for row in summary["sources"])
    assert summary["waste"] == pytest.approx(1 - summary["tokens"] / (len(table) * LENGTH))
    assert json.loads(json.dumps(summary)) == summary


def test_a_source_without_packs_takes_no_part():
    sources = [
        source("corpus", 30),
        source("corpus-x3", 0, 3),
        source("replay-web", 90, None),
        source("empty", 0, None),
    ]
    _, summary = make_plan(sources, data(0.1), OptimizerSettings(batch=10), seed=0)
    assert [row["name"] for row in summary["sources"]] == ["corpus", "replay-web"]


def test_nothing_to_train_on_is_refused():
    with pytest.raises(UserError, match="no rows to train on"):
        make_plan([source("corpus", 0)], data(), OptimizerSettings(), seed=0)


PRINT_PLAN = """
import hashlib, numpy as np
from synth.train.plan import Source, make_plan
from synth.train.settings import DataSettings, OptimizerSettings
sizes = np.full(300, 100, np.int32)
sources = [Source(n, sizes, np.ones(300, np.float32), e) for n, e in (("corpus", 2), ("x", 1.5), ("replay-web", None))]
data = DataSettings.model_validate({"replay": {"rate": 0.2, "sources": [{"path": "web"}]}})
print(hashlib.sha256(str(make_plan(sources, data, OptimizerSettings(), 7).table.to_pydict()).encode()).hexdigest())
"""


def test_the_same_settings_make_the_same_plan_in_another_process_and_another_seed_another():
    prints = {
        subprocess.run(
            [sys.executable, "-c", PRINT_PLAN], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": salt},
        ).stdout
        for salt in ("1", "2")
    }  # fmt: skip
    assert len(prints) == 1
    plans = [make_plan([source("corpus", 99)], data(), OptimizerSettings(), seed).table for seed in (0, 0, 1)]
    assert plans[0] == plans[1] != plans[2]
