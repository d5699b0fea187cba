"""Sources in an object store, against a real server."""

import errno
import io
import os
import tarfile
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import s3

from synth import store
from synth.errors import UserError
from synth.sources.remote import Unreachable
from synth.store import place


@pytest.fixture(scope="module")
def environment():
    with s3.server() as variables, s3.reached(variables):
        yield variables


@pytest.fixture
def root(environment, request):
    """A folder of its own for each test."""
    return place(f"s3://{s3.BUCKET}/{request.node.name.partition('[')[0]}/project")


FILES = {
    "pkg/__init__.py": b"",
    "pkg/a.py": b"def a():\n    return 1\n",
    "pkg/copy.py": b"def a():\n    return 1\n",
    "LICENSE": b"",
    "PKG-INFO": b"Name: Shop\nVersion: 2.1\nLicense-Expression: MIT\n",
    "pic.png": b"\x89PNG",
    "big.py": b"x = 1\n" * 400,
    ".git/HEAD": b"ref: refs/heads/main",
}


def test_a_folder_in_a_store_is_read_like_one_on_a_disk(listing, write, root):
    for name, data in FILES.items():
        (root / name).write_bytes(data)
    remote = listing(root, max_file_bytes=2_000)
    assert remote.reasons == listing(write(FILES), max_file_bytes=2_000).reasons
    assert remote.reasons["big.py"] == "too_large"
    assert {(row["collection"], row["revision"], row["license"]) for row in remote.rows} == {("Shop", "2.1", "MIT")}
    documents, skipped = remote.read()
    assert skipped == {}
    assert {row["path"] for row in documents} == {"PKG-INFO", "pkg/__init__.py", "pkg/a.py"} & set(remote.used)
    assert {row["path"]: row["text"] for row in documents}["pkg/a.py"] == FILES["pkg/a.py"].decode()


def test_an_object_whose_name_leads_elsewhere_stays_where_it_is(listing, root, tmp_path):
    (root / "a.py").write_bytes(b"x = 1\n")
    for name in ("x;rm -rf $HOME;.py", "<script>.py", "so called/..hidden.py"):
        (root / name).write_bytes(f"# {name}\n".encode())
    found = listing(root)
    assert set(found.used) == {"a.py", "x;rm -rf $HOME;.py", "<script>.py", "so called/..hidden.py"}
    assert not list(tmp_path.rglob("*hidden*"))


def _zip(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _parquet(files):
    out = io.BytesIO()
    rows = [{"repository": "team/one", "path": name, "content": data.decode()} for name, data in files.items()]
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "collection"),
    [("one.zip", _zip, "one"), ("one-1.0.tar.gz", _tar, "one-1.0"), ("part.parquet", _parquet, "team/one")],
)
def test_archives_and_tables_in_a_store_are_read(listing, root, name, make, collection):
    (root / name).write_bytes(make({"a.py": b"def a(): pass\n", "b/c.py": b"def c(): pass\n"}))
    found = listing(root / name)
    assert found.used == ["a.py", "b/c.py"]
    assert {row["collection"] for row in found.rows} == {collection}
    documents, _ = found.read()
    assert [row["text"] for row in documents] == ["def a(): pass\n", "def c(): pass\n"]


def test_what_is_not_there_is_told_in_one_line(listing, root):
    for missing in (root / "nothing", place("s3://no-such-bucket/a")):
        with pytest.raises(UserError, match="does not exist") as caught:
            listing(missing)
        assert "\n" not in str(caught.value)


def test_a_store_that_is_away_stops_the_run_and_is_no_fault_of_the_source(listing, environment, monkeypatch):
    monkeypatch.setattr(store, "ATTEMPTS", 1)
    with s3.reached(environment | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}), pytest.raises(Unreachable) as caught:
        listing("s3://bucket/anything")
    assert "source s3://bucket/anything cannot be reached: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_that_opens_nothing_is_told_in_one_line(listing, root, monkeypatch):
    (root / "a.py").write_bytes(b"x = 1")

    def refuse(*_):
        raise OSError("When listing objects: AWS Error ACCESS_DENIED during ListObjectsV2 operation: Access Denied.")

    monkeypatch.setattr(store.Remote, "_info", refuse)
    with pytest.raises(UserError, match="may not be read; check the credentials"):
        listing(root)


def test_a_full_disk_is_no_fault_of_a_file(listing, root, monkeypatch):
    (root / "a.py").write_bytes(b"x = 1")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store.Remote, "download", full)
    with pytest.raises(OSError, match="No space left"):
        listing(root)
