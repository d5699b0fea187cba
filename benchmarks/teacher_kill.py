"""Killed again and again while a teacher answers: what is paid for twice, and is the corpus the same in the end?

    make bench BENCH=benchmarks/teacher_kill.py [ARGS='--kills 50 --lines 1600']

A scripted endpoint on this machine answers. It kills the run (SIGKILL) after a random number of answers, the same
command is run again, and so on; then the run is let end, and compared with one that was never disturbed.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from corpora import PIPELINE, rows
from engines.endpoint import Endpoint, Reply, serve
from oracle import reply
from rich.console import Console
from rich.table import Table
from scale import generate

IN_FLIGHT = 64
SECONDS = 0.1  # that an answer takes
console = Console()


class Killer:
    """Answers for the endpoint, and kills the run when the time has come."""

    def __init__(self) -> None:
        self.victim: subprocess.Popen[bytes] | None = None
        self.left = -1
        self.lock = threading.Lock()
        self.endpoint: Endpoint | None = None
        self.in_flight: list[int] = []

    def behave(self, request: dict, before: int) -> Reply:
        with self.lock:
            self.left -= 1
            if self.left == 0 and self.victim and self.endpoint:
                self.in_flight.append(self.endpoint.in_flight)
                self.victim.send_signal(signal.SIGKILL)
        answer = reply(request, before)
        answer.delay = SECONDS
        return answer


def command(source: Path, out: Path, url: str) -> list[str]:
    settings = {
        "engine.name": "openai", "engine.model": "oracle", "engine.openai.base_url": url,
        "engine.openai.concurrency": IN_FLIGHT,
    }  # fmt: skip
    changes = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    arguments = ["corpus", str(source), "--out", str(out), "--pipeline", str(PIPELINE), *changes]
    return [sys.executable, "-m", "synth.cli", *arguments]


def run(arguments: list[str], killer: Killer, after: int) -> int:
    environment = {**os.environ, "OPENAI_API_KEY": "none"}
    victim = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    with killer.lock:
        killer.victim, killer.left = victim, after
    _, complaints = victim.communicate()
    if victim.returncode not in {0, -signal.SIGKILL}:
        sys.exit(complaints.decode())
    return victim.returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--lines", type=int, default=1600, help="of the source; each leads to about three requests")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    dice, killer = random.Random(chosen.seed), Killer()
    with tempfile.TemporaryDirectory(prefix="synth-kill-") as folder, serve(killer.behave) as endpoint:
        killer.endpoint = endpoint
        source = generate(Path(folder) / "source", chosen.lines)
        run(command(source, Path(folder) / "whole", endpoint.url), killer, -1)
        requests = len(endpoint.asked)
        assert requests == sum(endpoint.asked.values())
        endpoint.asked.clear()
        endpoint.answered.clear()
        started, kills = time.monotonic(), 0
        arguments = command(source, Path(folder) / "out", endpoint.url)
        while kills < chosen.kills and len(endpoint.answered) < requests:
            # So that the kills are spread over what is left of the run.
            left = requests - len(endpoint.answered)
            kills += run(arguments, killer, dice.randint(1, max(1, 2 * left // (chosen.kills - kills + 1)))) != 0
        run(arguments, killer, -1)
        same = rows(Path(folder) / "out") == rows(Path(folder) / "whole")
        twice = sum(count - 1 for count in endpoint.answered.values())
        report(requests, kills, killer.in_flight, twice, endpoint, same, time.monotonic() - started)
    sys.exit(0 if same and twice <= kills * IN_FLIGHT else 1)


def report(
    requests: int, kills: int, in_flight: list[int], twice: int, endpoint: Endpoint, same: bool, seconds: float
) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("requests", "kills", "in flight at kills", "paid twice", "asked in all", "same rows", "seconds"):
        table.add_column(name, justify="right")
    flying = f"{sum(in_flight):,} (at most {kills * IN_FLIGHT:,})"
    asked = sum(endpoint.asked.values())
    table.add_row(
        f"{requests:,}", str(kills), flying, f"{twice:,}", f"{asked:,}", "yes" if same else "NO", f"{seconds:.0f}"
    )
    console.print(table)


if __name__ == "__main__":
    main()
