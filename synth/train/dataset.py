"""What does a model get to see? Sequences of a plan as arrays, read from disk as they are asked for."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from synth.train.tables import RunFiles

IGNORED = -100  # the label that PyTorch's cross-entropy and transformers leave out

Item = dict[str, Any]


class PlannedDataset:
    """Sequences, each a pack of pieces of one source; item `i` is row `i` of the plan.

    Items have `input_ids`, `labels` (-100 where nothing is to be learned), `position_ids` (from 0 in each piece), all
    int64 of shape [n_tokens], and `source`, an index into `sources`. The tables are memory-mapped. A pickled dataset
    holds their paths and the order only, so that it may travel to other processes.
    """

    def __init__(
        self, sources: Mapping[str, tuple[Path, Path]], source: npt.NDArray[np.int64], pack: npt.NDArray[np.int64]
    ) -> None:
        """Open the tables.

        Args:
            sources: files of TOKENS and of PACKS, by name.
            source: of each item, an index into `sources`, shape [n].
            pack: of each item, a row of its PACKS, shape [n].
        """
        self.sources = list(sources)
        self._recipe = (dict(sources), source, pack)
        self._source, self._pack = source, pack
        self._tables = [(_Tokens(tokens), _Packs(packs)) for tokens, packs in sources.values()]

    def __len__(self) -> int:
        return len(self._source)

    def __getitem__(self, index: int) -> Item:
        if not -len(self) <= index < len(self):
            raise IndexError(f"the plan has {len(self)} sequences, not one with index {index}")
        source = int(self._source[index])
        tokens, packs = self._tables[source]
        pieces = [tokens.read(*part) for part in packs.read(int(self._pack[index]))]
        ids = np.concatenate([ids for ids, _ in pieces]).astype(np.int64)
        positions = np.concatenate([np.arange(len(ids), dtype=np.int64) for ids, _ in pieces])
        # The first token of a piece would be told from the end of the piece before.
        trained = np.concatenate([trained for _, trained in pieces]) & (positions > 0)
        return {
            "input_ids": ids,
            "labels": np.where(trained, ids, IGNORED),
            "position_ids": positions,
            "source": source,
        }

    def __reduce__(self) -> tuple[type["PlannedDataset"], tuple[Any, ...]]:
        return PlannedDataset, self._recipe


def planned(files: RunFiles) -> PlannedDataset:
    """The sequences of a stored plan, in its order."""
    table = pq.read_table(files.plan, columns=["source", "pack"])
    source = table["source"].combine_chunks().dictionary_encode()
    names = source.dictionary.to_pylist()
    tables = {name: (files.tokens(name), files.packs(name)) for name in names}
    return PlannedDataset(tables, source.indices.to_numpy().astype(np.int64), table["pack"].to_numpy())


def held_out(files: RunFiles, name: str, most: int) -> PlannedDataset:
    """Sequences of a source that is never trained on: at most so many, evenly spaced over its packs."""
    packs = files.packs(name)
    with pa.memory_map(str(packs)) as file:
        n_packs = pa.ipc.open_file(file).read_all().num_rows
    pack = np.unique(np.linspace(0, n_packs - 1, min(most, n_packs)).round().astype(np.int64))
    return PlannedDataset({name: (files.tokens(name), packs)}, np.zeros(len(pack), dtype=np.int64), pack)


class Collator(NamedTuple):
    """Makes a batch of tensors from items.

    A batch has no attention mask: from position ids that restart, transformers builds one that keeps pieces apart. It
    does so only for models that are called with `use_cache=False`. Padding is a piece of its own, from which nothing is
    learned.
    """

    pad_token_id: int
    flatten: bool = False  # one row of all tokens, for FlashAttention, instead of padded rows
    length: int | None = None  # tokens of a row; None: as many as the longest has

    def __call__(self, items: Sequence[Item]) -> dict[str, Any]:
        """Stack items.

        Returns:
            `input_ids`, `labels`, `position_ids`, int64 of shape [B, L], or [1, all tokens] when flattened; and
            `source`, int64 of shape [B].
        """
        import torch

        columns = ("input_ids", "labels", "position_ids")
        if self.flatten:
            rows = {key: np.concatenate([item[key] for item in items])[None] for key in columns}
        else:
            rows = self._padded(items)
        source = np.array([item["source"] for item in items], dtype=np.int64)
        return {key: torch.from_numpy(array) for key, array in {**rows, "source": source}.items()}

    def _padded(self, items: Sequence[Item]) -> dict[str, npt.NDArray[np.int64]]:
        length = self.length or max(len(item["input_ids"]) for item in items)
        rows = {
            "input_ids": np.full((len(items), length), self.pad_token_id, dtype=np.int64),
            "labels": np.full((len(items), length), IGNORED, dtype=np.int64),
            "position_ids": np.zeros((len(items), length), dtype=np.int64),
        }
        for index, item in enumerate(items):
            n_tokens = len(item["input_ids"])
            for key, row in rows.items():
                row[index, :n_tokens] = item[key]
            rows["position_ids"][index, n_tokens:] = np.arange(length - n_tokens)
        return rows


class _Lists:
    """A column of lists in an Arrow file, memory-mapped, of which single rows are read."""

    def __init__(self, path: Path, column: str) -> None:
        with pa.memory_map(str(path)) as file:
            chunks = pa.ipc.open_file(file).read_all()[column].chunks
        self._chunks = [(chunk.offsets.to_numpy(), chunk.values) for chunk in chunks]
        self._starts = np.cumsum([0] + [len(chunk) for chunk in chunks])[:-1].tolist()

    def read(self, row: int) -> npt.NDArray[Any]:
        """The list of one row."""
        chunk = bisect_right(self._starts, row) - 1
        offsets, values = self._chunks[chunk]
        start, end = offsets[row - self._starts[chunk] :][:2].tolist()
        array: npt.NDArray[Any] = values.slice(start, end - start).to_numpy(zero_copy_only=False)
        return array


class _Tokens:
    """TOKENS on disk."""

    def __init__(self, path: Path) -> None:
        self._ids, self._trained = _Lists(path, "input_ids"), _Lists(path, "trained")

    def read(self, row: int, start: int, end: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
        """The ids of a part of a piece, and which of them are trained."""
        return self._ids.read(row)[start:end], self._trained.read(row)[start:end]


class _Packs:
    """PACKS on disk."""

    def __init__(self, path: Path) -> None:
        self._columns = [_Lists(path, column) for column in ("pieces", "starts", "ends")]

    def read(self, row: int) -> list[tuple[int, int, int]]:
        """The parts of a pack: row of the tokens, first token, and the one after the last."""
        columns = (column.read(row).tolist() for column in self._columns)
        return [(piece, start, end) for piece, start, end in zip(*columns, strict=True)]
