"""Which model knows more, and which has forgotten? Several models asked the same, beside each other."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from synth.config import load_settings
from synth.errors import UserError
from synth.evaluate.held import held_out_sets
from synth.evaluate.model import Measured, evaluate_model
from synth.evaluate.page import render_page
from synth.evaluate.probes import Probe, make_probes, read_probes, write_probes
from synth.folder import write_atomically
from synth.progress import Progress
from synth.train.base import device_kind, load_tokenizer, model_folder
from synth.train.dataset import Collator
from synth.train.settings import EvaluationSettings, ModelSettings, TagSettings

SEED = 0
BATCH = 4


def compare_models(
    models: Sequence[str], data: Sequence[str], out: Path, overrides: Sequence[str], progress: Progress
) -> list[Measured]:
    """Measure models one after another and write `results.json`, `report.html` and `probes.jsonl`.

    Args:
        models: folders or names on the Hugging Face Hub, the untouched base first.
        data: corpora whose held-out rows are measured and whose facts are asked; or files of rows, which have no facts.
        out: folder for what is written; what an earlier comparison wrote there is replaced.
        overrides: settings of `evaluation`, as `key=value`.
        progress: told which model is measured.

    Returns:
        What was measured of each model, in their order, with its `name`.

    Raises:
        UserError: a model, the data or a setting does not fit, or there is nothing to measure.
    """
    settings = load_settings(EvaluationSettings, None, overrides, "settings")
    folders = [model_folder(model) for model in models]
    if out.exists() and not out.is_dir():
        raise UserError(f"--out {out} is a file; name a folder")
    probes = choose_probes(data, settings)
    measured = []
    for number, (name, folder) in enumerate(zip(_names(models), folders, strict=True)):
        progress("evaluate", number, len(models), name)
        measured.append({"name": name, **_measure(folder, data, probes, settings)})
    progress("evaluate", len(models), len(models))
    if not probes and not any(each["losses"] for each in measured):
        raise UserError(
            f"nothing to measure: {', '.join(data)} has neither held-out rows nor facts to ask; "
            "make the corpus with validation=0.05, or give general text as evaluation.general"
        )
    _write(out, measured, probes)
    return measured


def choose_probes(data: Sequence[str], settings: EvaluationSettings) -> list[Probe]:
    """The questions of the settings' file, else those that the corpora give, as many of each."""
    if settings.probe_file is not None:
        return read_probes(settings.probe_file)
    corpora = [Path(path) for path in data if (Path(path) / "graph").is_dir()]
    found = [make_probes(corpus, settings.probes // len(corpora), SEED) for corpus in corpora]
    return [probe for probes in found for probe in probes]


def _measure(folder: Path, data: Sequence[str], probes: Sequence[Probe], settings: EvaluationSettings) -> Measured:
    tokenizer = load_tokenizer(folder, ModelSettings(), TagSettings())
    with TemporaryDirectory() as scratch:
        held_out = held_out_sets(data, tokenizer, settings, Path(scratch))
    model = _load(folder)
    return evaluate_model(model, tokenizer, held_out, probes, Collator(tokenizer.pad_token_id), BATCH)


def _load(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()  # there is one progress view
    try:
        # In the type that it was saved in: what is measured is what would be used.
        model = AutoModelForCausalLM.from_pretrained(folder, dtype="auto", use_safetensors=True)
    except (OSError, ValueError, ImportError) as error:
        raise UserError(f"the model of {folder} does not load: {str(error).strip().partition(chr(10))[0]}") from None
    return model.to(device_kind())


def _names(models: Sequence[str]) -> Iterator[str]:
    """The last part of each path; the whole of it where two would be called the same."""
    short = [Path(model).name for model in models]
    for model, name in zip(models, short, strict=True):
        yield name if short.count(name) == 1 and name else model


def _write(out: Path, measured: Sequence[Measured], probes: Sequence[Probe]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    page = render_page(f"{', '.join(each['name'] for each in measured)}", measured, is_run=False)
    write_probes(probes, out / "probes.jsonl")
    write_atomically(out / "report.html", page.encode("utf-8"))
    results = {"kind": "comparison", "measured": measured}
    write_atomically(out / "results.json", (json.dumps(results, indent=1) + "\n").encode("utf-8"))
