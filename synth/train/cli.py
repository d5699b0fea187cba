"""The command line of training: `synth train cpt`, `sft`, `merge` and `plan-mix`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from synth.config import load_settings
from synth.errors import UserError
from synth.terminal import console, show_progress
from synth.train.settings import TrainFile, TrainSettings

app = typer.Typer(help="Train a model on a corpus: continued pretraining, then fine-tuning.", no_args_is_help=True)

Data = Annotated[list[str], typer.Option("--data", "-d", help="Corpus folders, or Parquet or JSONL files; repeatable.")]
Model = Annotated[str, typer.Option("--model", "-m", help="Base model: a folder, or a name on the Hugging Face Hub.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the model; the same command goes on with it.")]
Preset = Annotated[
    str | None,
    typer.Option("--preset", help="entigraph, ucd, small-corpus, lora, or a YAML file; see pipelines/train/."),
]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="Change a setting: key=value, repeatable.")]
Workers = Annotated[
    int | None, typer.Option(min=0, help="Ray Train workers; 0: this process alone; default: one a GPU.")
]
Address = Annotated[str | None, typer.Option(help="Address of a running Ray cluster that shares the folders.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write and print the plan of the data; train nothing.")]


@app.command()
def cpt(
    data: Data, model: Model, out: Out, preset: Preset = None, overrides: Overrides = None, workers: Workers = None,
    address: Address = None, dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Continue pretraining on the texts of a corpus.

    Killed at any step, the same command goes on and reaches the same weights.
    """
    _train("cpt", data, model, out, preset, overrides, workers, address, dry_run)


@app.command()
def sft(
    data: Data, model: Model, out: Out, preset: Preset = None, overrides: Overrides = None, workers: Workers = None,
    address: Address = None, dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Fine-tune on the conversations of a corpus; only what the assistant says is learned."""
    _train("sft", data, model, out, preset, overrides, workers, address, dry_run)


def _train(
    stage: Literal["cpt", "sft"], data: list[str], model: str, out: Path, preset: str | None,
    overrides: list[str] | None, workers: int | None, address: str | None, dry_run: bool,
) -> None:  # fmt: skip
    from synth.train.loop import train
    from synth.train.show import print_plan, print_results

    settings = training_settings(stage, preset, overrides, workers, address)
    with show_progress() as progress:
        results = train(stage, data, model, out, settings, progress, dry_run=dry_run)
    if results is None:
        print_plan(console, out)
        return
    print_results(console, out, results)


def training_settings(
    stage: Literal["cpt", "sft"], preset: str | None, overrides: list[str] | None, workers: int | None = None,
    address: str | None = None,
) -> TrainSettings:  # fmt: skip
    """Settings of one stage: a preset by name or file, then `--set`, then options of their own.

    Raises:
        UserError: there is no such preset, or a setting is not known.
    """
    from synth.prompts import resource

    path = None
    if preset is not None:
        path = (
            resource("pipelines") / "train" / f"{preset}.yaml"
            if "/" not in preset and "." not in preset
            else Path(preset)
        )
        if not path.exists():
            known = ", ".join(sorted(file.stem for file in (resource("pipelines") / "train").glob("*.yaml")))
            raise UserError(f"no preset {preset}; give one of {known}, or a YAML file")
    named = {"workers.count": workers, "workers.address": address}
    changes = [*(overrides or ()), *(f"{key}={value}" for key, value in named.items() if value is not None)]
    file = load_settings(TrainFile, path, [f"{stage}.{change}" for change in changes], "preset")
    return file.cpt if stage == "cpt" else file.sft


@app.command()
def merge(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the merged model.")],
    base: Annotated[str, typer.Option(help="The model that all others started from.")],
    trained: Annotated[list[str], typer.Option(help="Models trained from it, or LoRA adapters; repeatable.")],
    method: Annotated[
        str,
        typer.Option(
            help="residual: add instruct - base; arithmetic: add each difference; wise: between; average; lora."
        ),
    ] = "residual",
    instruct: Annotated[str | None, typer.Option(help="residual: the instruction-tuned sibling of the base.")] = None,
    weights: Annotated[
        list[float] | None, typer.Option("--weight", help="One for each model, or of the residual; 1 by default.")
    ] = None,
) -> None:
    """Add and average weights, a tensor at a time: instruction residual, task arithmetic, WiSE dial, LoRA."""
    from synth.train.merge import merge_models

    with show_progress() as progress:
        summary = merge_models(method, base, trained, out, instruct=instruct, weights=weights, progress=progress)
    for line in summary:
        console.print(line, soft_wrap=True, highlight=False, markup=False)


@app.command("plan-mix")
def plan_mix(
    pilots: Annotated[
        Path | None, typer.Option(help="JSONL of pilots: ratio, tokens, domain_loss, general_loss; made if absent.")
    ] = None,
    data: Annotated[list[str] | None, typer.Option("--data", "-d", help="To run pilots: the corpus.")] = None,
    general: Annotated[list[str] | None, typer.Option(help="To run pilots: general text to replay.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="To run pilots: a base model, best a small one.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="To run pilots: folder for them.")] = None,
    pilot_tokens: Annotated[str, typer.Option(help="Tokens of one pilot, such as 2M.")] = "2M",
    budget: Annotated[str, typer.Option(help="Tokens of the run that is planned, such as 100M.")] = "100M",
    tolerance: Annotated[float, typer.Option(min=0, help="How much the general loss may rise.")] = 0.05,
    preset: Preset = None,
    overrides: Overrides = None,
) -> None:
    """Say how much of the corpus the mixture should hold, from laws fitted to short pilot runs."""
    from synth.train.planmix import plan_mixture

    with show_progress() as progress:
        lines = plan_mixture(
            pilots, data or [], general or [], model, out, pilot_tokens, budget, tolerance,
            training_settings("cpt", preset, overrides), progress,
        )  # fmt: skip
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False, markup=False)
