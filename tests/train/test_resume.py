"""A run that is killed at any moment goes on to the weights, bit for bit, of a run that was never killed."""

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from synth.errors import UserError
from train.runs import make_corpus, train_tiny, weights

pytestmark = pytest.mark.train

SETTINGS = ("data.epochs=2", "checkpoints.steps=2", "lora.dropout=0.1", "lora.rank=4", "evaluation.times=2")
# Killed from inside, at a chosen one of the moments at which the run touches its folder: so the kills fall on every
# step, also into the middle of a checkpoint and of the writing of the model.
CHILD = """
import os, signal, sys
from pathlib import Path
from train.runs import train_tiny
from train.test_resume import SETTINGS

corpus, model, out, moment = *sys.argv[1:4], int(sys.argv[4])
seen = 0

def watch(event, arguments):
    global seen
    if event in {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir"} and str(arguments[0]).startswith(out):
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
train_tiny(Path(corpus), Path(model), Path(out), *SETTINGS)
print(seen)
"""


def child(corpus: Path, model: Path, out: Path, moment: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, str(corpus), str(model), str(out), str(moment)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def same(first: Path, second: Path) -> bool:
    mine, other = weights(first), weights(second)
    return mine.keys() == other.keys() and all(bool((value == other[name]).all()) for name, value in mine.items())


def without_times(out: Path) -> list[str]:
    import json

    measured = ("tokens_per_second", "memory_gib")
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [json.dumps({name: value for name, value in line.items() if name not in measured}) for line in lines]


def test_killed_at_random_moments_the_same_command_reaches_the_same_weights_and_log(model, tmp_path):
    corpus = make_corpus(tmp_path / "corpus")
    done = child(corpus, model, tmp_path / "whole", 0)
    assert done.returncode == 0, done.stderr
    moments = int(done.stdout)
    out = tmp_path / "killed"
    # Once while it trains, once near the end, and once more as soon as it goes on.
    for moment in (random.Random(5).randrange(moments // 3, moments // 2), moments // 2, 20):
        assert child(corpus, model, out, moment).returncode == -signal.SIGKILL
        assert not (out / "config.json").exists() or same(tmp_path / "whole", out)
    assert train_tiny(corpus, model, out, *SETTINGS) is not None
    assert same(tmp_path / "whole", out)
    assert without_times(tmp_path / "whole") == without_times(out)
    assert (tmp_path / "whole" / "results.json").read_bytes() == (out / "results.json").read_bytes()


def test_a_checkpoint_that_was_half_written_is_not_gone_on_from(tmp_path):
    from synth.train.checkpoints import commit_folder, drop_unfinished, newest_checkpoint

    for step in (2, 10):
        half = tmp_path / f"checkpoint-{step}"
        half.mkdir()
        (half / "model.safetensors").write_bytes(b"weights")
        if step == 2:
            commit_folder(half, tmp_path / "step-2")
    drop_unfinished(tmp_path)
    assert newest_checkpoint(tmp_path) == tmp_path / "step-2"
    assert [path.name for path in tmp_path.iterdir()] == ["step-2"]


def test_a_second_run_in_the_same_folder_is_refused_while_one_is_at_work(model, tmp_path):
    corpus, out = make_corpus(tmp_path / "corpus"), tmp_path / "out"
    refused: list[str] = []

    def meddle(stage: str, done: int, total: int, note: str = "", /) -> None:
        if stage == "train" and not refused:
            other = threading.Thread(target=try_to_train)
            other.start()
            other.join()

    def try_to_train() -> None:
        try:
            train_tiny(corpus, model, out, "optimizer.max_steps=2")
        except UserError as error:
            refused.append(str(error))

    assert train_tiny(corpus, model, out, "optimizer.max_steps=2", progress=meddle) is not None
    assert refused == [f"another run is at work in {out}; wait for it or choose another --out"]
