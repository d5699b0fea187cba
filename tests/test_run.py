"""A run as a user sees it: whole at the end, the same each time, safe to kill, and honest about changes."""

import json
import shutil
from pathlib import Path

import pytest
from corpora import SHOP, config, rows

from synth import graphing, publish, reading, run, stages
from synth.engines.template import TemplateEngine
from synth.errors import UserError
from synth.shards import verify_release


def test_a_run_writes_the_whole_release_and_its_sums_hold(tmp_path):
    metrics = run.corpus([SHOP], tmp_path / "out", config())
    assert all(item.holds for item in metrics.sums)
    assert verify_release(tmp_path / "out") == []
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"README.md", "cpt", "sft", "rejected", "graph", "report.html", "metrics.json", ".run"} <= written
    assert set(metrics.samples) == {"ucd.dependency_cpt", "ucd.single_hop", "ucd.compositional", "ucd.utilization"}
    assert all(sample.accepted for sample in metrics.samples.values())


def test_datasets_reads_both_configurations(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    from datasets import load_dataset

    metrics = run.corpus([SHOP], tmp_path / "out", config("shards.validation=0.3"))
    for name in ("cpt", "sft"):
        loaded = load_dataset(str(tmp_path / "out"), name, cache_dir=str(tmp_path / "cache"))
        assert {split: part.num_rows for split, part in loaded.items()} == metrics.rows[name]


def test_every_row_can_be_traced(tmp_path):
    run.corpus([SHOP], tmp_path / "out", config())
    lines = {path: (SHOP / path).read_text().count("\n") + 1 for path in _paths()}
    for name, part in rows(tmp_path / "out").items():
        for row in part if not name.startswith("graph") else ():
            assert row["prompt_id"]
            assert len(row["prompt_sha256"]) == 64
            assert row["engine"] == "template"
            assert row["seed"] is not None
            assert row["license"] == "MIT"
            for span in row["evidence"]:
                assert 1 <= span["start_line"] <= span["end_line"] <= lines[span["path"]]


def _paths() -> list[str]:
    return [path.relative_to(SHOP).as_posix() for path in SHOP.rglob("*.py")]


def test_validation_and_train_share_no_file(tmp_path):
    run.corpus([SHOP], tmp_path / "out", config("shards.validation=0.4"))
    found = rows(tmp_path / "out")
    files: dict[str, set[str]] = {"train": set(), "validation": set()}
    for name, part in found.items():
        for row in part if name.startswith(("sft", "cpt")) else ():
            files[row["split"]].add(row["source_path"])
    assert files["train"]
    assert files["validation"]
    assert files["train"].isdisjoint(files["validation"])


def test_two_runs_give_the_same_files(tmp_path):
    for name in ("one", "two"):
        run.corpus([SHOP], tmp_path / name, config())
    one, two = tmp_path / "one", tmp_path / "two"
    same = [path.relative_to(one) for path in sorted(one.rglob("*.parquet")) if ".run" not in path.parts]
    assert same
    for path in [*same, Path("README.md")]:
        assert (one / path).read_bytes() == (two / path).read_bytes(), path


def test_a_copy_of_the_source_elsewhere_gives_the_same_rows(tmp_path):
    shutil.copytree(SHOP, tmp_path / "elsewhere" / "shop", ignore=shutil.ignore_patterns("__pycache__"))
    run.corpus([SHOP], tmp_path / "one", config())
    run.corpus([tmp_path / "elsewhere" / "shop"], tmp_path / "two", config())
    assert rows(tmp_path / "one") == rows(tmp_path / "two")


def test_another_seed_gives_other_rows_of_the_same_kinds(tmp_path):
    one = run.corpus([SHOP], tmp_path / "one", config("seed=1", "recipes.ucd.single_hop.samples=40"))
    two = run.corpus([SHOP], tmp_path / "two", config("seed=2", "recipes.ucd.single_hop.samples=40"))
    assert one.tasks["ucd.single_hop"].planned == two.tasks["ucd.single_hop"].planned == 40
    assert rows(tmp_path / "one") != rows(tmp_path / "two")


def test_a_finished_run_is_not_made_again(tmp_path, monkeypatch):
    first = run.corpus([SHOP], tmp_path / "out", config())
    monkeypatch.setattr(TemplateEngine, "answer", _refuse)
    monkeypatch.setattr(publish, "write_release", _refuse)
    assert run.corpus([SHOP], tmp_path / "out", config()) == first


def _refuse(*_: object, **__: object) -> None:
    raise AssertionError("this was done before")


def test_a_finished_answer_is_never_asked_for_again(tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "TASKS_PER_PART", 16)
    asked: list[str] = []
    answer = TemplateEngine.answer

    def until_interrupted(self, tasks):
        if len(asked) >= 100:
            raise KeyboardInterrupt
        asked.extend(task["task_id"] for task in tasks)
        return answer(self, tasks)

    monkeypatch.setattr(TemplateEngine, "answer", until_interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.corpus([SHOP], tmp_path / "out", config())
    assert not (tmp_path / "out" / "README.md").exists()

    def rest(self, tasks):
        asked.extend(task["task_id"] for task in tasks)
        return answer(self, tasks)

    monkeypatch.setattr(TemplateEngine, "answer", rest)
    metrics = run.corpus([SHOP], tmp_path / "out", config())
    assert len(asked) == len(set(asked)) == sum(task.planned for task in metrics.tasks.values())


def test_a_changed_setting_is_refused_and_named(tmp_path):
    run.corpus([SHOP], tmp_path / "out", config())
    before = rows(tmp_path / "out")
    with pytest.raises(UserError, match=r"seed=0 \(now 7\).*--update") as caught:
        run.corpus([SHOP], tmp_path / "out", config("seed=7"))
    assert "\n" not in str(caught.value)
    assert rows(tmp_path / "out") == before


def test_a_changed_source_is_refused_and_named(tmp_path):
    source = tmp_path / "shop"
    shutil.copytree(SHOP, source)
    run.corpus([source], tmp_path / "out", config())
    (source / "src" / "shop" / "report.py").write_text("def receipt():\n    return None\n")
    with pytest.raises(UserError, match=r"report\.py"):
        run.corpus([source], tmp_path / "out", config())


def test_an_update_gives_what_a_new_run_gives(tmp_path):
    source = tmp_path / "shop"
    shutil.copytree(SHOP, source)
    run.corpus([source], tmp_path / "out", config())
    (source / "src" / "shop" / "report.py").unlink()
    run.corpus([source], tmp_path / "out", config("seed=3"), update=True)
    run.corpus([source], tmp_path / "new", config("seed=3"))
    assert rows(tmp_path / "out") == rows(tmp_path / "new")


def test_an_update_redoes_only_what_depends_on_the_change(tmp_path, monkeypatch):
    run.corpus([SHOP], tmp_path / "out", config())
    monkeypatch.setattr(TemplateEngine, "answer", _refuse)
    monkeypatch.setattr(reading, "parse_documents", _refuse)
    metrics = run.corpus([SHOP], tmp_path / "out", config("checks.min_answer_tokens=40"), update=True)
    assert metrics.rejected["length"]


def test_an_update_leaves_nothing_of_the_stages_that_it_replaced(tmp_path):
    run.corpus([SHOP], tmp_path / "out", config())
    before = {path.name for path in (tmp_path / "out" / ".run").iterdir() if path.is_dir()}
    run.corpus([SHOP], tmp_path / "out", config("seed=3"), update=True)
    after = {path.name for path in (tmp_path / "out" / ".run").iterdir() if path.is_dir()}
    assert len(before) == len(after)
    assert len(before & after) == 4  # read, parse, bundle and link know nothing of a seed


def test_damage_to_the_release_is_mended_by_the_same_command(tmp_path):
    run.corpus([SHOP], tmp_path / "out", config())
    before = rows(tmp_path / "out")
    next((tmp_path / "out" / "sft").glob("*.parquet")).write_bytes(b"damaged")
    run.corpus([SHOP], tmp_path / "out", config())
    assert rows(tmp_path / "out") == before


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="holds files that synth did not write"):
        run.corpus([SHOP], tmp_path, config())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_two_runs_cannot_share_a_folder(tmp_path):
    with run.RunFolder(tmp_path / "out").locked(), pytest.raises(UserError, match="another run is at work"):
        run.corpus([SHOP], tmp_path / "out", config())


def test_sources_of_one_name_are_told_apart(tmp_path):
    for side, code in (("a", "def left():\n    return 1\n"), ("b", "def right():\n    return 2\n")):
        (tmp_path / side / "same").mkdir(parents=True)
        (tmp_path / side / "same" / "mod.py").write_text(code)
    metrics = run.corpus([tmp_path / "a" / "same", tmp_path / "b" / "same"], tmp_path / "out", config())
    assert [source.collection for source in metrics.sources] == ["same", "same-2"]


def test_a_budget_is_kept(tmp_path):
    metrics = run.corpus([SHOP], tmp_path / "out", config("recipes.ucd.single_hop.samples=25"))
    assert metrics.tasks["ucd.single_hop"].planned == 25


def test_a_source_without_code_is_one_clear_line(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "notes.bin").write_bytes(b"\0\1")
    with pytest.raises(UserError, match="nothing that can be read: 1 skipped as"):
        run.corpus([tmp_path / "src"], tmp_path / "out", config())


def test_a_benchmark_is_kept_out_of_the_corpus(tmp_path):
    question = "Which function of the shop formats cents as people write them with a currency behind the sum of it all?"
    (tmp_path / "bench.jsonl").write_text(json.dumps({"q": question}) + "\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "mod.py").write_text(
        f'def f(x):\n    """{question}"""\n    return g(x)\n\n\ndef g(x):\n    return x\n'
    )
    metrics = run.corpus([tmp_path / "src"], tmp_path / "out", config(f"checks.benchmark={tmp_path}/bench.jsonl"))
    assert metrics.rejected["benchmark_overlap"]
    kept = rows(tmp_path / "out")
    assert not [name for name, part in kept.items() if name.startswith(("cpt", "sft")) and question in repr(part)]


def test_the_graph_alone(tmp_path):
    nodes, edges = graphing.graph(SHOP, tmp_path / "graph")
    names = set(nodes["qualified_name"].to_pylist())
    assert {"shop.basket.Basket.put", "shop.pricing.total.total_of"} <= names
    assert sorted(path.name for path in (tmp_path / "graph").iterdir()) == [".run", "edges.parquet", "nodes.parquet"]
    assert edges.num_rows > 100


@pytest.mark.ray
def test_any_number_of_workers_gives_the_same_files(tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "TASKS_PER_PART", 32)
    monkeypatch.setattr(graphing, "FILES_PER_PART", 2)
    run.corpus([SHOP], tmp_path / "0", config(), workers=0)
    for workers in (1, 2, 4):
        run.corpus([SHOP], tmp_path / str(workers), config(), workers=workers)
        assert rows(tmp_path / str(workers)) == rows(tmp_path / "0")
