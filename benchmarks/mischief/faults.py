"""The faults: each takes a fresh OUT, has one thing go wrong at a random moment, and goes on with the same command."""

import os
import random
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import s3
from cluster import Cluster, ray_cluster
from corpora import PIPELINE
from engines.endpoint import Endpoint, Reply, serve
from oracle import reply

from mischief import proxy
from mischief.poison import POISON
from mischief.runs import (
    MANUAL,
    SHOP,
    Ended,
    Outcome,
    corpus_command,
    ended,
    is_one_line,
    made,
    run,
    started,
    until_done,
)  # fmt: skip

FULL_BYTES = 64 << 20
HANDLES = 64
IN_FLIGHT = 8

Strike = Callable[[subprocess.Popen[str]], None]
"""Does something bad, given the run's process."""


@dataclass
class Day:
    """What the faults of one kind share: a folder, dice, the undisturbed run, and a cluster where one is needed."""

    folder: Path
    dice: random.Random
    expected: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    """Of the undisturbed run."""
    cluster: Cluster | None = None
    relay: proxy.Proxy | None = None
    endpoint: Endpoint | None = None
    bucket: dict[str, str] = field(default_factory=dict)
    n_requests: int = 0
    """That the undisturbed run sent through the relay."""

    def moment(self) -> float:
        """Seconds after the start of a command."""
        return self.dice.uniform(0.15, 0.95) * self.seconds

    def outcome(self, out: Any, commands: Sequence[Ended], recovery: float, note: str = "", twice: int = 0) -> Outcome:
        """Compare OUT with the undisturbed run."""
        is_same = commands[-1].code == 0 and made(out) == self.expected
        silent = [one for one in commands if one.code > 0 and not is_one_line(one.said)]
        said = next((one.said for one in commands if one.code > 0), "")
        note = note or said.splitlines()[-1][:150] if said else note
        trace = f" TRACE: {silent[0].said[-1200:]}" if silent else ""
        return Outcome(is_same, len(commands), recovery, twice, note + trace)


def interrupted(day: Day, command: Sequence[str], strike: Strike) -> tuple[Ended, float, float]:
    """Start a command and strike it at a random moment; how it ended, when that was, and after how many seconds."""
    while True:
        began = time.monotonic()
        process = started(command)
        try:
            process.wait(timeout=day.moment())
        except subprocess.TimeoutExpired:
            struck = time.monotonic()
            strike(process)
            return ended(process, began), struck, struck - began
        shutil.rmtree(command[command.index("--out") + 1])  # it was faster than the moment came


def goes_on(day: Day, out: Path, command: Sequence[str], strike: Strike) -> Outcome:
    """Strike a run, and repeat the command where it ended."""
    first, struck, after = interrupted(day, command, strike)
    commands = [first, *(until_done(command) if first.code else [])]
    return day.outcome(out, commands, time.monotonic() - struck - max(0.0, day.seconds - after))


def driver(day: Day, out: Path) -> Outcome:
    """The process that the user started is killed."""
    return goes_on(day, out, corpus_command(out, "--workers", "0"), lambda process: process.kill())


def cluster_driver(day: Day, out: Path) -> Outcome:
    """The same while a cluster works for it."""
    assert day.cluster
    return goes_on(day, out, corpus_command(out, "--address", day.cluster.address), lambda process: process.kill())


def raylet(day: Day, out: Path) -> Outcome:
    """One of the nodes that work is lost."""
    cluster = day.cluster
    assert cluster
    victim = cluster.nodes[day.dice.randint(1, len(cluster.nodes) - 1)]
    found = goes_on(day, out, corpus_command(out, "--address", cluster.address), lambda _: victim.raylet().kill())
    victim.stop()
    cluster.nodes.remove(victim)
    cluster.add()
    cluster.wait(len(cluster.nodes))
    return found


def head(day: Day, out: Path) -> Outcome:
    """The head is lost with all that it knows; a new one is started, and the run again."""
    with ray_cluster() as first:
        command = corpus_command(out, "--address", first.address)
        lost, struck, after = interrupted(day, command, lambda _: first.nodes[0].stop())
    noticed = time.monotonic() - struck
    with ray_cluster() as second:
        began = time.monotonic()
        rest = until_done(corpus_command(out, "--address", second.address)) if lost.code else []
    recovery = time.monotonic() - began - max(0.0, day.seconds - after)
    return day.outcome(out, [lost, *rest], recovery, f"the run ended after {noticed:.0f} s with {lost.code}")


def store(day: Day, out: Path, kind: str, least: int, most: int) -> Outcome:
    """The store misbehaves from a random request on, for a random number of requests."""
    assert day.relay
    where = f"s3://{s3.BUCKET}/{out.name}"
    start = day.dice.randrange(day.n_requests)
    day.relay.begin(proxy.window(kind, start, start + day.dice.randint(least, most)))
    began = time.monotonic()
    commands = until_done(corpus_command(where, "--workers", "0"), day.bucket)
    met = day.relay.done[kind]
    day.relay.begin(proxy.good)
    seconds = time.monotonic() - began - day.seconds
    with s3.reached(day.bucket):
        return day.outcome(where, commands, seconds, f"{met} requests met it")


def disk(day: Day, out: Path) -> Outcome:
    """The disk is full; then there is room again."""
    out.mkdir()
    size = day.dice.randint(1 << 17, (3 << 20) // 2)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(out)], check=True)
    try:
        command = corpus_command(out / "out", "--workers", "0")
        first = run(command)
        began = time.monotonic()
        subprocess.run(["mount", "-o", f"remount,size={FULL_BYTES}", str(out)], check=True)
        rest = until_done(command) if first.code else []
        recovery = time.monotonic() - began - max(0.0, day.seconds - first.seconds)
        return day.outcome(out / "out", [first, *rest], recovery, f"{size >> 10} KB")
    finally:
        subprocess.run(["umount", str(out)], check=True)


def handles(day: Day, out: Path) -> Outcome:
    """A process may open few files."""
    limit = day.dice.randint(12, HANDLES)
    command = corpus_command(out, "--workers", "0")
    first = run(command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    began = time.monotonic()
    rest = until_done(command) if first.code else []
    recovery = time.monotonic() - began if rest else 0.0
    return day.outcome(out, [first, *rest], recovery, f"limit {limit}: exit {first.code} {first.said[-150:]}")


def poison(day: Day, out: Path, patch: str, workers: int) -> Outcome:
    """A document kills whoever parses it: it is named in the end, and without it the run goes on."""
    source = day.folder / f"{out.name}-source"
    shutil.copytree(MANUAL, source)
    folder = day.dice.choice([path for path in [source, *source.rglob("*")] if path.is_dir()])
    (folder / POISON).write_text("# Poison\n\nIt kills its parser.\n", encoding="utf-8")
    command = corpus_command(out, "--workers", str(workers), patch=patch, sources=[SHOP, source])
    commands = [run(command)]
    while commands[-1].code < 0 and len(commands) < 10:
        commands.append(run(command))
    named = is_one_line(commands[-1].said) and POISON in commands[-1].said
    (folder / POISON).unlink()
    source.rename(day.folder / "manual-kept")
    shutil.rmtree(day.folder / "manual-kept")
    began = time.monotonic()
    rest = run(corpus_command(out, "--workers", "0", "--update"))
    codes = [one.code for one in commands]
    found = day.outcome(out, [*commands, rest], time.monotonic() - began, f"{codes}: {commands[-1].said[-200:]}")
    return found._replace(is_same=found.is_same and named)


def endpoint(day: Day, out: Path) -> Outcome:
    """The teacher's process is gone in the middle of its answers, and comes back later."""
    assert day.relay
    assert day.endpoint
    asked = day.endpoint
    asked.asked.clear()
    asked.answered.clear()
    start = day.dice.randrange(1, 250)
    day.relay.begin(proxy.window(proxy.CUT, start, start + day.dice.randint(1, 120)))
    began = time.monotonic()
    commands = until_done(taught(day, out))
    gone = day.relay.done[proxy.CUT]
    day.relay.begin(proxy.good)
    if made(out) != day.expected:  # what failed once too often counts as failed until it is asked again
        commands.append(run([*taught(day, out), "--retry-failed"]))
    twice = sum(count - 1 for count in asked.answered.values())
    note = f"{gone} requests met it"
    return day.outcome(out, commands, time.monotonic() - began - day.seconds, note, max(0, twice - IN_FLIGHT))


def taught(day: Day, out: Path) -> list[str]:
    """A command whose teacher is behind the relay."""
    assert day.relay
    settings = (
        "engine.name=openai", "engine.model=oracle", f"engine.openai.base_url=http://127.0.0.1:{day.relay.port}/v1",
        f"engine.openai.concurrency={IN_FLIGHT}", "recipes.ucd.single_hop.samples=100",
    )  # fmt: skip
    changes = [part for setting in settings for part in ("--set", setting)]
    return corpus_command(out, "--workers", "0", "--pipeline", str(PIPELINE), *changes, sources=[SHOP])


@contextmanager
def alone(day: Day) -> Iterator[list[str]]:
    """No more than this machine."""
    yield corpus_command(day.folder / "undisturbed", "--workers", "0")


@contextmanager
def on_cluster(day: Day) -> Iterator[list[str]]:
    """A head and two more raylets."""
    with ray_cluster() as day.cluster:
        yield corpus_command(day.folder / "undisturbed", "--address", day.cluster.address)


@contextmanager
def on_store(day: Day) -> Iterator[list[str]]:
    """An object store behind a relay; the undisturbed run writes there too."""
    with s3.server() as variables, proxy.proxy(int(variables["AWS_ENDPOINT_URL"].rpartition(":")[2])) as day.relay:
        day.bucket = variables | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{day.relay.port}"}
        os.environ.update(day.bucket)
        yield corpus_command(f"s3://{s3.BUCKET}/undisturbed", "--workers", "0")


@contextmanager
def with_teacher(day: Day) -> Iterator[list[str]]:
    """A scripted teacher behind a relay."""

    def behave(request: dict[str, Any], before: int) -> Reply:
        answer: Reply = reply(request, before)
        answer.delay = 0.05
        return answer

    with serve(behave) as day.endpoint:
        port = int(day.endpoint.url.rpartition(":")[2].partition("/")[0])
        with proxy.proxy(port) as day.relay:
            yield taught(day, day.folder / "undisturbed")


FAULTS: dict[str, tuple[Callable[[Day, Path], Outcome], Callable[[Day], Any]]] = {
    "driver": (driver, alone),
    "cluster-driver": (cluster_driver, on_cluster),
    "raylet": (raylet, on_cluster),
    "head": (head, alone),
    "store-503": (partial(store, kind=proxy.BUSY, least=1, most=24), on_store),
    "store-slow": (partial(store, kind=proxy.SLOW, least=5, most=30), on_store),
    "store-cut": (partial(store, kind=proxy.CUT, least=1, most=30), on_store),
    "disk": (disk, alone),
    "handles": (handles, alone),
    "memory": (partial(poison, patch="eats", workers=0), alone),
    "crash": (partial(poison, patch="crashes", workers=0), alone),
    "crash-ray": (partial(poison, patch="crashes", workers=2), alone),
    "killed-ray": (partial(poison, patch="killed", workers=2), alone),
    "endpoint": (endpoint, with_teacher),
}
