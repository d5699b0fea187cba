"""A run over documents that is killed while a teacher writes goes on; what was answered is not asked for again."""

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from corpora import rows
from engines.endpoint import Reply, serve
from scribe import reply
from test_documents import IN_FLIGHT

KILLS = 4
CHILD = """
import sys
from pathlib import Path
from synth import run, stages
from moments import die_at
from test_documents import MANUAL, taught

out, url, moment = sys.argv[1], sys.argv[2], int(sys.argv[3])
stages.TASKS_PER_PART = 16
seen = die_at(out, moment)
few = ("recipes.entigraph.pair.samples=12", "recipes.entigraph.triple.samples=12")
run.corpus([MANUAL], Path(out), taught(url, *few))
print(seen())
"""


def child(out: Path, url: str, moment: int) -> subprocess.CompletedProcess[str]:
    folder = str(Path(__file__).parent)
    command = [sys.executable, "-c", CHILD, str(out), url, str(moment)]
    environment = {**os.environ, "PYTHONPATH": folder, "OPENAI_API_KEY": "sk-none"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)


def test_killed_while_a_teacher_writes_no_more_is_asked_again_than_was_on_its_way(tmp_path):
    given: Counter[str] = Counter()

    def counted(request: dict, before: int = 0) -> Reply:
        given[repr((request["messages"], request["seed"]))] += 1
        return reply(request)

    with serve(counted) as endpoint:
        whole = child(tmp_path / "undisturbed", endpoint.url, 0)
        assert whole.returncode == 0, whole.stderr
        once = dict(given)
        given.clear()
        moments = int(whole.stdout)
        # Each run begins where the one before it died, so it has fewer moments left to die at.
        for kill, left in enumerate(range(KILLS, 0, -1)):
            moment = random.Random(kill).randrange(moments // 20, moments * left // (2 * KILLS))
            assert child(tmp_path / "out", endpoint.url, moment).returncode == -9
        last = child(tmp_path / "out", endpoint.url, 0)
        assert last.returncode == 0, last.stderr
    assert set(given) == set(once)
    assert given.total() - len(given) <= KILLS * IN_FLIGHT
    assert rows(tmp_path / "out") == rows(tmp_path / "undisturbed")
