"""Shows a training run in the terminal: the plan of the data, and what a model knew before and after."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

GROUPS = {"trained": "facts", "reworded": "reworded", "control": "made up"}


def print_plan(console: Console, out: Path) -> None:
    """Print what a run will learn from, and how often."""
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    table = _table("source", "rows", "tokens", "sequences", "epochs", "share")
    for source in plan["sources"]:
        counts = (source["rows"], source["tokens"], source["sequences"])
        shares = (f"{source['epochs']:.2f}", f"{source['share']:.1%}")
        table.add_row(source["name"], *(f"{count:,}" for count in counts), *shares)
    console.print(table)
    console.print(
        f"plan       {plan['n_steps']:,} steps of {plan['batch']} sequences of {plan['max_length']:,} tokens: "
        f"{plan['tokens']:,} tokens, {plan['waste']:.2%} padding, {plan['replay']['share']:.1%} replay",
        soft_wrap=True,
    )
    for warning in plan["warnings"]:
        console.print(f"beware     {warning}", soft_wrap=True, highlight=False, markup=False)


def print_results(console: Console, out: Path, results: Mapping[str, Any]) -> None:
    """Print what the model knew before, during and after, and where it lies."""
    print_table(console, results["measured"])
    if results["weights"] == "mean":
        console.print("weights    the mean of the last checkpoints")
    console.print(f"\nWrote {out}: open {out / 'report.html'}, or load it with transformers or vLLM", soft_wrap=True)


def print_table(console: Console, measured: Sequence[Mapping[str, Any]]) -> None:
    """Print measurements, a line each: losses on what was held out, and the share of questions answered right."""
    sources = list(dict.fromkeys(name for each in measured for name in each["losses"]))
    groups = [group for group in GROUPS if any(group in each.get("probes", {}) for each in measured)]
    table = _table("model", *(f"loss: {name}" for name in sources), *(GROUPS[group] for group in groups))
    for each in measured:
        losses = [f"{each['losses'][name]['loss']:.3f}" if name in each["losses"] else "" for name in sources]
        scores = [each.get("probes", {}).get(group, {}).get("accuracy") for group in groups]
        table.add_row(each["name"], *losses, *("" if score is None else f"{score:.1%}" for score in scores))
    console.print(table)


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table
