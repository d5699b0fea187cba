"""What does a LoRA adapter make of a model? Its base, read with what the adapter adds to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch

from synth.errors import UserError
from synth.train.tensors import Place, Spec, find_tensors, read_rows
from synth.train.weights import (
    EMBEDDINGS,
    HEAD,
    StoredWeights,
    find_model,
    input_embeddings,
    is_adapter,
    open_model,
    read_json,
)

PREFIX = "base_model.model."
LOW_RANK = re.compile(r"(?P<module>.+)\.lora_(?:embedding_)?(?P<side>[AB])(?:\.weight)?")
# Starts of an adapter that leave the base as it was; the others (PiSSA, OLoRA, CorDA, …) change it on loading.
PLAIN_STARTS = {"true", "false", "none", "gaussian", "eva", "orthogonal"}


class LowRank(NamedTuple):
    """What an adapter adds to one matrix: `scale · up @ down`, transposed where the matrix is stored so."""

    down: Place  # [rank, in]
    up: Place  # [out, rank]
    scale: float
    transposed: bool

    def read(self, start: int, stop: int) -> torch.Tensor:
        """Rows of what is added, as float32."""
        if self.transposed:
            down = read_rows(self.down, 0, self.down.spec.n_rows)[:, start:stop].float()
            up = read_rows(self.up, 0, self.up.spec.n_rows).float()
            return (down.T @ up.T).mul_(self.scale)
        down = read_rows(self.down, 0, self.down.spec.n_rows).float()
        return (read_rows(self.up, start, stop).float() @ down).mul_(self.scale)


@dataclass(frozen=True, eq=False)
class AdaptedWeights:
    """The model that a base and an adapter make, merged as it is read.

    Equal to PEFT's `merge_and_unload`, but for adapters on tied embeddings, which PEFT adds to the head as well, or
    twice. Here the merged model says what the adapted one said; where need be its head is written apart.
    """

    base: StoredWeights
    folder: Path
    config: Mapping[str, Any]
    whole: Mapping[str, Place]  # tensors that were trained in full
    low: Mapping[str, LowRank]
    specs: Mapping[str, Spec]

    @property
    def folders(self) -> tuple[Path, ...]:
        """The adapter's, then its base's."""
        return (self.folder, self.base.folder)

    def spec(self, name: str) -> Spec:
        """Of one tensor."""
        if name == HEAD and name not in self.specs:
            return self.specs[input_embeddings(self.specs) or name]
        return self.specs[name]

    def read(self, name: str, start: int, stop: int) -> torch.Tensor:
        """Rows of a tensor, as float32."""
        if name == HEAD and name not in self.specs:
            name = input_embeddings(self.specs) or name
        whole = self.whole.get(name)
        rows = self.base.read(name, start, stop) if whole is None else read_rows(whole, start, stop).float()
        return rows + self.low[name].read(start, stop) if name in self.low else rows


def open_weights(model: str, base: StoredWeights) -> StoredWeights | AdaptedWeights:
    """A model, or an adapter on the base, by folder or by name on the Hub.

    Raises:
        UserError: there is no such model, it is not whole, or it is an adapter that cannot be merged.
    """
    folder = find_model(model)
    return _adapted(folder, base) if is_adapter(folder) else open_model(str(folder))


def read_adapter_settings(folder: Path) -> dict[str, Any]:
    """The `adapter_config.json` of a LoRA adapter that only adds to its base.

    Raises:
        UserError: it is of another kind.
    """
    settings = read_json(folder / "adapter_config.json")
    if settings.get("peft_type") != "LORA" or str(settings.get("init_lora_weights")).lower() not in PLAIN_STARTS:
        kind = f"{settings.get('peft_type')}, init_lora_weights: {settings.get('init_lora_weights')}"
        raise UserError(f"{folder} is not a plain LoRA adapter ({kind}); merge it with PEFT's merge_and_unload")
    return settings


def _adapted(folder: Path, base: StoredWeights) -> AdaptedWeights:
    settings = read_adapter_settings(folder)
    whole, sides = _sorted_out(folder, base)
    tied = bool(base.config.get("tie_word_embeddings")) or HEAD not in base.specs
    stays_tied = tied and bool(settings.get("ensure_weight_tying"))
    _check_fit(folder, base, sides)
    low = {name: _low_rank(name, pair, settings) for name, pair in sides.items()}
    embeddings = input_embeddings(base.specs)
    parted = tied and not stays_tied and bool({HEAD, embeddings} & {*whole, *low})
    names = [name for name in base.specs if name != HEAD or not tied] + [HEAD] * parted
    specs = {name: _trained_spec(base.spec(name), whole.get(name)) for name in names}
    config = dict(base.config) | ({"tie_word_embeddings": False} if parted else {})
    if embeddings in whole:
        config["vocab_size"] = specs[embeddings].n_rows
    return AdaptedWeights(base, folder, config, whole, low, specs)


def _check_fit(folder: Path, base: StoredWeights, sides: Mapping[str, Mapping[str, Place]]) -> None:
    for name, pair in sides.items():
        inner = [pair[side].spec.shape for side in "AB" if side in pair]
        outer = {inner[0][1], inner[-1][0]} if all(len(shape) == 2 for shape in inner) else set()
        if len(inner) != 2 or inner[0][0] != inner[1][1] or outer != set(base.spec(name).shape):
            raise UserError(f"{folder} does not fit {name} of {base.folder}; give the adapter's own base")


def _trained_spec(spec: Spec, trained: Place | None) -> Spec:
    """With rows for new tokens, where the adapter brings them, in the base's type."""
    return spec if trained is None else spec._replace(shape=trained.spec.shape)


def _sorted_out(folder: Path, base: StoredWeights) -> tuple[dict[str, Place], dict[str, dict[str, Place]]]:
    """Tensors of an adapter: those in full, and the two sides of each that is of low rank; by the base's names."""
    whole: dict[str, Place] = {}
    sides: dict[str, dict[str, Place]] = {}
    for stored, place in find_tensors(folder, "adapter_model").items():
        plain = stored.removeprefix(PREFIX).replace(".base_layer.", ".")
        match = LOW_RANK.fullmatch(plain)
        name = f"{match['module']}.weight" if match else plain
        if name not in base.specs and not (name == HEAD and input_embeddings(base.specs)):
            raise UserError(
                f"{folder} holds {stored}, which has no place in {base.folder}; give the adapter's own base, "
                "or merge it with PEFT's merge_and_unload"
            )
        if match:
            sides.setdefault(name, {})[match["side"]] = place
        else:
            whole[name] = place
    return whole, sides


def _low_rank(name: str, sides: Mapping[str, Place], settings: Mapping[str, Any]) -> LowRank:
    """The scale is that of Kalajdzievski 2023, section 3, with `use_rslora`, else that of Hu et al. 2021, section 4."""
    down, up = sides["A"], sides["B"]
    rank = down.spec.n_rows
    alpha = float(
        _by_pattern(settings.get("alpha_pattern") or {}, name.removesuffix(".weight"), settings["lora_alpha"])
    )
    scale = alpha / rank**0.5 if settings.get("use_rslora") else alpha / rank
    return LowRank(down, up, scale, bool(settings.get("fan_in_fan_out")) or name.endswith(EMBEDDINGS))


def _by_pattern(values: Mapping[str, float], module: str, default: float) -> float:
    """As PEFT chooses: the first pattern that the end of the module's name matches."""
    return next((value for key, value in values.items() if re.match(rf"(.*\.)?({key})$", module)), default)
