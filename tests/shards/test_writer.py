import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth.schema import SAMPLES, table_from_rows
from synth.shards import write_release
from synth.shards import writer as writer_module

Rows = list[dict[str, Any]]
MakeRows = Callable[..., Rows]
AsTables = Callable[..., list[pa.Table]]


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_rows_are_divided_by_stage_and_split_into_numbered_files(
    tmp_path: Path, make_rows: MakeRows, as_tables: AsTables
) -> None:
    rows = make_rows(25, "cpt") + make_rows(3, "cpt", "validation") + make_rows(10, "sft")
    rejected = make_rows(2, "sft", "rejected", passed=False)
    counts = write_release(tmp_path, as_tables(rows, 7), as_tables(rejected), rows_per_shard=10)
    assert counts == {
        "cpt": {"train": 25, "validation": 3},
        "sft": {"train": 10, "validation": 0},
        "rejected": {"rejected": 2},
    }
    assert list(hashes(tmp_path)) == [
        "cpt/train-00000-of-00003.parquet",
        "cpt/train-00001-of-00003.parquet",
        "cpt/train-00002-of-00003.parquet",
        "cpt/validation-00000-of-00001.parquet",
        "rejected/rejected-00000-of-00001.parquet",
        "sft/train-00000-of-00001.parquet",
    ]
    sizes = [pq.read_metadata(path).num_rows for path in sorted((tmp_path / "cpt").glob("train-*"))]
    assert sizes == [10, 10, 5]


def test_rows_keep_their_order_and_content(tmp_path: Path, make_rows: MakeRows, as_tables: AsTables) -> None:
    rows = make_rows(25, "sft")
    random.Random(0).shuffle(rows)
    write_release(tmp_path, as_tables(rows, 4), [], rows_per_shard=10)
    read = [row for path in sorted((tmp_path / "sft").iterdir()) for row in pq.read_table(path).to_pylist()]
    assert [row["id"] for row in read] == [row["id"] for row in rows]
    assert read[0]["messages"] == rows[0]["messages"]
    assert read[0]["evidence"] == rows[0]["evidence"]


@pytest.mark.parametrize("size", [1, 3, 64, 1000])
def test_bytes_do_not_depend_on_how_rows_were_batched(
    tmp_path: Path, make_rows: MakeRows, as_tables: AsTables, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(writer_module, "ROW_GROUP_ROWS", 16)
    rows = make_rows(70, "sft") + make_rows(40, "cpt")
    for name, batch in (("a", size), ("b", 11)):
        (tmp_path / name).mkdir()
        write_release(tmp_path / name, as_tables(rows, batch), [], rows_per_shard=50)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    groups = pq.read_metadata(tmp_path / "a" / "sft" / "train-00000-of-00002.parquet")
    assert [groups.row_group(index).num_rows for index in range(groups.num_row_groups)] == [16, 16, 16, 2]


def test_slices_of_a_table_give_the_bytes_of_whole_tables(
    tmp_path: Path, make_rows: MakeRows, as_tables: AsTables
) -> None:
    rows = make_rows(40, "sft")
    whole = as_tables(rows)[0]
    for name, tables in (("a", [whole]), ("b", [whole.slice(0, 13), whole.slice(13, 20), whole.slice(33)])):
        (tmp_path / name).mkdir()
        write_release(tmp_path / name, tables, [], rows_per_shard=100)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_each_stage_has_only_the_columns_that_trainers_choose_by(
    tmp_path: Path, make_rows: MakeRows, as_tables: AsTables
) -> None:
    rows = make_rows(2, "cpt") + make_rows(2, "sft")
    write_release(tmp_path, as_tables(rows), as_tables(make_rows(1, passed=False)), rows_per_shard=10)
    columns = {path.parent.name: set(pq.read_schema(path).names) for path in tmp_path.glob("*/*")}
    assert "text" in columns["cpt"]
    assert not {"messages", "reasoning"} & columns["cpt"]
    assert {"messages", "reasoning"} <= columns["sft"]
    assert "text" not in columns["sft"]
    assert {"text", "messages", "reasons"} <= columns["rejected"]


def test_rejected_rows_name_the_failed_checks_only(tmp_path: Path, make_rows: MakeRows, as_tables: AsTables) -> None:
    rows = make_rows(1, passed=False)
    rows[0]["checks"] += [
        {"name": "kept", "score": 1.0, "passed": True, "detail": ""},
        {"name": "undecided", "score": None, "passed": None, "detail": "no graph"},
        {"name": "near_duplicate", "score": 0.9, "passed": False, "detail": "of x"},
    ]
    write_release(tmp_path, [], as_tables(rows), rows_per_shard=10)
    read = pq.read_table(tmp_path / "rejected").to_pylist()
    assert read[0]["reasons"] == ["symbols_exist", "near_duplicate"]


def test_rejection_without_a_reason_is_refused(tmp_path: Path, make_rows: MakeRows, as_tables: AsTables) -> None:
    with pytest.raises(ValueError, match="no check of it failed"):
        write_release(tmp_path, [], as_tables(make_rows(1)), rows_per_shard=10)


@pytest.mark.parametrize(("column", "value"), [("split", "rejected"), ("split", None), ("stage", "dpo")])
def test_rows_that_belong_nowhere_are_refused(
    tmp_path: Path, make_rows: MakeRows, as_tables: AsTables, column: str, value: str | None
) -> None:
    rows = make_rows(2)
    rows[1][column] = value
    with pytest.raises(ValueError, match="stage cpt or sft"):
        write_release(tmp_path, as_tables(rows), [], rows_per_shard=10)


def test_a_used_staging_folder_is_refused(tmp_path: Path, make_rows: MakeRows, as_tables: AsTables) -> None:
    write_release(tmp_path, as_tables(make_rows(1)), [], rows_per_shard=10)
    with pytest.raises(FileExistsError, match="fresh staging folder"):
        write_release(tmp_path, as_tables(make_rows(1)), [], rows_per_shard=10)


def test_memory_is_bounded_by_row_groups_not_by_the_corpus(tmp_path: Path, make_rows: MakeRows) -> None:
    row = make_rows(1, "cpt")[0]
    held: list[int] = []

    def stream(tables: int) -> Iterator[pa.Table]:
        for index in range(tables):
            text = random.Random(index).randbytes(10_000).hex()
            yield table_from_rows([row | {"text": text}] * 50, SAMPLES)
            held.append(pa.total_allocated_bytes())

    write_release(tmp_path, stream(200), [], rows_per_shard=2_500)
    row_group = 1_000 * 20_000
    assert max(held) < 4 * row_group  # of 200 MB in all
