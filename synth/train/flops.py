"""How much does a model compute for a token, and what share of the device's peak is that?

Counts are of the PaLM paper (Chowdhery et al. 2022, appendix B): two operations a weight in the forward pass and four
in the backward pass, and the products of attention. What gradient checkpointing computes twice is not counted.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synth.train.tables import RunFiles

# Dense BF16 operations a second, from the vendors' data sheets; a device's name holds the key.
PEAKS = {
    "B200": 2250e12, "H200": 989e12, "H100 PCIe": 756e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12,
    "L4": 121e12, "A10G": 70e12, "RTX 4090": 165e12, "MI300X": 1307e12,
}  # fmt: skip


class Cost(NamedTuple):
    """What a training step computes, in floating-point operations."""

    token: float
    """For each token, but for attention."""
    pair: float
    """For each token that a token attends to, itself among them."""


def training_cost(model: Any) -> Cost:
    """Count what one token costs in the forward and the backward pass.

    Weights that are not trained have no gradient of their own: four operations in place of six.
    """
    config = model.config.get_text_config()
    total = sum(parameter.numel() for parameter in model.parameters())
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    looked_up = 0 if config.tie_word_embeddings else model.get_input_embeddings().weight.numel()
    # Scores and weighted values: 2 products x 2 operations x 3 passes for each element of the heads.
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    pair = 12 * config.num_hidden_layers * config.num_attention_heads * width
    return Cost(4.0 * (total - looked_up) + 2.0 * max(0, trained - looked_up), float(pair))


def peak_flops(device: str) -> float | None:
    """Operations a second that a device with this name can do at most; None where that is not known."""
    return next((peak for name, peak in PEAKS.items() if name in device), None)


class Work(NamedTuple):
    """What lies before each step of a plan, from 0 to the end."""

    n_tokens: npt.NDArray[np.int64]  # [n_steps + 1]
    n_pairs: npt.NDArray[np.float64]  # [n_steps + 1], tokens attended to

    def flops(self, cost: Cost) -> npt.NDArray[np.float64]:
        """Operations before each step, shape [n_steps + 1]."""
        return cost.token * self.n_tokens + cost.pair * self.n_pairs


def work_of_steps(files: RunFiles, batch: int) -> Work:
    """Count what each step of the stored plan holds; padding does not count."""
    plan = pq.read_table(files.plan, columns=["source", "pack"])
    source, pack = np.asarray(plan["source"].to_pylist()), plan["pack"].to_numpy()
    n_tokens, n_pairs = np.zeros(len(pack), dtype=np.int64), np.zeros(len(pack))
    for name in np.unique(source):
        tokens, pairs = _of_packs(files, str(name))
        here = source == name
        n_tokens[here], n_pairs[here] = tokens[pack[here]], pairs[pack[here]]
    return Work(_sums(n_tokens, batch), _sums(n_pairs, batch))


def _sums(values: npt.NDArray[Any], batch: int) -> npt.NDArray[Any]:
    """What lies before each step, from values of sequences."""
    return np.insert(values.reshape(-1, batch).sum(axis=1).cumsum(), 0, 0)


def _of_packs(files: RunFiles, source: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    lengths = pc.list_value_length(_column(files.tokens(source), "input_ids")).to_numpy().astype(np.int64)
    pieces = _column(files.packs(source), "pieces").combine_chunks()
    of_pieces, first = lengths[pieces.flatten().to_numpy()], pieces.offsets.to_numpy()[:-1]
    return np.add.reduceat(of_pieces, first), np.add.reduceat(of_pieces * (of_pieces + 1) / 2, first)


def _column(path: Path, name: str) -> pa.ChunkedArray:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()[name]
