"""Workers: how many there are, and that many learn what one would."""

import pytest

from synth.errors import UserError
from synth.progress import silent
from synth.train.cluster import cause, n_workers, run_workers
from synth.train.settings import WorkerSettings
from train.runs import distance, make_corpus, train_tiny


@pytest.mark.parametrize(
    ("count", "n_gpus", "expected"), [(None, 0, 0), (None, 1, 0), (None, 4, 4), (0, 4, 0), (2, 0, 2), (2, 4, 2)]
)
def test_there_is_one_worker_a_gpu_and_none_where_one_process_is_enough(count, n_gpus, expected):
    assert n_workers(WorkerSettings(count=count), n_gpus) == expected


def test_more_workers_than_gpus_are_refused():
    with pytest.raises(UserError, match=r"workers\.count=3 is more than the 2 GPUs here"):
        run_workers(lambda progress: None, WorkerSettings(count=3), 2, silent)


def test_without_workers_this_process_does_the_work():
    told = []
    run_workers(lambda progress: progress("train", 1, 2), WorkerSettings(count=0), 0, lambda *what: told.append(what))
    assert told == [("train", 1, 2)]


@pytest.mark.train
def test_a_batch_that_workers_cannot_share_is_refused_before_any_of_them_starts(model, tmp_path):
    corpus = make_corpus(tmp_path / "corpus")
    with pytest.raises(UserError, match=r"optimizer\.batch=3 cannot be shared by 2 workers; make it a multiple of 2"):
        train_tiny(corpus, model, tmp_path / "out", "workers.count=2", "optimizer.batch=3")


@pytest.mark.train
@pytest.mark.ray
def test_two_workers_reach_the_weights_of_one(model, tmp_path):
    corpus = make_corpus(tmp_path / "corpus")
    told = []
    for count in (0, 2):
        changes = ("optimizer.max_steps=4", f"workers.count={count}")
        train_tiny(corpus, model, tmp_path / str(count), *changes, progress=lambda *what: told.append(what))
    assert distance(tmp_path / "0", tmp_path / "2") < 1e-5
    assert distance(tmp_path / "0", model) > 1e-3
    logs = [(tmp_path / str(count) / "metrics.jsonl").read_text().splitlines() for count in (0, 2)]
    assert len(logs[0]) == len(logs[1]) == 4
    assert told.count(("train", 0, 4)) == 2  # the first worker's progress reaches the terminal


def test_a_mistake_that_one_worker_finds_is_told_and_not_the_failures_that_follow_from_it():
    from ray.train.v2.api.exceptions import WorkerGroupError

    mistake = UserError("optimizer.batch=3 cannot be shared")
    assert cause(WorkerGroupError("both failed", {0: RuntimeError("connection closed"), 1: mistake})) is mistake
    other = ValueError("a defect")
    assert cause(WorkerGroupError("one failed", {0: other})) is other
