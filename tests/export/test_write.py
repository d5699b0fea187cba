"""An export is whole or absent, and says what it wrote."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import yaml

from export.conftest import chat_row, make_corpus, text_row
from synth.errors import UserError
from synth.export.write import FORMATS, export_corpus

SMALL = [
    text_row(0, "first"), text_row(1, "second", "validation"), chat_row(2, "Why?", "Thus."),
    chat_row(3, "How?", "So.", split="validation"),
]  # fmt: skip


def json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def settings(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("form", FORMATS)
def test_every_row_of_a_corpus_is_written_and_every_file_is_named(form, shop, tmp_path, tokenizer_folder):
    import pyarrow.dataset as ds

    lines = export_corpus(shop, tmp_path / "out", form, model=str(tokenizer_folder))
    named = [Path(line.partition(": ")[0]) for line in lines]
    written = {path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.suffix != ".mds"}
    assert set(named) == written
    for stage in ("cpt", "sft"):
        for split in ("train", "validation"):
            n_rows = sum(ds.dataset(path).count_rows() for path in (shop / stage).glob(f"{split}-*"))
            ours = [line for line in lines if f"/{stage}/{split}" in line]
            assert bool(ours) == bool(n_rows)
            assert all(line.endswith(f": {n_rows:,} rows") for line in ours)


def test_rows_keep_their_order_and_their_ids(shop, tmp_path):
    import pyarrow.parquet as pq

    export_corpus(shop, tmp_path / "out", "messages")
    for stage in ("cpt", "sft"):
        ids = [i for path in sorted((shop / stage).glob("train-*")) for i in pq.read_table(path)["id"].to_pylist()]
        assert [row["id"] for row in json_lines(tmp_path / "out" / stage / "train.jsonl")] == ids


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    export_corpus(make_corpus(tmp_path / "corpus", SMALL), tmp_path / "out", "messages")
    assert (tmp_path / "out" / "sft" / "train.jsonl").is_file()


def test_a_corpus_of_one_stage_gives_that_stage(tmp_path):
    export_corpus(make_corpus(tmp_path / "corpus", SMALL[2:]), tmp_path / "out", "trl")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["sft", "sft.yaml"]


def test_progress_is_told(tmp_path):
    corpus = make_corpus(tmp_path / "corpus", [text_row(index, "x") for index in range(2_500)])
    told: list[tuple[str, int, int]] = []
    export_corpus(corpus, tmp_path / "out", "messages", progress=lambda *about: told.append(about[:3]))
    assert told == [("export", 1_000, 2_500), ("export", 2_000, 2_500)]


@pytest.mark.parametrize(
    ("form", "message"), [("jsonl", "choose messages, sharegpt, alpaca"), ("Alpaca", "Alpaca is not known")]
)
def test_an_unknown_format_is_answered_with_the_list(form, message, tmp_path):
    with pytest.raises(UserError, match=message):
        export_corpus(tmp_path, tmp_path / "out", form)


def test_a_folder_without_a_corpus_is_named_and_nothing_is_left(tmp_path):
    with pytest.raises(UserError, match="no corpus in") as raised:
        export_corpus(tmp_path / "nowhere", tmp_path / "out", "messages")
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_without_accepted_rows_is_refused(tmp_path):
    with pytest.raises(UserError, match="no accepted rows"):
        export_corpus(make_corpus(tmp_path / "corpus", []), tmp_path / "out", "messages")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("is_file", [False, True])
def test_a_folder_in_use_is_left_alone(is_file, tmp_path):
    out = tmp_path / "out"
    kept = out if is_file else out / "kept"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine")
    with pytest.raises(UserError, match="new or empty folder"):
        export_corpus(make_corpus(tmp_path / "corpus", SMALL), out, "messages")
    assert kept.read_text() == "mine"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"file/out cannot be written: Not a directory"):
        export_corpus(make_corpus(tmp_path / "corpus", SMALL), tmp_path / "file" / "out", "messages")


def test_an_export_that_fails_half_way_leaves_nothing(tmp_path):
    long = chat_row(9, "Why?", "Thus.", split="validation")
    long["messages"] = long["messages"] * 2
    corpus = make_corpus(tmp_path / "corpus", [*SMALL[:3], long])
    with pytest.raises(UserError, match="row c9 has user, assistant, user, assistant"):
        export_corpus(corpus, tmp_path / "out", "alpaca")
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_what_a_killed_export_left_is_cleared(tmp_path):
    (tmp_path / ".out.tmp" / "cpt").mkdir(parents=True)
    (tmp_path / ".out.tmp" / "cpt" / "old.jsonl").write_text("half")
    export_corpus(make_corpus(tmp_path / "corpus", SMALL), tmp_path / "out", "messages")
    assert not list(tmp_path.rglob("old.jsonl"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "out"]


@pytest.mark.parametrize("form", ["messages", "megatron"])
def test_memory_does_not_grow_with_the_corpus(form, tmp_path, tokenizer_folder):
    text = "the shop sells what the shop has; " * 60
    corpus = make_corpus(tmp_path / "corpus", [text_row(index, f"{index} {text}") for index in range(4_000)])
    tracemalloc.start()
    try:
        export_corpus(corpus, tmp_path / "out", form, model=str(tokenizer_folder))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000 * len(text) / 2


@pytest.mark.parametrize("form", ["trl", "axolotl", "llama-factory", "torchtune"])
def test_a_configuration_names_files_that_are_there(form, tmp_path):
    corpus = make_corpus(tmp_path / "corpus", SMALL)
    export_corpus(corpus, tmp_path / "out", form, model="some/model")
    for stage in ("cpt", "sft"):
        text = json.dumps(settings(tmp_path / "out" / f"{stage}.yaml"))
        data = {
            "trl": f'"dataset_name": "{stage}"',
            "axolotl": f'"path": "{stage}/validation.jsonl"',
            "llama-factory": f'"eval_dataset": "{stage}_validation"',
            "torchtune": f'"data_files": "{stage}/train.jsonl"',
        }
        assert data[form] in text
    assert "some/model" in (tmp_path / "out" / "cpt.yaml").read_text()


@pytest.mark.parametrize("form", ["trl", "axolotl", "llama-factory", "torchtune"])
def test_fine_tuning_starts_from_what_pretraining_made(form, tmp_path):
    both, alone = make_corpus(tmp_path / "a", SMALL), make_corpus(tmp_path / "b", SMALL[2:])
    for corpus in (both, alone):
        export_corpus(corpus, tmp_path / f"out-{corpus.name}", form, model="some/model")
    chained, single = (json.dumps(settings(tmp_path / f"out-{name}" / "sft.yaml")) for name in "ab")
    assert "model-cpt" in chained
    assert "model-cpt" not in single
    assert '"some/model' in single


@pytest.mark.parametrize("form", ["trl", "axolotl", "llama-factory"])
def test_without_validation_rows_nothing_is_evaluated(form, tmp_path):
    export_corpus(make_corpus(tmp_path / "corpus", [SMALL[0], SMALL[2]]), tmp_path / "out", form)
    for stage in ("cpt", "sft"):
        text = (tmp_path / "out" / f"{stage}.yaml").read_text()
        assert "validation" not in text
        assert "eval_strategy" not in text


def test_a_model_in_a_folder_is_named_by_its_whole_path_and_another_as_it_is(tmp_path, monkeypatch):
    corpus = make_corpus(tmp_path / "corpus", SMALL)
    (tmp_path / "base").mkdir()
    monkeypatch.chdir(tmp_path)
    for out, model in (("a", "base"), ("b", "owner/base"), ("c", None)):
        export_corpus(corpus, tmp_path / out, "trl", model=model)
    names = [settings(tmp_path / out / "cpt.yaml")["model_name_or_path"] for out in "abc"]
    assert names == [str(tmp_path / "base"), "owner/base", "BASE_MODEL"]
