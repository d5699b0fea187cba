"""How does a merge see a model? As named tensors that are read by rows, wherever they lie."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import torch

from synth.errors import UserError
from synth.train.base import model_folder
from synth.train.tensors import Place, Spec, find_tensors, read_rows

HEAD = "lm_head.weight"
EMBEDDINGS = ("embed_tokens.weight", "wte.weight", "embed_in.weight", "word_embeddings.weight")


class Weights(Protocol):
    """What a merge sees of a model: its tensors, read by rows."""

    @property
    def folder(self) -> Path:
        """Where it lies, as messages name it."""
        ...

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where to look for its tokenizer and other small files, in this order."""
        ...

    @property
    def config(self) -> Mapping[str, Any]:
        """Its `config.json`."""
        ...

    @property
    def specs(self) -> Mapping[str, Spec]:
        """Its tensors, in the order in which they lie on disk."""
        ...

    def spec(self, name: str) -> Spec:
        """Of one tensor; a head that is tied is the embeddings."""
        ...

    def read(self, name: str, start: int, stop: int) -> torch.Tensor:
        """Rows of a tensor, as float32."""
        ...


@dataclass(frozen=True, eq=False)
class StoredWeights:
    """A model whose tensors lie in its folder."""

    folder: Path
    config: Mapping[str, Any]
    places: Mapping[str, Place]

    @property
    def folders(self) -> tuple[Path, ...]:
        """The one folder."""
        return (self.folder,)

    @cached_property
    def specs(self) -> Mapping[str, Spec]:
        """Its tensors."""
        return {name: place.spec for name, place in self.places.items()}

    def spec(self, name: str) -> Spec:
        """Of one tensor."""
        return self._place(name).spec

    def read(self, name: str, start: int, stop: int) -> torch.Tensor:
        """Rows of a tensor, as float32."""
        return read_rows(self._place(name), start, stop).float()

    def _place(self, name: str) -> Place:
        if name == HEAD and name not in self.places:
            return self.places[input_embeddings(self.places) or name]
        return self.places[name]


def input_embeddings(names: Iterable[str]) -> str | None:
    """The name of the tensor that a tied head shares."""
    return next((name for name in names if name.endswith(EMBEDDINGS)), None)


def open_model(model: str) -> StoredWeights:
    """A whole model, by folder or by name on the Hub.

    Raises:
        UserError: there is no such model, it is not whole, or it is quantised or an adapter.
    """
    folder = find_model(model)
    if is_adapter(folder):
        raise UserError(f"{folder} is an adapter; give the whole model that it was trained on")
    config = read_json(folder / "config.json")
    if "quantization_config" in config:
        raise UserError(f"{folder} is quantised; give the model as it was before quantisation")
    return StoredWeights(folder, config, find_tensors(folder))


def find_model(model: str) -> Path:
    """The folder of a model or an adapter; a name on the Hub is looked up in its cache, then downloaded.

    Raises:
        UserError: there is neither such a folder nor such a name.
    """
    return Path(model) if Path(model).is_dir() else model_folder(model)


def is_adapter(folder: Path) -> bool:
    """Whether a folder holds an adapter and no model."""
    return (folder / "adapter_config.json").is_file() and not any(folder.glob("model*.safetensors"))


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object that a model or an adapter must have.

    Raises:
        UserError: it is not there or no JSON.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        raise UserError(f"{path.parent} holds no {path.name}; give a folder that save_pretrained wrote") from None
    except ValueError:
        raise UserError(f"{path} is not JSON; copy the model anew") from None
    return data
