"""What does LLaMA-Factory need? `dataset_info.json`, and a file for `llamafactory-cli train` for each stage."""

import json
from typing import Any

from synth.export import messages
from synth.export.form import DATA, OPTIMIZER, SCHEDULE, Content, Form, output, to_yaml
from synth.export.rows import Stage

NAMES = {Stage.CPT: "pt", Stage.SFT: "sft"}
"""What LLaMA-Factory calls the stages."""

COLUMNS: dict[Stage, dict[str, Any]] = {
    Stage.CPT: {"columns": {"prompt": "text"}},
    Stage.SFT: {
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {
            "role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant",
            "system_tag": "system",
        },
    },
}  # fmt: skip


def configure(content: Content) -> dict[str, str]:
    """The register of data sets, and a file for `llamafactory-cli train` for each stage."""
    register = {
        _name(stage, split): {"file_name": f"{stage.value}/{split}.jsonl", **COLUMNS[stage]}
        for stage, splits in content.rows.items()
        for split in splits
    }
    files = {
        f"{stage.value}.yaml": to_yaml(f"llamafactory-cli train {stage.value}.yaml", _settings(content, stage))
        for stage in content.rows
    }
    return {"dataset_info.json": json.dumps(register, indent=2) + "\n", **files}


def _name(stage: Stage, split: str) -> str:
    return f"{stage.value}_{split}"


def _settings(content: Content, stage: Stage) -> dict[str, Any]:
    evaluated = {"eval_dataset": _name(stage, "validation"), "eval_strategy": "epoch", "per_device_eval_batch_size": 1}
    return {
        "model_name_or_path": content.start(stage),
        "stage": NAMES[stage],
        "do_train": True,
        "finetuning_type": "full",
        "dataset_dir": ".",
        "dataset": _name(stage, "train"),
        **(evaluated if "validation" in content.rows[stage] else {}),
        "output_dir": output(stage),
        "cutoff_len": DATA.max_length,
        "packing": True,
        **({"neat_packing": True} if stage is Stage.SFT else {}),  # conversations do not attend to each other
        "num_train_epochs": DATA.epochs,
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": OPTIMIZER.batch,
        "learning_rate": OPTIMIZER.peak_lr,
        "weight_decay": OPTIMIZER.weight_decay,
        "adam_beta2": OPTIMIZER.betas[1],
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": json.dumps({"min_lr_rate": SCHEDULE.floor}),
        "warmup_ratio": SCHEDULE.warmup,
        "bf16": True,
    }


FORM = Form(messages.write, configure)
