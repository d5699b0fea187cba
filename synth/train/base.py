"""Which model is trained? Finds it, loads its tokenizer and its weights, and adds adapters if these are asked for."""

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

from synth.errors import UserError
from synth.train.dataset import Collator
from synth.train.settings import LoraSettings, ModelSettings, TagSettings, TrainSettings

SAMPLED = 1 << 20  # bytes of each end of a file of weights that its fingerprint covers
NEEDED = ("*.json", "*.safetensors", "*.jinja", "*.txt", "*.model", "*.py")


def be_quiet() -> None:
    """Keep the libraries' own bars and advice off the terminal, where progress has its place."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


def model_folder(model: str) -> Path:
    """The folder of a model that is given by its path, or by its name on the Hugging Face Hub.

    Raises:
        UserError: there is no such folder and no such name, or it holds no weights as safetensors.
    """
    folder = Path(model)
    if not folder.is_dir():
        folder = _downloaded(model)
    if not (folder / "config.json").is_file():
        raise UserError(f"--model {model} holds no config.json; give a folder that save_pretrained wrote")
    if not any(folder.glob("*.safetensors")):
        raise UserError(f"--model {model} holds no .safetensors; load it with transformers and save it once more")
    return folder


def _downloaded(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError

    try:
        return Path(snapshot_download(model, allow_patterns=list(NEEDED)))
    except (HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError, OSError):
        raise UserError(
            f"--model {model} is neither a folder nor a model that the Hugging Face Hub gives out; "
            "check the path, or the name and the network"
        ) from None


def model_print(folder: Path) -> str:
    """A hash that changes with the model: all of its small files, and the ends of its weights."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix in {".json", ".jinja", ".model", ".txt", ".safetensors"}:
            digest.update(f"{path.name} {path.stat().st_size}\n".encode())
            with path.open("rb") as stream:
                digest.update(stream.read(SAMPLED))
                stream.seek(max(0, path.stat().st_size - SAMPLED))
                digest.update(stream.read())
    return digest.hexdigest()


def load_tokenizer(folder: Path, model: ModelSettings, tags: TagSettings) -> Any:
    """The tokenizer, with the chat template of the settings and a token for each control tag.

    Raises:
        UserError: the folder holds no tokenizer that loads.
    """
    from transformers import AutoTokenizer

    from synth.train.chat import chat_template

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=model.trust_remote_code)
    except (OSError, ValueError, ImportError) as error:
        raise UserError(f"the tokenizer of {folder} does not load: {_first_line(error)}") from None
    tokenizer.chat_template = chat_template(tokenizer, model.chat_template)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    new = [tag for tag in (tags.verified, tags.unverified) if tag is not None and tag not in tokenizer.get_vocab()]
    if new:
        tokenizer.add_special_tokens({"additional_special_tokens": new}, replace_extra_special_tokens=False)
    return tokenizer


def load_model(folder: Path, settings: TrainSettings, n_tokens: int, device: str) -> Any:
    """The model on the CPU, ready to be trained: adapters added, or all weights in float32.

    Weights that are trained are kept in float32 whatever they are computed in: a step of a low learning rate is lost
    in bfloat16, which has three digits.

    Args:
        folder: of the model.
        settings: of the run.
        n_tokens: of the tokenizer; rows for tokens that the model does not know are added.
        device: cpu or cuda, which decides what `auto` is.

    Raises:
        UserError: the model does not load, or the settings do not fit it.
    """
    import torch
    from transformers import AutoModelForCausalLM

    adapted = settings.lora.rank > 0
    frozen = torch.bfloat16 if computes_in_bfloat16(settings.model, device) else torch.float32
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=frozen if adapted else torch.float32,
            attn_implementation=attention(settings.model, device),
            trust_remote_code=settings.model.trust_remote_code,
            use_safetensors=True,
        )
    except (OSError, ValueError, ImportError) as error:
        raise UserError(f"the model of {folder} does not load: {_first_line(error)}") from None
    if n_tokens > model.get_input_embeddings().weight.shape[0]:
        if adapted and not settings.lora.train_embeddings:
            raise UserError("control tags are new tokens, which adapters do not learn; set lora.train_embeddings=true")
        model.resize_token_embeddings(n_tokens)
    if uses_liger(settings.model, device):
        from transformers.integrations.liger import apply_liger_kernel

        # The head is fused by the trainer, which never builds all logits either.
        apply_liger_kernel(model, {"fused_linear_cross_entropy": False, "cross_entropy": False})
    return _with_adapters(model, settings.lora) if adapted else model


def _with_adapters(model: Any, lora: LoraSettings) -> Any:
    from peft import LoraConfig, get_peft_model

    targets = lora.targets[0] if lora.targets == ("all-linear",) else list(lora.targets)
    in_full = ["embed_tokens", *([] if model.config.tie_word_embeddings else ["lm_head"])]
    config = LoraConfig(
        r=lora.rank, lora_alpha=lora.alpha, use_rslora=lora.rslora, lora_dropout=lora.dropout, target_modules=targets,
        modules_to_save=in_full if lora.train_embeddings else None, task_type="CAUSAL_LM",
        ensure_weight_tying=lora.train_embeddings and model.config.tie_word_embeddings,
    )  # fmt: skip
    try:
        return get_peft_model(model, config)
    except ValueError as error:
        raise UserError(f"lora.targets={list(lora.targets)} does not fit the model: {_first_line(error)}") from None


def collator(settings: TrainSettings, tokenizer: Any) -> Collator:
    """How sequences become a batch: one row for FlashAttention, padded rows elsewhere."""
    flat = attention(settings.model, device_kind()).startswith("flash") and not settings.loss.distill
    return Collator(tokenizer.pad_token_id, flatten=flat)


def device_kind() -> str:
    """Where this process computes: cpu or cuda."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def computes_in_bfloat16(settings: ModelSettings, device: str) -> bool:
    """Whether products are computed in bfloat16."""
    return settings.dtype == "bfloat16" or (settings.dtype == "auto" and device == "cuda")


def attention(settings: ModelSettings, device: str) -> str:
    """The implementation of attention, by the name that transformers gives it."""
    if settings.attention != "auto":
        return settings.attention
    installed = device == "cuda" and importlib.util.find_spec("flash_attn") is not None
    return "flash_attention_2" if installed and computes_in_bfloat16(settings, device) else "sdpa"


def uses_liger(settings: ModelSettings, device: str) -> bool:
    """Whether layers are computed by Liger's kernels.

    Raises:
        UserError: they are asked for and not installed.
    """
    installed = importlib.util.find_spec("liger_kernel") is not None
    if settings.liger and not installed:
        raise UserError("model.liger needs liger-kernel; install it, or leave the setting out")
    return settings.liger if settings.liger is not None else installed and device == "cuda"


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
