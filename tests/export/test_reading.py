"""The shards of a corpus load unchanged in the libraries that people read Parquet with."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

Rows = list[dict[str, Any]]


def with_datasets(corpus: Path, stage: str) -> Rows:
    import datasets

    rows: Rows = datasets.load_dataset(str(corpus), stage, split="train").to_list()
    return rows


def with_pyarrow(corpus: Path, stage: str) -> Rows:
    import pyarrow.dataset as ds

    files = sorted(str(path) for path in (corpus / stage).glob("train-*.parquet"))
    rows: Rows = ds.dataset(files).to_table().to_pylist()
    return rows


def with_pandas(corpus: Path, stage: str) -> Rows:
    import pandas as pd

    frame = pd.concat(pd.read_parquet(path) for path in sorted((corpus / stage).glob("train-*.parquet")))
    rows: Rows = frame.to_dict("records")
    return rows


def with_polars(corpus: Path, stage: str) -> Rows:
    import polars as pl

    rows: Rows = pl.read_parquet(corpus / stage / "train-*.parquet").to_dicts()
    return rows


def with_duckdb(corpus: Path, stage: str) -> Rows:
    import duckdb

    table = duckdb.sql(f"select * from read_parquet('{corpus / stage}/train-*.parquet')").to_arrow_table()
    rows: Rows = table.to_pylist()
    return rows


READERS: dict[str, Callable[[Path, str], Rows]] = {
    "datasets": with_datasets,
    "pyarrow": with_pyarrow,
    "pandas": with_pandas,
    "polars": with_polars,
    "duckdb": with_duckdb,
}
INSTALLED = [
    pytest.param(name, marks=pytest.mark.skipif(find_spec(name) is None, reason="not installed")) for name in READERS
]


def plain(value: Any) -> Any:
    """A value without the arrays of NumPy, which pandas makes of lists."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if hasattr(value, "__len__") and not isinstance(value, str) else value


@pytest.mark.parametrize("stage", ["cpt", "sft"])
@pytest.mark.parametrize("reader", INSTALLED)
def test_a_library_reads_the_same_rows(reader, stage, shop, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
    files = sorted((shop / stage).glob("train-*.parquet"))
    expected = [row for path in files for row in pq.read_table(path).to_pylist()]
    read = READERS[reader](shop, stage)
    kept = ("id", "text") if stage == "cpt" else ("id", "messages", "reasoning", "evidence")
    assert [{name: plain(row[name]) for name in kept} for row in read] == [
        {name: row[name] for name in kept} for row in expected
    ]
    assert set(read[0]) == set(expected[0])


@pytest.mark.parametrize("form", ["messages", "sharegpt", "alpaca", "trl"])
def test_datasets_finds_the_splits_of_an_export_by_their_names(form, shop, tmp_path, monkeypatch):
    import datasets

    from synth.export.write import export_corpus

    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    export_corpus(shop, tmp_path / "out", form)
    for stage in ("cpt", "sft"):
        loaded = datasets.load_dataset(str(tmp_path / "out" / stage), cache_dir=str(tmp_path / "cache"))
        ids = [i for path in sorted((shop / stage).glob("train-*")) for i in pq.read_table(path)["id"].to_pylist()]
        assert loaded["train"]["id"][:] == ids
