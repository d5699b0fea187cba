"""From data to a run: all rows that should be learned from are in the plan, as often as asked, and nothing else is."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth.errors import UserError
from synth.progress import silent
from synth.schema import SAMPLES, table_from_rows
from synth.train.settings import TrainSettings
from synth.train.tables import RunFiles

pytestmark = pytest.mark.train

WORDS = ["copies", "conditions", "the", "license", "of", "such", "distribution", "and", "work", "for", "any", "under"]
RECIPES = ("describe", "relate", "quiz")


def text_of(number: int, kind: str = "document") -> str:
    """A text of some dozens of tokens that no other row has."""
    random = np.random.default_rng(number)
    return f"{kind} {number}: " + " ".join(random.choice(WORDS, size=int(random.integers(5, 60))))


def sample(number: int, stage: str = "cpt", **changes: Any) -> dict[str, Any]:
    score = round(number * 0.37 % 1, 3)
    row = {
        "id": f"{stage}{number}", "recipe": RECIPES[number % 3], "stage": stage, "split": "train",
        "checks": [{"name": "judge", "score": score, "passed": True, "detail": ""}],
    }  # fmt: skip
    if stage == "cpt":
        return {**row, "text": text_of(number), **changes}
    asked = {"role": "user", "content": f"What of {number}?"}
    return {**row, "messages": [asked, {"role": "assistant", "content": text_of(number, "answer")}], **changes}


def write_corpus(folder: Path, *rows: dict[str, Any]) -> str:
    """A corpus as `synth corpus` leaves it, as far as readers look."""
    (folder / ".run").mkdir(parents=True)
    (folder / "README.md").write_text("a card")
    by_file: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_file.setdefault(f"{'rejected' if row['split'] == 'rejected' else row['stage']}/{row['split']}", []).append(
            row
        )
    for name, chosen in by_file.items():
        path = folder / f"{name}-00000-of-00001.parquet"
        path.parent.mkdir(exist_ok=True)
        pq.write_table(table_from_rows([full(row) for row in chosen], SAMPLES), path)
    return str(folder)


def full(row: dict[str, Any]) -> dict[str, Any]:
    """A row with something in every column."""
    empty = {
        field.name: [] if pa.types.is_list(field.type) else "" if pa.types.is_string(field.type) else None
        for field in SAMPLES
    }
    return empty | row


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    from tiny_model import make_model
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(make_model(tmp_path_factory.mktemp("model"), hidden=32))


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    held_out = [sample(number, split="validation") for number in range(200, 220)]
    return write_corpus(tmp_path / "corpus", *(sample(number) for number in range(200)), *held_out)


@pytest.fixture
def general(tmp_path: Path) -> str:
    path = tmp_path / "general.jsonl"
    path.write_text("\n".join(json.dumps({"text": text_of(number, "general")}) for number in range(3000)))
    return str(path)


def settings(**changes: Any) -> TrainSettings:
    data = {"max_length": 256, "workers": 1, "cut": False, **changes}
    return TrainSettings.model_validate({"data": data, "optimizer": {"batch": 10}})


def run(out: Path, data: str, tokenizer: Any, chosen: TrainSettings, stage: str = "cpt"):
    from synth.train.prepare import prepare

    return prepare(stage, [data], tokenizer, chosen, RunFiles(out), silent)


def pieces(dataset: Any, tokenizer: Any) -> list[tuple[str, str]]:
    """(source, text) of all pieces, in order."""
    found = []
    for item in (dataset[row] for row in range(len(dataset))):
        starts = np.flatnonzero(item["position_ids"] == 0)
        for ids in np.split(item["input_ids"], starts[1:]):
            found.append((dataset.sources[item["source"]], tokenizer.decode(ids, skip_special_tokens=True)))
    return found


def counts_of(texts: list[tuple[str, str]], kind: str) -> dict[int, int]:
    """How often each document is seen."""
    numbers = [int(text.split()[1][:-1]) for _, text in texts if text.startswith(kind)]
    return {number: numbers.count(number) for number in sorted(set(numbers))}


def without_filling(data: str, tokenizer: Any, out: Path, chosen: TrainSettings, stage: str = "cpt"):
    """With batches of one no sequence is seen again to make the last one whole."""
    optimizer = chosen.optimizer.model_copy(update={"batch": 1})
    return run(out, data, tokenizer, chosen.model_copy(update={"optimizer": optimizer}), stage)


def test_every_row_is_seen_once_whole_and_no_row_that_is_held_out(corpus, tokenizer, tmp_path):
    prepared = without_filling(corpus, tokenizer, tmp_path / "out", settings())
    texts = [text for _, text in pieces(prepared.dataset, tokenizer)]
    assert sorted(texts) == sorted(text_of(number) for number in range(200))
    held_out = [text for _, text in pieces(prepared.held_out["corpus"], tokenizer)]
    assert sorted(held_out) == sorted(text_of(number) for number in range(200, 220))
    assert prepared.n_steps == len(prepared.dataset)


def test_documents_that_are_cut_lose_nothing_and_conversations_are_never_cut(corpus, tokenizer, tmp_path):
    whole = without_filling(corpus, tokenizer, tmp_path / "whole", settings())
    cut = without_filling(corpus, tokenizer, tmp_path / "cut", settings(cut=True))
    (row,) = cut.summary["sources"]
    assert row["pieces_cut"] > 0
    assert row["waste"] <= whole.summary["sources"][0]["waste"]
    assert row["tokens"] == whole.summary["sources"][0]["tokens"]
    words = [sorted(" ".join(text for _, text in pieces(made.dataset, tokenizer)).split()) for made in (whole, cut)]
    assert len(words[0]) == pytest.approx(len(words[1]), rel=0.01)  # a word may be cut in two
    talks = write_corpus(tmp_path / "talks", *(sample(number, "sft") for number in range(60)))
    tuned = without_filling(talks, tokenizer, tmp_path / "tuned", settings(cut=True), "sft")
    assert tuned.summary["sources"][0]["pieces_cut"] == 0


def test_a_recipe_is_seen_as_often_as_its_epochs_say(corpus, tokenizer, tmp_path):
    chosen = settings(epochs=2, recipes={"relate": 0, "quiz": 3})
    prepared = without_filling(corpus, tokenizer, tmp_path / "out", chosen)
    wanted = {number: (2, 0, 3)[number % 3] for number in range(200)}
    seen = counts_of(pieces(prepared.dataset, tokenizer), "document")
    assert seen == {number: times for number, times in wanted.items() if times}
    assert [(row["name"], row["recipes"]) for row in prepared.summary["sources"]] == [
        ("corpus", ["describe"]), ("corpus-x3", ["quiz"]),
    ]  # fmt: skip
    assert all("relate" not in row["recipes"] for row in prepared.summary["held_out"])


def test_replay_is_an_exact_share_of_every_batch_and_is_read_no_further_than_needed(
    corpus, general, tokenizer, tmp_path
):
    chosen = settings(replay={"rate": 0.3, "sources": [{"path": general}]})
    prepared = run(tmp_path / "out", corpus, tokenizer, chosen)
    names = [prepared.dataset.sources[prepared.dataset[row]["source"]] for row in range(len(prepared.dataset))]
    steps = [names[start : start + 10] for start in range(0, len(names), 10)]
    assert {step.count("replay-general") for step in steps} == {3}
    assert counts_of(pieces(prepared.dataset, tokenizer), "document").keys() == set(range(200))
    assert 0 < prepared.summary["sources"][1]["rows"] < 3000


def test_general_text_is_held_out_to_measure_on(corpus, general, tokenizer, tmp_path):
    chosen = TrainSettings.model_validate({**settings().model_dump(), "evaluation": {"general": [general], "rows": 3}})
    prepared = run(tmp_path / "out", corpus, tokenizer, chosen)
    assert {name: len(dataset) for name, dataset in prepared.held_out.items()} == {"corpus": 3, "general": 3}
    assert all(text.startswith("general") for _, text in pieces(prepared.held_out["general"], tokenizer))
    assert not counts_of(pieces(prepared.dataset, tokenizer), "general")


@pytest.mark.parametrize("resample", [False, True])
def test_only_the_best_rows_take_part_or_others_in_each_epoch(corpus, tokenizer, tmp_path, resample):
    chosen = settings(best=0.3, quality="judge", epochs=2, resample=resample)
    prepared = without_filling(corpus, tokenizer, tmp_path / "out", chosen)
    seen = counts_of(pieces(prepared.dataset, tokenizer), "document")
    quality = {number: number * 0.37 % 1 for number in range(200)}
    left = [quality[number] for number in range(200) if number not in seen]
    row = prepared.summary["sources"][0]
    assert row["pieces_used"] == len(seen)
    if resample:
        assert set(seen.values()) == {1, 2}
        assert np.mean([quality[number] for number in seen]) > np.mean(left) + 0.15
    else:
        assert set(seen.values()) == {2}
        assert min(quality[number] for number in seen) >= max(left) - 0.001


def test_quality_rises_from_step_to_step(corpus, tokenizer, tmp_path):
    prepared = run(tmp_path / "out", corpus, tokenizer, settings(order="quality", quality="judge"))
    order = [int(text.split()[1][:-1]) * 0.37 % 1 for _, text in pieces(prepared.dataset, tokenizer)]
    means = [part.mean() for part in np.array_split(order, 5)]
    assert means == sorted(means)
    assert means[0] < 0.2
    assert means[-1] > 0.8


def test_rows_are_seen_as_the_shards_have_them_but_for_the_room_that_packing_needs(corpus, tokenizer, tmp_path):
    prepared = without_filling(corpus, tokenizer, tmp_path / "out", settings(order="written"))
    order = [int(text.split()[1][:-1]) for _, text in pieces(prepared.dataset, tokenizer)]
    assert all(later > earlier - 25 for at, earlier in enumerate(order) for later in order[at:])
    assert order != list(range(200))


def test_unverified_rows_are_at_most_the_share_that_is_allowed(tmp_path, tokenizer):
    failed = [{"name": "groundedness", "score": 0.0, "passed": False, "detail": ""}]
    rejected = [sample(number, split="rejected", checks=failed) for number in range(200, 400)]
    corpus = write_corpus(tmp_path / "corpus", *(sample(number) for number in range(200)), *rejected)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|good|>", "<|bad|>"]})
    tags = {"verified": "<|good|>", "unverified": "<|bad|>", "reasons": ["groundedness"], "max_unverified": 0.2}
    prepared = without_filling(corpus, tokenizer, tmp_path / "out", settings(tags=tags, quality="judge"))
    tokens = {row["name"]: row["tokens"] for row in prepared.summary["sources"]}
    assert 0.18 < tokens["unverified"] / sum(tokens.values()) <= 0.2
    assert counts_of(pieces(prepared.dataset, tokenizer), "document").keys() > set(range(200))


def test_fine_tuning_learns_the_answers_and_if_asked_the_texts_too(tmp_path, tokenizer):
    rows = [*(sample(number, "sft") for number in range(60)), *(sample(number) for number in range(60))]
    corpus = write_corpus(tmp_path / "corpus", *rows)
    for name, with_text in (("answers", False), ("both", True)):
        chosen = settings(corpus_text_in_sft=with_text)
        prepared = without_filling(corpus, tokenizer, tmp_path / name, chosen, "sft")
        items = [prepared.dataset[row] for row in range(len(prepared.dataset))]
        learned = " ".join(tokenizer.decode(item["labels"][item["labels"] >= 0]) for item in items)
        assert all(text_of(number, "answer") in learned for number in range(60))
        assert "What of" not in learned
        assert ("document" in "".join(text for _, text in pieces(prepared.dataset, tokenizer))) == with_text


def written(out: Path) -> dict[str, int]:
    """Every table of a run, and when it was written."""
    run = RunFiles(out).run
    return {str(path.relative_to(run)): path.stat().st_mtime_ns for path in run.rglob("*") if path.is_file()}


def test_a_second_call_takes_over_what_is_there_and_goes_on_where_one_was_killed(corpus, general, tokenizer, tmp_path):
    out = tmp_path / "out"
    chosen = settings(replay={"rate": 0.1, "sources": [{"path": general}]})
    first = run(out, corpus, tokenizer, chosen)
    plan, before = pq.read_table(RunFiles(out).plan), written(out)
    again = run(out, corpus, tokenizer, chosen)
    assert written(out) == before
    assert again.summary == first.summary
    RunFiles(out).plan.unlink()
    RunFiles(out).tokens("replay-general").unlink()
    resumed = run(out, corpus, tokenizer, chosen)
    assert pq.read_table(RunFiles(out).plan) == plan
    assert resumed.summary == first.summary
    assert written(out)["tokens/corpus.arrow"] == before["tokens/corpus.arrow"]


def test_other_settings_or_other_data_are_never_mixed_with_what_is_there(corpus, tokenizer, tmp_path):
    out = tmp_path / "out"
    run(out, corpus, tokenizer, settings(recipes={"quiz": 2}))
    assert RunFiles(out).tokens("corpus-x2").exists()
    changed = run(out, corpus, tokenizer, settings(max_length=128))
    assert not RunFiles(out).tokens("corpus-x2").exists()
    assert max(len(changed.dataset[row]["input_ids"]) for row in range(len(changed.dataset))) <= 128
    plan = pq.read_table(RunFiles(out).plan)
    run(out, corpus, tokenizer, settings(max_length=128).model_copy(update={"seed": 1}))
    assert pq.read_table(RunFiles(out).plan) != plan
    other = write_corpus(tmp_path / "other", *(sample(number) for number in range(30)))
    assert counts_of(pieces(run(out, other, tokenizer, settings()).dataset, tokenizer), "document").keys() == set(
        range(30)
    )


def test_tables_do_not_depend_on_how_many_processes_made_them(corpus, tokenizer, tmp_path):
    run(tmp_path / "one", corpus, tokenizer, settings(workers=1))
    before = written(tmp_path / "one")
    run(tmp_path / "one", corpus, tokenizer, settings(workers=2))
    assert written(tmp_path / "one") == before


def test_the_plan_in_numbers_adds_up_and_lies_beside_the_model(corpus, general, tokenizer, tmp_path):
    chosen = settings(replay={"rate": 0.2, "sources": [{"path": general, "name": "the web"}]})
    prepared = run(tmp_path / "out", corpus, tokenizer, chosen)
    summary = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert summary == prepared.summary
    lengths = [len(prepared.dataset[row]["input_ids"]) for row in range(len(prepared.dataset))]
    assert summary["tokens"] == sum(lengths)
    assert summary["sequences"] == len(lengths) == summary["n_steps"] * 10
    assert [row["name"] for row in summary["sources"]] == ["corpus", "replay-the-web"]
    assert summary["sources"][0]["rows"] == 200
    assert summary["waste"] < 0.05


def test_nothing_to_learn_from_is_said_in_one_line(corpus, tokenizer, tmp_path):
    with pytest.raises(UserError, match=r"^no rows for `synth train sft` in .*corpus; give a finished corpus"):
        run(tmp_path / "out", corpus, tokenizer, settings(), "sft")
    long = [sample(1, "sft"), sample(2, "sft")]
    with pytest.raises(UserError, match=r"all are left out \(2 too_long\); see data.max_length"):
        run(tmp_path / "out", write_corpus(tmp_path / "long", *long), tokenizer, settings(max_length=16), "sft")


def test_a_recipe_that_the_corpus_does_not_have_is_refused_with_those_that_it_has(corpus, tokenizer, tmp_path):
    with pytest.raises(UserError, match=r"^data.recipes: no rows of quizz; the corpus has describe, quiz, relate$"):
        run(tmp_path / "out", corpus, tokenizer, settings(recipes={"quizz": 2}))


def test_the_page_explains_every_number_of_the_plan(corpus, general, tokenizer, tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "data-plan.md").read_text(encoding="utf-8")
    chosen = settings(replay={"rate": 0.2, "sources": [{"path": general}]})
    summary = run(tmp_path / "out", corpus, tokenizer, chosen).summary
    keys = {*summary, *summary["replay"], *summary["sources"][0], *summary["sources"][1], *summary["held_out"][0]}
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []
