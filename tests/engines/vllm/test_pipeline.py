"""The whole pipeline with a real vLLM: rounds, ledger, checks and sums, in this process and as replicas on Ray."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from corpora import SHOP, config

from engines.vllm.conftest import ARGUMENTS
from synth import asking, run
from synth.engines.base import schema_fault
from synth.errors import UserError
from synth.shards import Metrics, verify_release

SMALL = (
    "recipes.ucd.single_hop.samples=12", "recipes.ucd.compositional.samples=4", "recipes.ucd.utilization.samples=4",
    "recipes.ucd.dependency_cpt.samples=4", "teacher.context_tokens=256", "engine.sampling.max_tokens=256",
)  # fmt: skip


def taught(model: Path, *overrides: str):
    arguments = json.dumps(ARGUMENTS | {"max_model_len": 4096})
    return config(*SMALL, "engine.name=vllm", f"engine.model={model}", f"engine.vllm.args={arguments}", *overrides)


def parts(out: Path, stage: str, output: str) -> list[dict]:
    paths = sorted((out / ".run").glob(f"{stage}-*/{output}/*.parquet"))
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def left_to_ask(metrics: Metrics) -> int:
    return sum(task.left + task.failed for part in (metrics.tasks, *metrics.rounds.values()) for task in part.values())


def test_problems_parse_wherever_they_were_not_cut_and_sums_hold(tmp_path, model, monkeypatch):
    metrics = run.corpus([SHOP], tmp_path / "out", taught(model))
    assert all(item.holds for item in metrics.sums)
    assert verify_release(tmp_path / "out") == []
    assert left_to_ask(metrics) == 0
    assert metrics.engine.cached_tokens > 0
    schemas = {row["task_id"]: row["response_schema"] for row in parts(tmp_path / "out", "plan", "tasks")}
    written = [row for row in parts(tmp_path / "out", "problem", "responses") if row["finish_reason"] == "stop"]
    assert len(written) > 5
    assert {schema_fault(row["text"], schemas[row["task_id"]]) for row in written} == {""}

    def refuse(*_: object) -> None:
        raise AssertionError("this was answered before")

    monkeypatch.setattr(asking, "open_engine", refuse)
    assert run.corpus([SHOP], tmp_path / "out", taught(model)) == metrics


def test_answers_to_questions_of_the_graph_are_judged_like_any_others(tmp_path, model):
    out = tmp_path / "out"
    metrics = run.corpus([SHOP], out, taught(model, "teacher.questions=template", "engine.sampling.max_tokens=48"))
    assert all(item.holds for item in metrics.sums)
    sft = {recipe: task for recipe, task in metrics.tasks.items() if recipe != "ucd.dependency_cpt"}
    assert {recipe: (task.answered, task.answers) for recipe, task in sft.items()} == {
        "ucd.compositional": (4, 8), "ucd.single_hop": (12, 24), "ucd.utilization": (4, 8),
    }  # fmt: skip
    # Random weights say nothing that is true: not one row may get through.
    assert sum(sample.accepted for sample in metrics.samples.values() if sample.stage == "sft") == 0


@pytest.mark.ray
def test_replicas_on_ray_answer_every_task_once(tmp_path, model):
    changes = ("teacher.questions=template", "teacher.candidates=1", "engine.sampling.max_tokens=16")
    metrics = run.corpus([SHOP], tmp_path / "out", taught(model, *changes, "engine.vllm.replicas=2"))
    assert all(item.holds for item in metrics.sums)
    assert left_to_ask(metrics) == 0
    assert metrics.engine.output_tokens > 0
    paths = (tmp_path / "out" / ".run" / "answers").glob("*.parquet")
    units = [unit for path in paths for unit in pq.read_table(path)["unit_id"].to_pylist()]
    assert len(units) == len(set(units)) == 20


@pytest.mark.ray
def test_a_replica_that_cannot_start_says_why_in_one_line(tmp_path):
    with pytest.raises(UserError, match=r"engine\.model") as caught:
        run.corpus([SHOP], tmp_path / "out", taught(tmp_path / "nowhere", "engine.vllm.replicas=2"))
    assert "\n" not in str(caught.value)
