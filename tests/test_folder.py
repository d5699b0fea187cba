"""The run folder: parts that are whole or absent, a lock, an identity."""

import pyarrow as pa
import pytest

from synth.errors import UserError
from synth.folder import RunFolder, fingerprint, to_parquet, write_atomically

TABLE = pa.table({"a": [1, 2]})


def test_a_part_is_there_once_all_its_outputs_are(tmp_path):
    stage = RunFolder(tmp_path).stage("read", "abc", "documents", "skipped")
    write_atomically(stage.part("documents", 0), to_parquet(TABLE))
    assert not stage.has(0)
    stage.commit(0, {"documents": to_parquet(TABLE), "skipped": to_parquet(TABLE)})
    assert stage.has(0)
    assert stage.table("skipped", TABLE.schema).equals(TABLE)


def test_parts_come_in_order_whatever_the_order_of_their_commits(tmp_path):
    stage = RunFolder(tmp_path).stage("s", "x", "out")
    for index in (11, 2, 0):
        stage.commit(index, {"out": to_parquet(pa.table({"a": [index]}))})
    assert [table["a"][0].as_py() for table in stage.tables("out")] == [0, 2, 11]


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, b"old")
    monkeypatch.setattr("os.fsync", _fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"


def _fail(_: int) -> None:
    raise OSError("disk full")


def test_fingerprints_depend_on_values_not_on_the_order_of_keys():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint(["ab", "c"]) != fingerprint(["a", "bc"])


def test_the_lock_ends_with_its_holder(tmp_path):
    folder = RunFolder(tmp_path / "out")
    with folder.locked(), pytest.raises(UserError, match="another run"), RunFolder(tmp_path / "out").locked():
        pass
    with folder.locked():
        assert folder.identity() is None


def test_out_may_not_be_a_file(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(UserError, match="is a file"), RunFolder(tmp_path / "out").locked():
        pass


def test_an_update_drops_other_stages_only(tmp_path):
    folder = RunFolder(tmp_path)
    kept, dropped = folder.stage("a", "1", "out"), folder.stage("b", "2", "out")
    for stage in (kept, dropped):
        stage.commit(0, {"out": to_parquet(TABLE)})
    folder.drop_stages_except([kept])
    assert kept.has(0)
    assert not dropped.path.exists()
