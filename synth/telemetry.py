"""What can Prometheus and Grafana see of a run? Counts that Ray's exporter gives out, on every node of a cluster.

Workers count what they do where they do it. Where Ray is not running, nothing is counted and nothing is imported.
docs/running.md says what each number means.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import pyarrow as pa

from synth.ledger import Spent

SECONDS = [0.1, 0.3, 1, 3, 10, 30, 100, 300]
"""Upper bounds of the buckets of a part's duration."""
_KINDS = {
    "synth_parts": ("Counter", "Parts of stages that were made.", ("stage",)),
    "synth_rows": ("Counter", "Rows of the tables that parts hold.", ("stage", "table")),
    "synth_samples": ("Counter", "Samples that were judged, before duplicates are looked for.", ("stage", "verdict")),
    "synth_failures": ("Counter", "Parts whose making failed.", ("stage",)),
    "synth_part_seconds": ("Histogram", "Time that one part took, reading and writing among it.", ("stage",)),
    "synth_done": ("Gauge", "Parts of a stage that are there, or requests of a round that are settled.", ("stage",)),
    "synth_planned": ("Gauge", "Parts or requests in all; 0 where not known.", ("stage",)),
    "synth_answers": ("Counter", "Requests that a teacher answered.", ("round",)),
    "synth_teacher_tokens": ("Counter", "Tokens of answers; cached ones are prompt tokens too.", ("round", "kind")),
}


@contextmanager
def counted_part(stage: str) -> Iterator[Callable[[Mapping[str, pa.Table]], None]]:
    """Count a part that is made in the block, which says what it made; or a failure, where the block raises."""
    if not _is_on():
        yield _count_nothing
        return
    started = time.monotonic()
    try:
        yield lambda tables: _count_rows(stage, tables)
    except Exception:
        _metric("synth_failures").inc(1, {"stage": stage})
        raise
    _metric("synth_parts").inc(1, {"stage": stage})
    _metric("synth_part_seconds").observe(time.monotonic() - started, {"stage": stage})


def count_answers(round_: str, n_requests: int, spent: Spent) -> None:
    """Count answers of a teacher, and what they took."""
    if not _is_on():
        return
    if n_requests:
        _metric("synth_answers").inc(n_requests, {"round": round_})
    for kind in ("prompt", "cached", "output"):
        if n_tokens := getattr(spent, kind):
            _metric("synth_teacher_tokens").inc(n_tokens, {"round": round_, "kind": kind})


def show_progress(stage: str, done: int, planned: int) -> None:
    """State how far a stage is."""
    if _is_on():
        _metric("synth_done").set(done, {"stage": stage})
        _metric("synth_planned").set(planned, {"stage": stage})


def _count_rows(stage: str, tables: Mapping[str, pa.Table]) -> None:
    for name, table in tables.items():
        if table.num_rows:
            _metric("synth_rows").inc(table.num_rows, {"stage": stage, "table": name})
        if "checks" in table.column_names:
            passed = sum(all(check["passed"] for check in checks) for checks in table["checks"].to_pylist())
            for verdict, count in (("accepted", passed), ("rejected", table.num_rows - passed)):
                if count:
                    _metric("synth_samples").inc(count, {"stage": stage, "verdict": verdict})


def _count_nothing(tables: Mapping[str, pa.Table]) -> None:
    """Where Ray is not running."""


def _is_on() -> bool:
    ray = sys.modules.get("ray")
    return ray is not None and bool(ray.is_initialized())


@cache
def _metric(name: str) -> Any:
    from ray.util import metrics

    kind, description, tags = _KINDS[name]
    bounds = {"boundaries": SECONDS} if kind == "Histogram" else {}
    return getattr(metrics, kind)(name, description=description, tag_keys=tags, **bounds)
