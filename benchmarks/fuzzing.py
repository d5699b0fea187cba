"""Ten thousand spoilt inputs for every reader: what crashes, hangs, or is lost?

    make bench BENCH=benchmarks/fuzzing.py [ARGS='--readers python pdf --seeds FOLDER --inputs 10000 --out FOLDER']

Real files are spoilt (bytes flipped, parts cut, repeated, spliced and nested, values of other types) and read in child
processes, which may use so much time and memory. One input in twenty is read with its coverage watched: what reaches a
new line is spoilt further. An interrupted run goes on where it was. Findings lie in the output folder, with reasons.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))

BATCH = 20  # inputs that are read together
console = Console()


def main() -> None:
    """Go on with every reader until each has had its inputs, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", nargs="*", help="of which inputs; all where none is named")
    parser.add_argument("--seeds", nargs="*", type=Path, default=[Path(__file__).parents[1] / "tests"])
    parser.add_argument("--inputs", type=int, default=10_000, help="for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("fuzzing"))
    parser.add_argument("--slice", type=int, default=500, help="inputs of one reader before the next has its turn")
    parser.add_argument("--child", nargs=3, metavar=("READER", "START", "STOP"), help=argparse.SUPPRESS)
    parser.add_argument("--batch", type=int, default=BATCH, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        from fuzzer.child import work

        name, start, stop = arguments.child
        work(name, range(int(start), int(stop), arguments.batch), arguments)
        return
    from fuzzer.readers import readers

    names = arguments.readers or list(readers())
    for end in range(arguments.slice, arguments.inputs + arguments.slice, arguments.slice):
        for name in names:
            advance(name, min(end, arguments.inputs), arguments)
    report(names, arguments.out)


def advance(name: str, end: int, arguments: argparse.Namespace) -> None:
    """Have children read the inputs of a reader up to a number, past those that kill them."""
    path = arguments.out / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    state = (
        json.loads(path.read_text()) if path.exists() else {"done": 0, "faults": [], "slowest": [0.0, -1], "lines": 0}
    )
    while state["done"] < end:
        start = state["done"]
        for batch, stop in ((BATCH, end), (1, min(start + BATCH, end))):
            # A batch that a child did not survive is read again one by one.
            ended = _run_child(name, state, stop, batch, arguments, path)
            if ended == 0:
                break
            if batch == 1:
                state["faults"].append({"index": state["done"], "kind": _cause(ended), "said": ""})
                state["done"] += 1
                path.write_text(json.dumps(state))
            elif state["done"] > start:
                break


def _run_child(name: str, state: dict, stop: int, batch: int, arguments: argparse.Namespace, path: Path) -> int:
    folders = map(str, arguments.seeds)
    command = [
        sys.executable, __file__, "--child", name, str(state["done"]), str(stop), "--batch", str(batch),
        "--seed", str(arguments.seed), "--out", str(arguments.out), "--seeds", *folders,
    ]  # fmt: skip
    with (arguments.out / f"{name}.log").open("ab") as log:
        child = subprocess.Popen(["nice", *command], stdout=subprocess.PIPE, stderr=log)
    assert child.stdout is not None
    for line in child.stdout:
        told = json.loads(line)
        state["done"] = told["done"]
        state["faults"] += told["faults"]
        state["slowest"] = max(state["slowest"], told["slowest"])
        state["lines"] = max(state["lines"], told["lines"])
        path.write_text(json.dumps(state))
    return child.wait()


def _cause(code: int) -> str:
    hangs = {-24, -9, 137, 152}  # SIGXCPU and SIGKILL
    return "hang" if code in hangs else f"process ended with {code}"


def report(names: list[str], out: Path) -> None:
    """Print a line for each reader."""
    table = Table("reader", "inputs", "crashes", "hangs", "unaccounted", "distinct", "lines reached", "slowest")
    for name in names:
        state = json.loads((out / f"{name}.json").read_text())
        kinds = Counter(fault["kind"] for fault in state["faults"])
        hangs, lost = kinds.pop("hang", 0), kinds.pop("Unaccounted", 0)
        distinct = len({(fault["kind"], fault["said"]) for fault in state["faults"]})
        seconds, index = state["slowest"]
        table.add_row(
            name,
            f"{state['done']:,}",
            *map(str, (kinds.total(), hangs, lost, distinct, state["lines"])),
            f"{seconds:.1f} s (#{index})" if seconds else "under 3 s",
        )
    console.print(table)


if __name__ == "__main__":
    main()
