"""How does MosaicML Streaming read shards? As MDS: samples side by side in files of bounded size, and one index.

A shard holds, little-endian: the number of samples and the offset of each, the end of the last included (uint32 all),
the description of its columns as JSON, then the samples. A sample is the size in bytes of each column (uint32), then
the columns. The format is that of `streaming/base/format/mds/writer.py`, version 2. It is written here because the
library does not go together with the versions of NumPy and transformers that training needs.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from synth.export.form import Form
from synth.export.rows import Sample, Stage

SHARD_BYTES = 1 << 26
COLUMNS = {Stage.CPT: {"id": "str", "text": "str"}, Stage.SFT: {"id": "str", "messages": "json"}}
"""Columns in alphabetical order, and how each is encoded."""


def write(samples: Iterator[Sample], stem: Path, stage: Stage, _model: str | None) -> list[Path]:
    """Write a folder of shards, `index.json` last: without it, readers find no data there."""
    stem.mkdir()
    description = {
        "column_encodings": [*COLUMNS[stage].values()],
        "column_names": [*COLUMNS[stage]],
        "column_sizes": [None for _ in COLUMNS[stage]],
        "compression": None,
        "format": "mds",
        "hashes": [],
        "size_limit": SHARD_BYTES,
        "version": 2,
    }
    shards = [
        _write_shard(stem / f"shard.{number:05d}.mds", rows, description)
        for number, rows in enumerate(_divide(_encode(sample, stage) for sample in samples))
    ]
    index = stem / "index.json"
    index.write_text(json.dumps({"shards": shards, "version": 2}, sort_keys=True), encoding="utf-8")
    return [index]


def _encode(sample: Sample, stage: Stage) -> bytes:
    content = sample.text if stage is Stage.CPT else json.dumps(sample.messages)
    columns = [sample.id.encode(), content.encode()]
    return np.array([len(column) for column in columns], "<u4").tobytes() + b"".join(columns)


def _divide(samples: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Fill shards of at most `SHARD_BYTES`; a sample that is larger has its own."""
    rows: list[bytes] = []
    n_bytes = 0
    for sample in samples:
        if rows and n_bytes + len(sample) > SHARD_BYTES:
            yield rows
            rows, n_bytes = [], 0
        rows.append(sample)
        n_bytes += len(sample)
    if rows:
        yield rows


def _write_shard(path: Path, rows: list[bytes], description: dict[str, Any]) -> dict[str, Any]:
    """Write a shard, and describe it as the index does."""
    header = json.dumps(description, sort_keys=True).encode()
    offsets = np.cumsum([4 * (len(rows) + 2) + len(header), *map(len, rows)])
    with path.open("wb") as stream:
        stream.write(np.array([len(rows), *offsets], "<u4").tobytes() + header)
        stream.writelines(rows)
    raw = {"basename": path.name, "bytes": path.stat().st_size, "hashes": {}}
    return {**description, "raw_data": raw, "samples": len(rows), "zip_data": None}


FORM = Form(write)
