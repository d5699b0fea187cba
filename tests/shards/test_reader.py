from collections.abc import Callable
from pathlib import Path

import pytest

from synth.errors import UserError
from synth.shards import commit_release, read_release

Stage = Callable[..., Path]


def test_rows_come_back_in_order_train_first(tmp_path: Path, stage_release: Stage) -> None:
    commit_release(stage_release(tmp_path, count=30), tmp_path)
    tables = list(read_release(tmp_path, "sft"))
    rows = [row for table in tables for row in table.to_pylist()]
    assert [row["n_tokens"] for row in rows] == [*range(10, 40), 10]
    assert [row["split"] for row in rows] == ["train"] * 30 + ["validation"]
    assert max(table.num_rows for table in tables) <= 12


def test_columns_can_be_chosen(tmp_path: Path, stage_release: Stage) -> None:
    commit_release(stage_release(tmp_path), tmp_path)
    table = next(read_release(tmp_path, "rejected", columns=["id", "reasons"]))
    assert table.column_names == ["id", "reasons"]
    assert table["reasons"].to_pylist() == [["symbols_exist"]] * 3


def test_a_folder_without_rows_yields_nothing(tmp_path: Path, stage_release: Stage) -> None:
    commit_release(stage_release(tmp_path, folders=("sft",)), tmp_path)
    assert list(read_release(tmp_path, "cpt")) == []


def test_an_uncommitted_release_is_not_read(tmp_path: Path, stage_release: Stage) -> None:
    stage_release(tmp_path)
    with pytest.raises(UserError, match=r"README\.md is missing"):
        read_release(tmp_path, "sft")


def test_an_unknown_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cpt, sft, rejected; there is no 'dpo'"):
        read_release(tmp_path, "dpo")
