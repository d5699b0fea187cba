"""Rows: one shape, wherever they lie."""

import gzip
import json
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth.errors import UserError
from synth.shards.layout import MANIFEST
from synth.train.rows import fingerprint, read_rows
from train.conftest import sample, write_corpus

TURNS = [{"role": "user", "content": "Which lamp?"}, {"role": "assistant", "content": "The left one."}]


@pytest.fixture
def corpus(tmp_path):
    accepted = [sample("cpt", number, scores={"complete": 1.0, "length": number / 10}) for number in range(10)]
    accepted += [sample("cpt", 90, "validation"), *(sample("sft", number) for number in range(3))]
    rejected = [
        sample("cpt", 20, "rejected", {"complete": 1.0, "style": 0.5}, ["style"]),
        sample("cpt", 21, "rejected", {"grounded": 0.0, "style": 0.5}, ["grounded", "style"]),
        sample("sft", 22, "rejected", {"style": 0.25}, ["style"]),
    ]
    return write_corpus(tmp_path / "corpus", accepted, rejected)


def jsonl(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(path)


def read(path, stage="cpt", split="train", **named):
    return list(read_rows(str(path), stage, split, **named))


def test_a_corpus_gives_the_rows_of_a_stage_and_split_in_the_order_of_its_shards(corpus):
    rows = read(corpus)
    assert [row.id for row in rows] == [sample("cpt", number)["id"] for number in range(10)]
    assert rows[3].text == sample("cpt", 3)["text"]
    assert {(row.recipe, row.verified, tuple(row.messages), row.reasoning) for row in rows} == {
        ("docs.passage", True, (), "")
    }
    assert [row.id for row in read(corpus, "cpt", "validation")] == [sample("cpt", 90, "validation")["id"]]
    assert [(row.messages, row.reasoning, row.text) for row in read(corpus, "sft")] == [
        (sample("sft", number)["messages"], sample("sft", number)["reasoning"], "") for number in range(3)
    ]
    assert read(corpus, "sft", "validation") == []


def test_quality_is_the_mean_of_all_scores_or_the_score_of_one_check(corpus):
    assert [row.quality for row in read(corpus)] == pytest.approx([(1 + number / 10) / 2 for number in range(10)])
    assert [row.quality for row in read(corpus, quality="length")] == pytest.approx([n / 10 for n in range(10)])


def test_a_row_that_the_named_check_did_not_judge_counts_by_the_others(tmp_path):
    rows = [sample("cpt", 0, scores={"complete": 0.5}), sample("cpt", 1, scores={"complete": 0.5, "length": 0.25})]
    out = write_corpus(tmp_path / "corpus", rows)
    assert [row.quality for row in read(out, quality="length")] == [0.5, 0.25]


def test_a_check_that_no_row_has_is_named_with_those_that_there_are(corpus):
    with pytest.raises(UserError, match=r"data\.quality: no row .* has 'lenght'; give one of complete, length"):
        read(corpus, quality="lenght")


def test_rejected_rows_are_used_only_where_all_that_they_failed_is_named(corpus):
    def ids(stage, *reasons):
        return [row.id for row in read(corpus, stage, "rejected", reasons=reasons)]

    assert ids("cpt") == []
    assert ids("cpt", "style") == [sample("cpt", 20, "rejected")["id"]]
    assert ids("cpt", "style", "grounded") == [sample("cpt", number, "rejected")["id"] for number in (20, 21)]
    assert ids("sft", "style") == [sample("sft", 22, "rejected")["id"]]
    assert not any(row.verified for row in read(corpus, "cpt", "rejected", reasons=["style"]))


def test_other_data_has_no_recipe_the_quality_of_a_column_and_an_id_by_its_content(tmp_path):
    records = [{"text": "one", "score": 3}, {"text": "two", "score": 0.5, "id": 7}, {"text": "one"}]
    rows = read(jsonl(tmp_path / "web.jsonl", records), quality="score")
    assert [(row.text, row.quality, row.recipe, row.verified) for row in rows] == [
        ("one", 3.0, "", True), ("two", 0.5, "", True), ("one", 1.0, "", True),
    ]  # fmt: skip
    assert rows[0].id == rows[2].id != rows[1].id == "7"


def test_parquet_and_json_lines_packed_or_not_hold_the_same_rows(tmp_path):
    records = [{"body": f"text {number}", "other": number} for number in range(1200)]
    jsonl(tmp_path / "a.jsonl", records)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes()))
    pq.write_table(pa.Table.from_pylist(records), tmp_path / "c.parquet")
    expected = [record["body"] for record in records]
    for name in ("a.jsonl", "b.jsonl.gz", "c.parquet"):
        assert [row.text for row in read(tmp_path / name, text_column="body")] == expected


def test_a_folder_of_files_is_read_in_the_order_of_their_names_without_what_is_held_out(tmp_path):
    for folder, name in (("", "b"), ("", "a"), ("deep", "c"), ("", "validation-0"), ("", "test-0"), (".cache", "d")):
        (tmp_path / folder).mkdir(exist_ok=True)
        jsonl(tmp_path / folder / f"{name}.jsonl", [{"text": name}])
    (tmp_path / "README.md").write_text("not data")
    assert [row.text for row in read(tmp_path)] == ["a", "b", "c"]
    assert [row.text for row in read(tmp_path, split="validation")] == ["validation-0"]
    assert read(tmp_path, split="rejected", reasons=["style"]) == []


@pytest.mark.parametrize(
    "record",
    [
        {"messages": TURNS},
        {"prompt": "Which lamp?", "completion": "The left one."},
        {"conversations": [{"from": "human", "value": "Which lamp?"}, {"from": "gpt", "value": "The left one."}]},
    ],
)
def test_conversations_are_read_in_each_way_that_they_are_written_down(tmp_path, record):
    (row,) = read(jsonl(tmp_path / "chats.jsonl", [record]), "sft")
    assert (row.messages, row.text) == (TURNS, "")


def test_where_a_row_has_both_pretraining_takes_the_text_and_finetuning_the_conversation(tmp_path):
    path = jsonl(tmp_path / "both.jsonl", [{"text": "The lamp.", "messages": TURNS}, {"text": "Text alone."}])
    assert [(row.text, row.messages) for row in read(path)] == [("The lamp.", []), ("Text alone.", [])]
    assert [(row.text, row.messages) for row in read(path, "sft")] == [("", TURNS), ("Text alone.", [])]


def test_thoughts_of_a_message_are_kept_with_it(tmp_path):
    turns = [TURNS[0], TURNS[1] | {"reasoning_content": "Left of the door.", "weight": 1}]
    (row,) = read(jsonl(tmp_path / "chats.jsonl", [{"messages": turns}]), "sft")
    assert row.messages == [TURNS[0], TURNS[1] | {"reasoning_content": "Left of the door."}]


def test_datasets_that_were_saved_are_read_by_their_splits(tmp_path):
    import datasets

    one = datasets.Dataset.from_list([{"text": "a"}, {"text": "b"}])
    one.save_to_disk(str(tmp_path / "one"))
    datasets.DatasetDict(train=one, validation=one.select([1])).save_to_disk(str(tmp_path / "two"))
    for name in ("one", "two"):
        assert [row.text for row in read(tmp_path / name)] == ["a", "b"]
    assert read(tmp_path / "one", split="validation") == []
    assert [row.text for row in read(tmp_path / "two", split="validation")] == ["b"]


def test_halves_of_characters_do_not_stop_a_run(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "half \\ud83d"}\n')
    assert [row.text for row in read(tmp_path / "a.jsonl")] == ["half ?"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none/at/all", None, "no such file or folder"),
        ("none.jsonl", None, "no such file or folder"),
        ("a.csv", "text\n", r"in no format that is read here; give a file that ends in \.parquet"),
        ("a.parquet", "text", "no readable Parquet file"),
        ("a.jsonl", '{"text": "a"}\n{"text":\n', "line 2: .*each line must be a JSON object"),
        ("a.jsonl", '["text"]\n', "line 1: holds list; each line must be a JSON object"),
        ("a.jsonl", '{"body": "a"}\n', "row 0 has neither 'text' nor messages; it has body"),
        ("a.jsonl", '{"text": 3}\n', "row 0: 'text' holds int, not text"),
        ("a.jsonl", '{"messages": [{"role": "user"}]}\n', "row 0 is no conversation .*role and content"),
        ("a.jsonl.gz", "no gzip", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_says_where(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=message) as caught:
        read(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_quality_that_is_no_number_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"data\.quality: 'grade' holds 'good', which is no number"):
        read(jsonl(tmp_path / "a.jsonl", [{"text": "a", "grade": "good"}]), quality="grade")


def test_parquet_without_a_column_to_learn_from_names_those_that_it_has(tmp_path):
    pq.write_table(pa.table({"body": ["a"]}), tmp_path / "a.parquet")
    with pytest.raises(UserError, match="nothing to learn from: its columns are body"):
        read(tmp_path / "a.parquet")


def test_an_unfinished_corpus_and_an_empty_folder_are_told_apart(tmp_path):
    (tmp_path / "half" / ".run").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="run `synth corpus` to the end first"):
        read(tmp_path / "half")
    with pytest.raises(UserError, match="neither a corpus nor a file that ends in"):
        read(tmp_path / "empty")


def test_a_dataset_that_the_hub_does_not_give_is_one_line(tmp_path):
    script = "import sys; from synth.train.rows import read_rows; next(read_rows('no/such', 'cpt', 'train'))"
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("synth.errors.UserError: no data at no/such: no such file or folder, and from the Hub: ")


def test_a_fingerprint_changes_with_the_rows_and_with_nothing_else(corpus):
    before = fingerprint(str(corpus))
    (corpus / "report.html").write_text("another report")
    (corpus / MANIFEST).write_text((corpus / MANIFEST).read_text() + "\n")
    assert fingerprint(str(corpus)) == before
    shard = sorted((corpus / "cpt").glob("train-*"))[0]
    pq.write_table(pq.read_table(shard).slice(1), shard)
    assert fingerprint(str(corpus)) != before


def test_a_corpus_without_its_manifest_has_the_same_fingerprint(corpus):
    before = fingerprint(str(corpus))
    (corpus / ".run").mkdir()
    (corpus / MANIFEST).unlink()
    assert fingerprint(str(corpus)) == before


def test_files_have_the_fingerprint_of_their_content_whatever_their_name(tmp_path):
    one, two = (jsonl(tmp_path / name, [{"text": "a"}]) for name in ("one.jsonl", "two.jsonl"))
    assert fingerprint(one) == fingerprint(two) != fingerprint(str(tmp_path))
    before = fingerprint(str(tmp_path))
    jsonl(tmp_path / "two.jsonl", [{"text": "b"}])
    assert fingerprint(one) != fingerprint(two)
    assert fingerprint(str(tmp_path)) != before
    with pytest.raises(UserError, match="no such file or folder"):
        fingerprint(str(tmp_path / "three.jsonl"))
    assert fingerprint("owner/name") != fingerprint("owner/other")
