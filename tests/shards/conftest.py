"""Rows and numbers of a small, plausible run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from synth.schema import SAMPLES, content_id, table_from_rows
from synth.shards.metrics import (
    Check,
    Coverage,
    Documents,
    Engine,
    Files,
    Graph,
    Metrics,
    Prompt,
    Samples,
    Source,
    Tasks,
    Tokens,
)

Rows = list[dict[str, Any]]


def _sample(index: int, stage: str, split: str, passed: bool = True) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": content_id(stage, split, str(index)),
        "recipe": "ucd.dependency_cpt" if stage == "cpt" else "ucd.single_hop",
        "stage": stage,
        "kind": "window" if stage == "cpt" else "definition",
        "evidence": [{"id": "n1", "path": "flask/app.py", "start_line": 2, "end_line": 4}],
        "claims": [{"subject": "n1", "relation": "calls", "object": "n2", "holds": True}],
        "fabricated": [],
        "engine": "template",
        "prompt_id": "ucd/single_hop",
        "prompt_sha256": "ab" * 32,
        "task_id": f"t{index}",
        "sample_index": 0,
        "seed": 7,
        "n_tokens": 10 + index,
        "checks": [{"name": "symbols_exist", "score": 1.0, "passed": passed, "detail": ""}],
        "collection": "flask",
        "source_path": f"flask/m{index}.py",
        "revision": "deadbeef",
        "license": "BSD-3-Clause",
        "split": split,
    }
    if stage == "cpt":
        return row | {"text": f"# file {index}\n" + "x = 1\n" * (index % 50)}
    messages = [
        {"role": "user", "content": f"What does function {index} do?"},
        {"role": "assistant", "content": f"It returns {index}."},
    ]
    return row | {"messages": messages, "reasoning": f"The graph says {index}."}


@pytest.fixture
def make_rows() -> Callable[..., Rows]:
    """Make `count` rows of one stage and split."""

    def make(count: int, stage: str = "sft", split: str = "train", passed: bool = True) -> Rows:
        return [_sample(index, stage, split, passed) for index in range(count)]

    return make


@pytest.fixture
def as_tables() -> Callable[..., list[pa.Table]]:
    """Divide rows into tables of at most `size` rows."""

    def divide(rows: Rows, size: int = 1000) -> list[pa.Table]:
        return [table_from_rows(rows[at : at + size], SAMPLES) for at in range(0, len(rows), size)]

    return divide


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(
        synth_version="0.1.0",
        seed=7,
        sources=(Source(collection="flask", revision="deadbeef", license="BSD-3-Clause", n_files=83),),
        files=Files(found=83, used=79, skipped={"binary": 3, "too_large": 1}),
        documents=Documents(n=79, lines=18_000, bytes=650_000, languages={"python": 79}, redactions={"aws_key": 1}),
        graph=Graph(
            nodes={"class": 80, "function": 300, "method": 400},
            edges={"calls": {"exact": 900, "inferred": 200, "ambiguous": 40}, "imports": {"exact": 350}},
            unresolved_calls=1200,
        ),
        coverage=Coverage(nodes={"class": (75, 80), "function": (210, 300)}, edges={"calls": (600, 1140)}),
        tasks={
            "ucd.dependency_cpt": Tasks(planned=22, answered=22, answers=22),
            "ucd.single_hop": Tasks(planned=35, answered=34, failed=1, answers=34),
        },
        samples={
            "ucd.dependency_cpt": Samples(
                stage="cpt", accepted=22, rejected=0, tokens=90_000, splits={"train": 20, "validation": 2}
            ),
            "ucd.single_hop": Samples(
                stage="sft", accepted=31, rejected=3, tokens=12_000, splits={"train": 30, "validation": 1}
            ),
        },
        rejected={"near_duplicate": {"ucd.single_hop": 2}, "symbols_exist": {"ucd.single_hop": 1}},
        checks=(Check(name="symbols_exist", verifies="Every symbol named exists.", passed=33, failed=1),),
        tokens=Tokens(counter="estimated as bytes / 4", cpt=90_000, sft=12_000),
        engine=Engine(name="template"),
        prompts=(Prompt(id="ucd/single_hop", version="1", sha256="ab" * 32, rows=31),),
        validation=0.05,
        rows={
            "cpt": {"train": 20, "validation": 2},
            "sft": {"train": 30, "validation": 1},
            "rejected": {"rejected": 3},
        },
        timings={"read": 1.25, "build": 4.0, "plan": 0.5},
    )


@pytest.fixture
def stage_release(
    metrics: Metrics, make_rows: Callable[..., Rows], as_tables: Callable[..., list[pa.Table]]
) -> Callable[..., Path]:
    """Stage a small release with card, report and shards inside an output folder."""
    from synth.shards import open_staging, write_pages, write_release

    def stage(out: Path, count: int = 30, folders: tuple[str, ...] = ("cpt", "sft", "rejected")) -> Path:
        staging = open_staging(out, out)
        rows = make_rows(20, "cpt") + make_rows(2, "cpt", "validation") if "cpt" in folders else []
        rows += make_rows(count, "sft") + make_rows(1, "sft", "validation")
        rejected = make_rows(3, "sft", "rejected", passed=False) if "rejected" in folders else []
        counts = write_release(staging, as_tables(rows), as_tables(rejected), rows_per_shard=12)
        write_pages(staging, metrics.model_copy(update={"rows": counts}), [])
        return staging

    return stage
