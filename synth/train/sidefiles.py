"""What lies beside the weights of a model, and which of several models gives it?"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synth.train.tensors import DTYPES, Spec

TOKENIZER = ("tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab.*", "merges.txt", "*.model")
CHAT = ("chat_template*",)
GENERATION = ("generation_config.json",)
REST = ("*.py", "LICENSE*", "NOTICE*")


def copy_beside(target: Path, sources: Sequence[Path], chat: Sequence[Path]) -> None:
    """Copy what a model needs beside weights and configuration; of each kind, all files of the first that has any.

    Args:
        target: a folder.
        sources: folders that may give the tokenizer, code and licence.
        chat: folders that may give the chat template and the settings of generation, such as where an answer ends.
    """
    for kind, folders in ((TOKENIZER, sources), (REST, sources), (CHAT, chat), (GENERATION, chat)):
        found = next((files for folder in folders if (files := _files(folder, kind))), [])
        for file in found:
            copy = shutil.copytree if file.is_dir() else shutil.copyfile
            copy(file, target / file.name)
    template = _inner_template(chat[0] / "tokenizer_config.json") if chat else None
    if template is not None and not _files(chat[0], CHAT):
        (target / "chat_template.jinja").write_text(template)


def _files(folder: Path, patterns: Sequence[str]) -> list[Path]:
    return sorted({file for pattern in patterns for file in folder.glob(pattern)})


def _inner_template(path: Path) -> str | None:
    """The chat template that older releases keep inside the configuration of their tokenizer."""
    template = json.loads(path.read_text()).get("chat_template") if path.is_file() else None
    return template if isinstance(template, str) else None


def write_config(target: Path, config: Mapping[str, Any], layout: Mapping[str, Spec]) -> None:
    """Write `config.json`, with the type that most of the weights have."""
    sizes: dict[str, int] = {}
    for spec in layout.values():
        sizes[spec.dtype] = sizes.get(spec.dtype, 0) + spec.n_bytes
    dtype = str(DTYPES[max(sizes, key=lambda name: sizes[name])]).removeprefix("torch.")
    fields = {key: value for key, value in config.items() if key != "torch_dtype"} | {"dtype": dtype}
    (target / "config.json").write_text(json.dumps(fields, indent=2, sort_keys=True) + "\n")
