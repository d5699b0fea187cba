"""Parquet and JSONL files of documents."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth.errors import UserError

ROWS = [
    {"path": "pkg/a.py", "text": "def a():\n    return 1\n", "collection": "one"},
    {"path": "pkg/b.py", "text": "def b():\n    return 'ä'\n", "collection": "one"},
    {"path": "c.py", "text": "def c():\n    return 3\n", "collection": "two"},
    {"path": "../d.py", "text": "def d():\n    return 4\n", "collection": "two"},
    {"path": "e.bin", "text": "words", "collection": "two"},
]


def write_table(path, rows):
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=2)
    else:
        path.write_text("".join(json.dumps(row) + "\n\n" for row in rows))
    return path


@pytest.mark.parametrize("name", ["docs.parquet", "docs.jsonl", "docs.ndjson"])
def test_documents_are_listed_and_read_back(listing, tmp_path, name):
    found = listing(write_table(tmp_path / name, ROWS))
    assert found.reasons == {"pkg/a.py": "", "pkg/b.py": "", "c.py": "", "../d.py": "outside_root", "e.bin": "language"}
    assert [row["collection"] for row in found.rows] == ["one", "one", "two", "two", "two"]
    documents, skipped = found.read()
    assert skipped == {}
    assert [(row["path"], row["text"]) for row in documents] == [(row["path"], row["text"]) for row in ROWS[:3]]


@pytest.mark.parametrize("name", ["docs.parquet", "docs.jsonl"])
def test_without_a_collection_the_file_names_it(listing, tmp_path, name):
    rows = [{"path": row["path"], "text": row["text"]} for row in ROWS[:2]]
    assert {row["collection"] for row in listing(write_table(tmp_path / name, rows)).rows} == {"docs"}


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("a.parquet", [{"path": "a.py"}], r"no column 'text' \(it has path\)"),
        ("a.parquet", [{"path": "a.py", "text": 3}], "'text' holds int64, not text"),
        ("a.parquet", [{"path": None, "text": "x"}, {"path": "b", "text": "y"}], "row 0: 'path' must be a string"),
        ("a.jsonl", [{"path": "a.py"}], "line 1: 'text' must be a string"),
        ("a.jsonl", [{"path": "", "text": "x"}], "'path' is empty"),
        ("a.jsonl", [{"path": "a.py", "text": "x", "collection": 3}], "'collection' must be a string"),
        ("a.jsonl", [{"path": "a.py", "text": "x"}] * 2, "line 3: the path 'a.py' is there twice"),
        ("a.jsonl", [["a.py", "x"]], "holds list, not an object"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(listing, tmp_path, name, rows, words):
    with pytest.raises(UserError, match=words) as caught:
        listing(write_table(tmp_path / name, rows))
    assert "\n" not in str(caught.value)


def test_a_broken_line_is_named(listing, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"path": "a.py", "text": "x = 1"}\n{"path": \n')
    with pytest.raises(UserError, match="line 2 is no JSON"):
        listing(tmp_path / "a.jsonl")


def test_half_a_character_in_json_does_no_harm(listing, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"path": "a\\ud800.py", "text": "x = \'\\ud800\'"}\n')
    found = listing(tmp_path / "a.jsonl")
    assert found.used == ["a\\ud800.py"]
    documents, skipped = found.read()
    assert len(documents) + len(skipped) == 1
