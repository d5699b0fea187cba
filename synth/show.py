"""Shows a corpus in the terminal: sums, reasons, and samples to read."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from synth.errors import UserError
from synth.estimate import Estimate
from synth.shards import Metrics, read_release, verify_release
from synth.shards.metrics import Collections, round_title
from synth.store import Place

SHOWN_FAILURES = 5
MAX_SHOWN = 1_500  # characters of one text that the terminal shows


def print_sums(console: Console, metrics: Metrics) -> None:
    """Print what was found, kept and turned down, and check that it adds up."""
    if metrics.collections is not None:
        print_collections(console, metrics.collections)
    files = metrics.files
    skipped = ", ".join(f"{reason} {count:,}" for reason, count in files.skipped.items())
    console.print(
        f"files      {files.found:,} found = {files.used:,} used + {sum(files.skipped.values()):,} skipped"
        + (f" ({skipped})" if skipped else ""),
        soft_wrap=True,
    )
    if metrics.documents.redactions:
        kinds = ", ".join(f"{kind} {count}" for kind, count in metrics.documents.redactions.items())
        console.print(f"secrets    redacted: {kinds}", soft_wrap=True)
    console.print(
        f"graph      {sum(metrics.graph.nodes.values()):,} nodes, "
        f"{sum(sum(kinds.values()) for kinds in metrics.graph.edges.values()):,} edges"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    left = any(task.left for task in metrics.tasks.values())
    for name in ("recipe", "tasks", "answers", "failed", *(["left"] if left else []), "accepted", "rejected", "tokens"):
        table.add_column(name, justify="left" if name == "recipe" else "right")
    for recipe, task in metrics.tasks.items():
        sample = metrics.samples.get(recipe)
        came_of_it = (sample.accepted, sample.rejected, sample.tokens) if sample else (0, 0, 0)
        numbers = (task.planned, task.answers, task.failed, *([task.left] if left else []))
        table.add_row(recipe, *(f"{count:,}" for count in (*numbers, *came_of_it)))
    console.print(table)
    for name, counts in metrics.rounds.items():
        asked, given, failed, open_ = (
            sum(getattr(task, what) for task in counts.values()) for what in ("planned", "answers", "failed", "left")
        )
        title = f"{round_title(name):<10}"
        console.print(f"{title} {asked:,} asked for, {given:,} given, {failed:,} failed, {open_:,} left")
    print_engine(console, metrics)
    for reason, recipes in sorted(metrics.failures.items(), key=lambda item: -sum(item[1].values()))[:SHOWN_FAILURES]:
        console.print(f"failed     {reason}: {sum(recipes.values()):,}", soft_wrap=True, highlight=False, markup=False)
    for reason, recipes in metrics.rejected.items():
        console.print(f"rejected   {reason}: {sum(recipes.values()):,}")
    broken = [item for item in metrics.sums if not item.holds]
    console.print(f"sums       {len(metrics.sums) - len(broken)} of {len(metrics.sums)} hold")


def print_collections(console: Console, collections: Collections) -> None:
    """Print how many collections of lists are used, and why some are not."""
    aside = collections.set_aside
    console.print(f"sources    {collections.found:,} found = {collections.used:,} used + {len(aside):,} set aside")
    for name, reason in list(aside.items())[:SHOWN_FAILURES]:
        console.print(f"set aside  {name}: {reason}", soft_wrap=True, highlight=False, markup=False)
    if len(aside) > SHOWN_FAILURES:
        console.print(f"set aside  {len(aside) - SHOWN_FAILURES:,} more; metrics.json has them all")


def print_engine(console: Console, metrics: Metrics) -> None:
    """Print what the teacher took, and what is left for a larger budget."""
    engine = metrics.engine
    if engine.prompt_tokens:
        cost = "" if engine.cost is None else f", {engine.cost:,.2f} {engine.currency}"
        console.print(
            f"teacher    {engine.model}: {engine.prompt_tokens:,} prompt tokens ({engine.cached_tokens:,} cached), "
            f"{engine.output_tokens:,} output tokens, {engine.tokens_per_second:,.0f} tokens/s{cost}",
            soft_wrap=True,
        )
    rounds = [metrics.tasks, *metrics.rounds.values()]
    if left := sum(task.left for recipes in rounds for task in recipes.values()):
        console.print(
            f"budget     ended with {left:,} tasks left; raise engine.budget and run the same command to go on",
            soft_wrap=True,
        )


def print_estimate(console: Console, estimate: Estimate) -> None:
    """Print what a run will take, before it takes it."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("recipe", "round", "tasks", "answered", "prompt tokens", "of them cached", "output tokens", "at most"):
        is_word = name in {"recipe", "round"}
        table.add_column(name, justify="left" if is_word else "right", no_wrap=is_word)
    for line in [*estimate.lines, estimate.total]:
        numbers = (line.tasks, line.answered, line.prompt, line.cached, line.output, line.most)
        table.add_row(line.recipe, line.round, *(f"{number:,}" for number in numbers))
    console.print(table)
    if estimate.total.output == 0:
        console.print("asks       nothing of a teacher")
        return
    priced = f"{estimate.cost:,.2f} {estimate.currency}, at most {estimate.most_cost:,.2f}"
    console.print(f"cost       {priced if estimate.most_cost else 'unknown: engine.prices is not set'}")
    basis = "as set or measured before" if estimate.is_measured else "assumed; engine.tokens_per_second sets it"
    duration = timedelta(seconds=round(estimate.seconds))
    console.print(f"time       about {duration} at {estimate.rate:,.0f} output tokens/s ({basis})", soft_wrap=True)
    console.print("           later rounds are reckoned as if every problem passed its checks", soft_wrap=True)


def inspect_corpus(console: Console, out: Place, *, recipe: str | None, count: int, rejected: bool) -> None:
    """Print the sums of a corpus and its first samples of each recipe.

    Raises:
        UserError: there is no whole corpus at `out`, or no such recipe in it.
    """
    if not (out / "metrics.json").is_file() or not (out / "README.md").is_file():
        raise UserError(f"{out} holds no finished corpus; run the synth corpus command that makes it to its end")
    metrics = Metrics.model_validate_json((out / "metrics.json").read_text(encoding="utf-8"))
    if recipe is not None and recipe not in metrics.tasks:
        raise UserError(f"{out} has no recipe {recipe!r}; it has {', '.join(metrics.tasks) or 'none'}")
    print_sums(console, metrics)
    for problem in verify_release(out):
        console.print(f"damaged    {problem}", style="red", markup=False, soft_wrap=True)
    folders = ("rejected",) if rejected else ("cpt", "sft")
    for sample in _first_of_each(out, folders, recipe, count):
        console.print(Rule(f"{sample['recipe']} · {escape(str(sample['kind']))} · {sample['split']}"))
        _print_sample(console, sample)


def _first_of_each(out: Place, folders: tuple[str, ...], recipe: str | None, count: int) -> Iterator[dict[str, Any]]:
    shown: dict[tuple[str, str], int] = {}
    for folder in folders:
        for table in read_release(out, folder):
            recipes = table["recipe"].to_pylist()
            for index, name in enumerate(recipes):
                key = (folder, name)
                if (recipe is None or recipe == name) and shown.get(key, 0) < count:
                    shown[key] = shown.get(key, 0) + 1
                    yield table.slice(index, 1).to_pylist()[0]


def _print_sample(console: Console, sample: Mapping[str, Any]) -> None:
    parts = [(message["role"], message["content"]) for message in sample.get("messages") or ()]
    if sample.get("reasoning"):
        parts.insert(1, ("reasoning", sample["reasoning"]))
    if sample.get("text"):
        parts.append(("text", sample["text"]))
    parts.append(("evidence", "\n".join(_span(item) for item in sample["evidence"])))
    if sample.get("reasons"):
        failed = [check for check in sample["checks"] if not check["passed"]]
        parts.append(("rejected", "\n".join(f"{check['name']}: {check['detail']}" for check in failed)))
    for title, content in parts:
        cut = content if len(content) <= MAX_SHOWN else content[:MAX_SHOWN] + f" ... ({len(content):,} characters)"
        console.print(Text(title, style="bold"))
        console.print(Padding(Text(_printable(cut)), (0, 0, 0, 2)))


def _span(item: Mapping[str, Any]) -> str:
    return f"{item['path']}:{item['start_line']}-{item['end_line']}"


def _printable(text: str) -> str:
    """Escape control characters, so that text from a source cannot drive the terminal."""
    return "".join(char if char.isprintable() or char in "\n\t" else repr(char)[1:-1] for char in text)
