"""What is written is read back by the readers' rules, whatever a text holds."""

import json
import struct
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.json
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from export.conftest import Rows, chat_row, make_corpus, text_row
from synth.errors import UserError
from synth.export import mosaicml
from synth.export.write import export_corpus

TOKENS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<s>", "[INST]", "{{ content }}", "{% raw %}", "<think>"]
ODD = ["\u2028", "\x85", "\r\n", "\0", "\ufeff", "\U0001f600", '"', "\\", "\ufffe", " "]
TEXTS = st.lists(st.text() | st.sampled_from([*TOKENS, *ODD]), max_size=4).map("".join)
ODDITIES = settings(max_examples=50, deadline=None)
CHATS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4)


def exported(rows: Rows, form: str, name: str, model: str | None = None) -> list[dict[str, Any]]:
    """Rows of a file, read as `datasets` reads JSON lines."""
    with TemporaryDirectory() as folder:
        corpus = make_corpus(Path(folder) / "corpus", rows)
        export_corpus(corpus, Path(folder) / "out", form, model=model)
        read: list[dict[str, Any]] = pyarrow.json.read_json(Path(folder) / "out" / name).to_pylist()
        return read


def chats(pairs: list[tuple[str, str]]) -> Rows:
    return [chat_row(index, *pair) for index, pair in enumerate(pairs)]


@ODDITIES
@given(CHATS)
def test_messages_hold_every_character_of_a_conversation(pairs):
    read = exported(chats(pairs), "messages", "sft/train.jsonl")
    assert [row["messages"] for row in read] == [row["messages"] for row in chats(pairs)]


@ODDITIES
@given(CHATS)
def test_sharegpt_alternates_between_human_and_gpt(pairs):
    read = exported(chats(pairs), "sharegpt", "sft/train.jsonl")
    turns = [[(turn["from"], turn["value"]) for turn in row["conversations"]] for row in read]
    assert turns == [[("human", question), ("gpt", answer)] for question, answer in pairs]


@ODDITIES
@given(CHATS)
def test_alpaca_has_the_question_as_instruction_and_no_input(pairs):
    read = exported(chats(pairs), "alpaca", "sft/train.jsonl")
    found = [(row["instruction"], row["input"], row["output"]) for row in read]
    assert found == [(question, "", answer) for question, answer in pairs]


@ODDITIES
@given(CHATS)
def test_trl_completes_the_prompt_with_the_answer_alone(pairs):
    read = exported(chats(pairs), "trl", "sft/train.jsonl")
    assert [row["prompt"] + row["completion"] for row in read] == [row["messages"] for row in chats(pairs)]
    assert {turn["role"] for row in read for turn in row["completion"]} == {"assistant"}


@ODDITIES
@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from(["messages", "sharegpt", "alpaca", "trl"]))
def test_texts_are_one_line_each_in_every_format(texts, form):
    rows = [text_row(index, text) for index, text in enumerate(texts)]
    assert [row["text"] for row in exported(rows, form, "cpt/train.jsonl")] == texts


PLAIN = TEXTS.filter(lambda text: "<think>" not in text)


@ODDITIES
@given(PLAIN.map(str.strip).filter(bool), PLAIN.map(str.strip))
@example("It follows.\n\nSo it is.", "Yes.")
def test_reasoning_stands_where_templates_look_for_it(reasoning, answer):
    (row,) = exported([chat_row(0, "Why?", answer, reasoning)], "messages", "sft/train.jsonl")
    content = row["messages"][-1]["content"]
    # The rule of Qwen3's template.
    assert content.split("</think>")[0].rstrip("\n").split("<think>")[-1].lstrip("\n") == reasoning.strip("\n")
    assert content.split("</think>")[-1].lstrip("\n") == answer


@pytest.mark.parametrize("reasoning", ["", None])
def test_an_answer_without_reasoning_has_no_empty_thought(reasoning):
    (row,) = exported([chat_row(0, "Why?", "Thus.", reasoning)], "messages", "sft/train.jsonl")
    assert row["messages"][-1]["content"] == "Thus."


def read_megatron(stem: Path) -> list[np.ndarray]:
    """Documents of a `.bin` and `.idx`, as the description of the format has them."""
    index = stem.with_suffix(".idx").read_bytes()
    name, version, code, n_sequences, n_documents = struct.unpack_from("<9sQBQQ", index)
    assert (name, version, n_documents) == (b"MMIDIDX\0\0", 1, n_sequences + 1)
    at = struct.calcsize("<9sQBQQ")
    lengths = np.frombuffer(index, "<i4", n_sequences, at)
    offsets = np.frombuffer(index, "<i8", n_sequences, at + 4 * n_sequences)
    documents = np.frombuffer(index, "<i8", n_documents, at + 12 * n_sequences)
    assert len(index) == at + 12 * n_sequences + 8 * n_documents
    assert documents.tolist() == list(range(n_documents))
    dtype = {8: np.uint16, 4: np.int32}[code]
    tokens = np.memmap(stem.with_suffix(".bin"), dtype)
    starts = [*(offsets // dtype().itemsize), len(tokens)]
    assert [end - start for start, end in pairwise(starts)] == lengths.tolist()
    return [tokens[start:end].copy() for start, end in pairwise(starts)]


@ODDITIES
@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_megatron_tokens_are_those_of_the_texts_each_closed_once(texts, tokenizer_folder):
    tokenizer = Tokenizer.from_file(str(tokenizer_folder / "tokenizer.json"))
    end = tokenizer.token_to_id("<|im_end|>")
    with TemporaryDirectory() as folder:
        corpus = make_corpus(Path(folder) / "corpus", [text_row(index, text) for index, text in enumerate(texts)])
        export_corpus(corpus, Path(folder) / "out", "megatron", model=str(tokenizer_folder))
        documents = read_megatron(Path(folder) / "out" / "cpt" / "train")
    assert [document.dtype for document in documents] == [np.uint16] * len(texts)
    assert [document.tolist().count(end) for document in documents] == [1] * len(texts)
    assert [document[-1] for document in documents] == [end] * len(texts)
    assert [tokenizer.decode(document[:-1].tolist()) for document in documents] == texts


def test_a_large_vocabulary_takes_four_bytes_a_token(tmp_path):
    from tokenizers import models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({f"w{index}": index for index in range(70_000)}, unk_token="w0"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "tokenizer_config.json").write_text('{"eos_token": "w1"}')
    corpus = make_corpus(tmp_path / "corpus", [text_row(0, "w69999 w65536 w5")])
    export_corpus(corpus, tmp_path / "out", "megatron", model=str(tmp_path))
    (document,) = read_megatron(tmp_path / "out" / "cpt" / "train")
    assert document.dtype == np.int32
    assert document.tolist() == [69_999, 65_536, 5, 1]


def test_megatron_reads_conversations_as_messages(tmp_path, tokenizer_folder):
    rows = exported(chats([("Why?", "Thus.")]), "megatron", "sft/train.jsonl", model=str(tokenizer_folder))
    assert rows[0]["messages"][1] == {"role": "assistant", "content": "Thus."}


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("absent", "no file"), ("config", "names no eos_token"), ("unknown", "names no eos_token"),
        ("no_json", "is no JSON"), ("damaged", "cannot be read"), ("none", "--model"),
    ],
)  # fmt: skip
def test_a_model_whose_tokenizer_is_of_no_use_is_named_in_one_line(broken, message, tmp_path, tokenizer_folder):
    folder = tmp_path / "model"
    folder.mkdir()
    if broken != "absent":
        (folder / "tokenizer.json").write_bytes((tokenizer_folder / "tokenizer.json").read_bytes())
    if broken == "damaged":
        (folder / "tokenizer.json").write_text("{}")
    if broken == "no_json":
        (folder / "tokenizer_config.json").write_text("eos_token")
    if broken == "unknown":
        (folder / "tokenizer_config.json").write_text('{"eos_token": "<|nothing|>"}')
    corpus = make_corpus(tmp_path / "corpus", [text_row(0, "a text")])
    with pytest.raises(UserError, match=message) as raised:
        export_corpus(corpus, tmp_path / "out", "megatron", model=None if broken == "none" else str(folder))
    assert "\n" not in str(raised.value)


def read_mds(folder: Path) -> Rows:
    """Samples of a folder of MDS shards, as the description of the format has them."""
    rows = []
    index = json.loads((folder / "index.json").read_text())
    assert index["version"] == 2
    for shard in index["shards"]:
        data = (folder / shard["raw_data"]["basename"]).read_bytes()
        assert (len(data), shard["format"]) == (shard["raw_data"]["bytes"], "mds")
        n_samples = np.frombuffer(data, "<u4", 1)[0]
        assert n_samples == shard["samples"]
        offsets = np.frombuffer(data, "<u4", n_samples + 1, 4)
        header = json.loads(data[4 * (n_samples + 2) : offsets[0]])
        assert header.items() <= shard.items()
        rows += [read_mds_sample(data[start:end], header) for start, end in pairwise(offsets)]
    return rows


def read_mds_sample(data: bytes, header: dict[str, Any]) -> dict[str, Any]:
    sizes = np.frombuffer(data, "<u4", len(header["column_names"]))
    ends = 4 * len(sizes) + np.cumsum([0, *sizes])
    assert ends[-1] == len(data)
    parts = [data[start:end].decode() for start, end in pairwise(ends)]
    decode = {"str": str, "json": json.loads}
    columns = zip(header["column_names"], header["column_encodings"], parts, strict=True)
    return {name: decode[encoding](part) for name, encoding, part in columns}


@ODDITIES
@given(texts=st.lists(TEXTS, min_size=1, max_size=6), limit=st.integers(1, 60))
def test_mosaicml_shards_hold_every_row_however_they_are_divided(texts, limit):
    rows = [text_row(index, text) for index, text in enumerate(texts)]
    rows += [chat_row(index, text, text) for index, text in enumerate(texts)]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(mosaicml, "SHARD_BYTES", limit)
        export_corpus(make_corpus(Path(folder) / "corpus", rows), Path(folder) / "out", "mosaicml")
        found = [read_mds(Path(folder) / "out" / stage / "train") for stage in ("cpt", "sft")]
    assert found[0] == [{"id": row["id"], "text": row["text"]} for row in rows[: len(texts)]]
    assert found[1] == [{"id": row["id"], "messages": row["messages"]} for row in rows[len(texts) :]]


def test_a_mosaicml_shard_ends_before_it_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(mosaicml, "SHARD_BYTES", 100)
    corpus = make_corpus(tmp_path / "corpus", [text_row(index, "x" * 35) for index in range(5)])
    export_corpus(corpus, tmp_path / "out", "mosaicml")
    index = json.loads((tmp_path / "out" / "cpt" / "train" / "index.json").read_text())
    assert [shard["samples"] for shard in index["shards"]] == [2, 2, 1]  # 45 bytes each: two sizes, id, text
