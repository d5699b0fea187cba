"""What is left when training is done? A model that loads anywhere, what was measured of it, and no half-made files."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

from synth.evaluate.page import render_page
from synth.evaluate.results import CORPUS, derive
from synth.folder import write_atomically
from synth.progress import Progress
from synth.train.averaging import average_checkpoints, averaging_weights
from synth.train.base import collator, device_kind, load_tokenizer
from synth.train.card import license_of, name_of, render_model_card, shown_settings
from synth.train.chat import end_of_turn
from synth.train.checkpoints import averaged_steps, commit_folder, whole_checkpoints
from synth.train.job import TRUNK, Job, trunk_step
from synth.train.measure import Measure, forget_later, read_measurements
from synth.train.merge import merge_models
from synth.train.prepare import Prepared
from synth.train.tables import RunFiles

CONFIG = "config.json"  # without it a folder is no model: it comes when all else is there
FINAL, MEAN, AVERAGED, ADAPTER = "final", "mean", "averaged", "adapter"  # folders in `.run`, until they are done
Results = dict[str, Any]
"""What `results.json` holds."""


def finish(job: Job, prepared: Prepared, progress: Progress) -> Results:
    """Write the model, measure it as it was written, and say what came of the run.

    Killed at any moment, the same call begins anew from the last checkpoint; `results.json` comes last.
    """
    files = RunFiles(job.out)
    final, last = files.run / FINAL, whole_checkpoints(files.checkpoints)[-1]
    forget_later(files, prepared.n_steps - 1)
    tokenizer = load_tokenizer(job.base, job.settings.model, job.settings.data.tags)
    measure = Measure(job, prepared, tokenizer, collator(job.settings, tokenizer))
    write_model(job, last, final, progress)
    found, weights = _measured(measure, final, job), "last"
    if job.settings.average.kind != "none":
        mean = files.run / MEAN
        write_model(job, _average(job, prepared.n_steps, progress), mean, progress)
        averaged = _measured(measure, mean, job)
        if not job.settings.average.choose or _corpus_loss(averaged) < _corpus_loss(found):
            final, found, weights = mean, averaged, "mean"
    measure.keep(job.stage, prepared.n_steps, found)
    measured = read_measurements(files)
    results = {"steps": prepared.n_steps, "weights": weights, "measured": measured, "derived": derive(measured)}
    _write_pages(job, prepared, measured)
    _publish(final, job.out)
    write_atomically(files.results, json.dumps(results, indent=1).encode())
    return tidied(job)


def tidied(job: Job) -> Results:
    """Remove what a finished run no longer needs, keep the trunk if it has one, and give its results."""
    files = RunFiles(job.out)
    results: Results = json.loads(files.results.read_text(encoding="utf-8"))
    step = trunk_step(job.settings, results["steps"])
    trunk = files.checkpoints / f"step-{step}"
    if trunk.is_dir():
        commit_folder(trunk, job.out / TRUNK)
    for folder in (files.checkpoints, *(files.run / name for name in (FINAL, MEAN, AVERAGED, ADAPTER))):
        shutil.rmtree(folder, ignore_errors=True)
    return results


def write_model(job: Job, checkpoint: Path, final: Path, progress: Progress) -> None:
    """Write a checkpoint as a model with its tokenizer, in the type of the base's weights.

    Of adapters both are written: themselves, in the folder `adapter`, and the base with them added.
    """
    shutil.rmtree(final, ignore_errors=True)
    if job.settings.lora.rank:
        merge_models("lora", str(job.base), [str(_adapter(job, checkpoint))], final, progress=progress)
        shutil.copytree(_adapter(job, checkpoint), final / ADAPTER)
        (final / "merge.json").unlink()  # it names folders of this machine
    else:
        _write_weights(job, checkpoint, final)
    tokenizer = load_tokenizer(job.base, job.settings.model, job.settings.data.tags)
    tokenizer.save_pretrained(final)
    if job.stage == "sft":
        _stop_after_answers(final / "generation_config.json", end_of_turn(tokenizer))


def _stop_after_answers(path: Path, token: int) -> None:
    """Have those who generate with the model stop where an answer ends: not every base ends one with its own token."""
    settings = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known = settings.get("eos_token_id")
    tokens = known if isinstance(known, list) else [] if known is None else [known]
    settings["eos_token_id"] = [*tokens, *({token} - set(tokens))]
    path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def _write_weights(job: Job, checkpoint: Path, final: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    config = json.loads((job.base / "config.json").read_text(encoding="utf-8"))
    dtype = getattr(torch, config.get("dtype") or config.get("torch_dtype") or "float32")
    trusted = job.settings.model.trust_remote_code
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=dtype, trust_remote_code=trusted)
    model.save_pretrained(final, max_shard_size="5GB")


def _adapter(job: Job, checkpoint: Path) -> Path:
    """The adapter of a checkpoint alone, which names its base as the user did."""
    folder = RunFiles(job.out).run / ADAPTER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(checkpoint / "adapter_model.safetensors", folder)
    config = json.loads((checkpoint / "adapter_config.json").read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = job.model
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    return folder


def _average(job: Job, n_steps: int, progress: Progress) -> Path:
    """The mean of the last checkpoints, as a checkpoint."""
    files, settings = RunFiles(job.out), job.settings.average
    out = files.run / AVERAGED
    shutil.rmtree(out, ignore_errors=True)
    folders = [files.checkpoints / f"step-{step}" for step in averaged_steps(settings, n_steps)]
    assert settings.kind != "none"
    average_checkpoints(folders, averaging_weights(settings.kind, len(folders), settings.alpha), out, progress=progress)
    return out


def _measured(measure: Measure, folder: Path, job: Job) -> dict[str, Any]:
    """What a written model knows."""
    from transformers import AutoModelForCausalLM

    trusted = job.settings.model.trust_remote_code
    return measure.of(AutoModelForCausalLM.from_pretrained(folder, trust_remote_code=trusted).to(device_kind()))


def _corpus_loss(found: dict[str, Any]) -> float:
    """The loss on held-out rows; infinite where the corpus has none, so that the last step's weights are kept."""
    return float(found["losses"].get(CORPUS, {}).get("loss", math.inf))


def _write_pages(job: Job, prepared: Prepared, measured: list[dict[str, Any]]) -> None:
    """The model card and the report."""
    shown = shown_settings(job.settings)
    lines = RunFiles(job.out).metrics.read_text(encoding="utf-8").splitlines()
    title = f"{name_of(job.model)}, {job.stage} on {', '.join(map(name_of, job.data))}"
    page = render_page(title, measured, [json.loads(line) for line in lines], prepared.summary, shown)
    card = render_model_card(
        job.stage, job.model, job.data, job.settings, measured, prepared.summary, license_of(job.base)
    )
    write_atomically(job.out / "report.html", page.encode())
    write_atomically(job.out / "README.md", card.encode())


def _publish(final: Path, out: Path) -> None:
    """Move a finished model to where it is looked for, what makes it loadable last."""
    (out / CONFIG).unlink(missing_ok=True)
    for path in sorted(final.iterdir(), key=lambda path: path.name == CONFIG):
        target = out / path.name
        if target.is_dir():
            shutil.rmtree(target)
        path.replace(target)
