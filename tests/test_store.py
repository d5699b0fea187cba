"""Places in an object store, and the lock of a run there, against a real server."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest
import s3

from synth import lock, store
from synth.errors import UserError
from synth.folder import Stage, to_parquet
from synth.store import Remote, place


@pytest.fixture(scope="module")
def environment():
    with s3.server() as variables, s3.reached(variables):
        yield variables


@pytest.fixture
def folder(environment, request):
    """A folder of its own for each test."""
    return place(f"s3://{s3.BUCKET}/{request.node.name}")


def test_an_address_becomes_a_place_with_the_names_of_a_path(environment):
    found = place("s3://bucket/a/b.c.parquet/")
    assert isinstance(found, Remote)
    assert (str(found), found.name, found.stem, found.suffix) == (
        "s3://bucket/a/b.c.parquet", "b.c.parquet", "b.c", ".parquet",
    )  # fmt: skip
    assert found.parent / "d" == place("s3://bucket/a/d")
    assert found.with_suffix(".json").name == "b.c.json"
    assert place("a/b") == Path("a/b")


def test_the_options_of_a_connection_stay_with_a_place(environment):
    host = environment["AWS_ENDPOINT_URL"].partition("://")[2]
    found = place(f"s3://bucket/options?endpoint_override={host}&scheme=http")
    (found / "x").write_bytes(b"here")
    assert place("s3://bucket/options/x").read_bytes() == b"here"
    assert place(store.address_of(found / "x")).read_bytes() == b"here"
    assert "?" not in str(found / "x")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("s3://key:hidden@bucket/a", "leave credentials out"),
        ("s3://bucket/a?access_key=hidden", "leave credentials out"),
        ("s3://bucket/a?secret_key=hidden", "leave credentials out"),
        ("az://box/a?sas_token=hidden", "leave credentials out"),
        ("s3:///a", "names no bucket"),
    ],
)
def test_a_credential_in_an_address_is_refused_and_not_repeated(address, words):
    with pytest.raises(UserError, match=words) as caught:
        place(address)
    assert "hidden" not in str(caught.value)


def test_objects_are_written_whole_and_read_back(folder):
    thing = folder / "deep" / "thing.txt"
    assert not thing.exists()
    thing.write_bytes("one\ntwö\n".encode())
    assert thing.is_file()
    assert thing.read_text() == "one\ntwö\n"
    with thing.open("r") as lines:
        assert list(lines) == ["one\n", "twö\n"]
    with pytest.raises(ValueError, match="written whole"):
        thing.open("w")
    thing.write_bytes(b"new")
    assert thing.read_bytes() == b"new"
    thing.unlink()
    thing.unlink(missing_ok=True)
    with pytest.raises(FileNotFoundError):
        thing.unlink()


@pytest.mark.parametrize("name", ["a.gz", "a.bz2", "a.zst", "a b+%41?.txt"])
def test_bytes_are_kept_as_they_are_whatever_the_name(folder, tmp_path, name):
    (folder / name).write_bytes(b"plain")
    assert (folder / name).read_bytes() == b"plain"
    (folder / name).download(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"plain"
    assert [found.name for found in folder.iterdir()] == [name]


def test_folders_are_listed_by_name_and_files_with_their_sizes(folder):
    for name in ("b.parquet", "a.parquet", "a.json", "c/d.parquet"):
        (folder / name).write_bytes(name.encode())
    assert folder.is_dir()
    assert [found.name for found in folder.iterdir()] == ["a.json", "a.parquet", "b.parquet", "c"]
    assert [found.name for found in store.listed(folder, "*.parquet")] == ["a.parquet", "b.parquet"]
    assert sorted(store.files_below(folder)) == ["a.json", "a.parquet", "b.parquet", "c/d.parquet"]
    assert {found.name: size for found, size in folder.files()}["d.parquet"] == len("c/d.parquet")
    assert store.listed(folder / "none", "*") == []
    assert store.files_below(folder / "none") == []


def test_a_folder_is_removed_and_its_neighbour_of_a_longer_name_is_not(folder):
    for name in ("out/a", "out/b/c", "out-2/a"):
        (folder / name).write_bytes(b"x")
    store.remove_tree(folder / "out")
    store.remove_tree(folder / "none")
    assert store.files_below(folder) == ["out-2/a"]


def test_a_stamp_changes_with_what_is_there(folder):
    (folder / "a").write_bytes(b"1")
    before = folder.stamp()
    assert before == folder.stamp()
    (folder / "a").write_bytes(b"22")
    assert folder.stamp() != before
    assert (folder / "a").stamp() == folder.stamp()


@pytest.mark.parametrize("kind", ["disk", "store"])
def test_files_are_put_and_got_whole_wherever_they_lie(folder, tmp_path, kind):
    data = os.urandom(12 << 20)  # of several pieces
    (tmp_path / "big").write_bytes(data)
    target = (folder if kind == "store" else tmp_path / "there") / "deep" / "big"
    store.put(tmp_path / "big", target)
    assert target.read_bytes() == data
    store.get(target, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == data
    assert [found.name for found in target.parent.iterdir()] == ["big"]


@pytest.mark.parametrize("kind", ["disk", "store"])
def test_a_stage_is_the_same_on_a_disk_and_in_a_store(folder, tmp_path, kind):
    stage = Stage((folder if kind == "store" else tmp_path) / "read-1", ("documents", "skipped"))
    assert not stage.has(0)
    assert stage.table("documents", pa.schema([("n", pa.int64())])).num_rows == 0
    table = pa.table({"n": [1, 2, 3]})
    stage.commit(0, {"documents": to_parquet(table), "skipped": to_parquet(table.slice(2))})
    assert stage.has(0)
    assert store.n_rows(stage.part("documents", 0)) == 3
    assert store.read_table(stage.part("documents", 0), ["n"], [("n", ">", 1)])["n"].to_pylist() == [2, 3]
    stage.finish({"a": 1})
    assert stage.is_finished
    assert stage.summary() == {"a": 1}


def test_a_store_that_is_not_there_is_told_in_one_line():
    with pytest.raises(UserError, match="cannot be reached") as caught:
        place("gs://bucket/a?no_such_option=1")
    assert "\n" not in str(caught.value)


def test_a_run_holds_a_folder_in_a_store_until_it_ends(folder):
    with lock.held(folder, folder / ".run"):
        note = json.loads((folder / ".run" / "lock").read_bytes())
        assert (note["host"], note["process"]) == (socket.gethostname(), os.getpid())
        with pytest.raises(UserError, match="another run is at work"), lock.held(folder, folder / ".run"):
            pass
    with lock.held(folder, folder / ".run"):
        pass
    assert not (folder / ".run" / "lock").exists()


def _leave_note(folder, **changes):
    note = {"owner": "other", "host": "elsewhere", "process": 1, "renewed": time.time(), **changes}
    (folder / ".run" / "lock").write_bytes(json.dumps(note).encode())


def test_the_note_of_another_machine_counts_while_it_is_renewed(folder):
    _leave_note(folder)
    with pytest.raises(UserError, match="process 1 on elsewhere"), lock.held(folder, folder / ".run"):
        pass
    _leave_note(folder, renewed=time.time() - lock.EXPIRE_SECONDS - 1)
    with lock.held(folder, folder / ".run"):
        assert json.loads((folder / ".run" / "lock").read_bytes())["owner"] != "other"


def test_the_note_of_a_process_of_this_machine_that_was_killed_does_not_count(folder):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    _leave_note(folder, host=socket.gethostname(), process=dead.pid)
    with lock.held(folder, folder / ".run"):
        pass
    _leave_note(folder, host=socket.gethostname(), process=os.getppid())
    with pytest.raises(UserError, match="another run is at work"), lock.held(folder, folder / ".run"):
        pass


def test_a_note_is_renewed_while_its_run_lasts(folder, monkeypatch):
    monkeypatch.setattr(lock, "RENEW_SECONDS", 0.01)
    renewed, write = threading.Event(), lock._write
    notes = []

    def count(note, mine):
        write(note, mine)
        notes.append(json.loads(note.read_bytes())["renewed"])
        if len(notes) == 3:
            renewed.set()

    monkeypatch.setattr(lock, "_write", count)
    with lock.held(folder, folder / ".run"):
        assert renewed.wait(60)
    assert notes == sorted(notes)
    assert notes[0] < notes[-1]


def test_a_run_that_loses_the_race_for_a_folder_does_not_begin(folder, monkeypatch):
    write = lock._write

    def then_another(note, mine):
        write(note, mine)
        _leave_note(folder)

    monkeypatch.setattr(lock, "_write", then_another)
    with pytest.raises(UserError, match="another run has just started"), lock.held(folder, folder / ".run"):
        pass


def test_files_that_synth_did_not_write_are_left_alone(folder):
    (folder / "mine.txt").write_bytes(b"precious")
    with pytest.raises(UserError, match="files that synth did not write"), lock.held(folder, folder / ".run"):
        pass
    assert (folder / "mine.txt").read_bytes() == b"precious"
