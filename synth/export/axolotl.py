"""What does Axolotl need? A file for `axolotl train` for each stage; its data are texts and `messages`."""

from typing import Any

from synth.export import messages
from synth.export.form import DATA, OPTIMIZER, SCHEDULE, Content, Form, output, to_yaml
from synth.export.rows import Stage

KINDS: dict[Stage, dict[str, str]] = {
    Stage.CPT: {"type": "completion", "field": "text"},
    Stage.SFT: {
        "type": "chat_template",
        "field_messages": "messages",
        "chat_template": "tokenizer_default_fallback_chatml",
    },
}


def configure(content: Content) -> dict[str, str]:
    """A file for `axolotl train` for each stage."""
    return {
        f"{stage.value}.yaml": to_yaml(f"axolotl train {stage.value}.yaml", _settings(content, stage))
        for stage in content.rows
    }


def _settings(content: Content, stage: Stage) -> dict[str, Any]:
    def data(split: str) -> list[dict[str, str]]:
        return [{"path": f"{stage.value}/{split}.jsonl", "ds_type": "json", "split": "train", **KINDS[stage]}]

    return {
        "base_model": content.start(stage),
        "datasets": data("train"),
        **({"test_datasets": data("validation")} if "validation" in content.rows[stage] else {}),
        "output_dir": output(stage),
        "sequence_len": DATA.max_length,
        "attn_implementation": "flash_attention_2",  # without it, packed texts attend to each other
        "sample_packing": True,
        "eval_sample_packing": False,  # a validation of a few rows does not fill one pack, which Axolotl refuses
        "num_epochs": DATA.epochs,
        "micro_batch_size": 1,
        "gradient_accumulation_steps": OPTIMIZER.batch,
        "optimizer": "adamw_torch",
        "learning_rate": OPTIMIZER.peak_lr,
        "weight_decay": OPTIMIZER.weight_decay,
        "adam_beta2": OPTIMIZER.betas[1],
        "lr_scheduler": "cosine",
        "cosine_min_lr_ratio": SCHEDULE.floor,
        "warmup_ratio": SCHEDULE.warmup,
        "bf16": "auto",
        "gradient_checkpointing": True,
    }


FORM = Form(messages.write, configure)
