"""The engines room: who answers? An engine turns tasks into responses and knows nothing of recipes or graphs.

To add one, write a module with a class that follows `synth.engines.base.Engine` and register it in `ENGINES`.
"""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

from synth.config import EngineSettings
from synth.engines.base import Answers, Engine, EngineStopped, Task
from synth.engines.template import TemplateEngine


def _openai(settings: EngineSettings) -> Engine:
    from synth.engines.openai import OpenAIEngine

    return OpenAIEngine(settings)


def _vllm(settings: EngineSettings) -> Engine:
    from synth.engines.vllm import VllmEngine

    return VllmEngine(settings)


# Each is imported when it is opened: torch and the HTTP client cost seconds.
ENGINES: dict[str, Callable[[EngineSettings], Engine]] = {
    "template": lambda _: TemplateEngine(),
    "openai": _openai,
    "vllm": _vllm,
}


def open_engine(settings: EngineSettings) -> Engine:
    """Make the engine that the settings name.

    Raises:
        UserError: it cannot run here; the message says what is missing.
    """
    return ENGINES[settings.name](settings)


def choose_engine(settings: EngineSettings) -> tuple[EngineSettings, str]:
    """Decide what `engine.name: auto` stands for.

    Returns:
        The settings with a name, and why it is this one; the reason is empty where the name was given.
    """
    if settings.name != "auto":
        return settings, ""
    endpoint = settings.openai.base_url or os.environ.get("OPENAI_BASE_URL")
    has_vllm = importlib.util.find_spec("vllm") is not None
    if settings.model and has_gpu() and has_vllm:
        name, why = "vllm", f"a GPU and the model {settings.model} are there"
    elif settings.model and (endpoint or os.environ.get(settings.openai.api_key_env)):
        name, why = "openai", f"an endpoint and the model {settings.model} are configured"
    elif not settings.model:
        name, why = "template", "engine.model names no teacher"
    else:
        lacks = "vLLM is not installed" if has_gpu() else "there is no GPU"
        name, why = "template", f"{lacks} and no endpoint is configured for {settings.model}"
    return settings.model_copy(update={"name": name}), why


def has_gpu() -> bool:
    """Whether an accelerator that vLLM can use is visible, without starting it."""
    return any(Path(path).exists() for path in ("/dev/nvidia0", "/dev/kfd"))


__all__ = ["ENGINES", "Answers", "Engine", "EngineStopped", "Task", "choose_engine", "open_engine"]
