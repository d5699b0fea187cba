"""The command line: `synth corpus`, `train`, `submit`, `export`, `evaluate`, `graph`, `status` and more."""

import errno
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.logging import RichHandler

from synth import __version__
from synth.config import load_config
from synth.errors import UserError
from synth.status_cli import status, verify
from synth.submit_cli import app as submission
from synth.terminal import console, errors, show_progress
from synth.train.cli import app as training

app = typer.Typer(
    help="Turn a private codebase or document set into a verified training corpus.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.add_typer(training, name="train")
app.add_typer(submission, name="submit")
app.command()(status)
app.command()(verify)
FULL = {errno.ENOSPC, errno.EDQUOT}

Sources = Annotated[
    list[str],
    typer.Argument(help="Folders, git checkouts or URLs, archives, Parquet, JSONL, s3://...; @list.txt names many."),
]


def _version(wanted: bool) -> None:
    if wanted:
        console.print(f"synth {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is being done.")] = False,
) -> None:
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(message)s", handlers=[RichHandler(console=errors, show_path=False)])


@app.command()
def corpus(
    sources: Sources,
    out: Annotated[
        str,
        typer.Option(
            "--out", "-o", help="Output folder, also s3://, gs:// or az://; the same command goes on with it."
        ),
    ],
    pipeline: Annotated[
        Path | None, typer.Option(help="Pipeline file; the bundled pipelines/auto.yaml by default.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Change a setting: key=value, any number of times.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=0, help="Ray Data workers; 0: in this process; default: by source size.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Address of a running Ray cluster that shares OUT.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Fixes every choice; same as --set seed=N.")] = None,
    tokens: Annotated[
        str | None, typer.Option(help="About how many tokens the corpus shall have, such as 500k, 10M or 1.5B.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Take changed sources, prompts or settings into OUT.")
    ] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Ask a teacher again what failed.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Plan, and print tasks, tokens, cost and time; ask no teacher anything.")
    ] = False,
    evaluations: Annotated[
        Path | None,
        typer.Option(help="For --dry-run: JSONL of tokens and accuracy, to fit what it expects of more tokens."),
    ] = None,
) -> None:
    """Make a training corpus: Parquet shards, a dataset card and a report.

    Killed at any moment, the same command goes on where it stopped.
    """
    from synth import run
    from synth.engines import choose_engine
    from synth.outlook import outlook
    from synth.prompts import resource
    from synth.scaling import known_evaluations
    from synth.show import print_estimate, print_sums

    if evaluations is not None and not dry_run:
        raise UserError("--evaluations says what a dry run is to expect; add --dry-run, or leave it out")
    named = {"seed": seed, "tokens": tokens}
    changes = [*(overrides or ()), *(f"{key}={value}" for key, value in named.items() if value is not None)]
    config = load_config(pipeline or resource("pipelines") / "auto.yaml", changes)
    engine, why = choose_engine(config.engine)
    if why:
        console.print(f"engine     {engine.name}: {why}", soft_wrap=True, highlight=False, markup=False)
    config = config.model_copy(update={"engine": engine})
    if dry_run:
        known = known_evaluations(config, evaluations)
        with show_progress() as progress:
            estimate = run.estimate(list(sources), out, config, workers=workers, progress=progress)
        print_estimate(console, estimate)
        for line in outlook(estimate, config, known):
            console.print(line, soft_wrap=True, highlight=False, markup=False)
        return
    with show_progress() as progress:
        metrics = run.corpus(
            list(sources), out, config, workers=workers, address=address, update=update, retry_failed=retry_failed,
            progress=progress,
        )  # fmt: skip
    print_sums(console, metrics)
    console.print(
        f"\nWrote {out}: open {out.rstrip('/')}/report.html, or read samples with: synth inspect {out}", soft_wrap=True
    )


@app.command()
def graph(
    source: Annotated[str, typer.Argument(help="A folder, git checkout or URL, archive, or file of documents.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for nodes and edges; a later run goes on with it.")
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format", help="Format of the tables in OUT: parquet, jsonl or graphml; Parquet is always there."
        ),
    ] = "parquet",
    html: Annotated[Path | None, typer.Option(help="File for a page to explore the graph in a browser.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=0, help="Ray Data workers; 0: in this process; default: by source size.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Change a source setting, such as sources.max_file_bytes=5000000.")
    ] = None,
) -> None:
    """Write the code graph alone: as tables, for other tools, or as a page to explore it."""
    from synth.graph.export import check_format, export_graph
    from synth.graphing import graph as build

    if out is None and html is None:
        raise UserError("nothing to write; name a folder for the tables with --out, a file for the page with --html")
    check_format(form)
    if out is None and form != "parquet":
        raise UserError(f"--format {form} has no folder to go to; name one with --out")
    if html is not None:
        from synth.graph.page import check_page

        check_page(html)
    config = load_config(None, overrides)
    with show_progress() as progress, TemporaryDirectory(prefix="synth-") as scratch:
        nodes, edges = build(source, out or scratch, config.sources, progress, workers=workers)
    if out is not None:
        n_left_out = 0 if form == "parquet" else export_graph(nodes, edges, out, form).n_left_out
        left_out = f"; {n_left_out:,} without a known end are not in the {form} file" if n_left_out else ""
        console.print(f"Wrote {out}: {nodes.num_rows:,} nodes, {edges.num_rows:,} edges{left_out}", soft_wrap=True)
    if html is not None:
        from synth.graph.page import write_page

        n_bytes = write_page(nodes, edges, html)
        console.print(f"Wrote {html}: {n_bytes / 1e6:.1f} MB; open it in a browser", soft_wrap=True)


@app.command()
def inspect(
    out: Annotated[str, typer.Argument(help="A corpus folder, or its address in an object store.")],
    recipe: Annotated[str | None, typer.Option(help="Show samples of this recipe only.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=0, help="Samples to show of each recipe.")] = 1,
    rejected: Annotated[bool, typer.Option("--rejected", help="Show rejected samples with their reasons.")] = False,
) -> None:
    """Show a corpus in the terminal: sums, reasons, and a few samples to read."""
    from synth.show import inspect_corpus
    from synth.store import place

    inspect_corpus(console, place(out), recipe=recipe, count=count, rejected=rejected)


@app.command()
def export(
    corpus: Annotated[Path, typer.Argument(help="A corpus folder.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the files; it must be new or empty.")],
    form: Annotated[
        str, typer.Option("--format", help="What to write; an unknown one is answered with the list.")
    ] = "messages",
    model: Annotated[str | None, typer.Option("--model", "-m", help="Its tokenizer, for tokenised formats.")] = None,
) -> None:
    """Write a corpus as other trainers read it: chat JSONL, ShareGPT, Alpaca, their configuration, tokenised shards."""
    from synth.export.write import export_corpus

    with show_progress() as progress:
        written = export_corpus(corpus, out, form, model=model, progress=progress)
    for line in written:
        console.print(line, soft_wrap=True, highlight=False, markup=False)


@app.command()
def evaluate(
    models: Annotated[list[str], typer.Argument(help="Models to compare, the untouched base first.")],
    data: Annotated[list[str], typer.Option("--data", "-d", help="The corpus whose facts are asked.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for results.json and report.html.")],
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Change a setting of `evaluation`, such as probes=500.")
    ] = None,
) -> None:
    """Say what models know of a corpus and what they forgot: losses, and facts that are asked."""
    from synth.evaluate.run import compare_models
    from synth.train.show import print_table

    with show_progress() as progress:
        table = compare_models(models, data, out, overrides or [], progress)
    print_table(console, table)


@app.command()
def doctor() -> None:
    """Say what is installed, which engines can run here, what is missing and how to get it."""
    from synth.doctor import print_findings

    print_findings(console)


def main() -> None:
    """Run the command line; a mistake of the user's is one line and exit code 2."""
    try:
        app()
    except UserError as error:
        errors.print(f"error: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(2)
    except OSError as error:
        if error.errno not in FULL:
            raise
        errors.print(f"error: {error.strerror}; make room and run the same command: it goes on from here", style="red")
        sys.exit(2)
    except KeyboardInterrupt:
        errors.print("stopped; the same command goes on from here")
        sys.exit(130)


if __name__ == "__main__":
    main()
