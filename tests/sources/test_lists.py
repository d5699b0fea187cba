"""Lists of sources: text, CSV and Parquet, and tables of documents."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth.errors import UserError
from synth.sources.lists import is_list, read_list


def test_a_text_file_names_one_source_a_line_relative_to_itself(tmp_path):
    (tmp_path / "list.txt").write_text("# ours\nours/a\n\n/abs/b.tar.gz  # packed\ngit@host:team/c.git\ns3://box/d#1\n")
    entries = read_list(f"@{tmp_path}/list.txt")
    assert [entry.source for entry in entries] == [
        f"{tmp_path}/ours/a", "/abs/b.tar.gz", "git@host:team/c.git", "s3://box/d#1",
    ]  # fmt: skip
    assert [entry.shown for entry in entries] == ["ours/a", "/abs/b.tar.gz", "git@host:team/c.git", "s3://box/d#1"]
    assert all(entry.is_listed for entry in entries)


ROWS = [
    {"url": "https://example.org/a.git", "revision": "v1", "license": "MIT", "name": "first"},
    {"url": "b", "revision": None, "license": None, "name": None},
    {"url": None, "revision": "v2", "license": None, "name": None},
]


@pytest.mark.parametrize("name", ["list.csv", "list.parquet"])
def test_a_table_may_say_revision_licence_and_name(tmp_path, name):
    if name.endswith("csv"):
        lines = [",".join(row[key] or "" for key in ROWS[0]) for row in ROWS]
        (tmp_path / name).write_bytes("\r\n".join(["\ufeff" + ",".join(ROWS[0]), *lines]).encode())
    else:
        pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / name)
    first, second = read_list(f"@{tmp_path / name}")
    assert first.stated.collection == "first"
    assert (first.source, first.revision, first.license) == ("https://example.org/a.git", "v1", "MIT")
    assert (second.source, second.revision, second.name) == (f"{tmp_path}/b", "", "")


def test_documents_are_a_list_of_their_repositories_and_so_is_a_folder_of_them(tmp_path):
    for name in ("part-1.parquet", "part-0.parquet"):
        pq.write_table(pa.table({"repository": ["a"], "path": ["a.py"], "content": ["x = 1"]}), tmp_path / name)
    (tmp_path / "README.md").write_text("what they are")
    (one,) = read_list(f"@{tmp_path}/part-0.parquet")
    assert one.is_table
    assert [entry.shown for entry in read_list(f"@{tmp_path}")] == ["part-0.parquet", "part-1.parquet"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("none.txt", None, "there is no such file; give a .txt"),
        ("empty.txt", b"# nothing yet\n", "names no source"),
        ("list.yaml", b"a", "of no known form"),
        ("list.csv", b"repo\na\n", r"none of the columns url, path, source, repository \(it has repo\)"),
        ("list.csv", b"\xff\xfe", "cannot be read"),
        ("list.parquet", b"PAR1", "cannot be read"),
        ("list.txt", b"ok\nhttps://me:hidden@example.org/a.git\n", "line 2: leave credentials out of lists"),
        ("list.txt", b"https://hidden@example.org/a.git\n", "line 1: leave credentials out of lists"),
    ],
)
def test_a_list_that_is_none_is_refused_in_one_line(tmp_path, name, data, words):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=words) as caught:
        read_list(f"@{tmp_path / name}")
    assert "\n" not in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_a_column_of_numbers_is_refused_with_its_line(tmp_path):
    pq.write_table(pa.table({"path": ["a", "b"], "revision": [1, 2]}), tmp_path / "list.parquet")
    with pytest.raises(UserError, match="line 1: 1 is no text"):
        read_list(f"@{tmp_path}/list.parquet")


def test_only_a_marked_source_is_a_list():
    assert is_list("@list.txt")
    assert not is_list("list.txt")
    assert not is_list("git@host:team/c.git")
