"""A corpus of a made-up library: forty functions in four files, and training rows that say what is where."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

sys.path.append(str(Path(__file__).parents[1] / "graph"))  # a module cannot be named graph: the benchmarks have one

from tables import edge, node, tables

from synth.schema import table_from_rows
from synth.shards.layout import SCHEMAS

FILES = ("anvil", "beacon", "copper", "dynamo")
VERBS = ("gather", "ponder", "refine", "salute", "temper", "unveil", "wander", "kindle", "measure", "nestle")
NOUNS = ("harvest", "lantern", "meadow", "orchard")


def cpt_row(text: str, **columns: Any) -> dict[str, Any]:
    """A row for continued pretraining."""
    return {"text": text, "stage": "cpt", "collection": "c", "source_path": "notes.md", "evidence": [], **columns}


def write_corpus(out: Path, nodes: list[Any], edges: list[Any], rows: list[dict[str, Any]]) -> Path:
    """Save a graph and training rows of continued pretraining where a corpus has them."""
    (out / "graph").mkdir(parents=True)
    (out / "cpt").mkdir()
    for name, table in zip(("nodes", "edges"), tables(nodes, edges), strict=True):
        pq.write_table(table, out / "graph" / f"{name}.parquet")
    pq.write_table(table_from_rows(rows, SCHEMAS["cpt"]), out / "cpt" / "train-00000-of-00001.parquet")
    return out


@pytest.fixture
def made_corpus(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes the corpus; `trained` says of which functions its rows speak."""

    def make(trained: Callable[[str], bool] = lambda name: True) -> Path:
        names = [f"{verb}_{noun}" for verb in VERBS for noun in NOUNS]
        places = {name: f"src/{FILES[number % 4]}.py" for number, name in enumerate(names)}
        nodes = [node(f"lib.{name}", path=place) for name, place in places.items()]
        edges = [edge(f"lib.{one}", f"lib.{other}") for one, other in zip(names, names[11:] + names[:11], strict=True)]
        texts = [f"Whoever wants `{name}` opens {places[name]}." for name in names if trained(name)]
        return write_corpus(tmp_path / "corpus", nodes, edges, [cpt_row(text) for text in texts])

    return make
