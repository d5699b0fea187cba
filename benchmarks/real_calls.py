"""Who really calls whom? Compares the graph and its peers with what was seen while packages ran their own tests.

    python benchmarks/real_calls.py SCRATCH [--group dev|held-out|both] [--peers path/to/venv/bin] [--show]

Each package's source distribution, an environment for all of them, what was seen and what the peers said are kept in
SCRATCH, so that only the graph is made anew. The packages are trusted: their tests are run.

Recall is over the pairs of functions of which one was seen to call the other by name, as a constructor or by `super`;
of calls that the language makes (properties, operators and the like) and of calls by value (callbacks, functions held
in variables) it is given apart. Precision is observed / (observed + refuted): a call is refuted if every line of the
caller was run and the call was never seen, which makes it a lower bound. See `graph.observed` for what stands for what.

The second group of packages is held out, to be looked at by nobody who changes the resolver: of it only totals are
printed.
"""

import argparse
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from graph.observed import DIRECT, NOTHING, Edge, Tally, Truth
from graph.ours import our_edges, our_tables
from graph.packages import PACKAGES, Observed, observe
from graph.peers import PEERS, PeerFailed
from graph.statements import Agreement, imports, inheritance

from synth.schema import HOW

LIMIT_S = 1500.0


class Measured(NamedTuple):
    """One package: what is true of it, and what the graph says."""

    observed: Observed
    truth: Truth
    nodes: pa.Table
    edges: pa.Table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path, help="a folder to work in")
    parser.add_argument("--group", choices=("dev", "held-out", "both"), default="dev")
    parser.add_argument("--packages", nargs="*", help="only these")
    parser.add_argument("--peers", type=Path, help="the folder of programs of an environment with the peers")
    parser.add_argument("--tools", nargs="*", default=["synth", *PEERS], choices=["synth", *PEERS])
    parser.add_argument("--show", action="store_true", help="list what the graph misses and makes up in the dev group")
    options = parser.parse_args()
    for group in ("dev", "held-out"):
        if options.group in (group, "both"):
            wanted = [
                item for item in PACKAGES if item.group == group and item.name in (options.packages or [item.name])
            ]
            packages = [measure(observe(item, options.scratch.resolve())) for item in wanted]
            print_group(group, packages, options)


def measure(observed: Observed) -> Measured:
    return Measured(observed, Truth(observed), *our_tables(observed.tree))


def print_group(group: str, packages: list[Measured], options: argparse.Namespace) -> None:
    heads = ("precision", "recall", "direct", "construct", "super", "property", "protocol", "value")
    print(f"\n{group}\n{'tool':<10}{'package':<16}" + "".join(f"{head:>10}" for head in heads) + f"{'calls':>8}")
    for tool in options.tools:
        if tool == "synth" or options.peers:
            print_tool(tool, packages, options)
    print_statements(packages)
    if options.show and group == "dev":
        show(packages)


def print_tool(tool: str, packages: list[Measured], options: argparse.Namespace) -> None:
    total = NOTHING
    for item in packages:
        name = item.observed.package.name
        edges = list(our_edges(item.nodes, item.edges)) if tool == "synth" else ask(tool, item.observed, options)
        tally = item.truth.tally(edges)
        print_row(tool, name, tally)
        total = total.plus(tally)
    print_row(tool, "all", total)
    if tool == "synth":
        print_hows(packages)


def print_hows(packages: list[Measured]) -> None:
    """How far each way of finding an edge can be trusted."""
    for how in HOW:
        total = NOTHING
        for item in packages:
            kept = pa.compute.or_(
                pa.compute.equal(item.edges["how"], how), pa.compute.equal(item.edges["kind"], "contains")
            )
            total = total.plus(item.truth.tally(our_edges(item.nodes, item.edges.filter(kept), possible=True)))
        if total.true + total.false:
            print(
                f"{'synth':<10}{'how ' + how:<16}{total.precision:>10.3f}{total.true:>10} seen{total.false:>6} refuted"
            )


def print_row(tool: str, name: str, tally: Tally) -> None:
    shares = [tally.precision, tally.recall(*DIRECT), *(tally.recall(how) for how in tally.found)]
    calls = sum(tally.found[how][1] for how in DIRECT)
    print(f"{tool:<10}{name:<16}" + "".join(f"{share:>10.3f}" for share in shares) + f"{calls:>8}", flush=True)


def ask(tool: str, observed: Observed, options: argparse.Namespace) -> list[Edge]:
    """What a peer says, or said before."""
    kept = options.scratch / observed.package.name / f"{tool}.json"
    if not kept.exists():
        said: dict[str, Any] = {"edges": [], "failed": ""}
        try:
            said["edges"] = sorted(set(PEERS[tool](observed.tree, options.peers.absolute(), LIMIT_S)))
        except (PeerFailed, subprocess.SubprocessError) as error:
            said["failed"] = str(error)[:200]
        kept.write_text(json.dumps(said))
    said = json.loads(kept.read_text())
    if said["failed"]:
        print(f"{tool:<10}{observed.package.name:<16}failed: {said['failed']}", flush=True)
    return [(caller, callee) for caller, callee in said["edges"]]


def print_statements(packages: list[Measured]) -> None:
    for kind, compare in (("inherits", inheritance), ("imports", imports)):
        found = [compare(item.observed, item.nodes, item.edges) for item in packages]
        right, extra, missing = (sum(len(item[place]) for item in found) for place in range(3))
        shares = right / max(1, right + extra), right / max(1, right + missing)
        print(f"{'synth':<10}{kind:<16}" + "".join(f"{share:>10.3f}" for share in shares), end="")
        print(f"{right:>8} right{extra:>6} extra{missing:>6} missing")


def show(packages: Iterable[Measured]) -> None:
    """List every difference, for those who mend the resolver."""
    for item in packages:
        edges = list(our_edges(item.nodes, item.edges))
        places = {(caller, callee): (path, line) for caller, callee, line, _, _, path in item.observed.trace["calls"]}
        for how in DIRECT:
            for pair in item.truth.missing(edges, how):
                print("missing", how, *pair, *places[pair])
        for caller, callees in sorted(filter(item.truth.is_refuted, item.truth.settle(edges)), key=str):
            print("refuted", caller, *sorted(callees))
        for kind, compare in (("inherits", inheritance), ("imports", imports)):
            found: Agreement = compare(item.observed, item.nodes, item.edges)
            for word in ("missing", "extra"):
                for one, two in sorted(getattr(found, word)):
                    print(word, kind, one, two)


if __name__ == "__main__":
    main()
