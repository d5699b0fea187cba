"""Tokens of rows: nothing lost, nothing cut in silence, the same file whoever makes it."""

import json
import logging
import os
import subprocess
import sys
from itertools import chain

import numpy as np
import psutil
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synth.errors import UserError
from synth.train import tokens
from synth.train.chat import encode_chat
from synth.train.rows import Row, read_rows
from synth.train.settings import DataSettings
from synth.train.tables import TOKENS
from synth.train.tokens import read_tokens, tokenise
from train.conftest import sample

pytestmark = pytest.mark.train

BRIEF = DataSettings(max_length=16)
TAGS = DataSettings(tags={"verified": "<|good|>", "unverified": "<|doubtful|>", "untagged": 0})


def document(text, number=0, **named):
    known = {"id": f"d{number}", "recipe": "docs.passage", "text": text, "messages": [], "reasoning": ""}
    return Row(**{**known, "quality": 1.0, "verified": True, **named})


def conversation(number=0, **named):
    made = sample("sft", number)
    return document("", number, **{"messages": made["messages"], "reasoning": made["reasoning"], **named})


@pytest.fixture
def tokenizer(load_tokenizer):
    return load_tokenizer(specials=["<|good|>", "<|doubtful|>"])


@pytest.fixture
def run(tokenizer, tmp_path):
    def run(rows, stage="cpt", settings=DataSettings(), workers=1, name="tokens", using=tokenizer):  # noqa: B008 - frozen
        return tokenise(rows, using, stage, settings, tmp_path / f"{name}.arrow", workers)

    return run


def pieces(tokenised):
    return tokenised.table["input_ids"].to_pylist()


texts = st.text(st.characters(codec="utf-8"), max_size=60)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, max_size=6))
def test_a_document_is_cut_where_a_sequence_is_full_and_ends_with_its_end(run, tokenizer, said):
    rows = [document(text, number) for number, text in enumerate(said)]
    made = run(rows, settings=BRIEF)
    by_row = {row.id: [] for row in rows}
    for row_id, ids in zip(made.table["id"].to_pylist(), pieces(made), strict=True):
        assert not by_row[row_id] or len(by_row[row_id][-1]) == BRIEF.max_length
        assert 0 < len(ids) <= BRIEF.max_length
        by_row[row_id].append(ids)
    assert {row_id: tokenizer.decode(list(chain.from_iterable(parts))) for row_id, parts in by_row.items()} == {
        row.id: row.text + tokenizer.eos_token if row.text.strip() else "" for row in rows
    }
    assert made.n_rows == len(rows)
    assert sum(made.left_out.values()) == sum(not parts for parts in by_row.values())


def test_a_document_begins_with_the_first_token_of_tokenizers_that_add_one(load_tokenizer, run):
    from tokenizers.processors import TemplateProcessing

    tokenizer = load_tokenizer(specials=["<s>"])
    tokenizer.bos_token = "<s>"
    plain = run([document("Oil.")], using=tokenizer)
    first = tokenizer.bos_token_id
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", first)])
    made = run([document("Oil." * 20)], settings=BRIEF, using=tokenizer)
    assert pieces(plain)[0][0] != first == pieces(made)[0][0]
    assert sum(first in ids for ids in pieces(made)) == 1


def test_names_of_special_tokens_in_a_document_are_text(run, tokenizer):
    made = run([document("End with <|im_end|> or <|good|>.")])
    assert pieces(made)[0].count(tokenizer.eos_token_id) == 1
    assert tokenizer.convert_tokens_to_ids("<|good|>") not in pieces(made)[0]


def test_of_conversations_finetuning_learns_the_answers_and_pretraining_all(run, tokenizer):
    rows = [conversation(number) for number in range(3)]
    expected = [encode_chat(tokenizer, row.messages, row.reasoning, "inline")[0] for row in rows]
    tuned, pretrained = run(rows, "sft"), run(rows, "cpt", name="other")
    assert pieces(tuned) == pieces(pretrained) == [example.input_ids for example in expected]
    assert tuned.table["trained"].to_pylist() == [example.trained for example in expected]
    assert tuned.n_trained.tolist() == [sum(example.trained) for example in expected]
    assert all(map(all, pretrained.table["trained"].to_pylist()))
    assert np.array_equal(pretrained.n_trained, pretrained.lengths)


def test_documents_among_conversations_are_learned_whole(run):
    made = run([conversation(1), document("The lamp burns."), conversation(2)], "sft")
    assert [all(flags) for flags in made.table["trained"].to_pylist()] == [False, True, False]


def test_conversations_that_do_not_fit_are_left_out_and_counted_and_never_cut(run, caplog):
    rows = [conversation(number, id=f"c{number}") for number in range(4)]
    lengths = run(rows, "sft").lengths
    long = conversation(9, messages=[rows[0].messages[0], {"role": "assistant", "content": "word " * 60}], id="long")
    with caplog.at_level(logging.WARNING):
        made = run([*rows, long], "sft", DataSettings(max_length=int(lengths.max())), name="source")
    assert made.table["id"].to_pylist() == ["c0", "c1", "c2", "c3"]
    assert (made.n_rows, made.left_out) == (5, {"too_long": 1})
    assert "source: of 5 rows are left out: 1 longer than data.max_length" in caplog.text
    cut = run([long], "cpt", DataSettings(max_length=int(lengths.max())))
    assert cut.left_out == {}
    assert len(cut.lengths) > 1


def test_rows_without_words_and_those_that_the_template_refuses_are_counted(load_tokenizer, run):
    template = "{% if messages[0].role == 'tool' %}{{ raise_exception('no') }}{% endif %}"
    tokenizer = load_tokenizer(template + load_tokenizer().chat_template)
    refused = conversation(messages=[{"role": "tool", "content": "a"}, {"role": "assistant", "content": "b"}])
    silent = conversation(messages=[{"role": "user", "content": "a"}])
    made = run([document(" \n"), refused, silent, conversation(), document("", messages=[])], "sft", using=tokenizer)
    assert (made.n_rows, made.left_out, len(made.lengths)) == (5, {"empty": 3, "refused": 1}, 1)


def test_what_is_read_back_is_what_was_told_and_stays_on_disk(run, tmp_path):
    said = [f"Page {number}. " * 40 for number in range(9)]
    rows = [document(text, n, quality=n / 8, verified=n % 2 == 0) for n, text in enumerate(said)]
    made = run([*rows, document("")], settings=DataSettings(max_length=64))
    before = pa.total_allocated_bytes()
    read = read_tokens(tmp_path / "tokens.arrow")
    assert pa.total_allocated_bytes() - before < read.table.nbytes / 4
    assert read.table.schema.equals(TOKENS)
    assert read.table.equals(made.table)
    assert (read.n_rows, read.left_out, read.path) == (10, {"empty": 1}, tmp_path / "tokens.arrow")
    assert read.lengths.tolist() == [len(ids) for ids in pieces(read)]
    assert [column.dtype for column in (read.lengths, read.n_trained, read.quality)] == [np.int32, np.int32, np.float32]
    told = {row.id: (row.recipe, row.quality, row.verified) for row in rows}
    columns = read.table.select(["recipe", "quality", "verified"]).to_pylist()
    assert told == {
        row_id: tuple(values.values()) for row_id, values in zip(read.table["id"].to_pylist(), columns, strict=True)
    }


def test_no_rows_make_an_empty_table(run):
    made = run([])
    assert (made.n_rows, made.left_out, len(made.lengths), len(made.n_trained), len(made.quality)) == (0, {}, 0, 0, 0)


def test_the_file_is_the_same_for_any_number_of_processes(run, monkeypatch):
    monkeypatch.setattr(tokens, "CHUNK_ROWS", 7)
    monkeypatch.setattr(tokens, "ALONE_CHARACTERS", 2000)
    rows = [conversation(number) if number % 3 else document(f"Page {number}. " * 9, number) for number in range(150)]
    files = [run(iter(rows), "sft", workers=workers, name=f"by-{workers}").path for workers in (1, 2)]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(read_tokens(files[1]).lengths) == 150


class Deadly:
    """Ends the process that it is sent to."""

    def __reduce__(self):
        return os._exit, (1,)


def test_a_process_that_dies_is_one_line(run, monkeypatch):
    monkeypatch.setattr(tokens, "ALONE_CHARACTERS", 2)
    with pytest.raises(UserError, match=r"died, maybe for want of memory; set data\.workers=1"):
        run([document("Oil.", recipe=Deadly())], workers=2)


ENDLESS = """
import sys
from pathlib import Path
from transformers import PreTrainedTokenizerFast
from synth.train import tokens
from synth.train.rows import Row
from synth.train.settings import DataSettings

def rows():
    while True:
        yield Row("a", "", "Oil. " * 100, [], "", 1.0, True)

if __name__ == "__main__":
    tokens.ALONE_CHARACTERS = 1
    tokenizer = PreTrainedTokenizerFast.from_pretrained(sys.argv[1])
    told = lambda *_: print("a batch is done", flush=True)
    tokens.tokenise(rows(), tokenizer, "cpt", DataSettings(), Path(sys.argv[2]), 2, told)
"""


def test_a_run_that_is_killed_leaves_no_process_and_no_file(model, tmp_path):
    (tmp_path / "endless.py").write_text(ENDLESS)
    out = tmp_path / "tokens.arrow"
    command = [sys.executable, str(tmp_path / "endless.py"), str(model), str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "a batch is done\n"
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    assert len(children) >= 2
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []
    assert not out.exists()


def test_an_error_leaves_what_was_there_and_no_half_of_a_file(run, tmp_path):
    before = run([document("first")]).path.read_bytes()

    def broken():
        yield from (document("second", number) for number in range(2 * tokens.CHUNK_ROWS))
        raise UserError("the source ends here")

    with pytest.raises(UserError, match="the source ends here"):
        run(broken())
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.arrow"]
    assert (tmp_path / "tokens.arrow").read_bytes() == before


def test_a_control_token_before_each_piece_says_whether_a_row_was_verified(run, tokenizer):
    good, doubtful = tokenizer.convert_tokens_to_ids(["<|good|>", "<|doubtful|>"])
    rows = [document("The lamp burns. " * 20, 1), document("It may burn. " * 20, 2, verified=False)]
    brief = TAGS.model_copy(update={"max_length": 16})
    made = run(rows, settings=brief)
    assert {(row["verified"], row["input_ids"][0]) for row in made.table.to_pylist()} == {
        (True, good),
        (False, doubtful),
    }
    assert made.lengths.max() == 16
    assert np.array_equal(made.n_trained, made.lengths)
    parts = [ids[1:] for ids in pieces(made)]
    assert tokenizer.decode(list(chain.from_iterable(parts))) == "".join(row.text + tokenizer.eos_token for row in rows)


def test_the_control_token_of_a_conversation_is_given_and_not_learned(run, tokenizer):
    plain, tagged = run([conversation()], "sft"), run([conversation()], "sft", TAGS, name="tagged")
    good = tokenizer.convert_tokens_to_ids("<|good|>")
    assert pieces(tagged) == [[good, *pieces(plain)[0]]]
    assert tagged.table["trained"].to_pylist() == [[False, *plain.table["trained"].to_pylist()[0]]]


def test_a_share_of_rows_has_no_control_token_and_general_data_never_has_one(run, tokenizer):
    some = TAGS.model_copy(update={"tags": TAGS.tags.model_copy(update={"untagged": 0.25})})
    rows = [document("Oil.", number) for number in range(2000)]
    good = tokenizer.convert_tokens_to_ids("<|good|>")
    tagged = [ids[0] == good for ids in pieces(run(rows, settings=some))]
    assert 0.7 < np.mean(tagged) < 0.8
    again = [ids[0] == good for ids in pieces(run(rows[::-1], settings=some))]
    assert again == tagged[::-1]
    assert pieces(run([document("Oil.", recipe="")], settings=TAGS))[0][0] != good


def test_a_control_token_that_the_tokenizer_lacks_is_one_line(load_tokenizer, run):
    with pytest.raises(UserError, match=r"data\.tags: <\|good\|> and <\|doubtful\|> must be a token"):
        run([document("Oil.")], settings=TAGS, using=load_tokenizer())


def test_a_tokenizer_without_an_end_of_text_is_one_line(load_tokenizer, run):
    tokenizer = load_tokenizer()
    tokenizer.eos_token = None
    with pytest.raises(UserError, match="no eos_token, which ends a document"):
        run([document("Oil.")], using=tokenizer)


def test_data_goes_from_its_file_to_tokens_as_it_is(run, tokenizer, tmp_path):
    records = [{"text": f"Page {number}."} for number in range(20)]
    (tmp_path / "web.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    made = run(read_rows(str(tmp_path / "web.jsonl"), "cpt", "train"))
    assert [tokenizer.decode(ids) for ids in pieces(made)] == [f"{record['text']}<|im_end|>" for record in records]
