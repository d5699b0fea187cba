"""How do time and memory grow with the size of the source? Runs `synth corpus` on ever larger generated projects.

    python benchmarks/scale.py [--lines 10000 100000] [--workers 0 2] [--source REPO ...]

The limit to compare with is the time that CPython's own `ast.parse` takes for the same files in the same run: no
tool that reads the code can be faster. Memory is the peak of the whole process tree, shared pages counted once.
"""

import argparse
import ast
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import psutil

from synth.prompts import resource

TEMPLATE = Path(__file__).parent.parent / "tests" / "projects" / "shop" / "src" / "shop"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--workers", type=int, nargs="*", default=[0, 2])
    parser.add_argument("--source", type=Path, nargs="*", default=[], help="real projects (folders) to measure too")
    options = parser.parse_args()
    head = (
        "source",
        "workers",
        "lines",
        "seconds",
        "ms/line",
        "x ast.parse",
        "peak MB",
        "nodes",
        "edges",
        "rows",
        "near-dup",
    )
    print(("{:<14}" + "{:>12}" * (len(head) - 1)).format(*head))
    with tempfile.TemporaryDirectory() as scratch:
        sources = [generate(Path(scratch) / f"made-{count}", count) for count in options.lines] + options.source
        for source in sources:
            for workers in options.workers:
                print_row(source, workers, Path(scratch) / "out")


def generate(root: Path, lines: int) -> Path:
    """Copies of a small project under other names, each of which imports the one before it."""
    files = {path.relative_to(TEMPLATE): path.read_text() for path in sorted(TEMPLATE.rglob("*.py"))}
    size = sum(text.count("\n") for text in files.values())
    for number in range(-(-lines // size)):
        for path, text in files.items():
            target = root / f"shop{number}" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            before = f"from shop{number - 1}.errors import ShopError as Older{number}\n" if number else ""
            target.write_text(rename(text, number).replace("\n\n\n", f"\n{before}\n\n", 1))
    return root


def rename(text: str, number: int) -> str:
    """The same code about other things: every copy has names and words of its own."""
    words = {"shop": f"shop{number}", "product": f"item{number}", "Product": f"Item{number}", "Basket": f"Cart{number}",
             "basket": f"cart{number}", "price": f"fee{number}", "Price": f"Fee{number}", "cents": f"pence{number}",
             "Catalogue": f"List{number}", "catalogue": f"list{number}", "Percent": f"Part{number}"}  # fmt: skip
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def print_row(source: Path, workers: int, out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    pipeline = str(resource("pipelines") / "code.yaml")
    arguments = ["corpus", str(source), "--out", str(out), "--workers", str(workers), "--pipeline", pipeline]
    seconds, peak = measure(arguments)
    metrics = json.loads((out / "metrics.json").read_text())
    lines = metrics["documents"]["lines"]
    samples = metrics["samples"].values()
    sft = sum(item["accepted"] for item in samples if item["stage"] == "sft")
    near = sum(metrics["rejected"].get("near_duplicate", {}).values())
    values = (
        source.name[:13], workers, f"{lines:,}", f"{seconds:.1f}", f"{1000 * seconds / lines:.3f}",
        f"{seconds / limit(source):.0f}", f"{peak / 1e6:.0f}", f"{sum(metrics['graph']['nodes'].values()):,}",
        f"{sum(sum(kinds.values()) for kinds in metrics['graph']['edges'].values()):,}",
        f"{sum(item['accepted'] for item in samples):,}", f"{near / max(1, near + sft):.1%}",
    )  # fmt: skip
    print(("{:<14}" + "{:>12}" * (len(values) - 1)).format(*map(str, values)), flush=True)


def measure(arguments: list[str]) -> tuple[float, int]:
    """Seconds that a command takes, and the peak memory of its process tree in bytes."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "synth.cli", *arguments], stdout=subprocess.DEVNULL)
    peak = [0]
    watcher = threading.Thread(target=watch, args=(process, peak))
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - started
    watcher.join()
    if code:
        raise SystemExit(f"synth {' '.join(arguments)} ended with {code}")
    return seconds, peak[0]


def watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    root = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0
        try:
            for item in [root, *root.children(recursive=True)]:
                total += item.memory_full_info().pss
        except psutil.Error:  # one of them has just ended
            continue
        peak[0] = max(peak[0], total)
        time.sleep(0.1)


def limit(source: Path) -> float:
    """Seconds that CPython takes to parse the files."""
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in source.rglob("*.py"):
            try:
                ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                continue
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
