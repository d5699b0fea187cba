"""A corpus from documents, from their files to the shards: with the templates alone, and with a teacher."""

import shutil
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from corpora import SHOP, rows
from engines.endpoint import Endpoint, Reply, completion, serve
from scribe import NAMES, reply

from synth import run, stages
from synth.config import Config, load_config
from synth.errors import UserError
from synth.shards import Metrics, verify_release

MANUAL = Path(__file__).parent / "projects" / "manual"
PIPELINES = Path(__file__).parent.parent / "pipelines"
IN_FLIGHT = 8
EXTRACTIVE = {"docs.passage", "docs.dossier", "docs.pair", "docs.qa"}


def settings(*overrides: str, pipeline: str = "docs") -> Config:
    """The bundled pipeline for documents, answered by templates unless told otherwise."""
    return load_config(PIPELINES / f"{pipeline}.yaml", ["engine.name=template", *overrides])


def taught(url: str, *overrides: str) -> Config:
    engine = ("engine.name=openai", "engine.model=scribe", f"engine.openai.base_url={url}")
    return settings(*engine, f"engine.openai.concurrency={IN_FLIGHT}", *overrides)


@pytest.fixture
def _key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    monkeypatch.setattr(stages, "TASKS_PER_PART", 16)


def test_documents_give_a_corpus_without_a_teacher(tmp_path):
    metrics = run.corpus([MANUAL], tmp_path / "out", settings())
    assert all(item.holds for item in metrics.sums)
    assert verify_release(tmp_path / "out") == []
    assert {name for name, sample in metrics.samples.items() if sample.accepted} == EXTRACTIVE
    assert metrics.documents.languages == {"html": 1, "markdown": 1, "rst": 1}
    assert metrics.graph.nodes["entity"] > 5


def test_every_row_can_be_traced_to_lines_that_speak_of_it(tmp_path):
    run.corpus([MANUAL], tmp_path / "out", settings())
    found = rows(tmp_path / "out")
    passages = {row["node_id"]: row for row in found["graph/nodes.parquet"] if row["kind"] == "passage"}
    samples = [row for name, part in found.items() if name.startswith(("cpt", "sft")) for row in part]
    assert samples
    for row in samples:
        assert row["source_path"] in {"guide/harbour.md", "guide/operations.rst", "history.html"}
        assert {item["id"] for item in row["evidence"]} <= passages.keys()


def test_the_default_takes_code_and_prose_of_one_repository(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(SHOP, source)
    shutil.copytree(MANUAL, source / "docs")
    metrics = run.corpus([source], tmp_path / "out", settings(pipeline="auto"))
    assert all(item.holds for item in metrics.sums)
    accepted = {name for name, sample in metrics.samples.items() if sample.accepted}
    assert accepted == EXTRACTIVE | {
        "ucd.dependency_cpt", "ucd.single_hop", "ucd.compositional", "ucd.utilization"
    }  # fmt: skip


def test_a_source_of_neither_code_nor_prose_is_refused(tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.bin").write_bytes(b"\0\1")
    with pytest.raises(UserError, match="nothing that can be read"):
        run.corpus([tmp_path / "source"], tmp_path / "out", settings(pipeline="auto"))


def test_names_from_a_teacher_need_one(tmp_path):
    with pytest.raises(UserError, match=r"text\.extractor: teacher needs one"):
        run.corpus([MANUAL], tmp_path / "out", settings("text.extractor=teacher"))


ALL_PAIRS = (
    "recipes.docs.passage=null", "recipes.docs.dossier=null", "recipes.docs.pair=null", "recipes.docs.qa=null",
    "recipes.entigraph.triple=null", "recipes.entigraph.cross_document=null",
    "recipes.active_reading.task_agnostic=null",
    "recipes.active_reading.task_specific=null", "recipes.knowledge_instruct=null", "tokens=null",
    *(f"recipes.spa.{name}=null" for name in (
        "key_concepts", "mind_map", "implications", "critical_thinking", "case_study", "dialogue", "teacher")),
)  # fmt: skip


@pytest.mark.usefixtures("_key")
def test_each_pair_of_a_documents_entities_is_asked_about_once(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(MANUAL / "guide" / "harbour.md", source)
    with serve(reply) as endpoint:
        run.corpus([source], tmp_path / "out", taught(endpoint.url, *ALL_PAIRS))
    text = (source / "harbour.md").read_text()
    named = [name for name, _ in NAMES if name in text]
    assert set(endpoint.asked.values()) == {1}
    asked = [body["messages"] for body in endpoint.bodies if '"entities"' not in body["messages"][-1]["content"]]
    assert len(asked) == len(list(combinations(named, 2)))
    beginnings = {messages[0]["content"] for messages in asked}
    assert len(beginnings) == 1
    assert text.strip() in beginnings.pop()[: len(text) + 100]


@pytest.mark.usefixtures("_key")
def test_a_teacher_writes_every_recipe_and_all_sums_hold(tmp_path):
    with serve(reply) as endpoint:
        metrics = run.corpus([MANUAL], tmp_path / "out", taught(endpoint.url, "recipes.entigraph.pair.samples=12"))
    assert all(item.holds for item in metrics.sums)
    assert verify_release(tmp_path / "out") == []
    assert max(requests(endpoint).values()) == 1
    assert {"entities", "problem", "problem2"} <= set(metrics.rounds)
    families = {name.partition(".")[0] for name in metrics.tasks}
    assert {"docs", "entigraph", "spa", "active_reading", "knowledge_instruct"} <= families
    assert written_by(tmp_path / "out", "knowledge_instruct") == {"openai"}
    assert written_by(tmp_path / "out", "docs.passage") == {"template"}


def requests(endpoint: Endpoint) -> Counter[str]:
    """How often each request came; a prompt may be asked several times, with another seed each."""
    return Counter(repr((body["messages"], body["seed"])) for body in endpoint.bodies)


def written_by(out: Path, recipe: str) -> set[str]:
    """The engines of a recipe's rows, rejected ones too."""
    return {row["engine"] for part in rows(out).values() for row in part if row.get("recipe") == recipe}


@pytest.mark.usefixtures("_key")
def test_what_was_answered_before_a_teacher_fell_silent_is_not_asked_again(tmp_path):
    left, given = 40, Counter()

    def silent(request: dict, before: int = 0) -> Reply:
        nonlocal left
        left -= 1
        if left < 0:
            return Reply(status=401, body={"error": {"message": "no more"}})
        given[repr((request["messages"], request["seed"]))] += 1
        return reply(request)

    few = ("recipes.entigraph.pair.samples=12", "recipes.entigraph.triple.samples=12")
    with serve(silent) as endpoint:
        with pytest.raises(UserError):
            run.corpus([MANUAL], tmp_path / "out", taught(endpoint.url, *few))
        left = 10_000
        run.corpus([MANUAL], tmp_path / "out", taught(endpoint.url, *few))
        assert given.total() == len(given)
        run.corpus([MANUAL], tmp_path / "fresh", taught(endpoint.url, *few))
    assert rows(tmp_path / "out") == rows(tmp_path / "fresh")


@pytest.mark.usefixtures("_key")
def test_a_dry_run_asks_nothing_and_says_what_a_budget_buys(tmp_path):
    with serve(reply) as endpoint:
        estimate = run.estimate([MANUAL], tmp_path / "out", taught(endpoint.url, "tokens=20000"))
        assert not endpoint.asked
    assert estimate.total.tasks > 0
    assert estimate.coverage


def test_the_same_documents_give_the_same_corpus_with_any_number_of_workers(tmp_path):
    one = run.corpus([MANUAL], tmp_path / "one", settings(), workers=0)
    two = run.corpus([MANUAL], tmp_path / "two", settings(), workers=2)
    assert isinstance(one, Metrics)
    assert one.samples == two.samples
    assert rows(tmp_path / "one") == rows(tmp_path / "two")


@pytest.mark.usefixtures("_key")
def test_what_is_no_study_strategy_is_turned_down_and_counted(tmp_path):
    def lazy(request: dict, before: int = 0) -> Reply:
        body = completion(request, "I would rather not.")
        return Reply(body=body) if '"strategies"' in request["messages"][-1]["content"] else reply(request)

    few = ("recipes.entigraph.pair.samples=2", "recipes.entigraph.triple.samples=2")
    with serve(lazy) as endpoint:
        metrics = run.corpus([MANUAL], tmp_path / "out", taught(endpoint.url, *few))
    assert all(item.holds for item in metrics.sums)
    assert (
        metrics.rejected["problem_shape"]["active_reading.task_agnostic"]
        == metrics.problems_rejected["active_reading.task_agnostic"]
    )
    assert "active_reading.task_agnostic" not in metrics.tasks
