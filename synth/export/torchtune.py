"""What does torchtune need? A file for `tune run` for each stage, whose model is named by a function of torchtune's.

Which function builds a model, and which reads its tokenizer, torchtune wants to be told; the files name those of the
smallest Qwen2.5, and say what to change for another model.
"""

from pathlib import Path
from typing import Any

from synth.export import messages
from synth.export.form import DATA, OPTIMIZER, PLACEHOLDER, Content, Form, output, to_yaml
from synth.export.rows import Stage

RECIPE = "full_finetune_single_device"
NOTES = (
    "model, tokenizer and checkpointer are those of Qwen2.5 0.5B; `tune ls` names other models to take them from",
    "what is longer than max_seq_len is cut off",
)

DATA_SETS: dict[Stage, dict[str, Any]] = {
    Stage.CPT: {"_component_": "torchtune.datasets.text_completion_dataset", "column": "text"},
    Stage.SFT: {
        "_component_": "torchtune.datasets.chat_dataset",
        "conversation_column": "messages",
        "conversation_style": "openai",
        "train_on_input": False,
    },
}


def configure(content: Content) -> dict[str, str]:
    """A file for `tune run` for each stage."""
    return {
        f"{stage.value}.yaml": to_yaml(
            f"tune run {RECIPE} --config {stage.value}.yaml", _settings(content, stage), *NOTES
        )
        for stage in content.rows
    }


def _settings(content: Content, stage: Stage) -> dict[str, Any]:
    model = content.model or PLACEHOLDER
    start = content.start(stage)
    return {
        "output_dir": output(stage),
        "model": {"_component_": "torchtune.models.qwen2_5.qwen2_5_0_5b"},
        "tokenizer": {
            "_component_": "torchtune.models.qwen2_5.qwen2_5_tokenizer",
            "path": f"{model}/vocab.json",
            "merges_file": f"{model}/merges.txt",
            "max_seq_len": DATA.max_length,
        },
        "checkpointer": {
            "_component_": "torchtune.training.FullModelHFCheckpointer",
            "checkpoint_dir": model if start == model else f"{start}/epoch_0",
            "checkpoint_files": _weights(model) if start == model else ["model-00001-of-00001.safetensors"],
            "recipe_checkpoint": None,
            "output_dir": output(stage),
            "model_type": "QWEN2",
        },
        "resume_from_checkpoint": False,
        "dataset": {
            **DATA_SETS[stage],
            "source": "json",
            "data_files": f"{stage.value}/train.jsonl",
            "split": "train",
            "packed": True,
        },
        **_training(),
    }


def _weights(model: str) -> list[str]:
    return sorted(path.name for path in Path(model).glob("*.safetensors")) or ["model.safetensors"]


def _training() -> dict[str, Any]:
    return {
        "seed": 0,
        "shuffle": True,
        "epochs": round(DATA.epochs),
        "max_steps_per_epoch": None,
        "batch_size": 1,
        "gradient_accumulation_steps": OPTIMIZER.batch,
        "optimizer": {
            "_component_": "torch.optim.AdamW",
            "lr": OPTIMIZER.peak_lr,
            "weight_decay": OPTIMIZER.weight_decay,
            "betas": list(OPTIMIZER.betas),
        },
        "optimizer_in_bwd": False,
        "loss": {"_component_": "torchtune.modules.loss.CEWithChunkedOutputLoss"},
        "device": "cuda",
        "dtype": "bf16",
        "enable_activation_checkpointing": True,
        "enable_activation_offloading": False,
        "clip_grad_norm": OPTIMIZER.max_grad_norm,
        "compile": False,
        "metric_logger": {"_component_": "torchtune.training.metric_logging.DiskLogger", "log_dir": "logs"},
        "log_every_n_steps": 1,
        "log_peak_memory_stats": False,
    }


FORM = Form(messages.write, configure)
