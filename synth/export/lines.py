"""How is a split written as JSON lines? One object a row, which keeps the `id` of the row."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from synth.export.rows import Sample


def write_lines(stem: Path, rows: Iterable[dict[str, Any]]) -> list[Path]:
    """Write rows as they come; only one is held in memory."""
    path = stem.with_name(f"{stem.name}.jsonl")
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return [path]


def text(sample: Sample) -> dict[str, Any]:
    """A row for continued pretraining, which every trainer reads alike."""
    return {"id": sample.id, "text": sample.text}
