"""Who calls whom in small programs made to be hard? Scores the graph and its peers on the PyCG micro-benchmark.

    python benchmarks/call_graph.py path/to/PyCG [--half dev|held-out|both] [--peers path/to/venv/bin] [--tools ...]

An edge counts if both of its ends are defined in the program's own files; edges of all programs are pooled. One scorer
serves all tools. A called class is its `__init__`, own or inherited in the program, as the live classes say; a class
without one is not counted, nor is an edge to a module: the benchmark's format knows neither. What a class body calls is
called by the function or module that holds the class.

A random half of the programs is held out, to be looked at by nobody who changes the resolver: of that half only totals
are printed.
"""

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from graph.live import LiveClass
from graph.ours import our_edges, our_tables
from graph.peers import PEERS, Edge, PeerFailed
from graph.source import Tree, read_tree

SEED = 4
LIMIT_S = 60.0


class Case(NamedTuple):
    """One program, and the calls that it makes."""

    name: str
    tree: Tree
    classes: dict[str, LiveClass]
    expected: frozenset[Edge]


class Score(NamedTuple):
    """Edges that are right, made up and missing."""

    right: int
    extra: int
    missing: int

    def row(self) -> str:
        precision = self.right / max(1, self.right + self.extra)
        recall = self.right / max(1, self.right + self.missing)
        f1 = 2 * self.right / max(1, 2 * self.right + self.extra + self.missing)
        return f"{precision:>10.3f}{recall:>10.3f}{f1:>10.3f}{self.right:>8}{self.extra:>8}{self.missing:>8}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, help="a checkout of vitsalis/PyCG")
    parser.add_argument("--half", choices=("dev", "held-out", "both"), default="dev")
    parser.add_argument("--peers", type=Path, help="the folder of programs of an environment with the peers")
    parser.add_argument("--tools", nargs="*", default=["synth", *PEERS], choices=["synth", *PEERS])
    options = parser.parse_args()
    snippets = options.checkout.resolve() / "micro-benchmark" / "snippets"
    halves = ("dev", "held-out") if options.half == "both" else (options.half,)
    cases = {half: [read_case(snippets, name) for name in names_of(snippets, half)] for half in halves}
    print(f"{'tool':<10}{'half':<10}" + "".join(f"{head:>10}" for head in ("precision", "recall", "F1")), end="")
    print("".join(f"{head:>8}" for head in ("right", "extra", "missing", "failed")))
    for tool in options.tools:
        if tool == "synth" or options.peers:
            print_tool(tool, analyser(tool, options.peers), cases)


def names_of(snippets: Path, half: str) -> list[str]:
    """The programs of one half: every category is dealt out in a random order, one here and one there."""
    dealt: list[str] = []
    for category in sorted(path for path in snippets.iterdir() if path.is_dir()):
        names = sorted(path.parent.relative_to(snippets).as_posix() for path in category.rglob("callgraph.json"))
        dealt += random.Random(f"{SEED} {category.name}").sample(names, len(names))
    return sorted(dealt[("dev", "held-out").index(half) :: 2])


def read_case(snippets: Path, name: str) -> Case:
    folder = snippets / name
    tree = read_tree(folder)
    script = Path(__file__).parent / "graph" / "live.py"
    done = subprocess.run(
        [sys.executable, str(script), str(folder), "main"], capture_output=True, text=True, check=True
    )
    listed = json.loads((folder / "callgraph.json").read_text())
    expected = {(caller, callee) for caller, callees in listed.items() for callee in callees}
    classes = json.loads(done.stdout)
    return Case(name, tree, classes, settle(expected, tree, classes))


def settle(edges: Iterable[Edge], tree: Tree, classes: dict[str, LiveClass]) -> frozenset[Edge]:
    """Bring the edges of any tool into the benchmark's terms, and leave out those that leave the program."""
    defined = tree.by_name()
    settled = set()
    for caller, callee in edges:
        one, two = defined.get(caller), defined.get(callee)
        if one and one.kind == "class":
            one = defined[one.holder]
        if two and two.kind == "class":
            makers = classes[callee]["makers"] if callee in classes else [f"{callee}.__init__"]
            two = next((defined[maker] for maker in makers if maker in defined and maker.endswith(".__init__")), None)
        if one and two and two.kind != "module":
            settled.add((one.name, two.name))
    return frozenset(settled)


def analyser(tool: str, programs: Path | None) -> Callable[[Tree], Iterable[Edge]]:
    if programs is None or tool == "synth":
        return lambda tree: our_edges(*our_tables(tree), possible=True)
    return partial(PEERS[tool], programs=programs.absolute(), limit=LIMIT_S)


def print_tool(tool: str, analyse: Callable[[Tree], Iterable[Edge]], cases: dict[str, list[Case]]) -> None:
    total, failures = Score(0, 0, 0), 0
    for half, members in cases.items():
        scores, failed = measure(analyse, members, is_told=half == "dev" and tool == "synth")
        score = Score(*map(sum, zip(*scores, strict=True)))
        total, failures = Score(*map(sum, zip(total, score, strict=True))), failures + failed
        print(f"{tool:<10}{half:<10}{score.row()}{failed:>8}", flush=True)
    if len(cases) > 1:
        print(f"{tool:<10}{'both':<10}{total.row()}{failures:>8}", flush=True)


def measure(analyse: Callable[[Tree], Iterable[Edge]], cases: Sequence[Case], is_told: bool) -> tuple[list[Score], int]:
    """Score every case; one that the tool fails on is one in which it finds nothing."""
    scores, failed = [], 0
    for case in cases:
        try:
            found = settle(list(analyse(case.tree)), case.tree, case.classes)
        except (PeerFailed, subprocess.SubprocessError):
            found, failed = frozenset(), failed + 1
        missing, extra = case.expected - found, found - case.expected
        scores.append(Score(len(found & case.expected), len(extra), len(missing)))
        if is_told:
            lines = [("missing", edge) for edge in sorted(missing)] + [("extra", edge) for edge in sorted(extra)]
            for word, (caller, callee) in lines:
                print(f"{case.name}: {word} {caller} -> {callee}")
    return scores, failed


if __name__ == "__main__":
    main()
