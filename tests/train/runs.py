"""What tests of whole training runs share: a small corpus, and a run of few steps."""

import json
from pathlib import Path
from typing import Any, Literal

from synth.progress import Progress, silent
from synth.train.cli import training_settings
from train.conftest import sample, write_corpus

FAST = (
    "data.max_length=64", "data.workers=1", "optimizer.batch=4", "optimizer.peak_lr=3e-3", "workers.threads=1",
    "evaluation.times=1", "evaluation.probes=0", "log.tensorboard=false",
)  # fmt: skip


def make_corpus(out: Path) -> Path:
    """Sixty documents and as many conversations, and some of each that are held out; beside it, questions to ask."""
    out.parent.mkdir(parents=True, exist_ok=True)
    asked = [probe(number, control) for number in range(4) for control in (False, True)]
    (out.parent / "probes.jsonl").write_text("".join(json.dumps(probe) + "\n" for probe in asked))
    rows = [sample(stage, number) for stage in ("cpt", "sft") for number in range(60)]
    rows += [sample(stage, number, split="validation") for stage in ("cpt", "sft") for number in range(60, 66)]
    return write_corpus(out, rows)


def probe(number: int, control: bool) -> dict[str, Any]:
    """A line of a probe file."""
    prompt = f"The {'stove' if control else 'lamp'} of page {number} burns for"
    return {"prompt": prompt, "options": [f" {number + 1} hours", " ever"], "answer": 0, "control": control}


def train_tiny(
    corpus: Path, model: Path, out: Path, *overrides: str, stage: Literal["cpt", "sft"] = "cpt", dry_run: bool = False,
    progress: Progress = silent,
) -> dict[str, Any] | None:  # fmt: skip
    """Train with settings that take a moment, and changes to them."""
    from synth.train.loop import train

    probes = corpus.parent / "probes.jsonl"
    known = [f"evaluation.probe_file={probes}"] if probes.exists() else []
    settings = training_settings("sft" if stage == "sft" else "cpt", None, [*FAST, *known, *overrides])
    return train(
        "sft" if stage == "sft" else "cpt", [str(corpus)], str(model), out, settings, progress, dry_run=dry_run
    )


def weights(folder: Path) -> dict[str, Any]:
    """The tensors of a model's folder."""
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


def distance(first: Path, second: Path) -> float:
    """The largest difference between two models' weights."""
    there = weights(second)
    return max(float((value.float() - there[name].float()).abs().max()) for name, value in weights(first).items())
