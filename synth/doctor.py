"""What is installed, which engines can run here, what is missing and how to get it."""

import importlib.util
import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.markup import escape
from rich.table import Table

CORE = ("pyarrow", "ray", "tree-sitter", "tree-sitter-python", "networkx", "detect-secrets", "rensa", "tokenizers")
EXTRAS = {
    "docs": ("spacy",),
    "train": ("torch", "transformers", "trl", "peft", "accelerate", "datasets"),
    "vllm": ("vllm",),
}


def print_findings(console: Console) -> None:
    """Print the state of this machine, one line a part, each lack with the command that mends it."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("part", "state", "how to get it"):
        table.add_column(name, overflow="fold")
    table.add_row("synth", version("synth"), "")
    table.add_row("Python", platform.python_version(), "")
    table.add_row("processors", str(len(os.sched_getaffinity(0))), "")
    table.add_row(
        "git",
        "found" if shutil.which("git") else "missing: git URLs cannot be read",
        "" if shutil.which("git") else "install git",
    )
    for package in CORE:
        table.add_row(package, _version(package), "" if _has(package) else "pip install -e .")
    for extra, packages in EXTRAS.items():
        for package in packages:
            table.add_row(package, _version(package), "" if _has(package) else escape(f"pip install -e '.[{extra}]'"))
    table.add_row("GPU", _gpu(), "")
    table.add_row("engine template", "can run: needs no model", "")
    has_endpoint = bool(os.environ.get("OPENAI_BASE_URL") or os.environ.get("OPENAI_API_KEY"))
    table.add_row(
        "engine openai",
        "can run: an endpoint or a key is in the environment" if has_endpoint else "needs an endpoint",
        "" if has_endpoint else "set OPENAI_API_KEY, or OPENAI_BASE_URL, or engine.openai.base_url",
    )
    has_vllm = importlib.util.find_spec("vllm") is not None
    table.add_row(
        "engine vllm",
        "can run: vLLM is installed" if has_vllm else "needs vLLM",
        "" if has_vllm else escape("pip install -e '.[vllm]'"),
    )
    console.print(table)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _has(package: str) -> bool:
    return _version(package) != "missing"


def _gpu() -> str:
    if shutil.which("nvidia-smi"):
        return "found: NVIDIA driver"
    return "none found: only needed for teacher models and training of large ones"
