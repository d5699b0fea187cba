"""What is the mean of LoRA adapters? One of a higher rank: the mean of products is no product of means.

With `B_i A_i` the change that adapter i makes, the mean `w_1 B_1 A_1 + w_2 B_2 A_2 + …` is `[w_1 B_1, w_2 B_2, …]`
times the `A_i` on top of each other: exact, and of n times the rank.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from synth.errors import UserError
from synth.train.adapters import LOW_RANK, read_adapter_settings
from synth.train.sidefiles import copy_beside
from synth.train.tensors import Place, Spec, find_tensors, new_folder, read_rows, write_tensors


def stack_adapters(folders: Sequence[Path], weights: Sequence[float], out: Path) -> str:
    """Write the weighted mean of LoRA adapters of one shape as an adapter; PEFT loads it like any.

    Args:
        folders: of the adapters; the first gives the settings.
        weights: one for each, which sum to 1.
        out: a new or empty folder.

    Returns:
        A line that says what was written.

    Raises:
        UserError: an adapter is damaged, not plain LoRA or not of the first one's shape, or OUT holds something.
    """
    settings = [read_adapter_settings(folder) for folder in folders]
    places = [find_tensors(folder, "adapter_model") for folder in folders]
    for folder, others, tensors in zip(folders, settings, places, strict=True):
        if _scale(others) != _scale(settings[0]) or _shapes(tensors) != _shapes(places[0]):
            raise UserError(f"{folder} and {folders[0]} are adapters of two shapes; average checkpoints of one run")
    layout = {name: _stacked_spec(name, place.spec, len(folders)) for name, place in places[0].items()}

    def slices(name: str) -> Iterator[torch.Tensor]:
        yield _stacked(name, [tensors[name] for tensors in places], weights)

    n_bytes = sum(spec.n_bytes for spec in layout.values())
    with new_folder(out, n_bytes) as part:
        write_tensors(part, layout, slices, stem="adapter_model")
        (part / "adapter_config.json").write_text(json.dumps(_of_rank(settings[0], len(folders)), indent=2) + "\n")
        copy_beside(part, folders[:1], folders[:1])
    return f"{out}: an adapter of {len(folders)} times the rank, {len(layout)} tensors, {n_bytes / 1e9:.2f} GB"


def _scale(settings: Mapping[str, Any]) -> list[Any]:
    return [settings.get(key) for key in ("lora_alpha", "use_rslora", "alpha_pattern", "rank_pattern")]


def _shapes(places: Mapping[str, Place]) -> dict[str, tuple[int, ...]]:
    return {name: place.spec.shape for name, place in places.items()}


def _side(name: str) -> str | None:
    match = LOW_RANK.fullmatch(name)
    return match["side"] if match else None


def _stacked_spec(name: str, spec: Spec, n: int) -> Spec:
    if _side(name) is None:
        return spec
    rows, columns = spec.shape
    return spec._replace(shape=(n * rows, columns) if _side(name) == "A" else (rows, n * columns))


def _stacked(name: str, places: Sequence[Place], weights: Sequence[float]) -> torch.Tensor:
    tensors = [read_rows(place, 0, place.spec.n_rows).float() for place in places]
    if _side(name) == "A":
        return torch.cat(tensors)
    weighted = [weight * tensor for weight, tensor in zip(weights, tensors, strict=True)]
    if _side(name) == "B":
        return torch.cat(weighted, dim=1)
    return torch.stack(weighted).sum(0)


def _of_rank(settings: Mapping[str, Any], n: int) -> dict[str, Any]:
    """Settings for n times the rank and the same scale: alpha/rank, or alpha/sqrt(rank) with rsLoRA."""
    factor = n**0.5 if settings.get("use_rslora") else n
    ranks, alphas = settings.get("rank_pattern") or {}, settings.get("alpha_pattern") or {}
    return {
        **settings,
        "r": settings["r"] * n,
        "lora_alpha": settings["lora_alpha"] * factor,
        "rank_pattern": {key: rank * n for key, rank in ranks.items()},
        "alpha_pattern": {key: alpha * factor for key, alpha in alphas.items()},
    }
