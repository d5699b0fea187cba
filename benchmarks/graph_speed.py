"""How fast is the code graph made? Beside its peers on the same packages, and on trees of up to a million lines.

    python benchmarks/graph_speed.py SCRATCH [--peers path/to/venv/bin] [--tools ...] [--rounds 3] [--core 1]
    python benchmarks/graph_speed.py SCRATCH --lines 10000 100000 1000000

The first form runs every tool in turn, round after round, on one core, so that what else the machine does meets all
alike. `synth` is the whole command, start-up, tables and all; `synth/build` leaves the start-up out. The floors only
parse: tree-sitter, CPython's ast, and universal-ctags where it is installed. Processor time is steadier than time on a
busy machine; both are given, as thousand lines per second, with the median ratio to PyCG in the same round.

The second form lays real source distributions side by side, runs `synth graph` on each tree on all cores, then touches
one file in a hundred and runs it again. Memory is the peak of the whole process tree, shared pages counted once.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from graph.peers import PEERS, Analyse, PeerFailed
from graph.source import Tree, read_tree
from graph.trees import assemble, count_lines, fetch, touch
from scale import measure

SMALL, LARGE = ("click==8.5.1", "src/click"), ("networkx==3.6.1", "networkx")
LIMIT_S = 600.0
ONCE_S = 60.0
"""What takes longer is not run again."""

TREE_SITTER = """
import tree_sitter_python
from tree_sitter import Language, Parser
parser = Parser(Language(tree_sitter_python.language()))
def read(text): parser.parse(text)
"""
CPYTHON = """
import ast
read = ast.parse
"""
PARSE = """
import pathlib, sys, time, warnings
warnings.simplefilter("ignore")
texts = [path.read_bytes() for path in pathlib.Path(sys.argv[1]).rglob("*.py")]
started = time.perf_counter(), time.process_time()
for text in texts:
    try:
        read(text)
    except (SyntaxError, ValueError):
        pass
print(time.perf_counter() - started[0], time.process_time() - started[1])
"""
BUILD = """
import sys, time
from synth.graphing import graph
started = time.perf_counter(), time.process_time()
graph(sys.argv[1], sys.argv[2], workers=0)
print(time.perf_counter() - started[0], time.process_time() - started[1])
"""


class Spent(NamedTuple):
    """What one run took, in seconds; processor time is that of all its processes."""

    wall: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path, help="a folder to work in")
    parser.add_argument("--peers", type=Path, help="the folder of programs of an environment with the peers")
    parser.add_argument("--tools", nargs="*", help="only these")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", type=int, default=1)
    parser.add_argument("--lines", type=int, nargs="*", help="sizes of trees to measure instead")
    options = parser.parse_args()
    scratch = options.scratch.resolve()
    if options.lines:
        growth(scratch, options.lines)
        return
    for requirement, package in (SMALL, LARGE):
        folder = scratch / "speed" / requirement.partition("=")[0]
        if not folder.exists():
            fetch(requirement, scratch / "speed" / "sdist", folder)
        compare(next(folder.glob("*/")) / package, options)


def compare(package: Path, options: argparse.Namespace) -> None:
    """Run every tool in alternation on one package, and print what each took."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "source"
        shutil.copytree(package, root / package.name)
        lines = count_lines(root)
        os.sched_setaffinity(0, {options.core})
        spent = rounds(runners(read_tree(root), Path(name), options), options.rounds)
    print(f"\n{package.name}: {lines:,} lines\n{'tool':<14}{'klines/s':>10}{'of CPU':>10}{'x PyCG':>10}{'rounds':>8}")
    for tool, runs in spent.items():
        wall, cpu = (lines / 1000 / statistics.median(values) for values in zip(*runs, strict=True))
        pairs = zip(runs, spent.get("pycg", ()), strict=False)
        ratios = [other.cpu / max(mine.cpu, 1e-9) for mine, other in pairs]
        ratio = f"{statistics.median(ratios):>10.1f}" if ratios else f"{'':>10}"
        print(f"{tool:<14}{wall:>10.1f}{cpu:>10.1f}{ratio}{len(runs):>8}")


def rounds(tools: dict[str, Callable[[], Spent]], count: int) -> dict[str, list[Spent]]:
    spent: dict[str, list[Spent]] = {}
    for _ in range(count):
        for tool, run in tools.items():
            if tool in spent and (not spent[tool] or spent[tool][-1].wall > ONCE_S):
                continue
            runs = spent.setdefault(tool, [])
            try:
                runs.append(run())
            except (PeerFailed, subprocess.SubprocessError) as error:
                print(f"{tool}: {error}", flush=True)
    return {tool: runs for tool, runs in spent.items() if runs}


def runners(tree: Tree, scratch: Path, options: argparse.Namespace) -> dict[str, Callable[[], Spent]]:
    root = str(tree.root)

    def command(*arguments: str) -> Callable[[], Spent]:
        return lambda: timed(lambda: output(arguments))

    def inside(code: str) -> Callable[[], Spent]:
        """Only what the code says that it took."""
        return lambda: inner(output((sys.executable, "-c", code, root, fresh(scratch))))

    tools = {
        "synth": lambda: timed(
            lambda: output((sys.executable, "-m", "synth.cli", "graph", root, "-o", fresh(scratch)))
        ),
        "synth/build": inside(BUILD),
    }
    if options.peers:
        for name, analyse in PEERS.items():
            tools[name] = partial(ask, analyse, tree, options.peers.absolute())
    tools |= {"tree-sitter": inside(TREE_SITTER + PARSE), "ast": inside(CPYTHON + PARSE)}
    if shutil.which("ctags"):
        tools["ctags"] = command("ctags", "--languages=Python", "-R", "-f", os.devnull, root)
    return {name: run for name, run in tools.items() if not options.tools or name in options.tools}


def ask(analyse: Analyse, tree: Tree, programs: Path) -> Spent:
    return timed(lambda: list(analyse(tree, programs, LIMIT_S)))


def fresh(scratch: Path) -> str:
    """A folder that nothing was written to."""
    return tempfile.mkdtemp(dir=scratch)


def output(command: tuple[str, ...]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT_S).stdout


def inner(printed: str) -> Spent:
    wall, cpu = map(float, printed.split())
    return Spent(wall, cpu)


def timed(run: Callable[[], object]) -> Spent:
    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    wall, cpu = time.perf_counter(), used()
    run()
    return Spent(time.perf_counter() - wall, used() - cpu)


def growth(scratch: Path, sizes: list[int]) -> None:
    """Time and memory by size, of a first run and of one after a change."""
    heads = ("files", "lines", "seconds", "us/line", "peak MB", "touched", "seconds", "share")
    print("".join(f"{head:>12}" for head in heads))
    for size in sizes:
        tree = assemble(scratch, size)
        with tempfile.TemporaryDirectory(dir=scratch) as name:
            root, out = Path(name) / "source", Path(name) / "out"
            shutil.copytree(tree, root)
            files, lines = len(list(root.rglob("*.py"))), count_lines(root)
            first, peak = measure(["graph", str(root), "--out", str(out)])
            touched = touch(root, 0.01)
            again, _ = measure(["graph", str(root), "--out", str(out)])
        values = (
            f"{files:,}", f"{lines:,}", f"{first:.1f}", f"{1e6 * first / lines:.0f}", f"{peak / 1e6:.0f}", touched,
            f"{again:.1f}", f"{again / first:.1%}",
        )  # fmt: skip
        print("".join(f"{value:>12}" for value in map(str, values)), flush=True)


if __name__ == "__main__":
    main()
