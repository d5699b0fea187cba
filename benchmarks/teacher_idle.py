"""How long does a teacher wait for the rest of a run? A scripted endpoint that notes when it is asked.

    PYTHONPATH=tests python benchmarks/teacher_idle.py path/to/source [--seconds-per-answer 0.2] [--workers 0]

Prints, from the first request to the last reply, the share of time in which nothing was asked, and each longer pause
with the stages that went on meanwhile. Absolute times are of one machine; the share falls as answers take longer.
"""

import argparse
import os
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from corpora import config
from engines.endpoint import Reply, serve
from oracle import reply

from synth import run

PAUSE_SECONDS = 0.25  # shorter ones are not listed
Span = tuple[float, float]
Heard = tuple[str, float, float]
"""A stage, the time, and the processor time of this process."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("source")
    arguments.add_argument("--seconds-per-answer", type=float, default=0.2)
    arguments.add_argument("--concurrency", type=int, default=16)
    arguments.add_argument("--samples", type=int, default=400, help="of each of the three recipes that ask")
    arguments.add_argument("--workers", type=int, default=0)
    given = arguments.parse_args()
    os.environ.setdefault("OPENAI_API_KEY", "none")
    asked, heard = measure(given)
    first, last = asked[0][0], max(end for _, end in asked)
    pauses = idle(asked)
    waited = sum(end - start for start, end in pauses)
    share = waited / (last - first)
    print(f"{len(asked):,} requests in {last - first:.1f} s; nothing in flight for {waited:.1f} s, {share:.1%}")
    for start, end in pauses:
        if end - start >= PAUSE_SECONDS:
            print(
                f"  pause of {end - start:.2f} s after {start - first:.1f} s: {', '.join(between(heard, start, end))}"
            )


def measure(given: argparse.Namespace) -> tuple[list[Span], list[Heard]]:
    """When each request was in flight, and what was heard of stages."""
    asked: list[Span] = []
    heard: list[Heard] = []

    def behave(request: dict, before: int) -> Reply:
        answer = reply(request, before)
        answer.delay = given.seconds_per_answer
        asked.append((time.monotonic(), time.monotonic() + answer.delay))
        return answer

    with serve(behave) as endpoint, tempfile.TemporaryDirectory() as folder:
        names = ("single_hop", "compositional", "utilization")
        settings = config(
            *(f"recipes.ucd.{name}.samples={given.samples}" for name in names),
            "engine.name=openai", "engine.model=oracle", f"engine.openai.base_url={endpoint.url}",
            f"engine.openai.concurrency={given.concurrency}", "teacher.judge=true",
        )  # fmt: skip
        run.corpus(
            [given.source], Path(folder) / "out", settings, workers=given.workers,
            progress=lambda stage, *_: heard.append((stage, time.monotonic(), time.process_time())),
        )  # fmt: skip
    return sorted(asked), heard


def idle(asked: list[Span]) -> list[Span]:
    """The times between requests in which none was in flight."""
    found, busy_until = [], asked[0][1]
    for start, end in asked:
        if start > busy_until:
            found.append((busy_until, start))
        busy_until = max(busy_until, end)
    return found


def between(heard: list[Heard], start: float, end: float) -> list[str]:
    """The stages that were heard of in a time, with their seconds and those of the processor."""
    inside = [(name, moment, spent) for name, moment, spent in heard if start <= moment <= end]
    seconds: dict[str, list[float]] = {}
    for (name, began, spent_before), (_, ended, spent) in pairwise(
        [*inside, ("", end, inside[-1][2])] if inside else []
    ):
        mine = seconds.setdefault(name, [0.0, 0.0])
        mine[0] += ended - began
        mine[1] += spent - spent_before
    return [f"{name} {wall:.2f} s ({spent:.2f} s of a processor)" for name, (wall, spent) in seconds.items()]


if __name__ == "__main__":
    main()
