"""With what is vLLM opened, and why did it not open? What the engine `vllm` needs before and around its model."""

import dataclasses
import difflib
import inspect
import json
import os
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from synth.config import EngineSettings
from synth.errors import UserError

# Nothing about a run leaves the machine, and a line of ours says what went wrong; who wants more sets these otherwise.
ENVIRONMENT = {
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}
# A weak model pads JSON with blanks until it is cut, and only the engine can forbid it, not the request.
STRUCTURED_OUTPUTS = {"backend": "xgrammar", "disable_any_whitespace": True}
LORA_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)  # those that vLLM makes room for
OURS = {"output_kind", "structured_outputs", "skip_special_tokens", "detokenize"}  # sampling parameters of the engine
_CAUSE = re.compile(r"(?:\] |^)((?:\w+\.)*\w*(?:Error|Exception): .+)$", re.MULTILINE)


def arguments(settings: EngineSettings) -> dict[str, Any]:
    """What vLLM is opened with: the user's arguments, and ours where they say nothing else."""
    from vllm import LLM
    from vllm.engine.arg_utils import EngineArgs
    from vllm.platforms import current_platform

    known = {item.name for item in dataclasses.fields(EngineArgs)} | set(inspect.signature(LLM).parameters)
    _refuse_unknown("engine.vllm.args", settings.vllm.args, known - {"model", "kwargs"}, "engine argument")
    ours: dict[str, Any] = {"structured_outputs_config": STRUCTURED_OUTPUTS}
    if current_platform.is_cpu():
        ours["enable_chunked_prefill"] = False  # a chunk of a seeded prompt kills vLLM's CPU worker (0.32)
    if settings.reasoning.parser:
        ours["reasoning_parser"] = settings.reasoning.parser  # so that a schema binds the answer, not the trace
    if settings.vllm.lora:
        rank = _lora_rank(Path(settings.vllm.lora))
        ours |= {"enable_lora": True, "max_lora_rank": next((size for size in LORA_RANKS if size >= rank), rank)}
    return ours | settings.vllm.args


def check_sampling(settings: EngineSettings) -> None:
    """Refuse before the model is loaded what would fail every task after it."""
    from vllm import SamplingParams
    from vllm.exceptions import VLLMClientError

    known = {name for name in SamplingParams.__struct_fields__ if not name.startswith("_")} - OURS
    _refuse_unknown("engine.sampling.extra", settings.sampling.extra, known, "sampling parameter")
    changes = settings.sampling.model_dump(exclude={"extra"}, exclude_none=True) | settings.sampling.extra
    try:
        SamplingParams(**{"max_tokens": None, **changes})
    except (VLLMClientError, ValueError, TypeError) as error:
        raise UserError(f"engine.sampling: {error}") from None


def _refuse_unknown(where: str, given: Iterable[str], known: set[str], what: str) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "leave it out"
            raise UserError(f"{where}: {name} is no {what} of vLLM that can be set here; {hint}")


def open_tokenizer(model: str, options: dict[str, Any]) -> tuple[Any, str | None]:
    """The model's tokenizer, and a chat template where the arguments give another than the model's."""
    from vllm.renderers.chat_utils import load_chat_template
    from vllm.tokenizers import get_tokenizer

    if model.startswith((".", "/", "~")) and not Path(model).exists():
        raise UserError(
            f"engine.model: there is no folder {model}; name a folder that holds a model, or one of the Hub"
        )
    revision = options.get("tokenizer_revision") or options.get("revision")
    how = {name: options[name] for name in ("tokenizer_mode", "trust_remote_code") if name in options}
    tokenizer = get_tokenizer(options.get("tokenizer") or model, revision=revision, **how)
    template = load_chat_template(options.get("chat_template"))
    if not template and not getattr(tokenizer, "chat_template", True):
        raise UserError(
            f"engine.model: {model} has no chat template, so it cannot be asked anything; "
            "take its instruction-tuned variant, or name a template with engine.vllm.args.chat_template"
        )
    return tokenizer, template


def _lora_rank(folder: Path) -> int:
    try:
        return int(json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["r"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(
            f"engine.vllm.lora: {folder} holds no LoRA adapter (adapter_config.json with its rank r); name its folder"
        ) from None


def watch(core: Any) -> None:
    """Wake who waits for outputs when the engine's process is killed; vLLM alone would let it wait for ever."""
    from vllm.v1.engine.exceptions import EngineDeadError

    manager: Any = getattr(getattr(core, "resources", None), "engine_manager", None)
    if not hasattr(manager, "sentinels"):  # the engine is in this process, or Ray watches it
        return

    def wait_for_death() -> None:
        wait(manager.sentinels())
        core.outputs_queue.put(EngineDeadError())

    threading.Thread(target=wait_for_death, name="vllm-watch", daemon=True).start()


@contextmanager
def diverted(file: IO[bytes]) -> Iterator[None]:
    """Write to a file what vLLM and the processes that it starts print, unless the user asked vLLM to talk."""
    if os.environ["VLLM_LOGGING_LEVEL"] != ENVIRONMENT["VLLM_LOGGING_LEVEL"]:
        yield
        return
    sys.stdout.flush()
    sys.stderr.flush()
    saved = {number: os.dup(number) for number in (1, 2)}
    try:
        for number in saved:
            os.dup2(file.fileno(), number)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, copy in saved.items():
            os.dup2(copy, number)
            os.close(copy)


def cause_in(noise: IO[bytes]) -> str:
    """The first error that vLLM's processes printed and that does not just point at another one."""
    text = os.pread(noise.fileno(), 1 << 24, 0).decode("utf-8", "replace")
    return next((found[:300] for found in _CAUSE.findall(text) if "root cause" not in found), "")


def explain(model: str, error: Exception, noise: IO[bytes]) -> str:
    """Why a model cannot be loaded, on one line."""
    reason = str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else f"{error}"
    if "root cause" in reason:
        reason = cause_in(noise) or reason
    mend = "check engine.model and engine.vllm.args"
    if any(word in reason.lower() for word in ("memory", "kv cache")):
        mend = (
            "lower max_model_len, raise gpu_memory_utilization or tensor_parallel_size, or quantise (engine.vllm.args)"
        )
    return f"engine.model: vLLM cannot load {model}: {' '.join(reason.split())[:300].rstrip('.')}; {mend}"
