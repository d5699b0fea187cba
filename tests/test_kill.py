"""A run that is killed at any moment goes on to the corpus that an undisturbed run makes."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from corpora import SHOP, config, rows

from synth import graphing, run, stages

KILLS = 20
CHILD = """
import sys
from pathlib import Path
from synth import graphing, run, stages
from corpora import SHOP, config
from moments import die_at

out, moment = sys.argv[1], int(sys.argv[2])
stages.TASKS_PER_PART, graphing.FILES_PER_PART = 64, 4
seen = die_at(out, moment)
run.corpus([SHOP], Path(out), config())
print(seen())
"""


def child(out: Path, moment: int) -> subprocess.CompletedProcess[str]:
    folder = str(Path(__file__).parent)
    command = [sys.executable, "-c", CHILD, str(out), str(moment)]
    environment = {**os.environ, "PYTHONPATH": folder}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    done = child(out, 0)
    assert done.returncode == 0, done.stderr
    return int(done.stdout), rows(out)


def test_killed_at_twenty_random_moments_the_same_command_goes_on(tmp_path, undisturbed, monkeypatch):
    moments, expected = undisturbed
    monkeypatch.setattr(stages, "TASKS_PER_PART", 64)
    monkeypatch.setattr(graphing, "FILES_PER_PART", 4)
    for index, moment in enumerate(sorted(random.Random(7).sample(range(1, moments + 1), KILLS))):
        out = tmp_path / str(index)
        assert child(out, moment).returncode == -9
        # What a reader sees is a whole corpus or none: the card comes last.
        if (out / "README.md").exists():
            assert rows(out) == expected
        metrics = run.corpus([SHOP], out, config())
        assert all(item.holds for item in metrics.sums)
        assert rows(out) == expected


def test_killed_again_and_again_in_one_folder_it_still_ends_the_same(tmp_path, undisturbed):
    moments, expected = undisturbed
    out = tmp_path / "out"
    # Each try comes a little further than the one before, until one ends.
    for moment in range(10, 10 * moments, 20):
        done = child(out, moment)
        if done.returncode == 0:
            break
        assert done.returncode == -9
    assert rows(out) == expected
