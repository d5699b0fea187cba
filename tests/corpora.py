"""What tests of whole runs share: the sample project, its settings, and how two corpora are compared."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from synth.config import Config, load_config

SHOP = Path(__file__).parent / "projects" / "shop"
PIPELINE = Path(__file__).parent.parent / "pipelines" / "code.yaml"
RELEASE = ("cpt", "sft", "rejected", "graph")


def config(*overrides: str) -> Config:
    """The bundled pipeline with changes."""
    return load_config(PIPELINE, list(overrides))


def rows(out: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of a corpus, by file."""
    paths = sorted(path for folder in RELEASE for path in (out / folder).glob("*.parquet"))
    return {str(path.relative_to(out)): pq.read_table(path).to_pylist() for path in paths}


def everything_written(out: Path) -> str:
    """All that a run wrote, also its own tables, as one text to search in."""
    texts = []
    for path in sorted(out.rglob("*")):
        if path.suffix == ".parquet":
            texts.append(repr(pq.read_table(path).to_pylist()))
        elif path.is_file():
            texts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(texts)
