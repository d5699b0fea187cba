"""Does a run end with the same corpus after nodes, stores, disks and inputs have misbehaved, and how soon?

    make bench BENCH=benchmarks/bad_days.py ARGS='raylet --runs 10 --seed 1'

Makes a small corpus undisturbed, then again and again with one fault at a random moment, each time going on with the
same command until it ends. It counts on how many days rows equalled the undisturbed run (with all sums, in a release
that verifies), how often one command was enough, what a teacher was asked twice beyond what was in flight, and the
seconds from the fault to the end, less what the undisturbed run needed from there.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from mischief.faults import FAULTS, Day
from mischief.runs import Outcome, made, run
from rich.console import Console
from rich.table import Table

console = Console(width=220)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fault", choices=FAULTS)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    strike, setting = FAULTS[chosen.fault]
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="synth-bad-") as folder:
        day = Day(Path(folder), random.Random(chosen.seed))
        with setting(day) as undisturbed:
            began = time.monotonic()
            first = run(undisturbed)
            assert first.code == 0, first.said
            day.seconds = time.monotonic() - began
            day.n_requests = day.relay.n_requests if day.relay else 0
            day.expected = made(undisturbed[undisturbed.index("--out") + 1])
            assert day.expected
            for number in range(chosen.runs):
                outcomes.append(strike(day, day.folder / f"out-{number}"))
                console.print(number, outcomes[-1], markup=False, highlight=False, soft_wrap=True)
    report(chosen.fault, day.seconds, outcomes)
    sys.exit(0 if all(found.is_same and not found.twice for found in outcomes) else 1)


def report(fault: str, seconds: float, outcomes: list[Outcome]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("fault", "runs", "same", "got over it", "asked twice", "undisturbed", "recovery, median", "longest"):
        table.add_column(name, justify="right")
    recovery = [found.recovery for found in outcomes]
    table.add_row(
        fault, str(len(outcomes)), str(sum(found.is_same for found in outcomes)),
        str(sum(found.commands == 1 for found in outcomes)), str(sum(found.twice for found in outcomes)),
        f"{seconds:.0f} s", f"{statistics.median(recovery):.0f} s", f"{max(recovery):.0f} s",
    )  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    main()
