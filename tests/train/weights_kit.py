"""Small models that stand for a base, what was trained from it, and its adapters."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tiny_model import make_model

LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "gate_proj", "down_proj"]


def make_base(folder: Path) -> Path:
    return make_model(folder, hidden=32, layers=2)


def tensors(folder: Path) -> dict[str, torch.Tensor]:
    return {name: tensor for file in sorted(folder.glob("*.safetensors")) for name, tensor in load_file(file).items()}


def trained_from(base: Path, folder: Path, seed: int, size: float = 0.05, dtype: torch.dtype | None = None) -> Path:
    """A copy of a model, all weights of which have moved a little."""
    torch.manual_seed(seed)
    shutil.copytree(base, folder)
    moved = {name: tensor + size * torch.randn_like(tensor) for name, tensor in tensors(base).items()}
    save(folder, {name: tensor.to(dtype or tensor.dtype) for name, tensor in moved.items()})
    return folder


def save(folder: Path, weights: dict[str, torch.Tensor]) -> None:
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, folder / "model.safetensors")


def set_config(folder: Path, **fields: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def with_new_tokens(folder: Path, tokens: list[str]) -> Path:
    """Give a model new tokens, with rows of ones times their number."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"additional_special_tokens": tokens})
    model = AutoModelForCausalLM.from_pretrained(folder)
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    for index in range(len(tokens)):
        model.get_input_embeddings().weight.data[-1 - index] = float(len(tokens) - index)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def make_adapter(base: Path, folder: Path, seed: int = 1, **settings: object) -> tuple[Path, object]:
    """A LoRA adapter of random weights, saved by PEFT, and the model that it adapts."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    config = LoraConfig(**({"r": 4, "lora_alpha": 6, "target_modules": LINEAR, "task_type": "CAUSAL_LM"} | settings))
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.1 * torch.randn_like(parameter))
    model.save_pretrained(folder)
    return folder, model.eval()


def logits(model: object) -> torch.Tensor:
    """Of a loaded model, or of one in a folder, on fixed tokens."""
    from transformers import AutoModelForCausalLM

    loaded = AutoModelForCausalLM.from_pretrained(model) if isinstance(model, Path) else model
    with torch.no_grad():
        return loaded(torch.arange(40, 70)[None]).logits.float()
