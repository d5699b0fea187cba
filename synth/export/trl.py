"""What does the command line of TRL need? `trl sft --config FILE` for each stage, and data that it masks by itself.

A conversation is divided into `prompt` and `completion`: TRL then trains on the completion alone with any chat
template, where `messages` would need one that marks what the assistant says.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synth.export.form import DATA, OPTIMIZER, SCHEDULE, Content, Form, output, to_yaml
from synth.export.lines import text, write_lines
from synth.export.rows import Sample, Stage

STRATEGIES = {Stage.CPT: "bfd_split", Stage.SFT: "bfd"}
"""How TRL packs: a text longer than a sequence goes on in another, a conversation is cut off."""


def write(samples: Iterator[Sample], stem: Path, stage: Stage, _model: str | None) -> list[Path]:
    """Write prompts with their completions, or the texts of continued pretraining, as JSON lines."""
    return write_lines(stem, map(text if stage is Stage.CPT else _pair, samples))


def _pair(sample: Sample) -> dict[str, Any]:
    return {"id": sample.id, "prompt": sample.messages[:-1], "completion": sample.messages[-1:]}


def configure(content: Content) -> dict[str, str]:
    """A file for `trl sft --config` for each stage."""
    return {
        f"{stage.value}.yaml": to_yaml(f"trl sft --config {stage.value}.yaml", _settings(content, stage))
        for stage in content.rows
    }


def _settings(content: Content, stage: Stage) -> dict[str, Any]:
    evaluated = {"eval_strategy": "epoch", "dataset_test_split": "validation", "per_device_eval_batch_size": 1}
    return {
        "model_name_or_path": content.start(stage),
        "dataset_name": stage.value,
        **(evaluated if "validation" in content.rows[stage] else {}),
        "output_dir": output(stage),
        "max_length": DATA.max_length,
        "packing": True,
        "packing_strategy": "bfd_split"
        if stage is Stage.CPT
        else "bfd",  # the one splits what is long, the other cuts it
        "num_train_epochs": DATA.epochs,
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": OPTIMIZER.batch,
        "learning_rate": OPTIMIZER.peak_lr,
        "weight_decay": OPTIMIZER.weight_decay,
        "adam_beta2": OPTIMIZER.betas[1],
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": {"min_lr_rate": SCHEDULE.floor},
        "warmup_steps": SCHEDULE.warmup,
    }


FORM = Form(write, configure)
