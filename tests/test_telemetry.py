"""What Prometheus can see of a run: what workers did, told by Ray's exporter; and nothing where Ray is not running."""

import importlib.util
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cluster import free_ports

from synth import telemetry
from synth.folder import RunFolder
from synth.ledger import Spent
from synth.mapper import Job, RayData, run_job

SCRAPE_SECONDS = 60
QUIET = """
import sys
from pathlib import Path
import pyarrow as pa
from synth import telemetry
from synth.ledger import Spent

with telemetry.counted_part("judge") as count:
    count({"samples": pa.table({"a": [1]})})
telemetry.count_answers("answer", 1, Spent(1, 0, 1))
telemetry.show_progress("judge", 1, 2)
print("ray" in sys.modules)
"""


def test_where_ray_is_not_running_it_is_not_even_imported():
    done = subprocess.run([sys.executable, "-c", QUIET], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.stderr) == ("False", "")


def test_what_fails_still_fails():
    with pytest.raises(ValueError, match="as it was"), telemetry.counted_part("judge"):
        raise ValueError("as it was")


def test_few_nodes_are_named_and_many_are_counted():
    mapper = RayData(None, None)
    for counts, note in (
        ({"one": 5}, ""),
        ({"two": 3, "one": 5}, "one 5, two 3"),
        ({"a": 4, "b": 2, "c": 9, "d": 3}, "4 nodes, 2 to 9 parts each"),
    ):
        mapper._by_node = Counter(counts)
        assert mapper.note() == note


def judge(tasks: pa.Table) -> dict[str, pa.Table]:
    """A stage function; tasks named `bad` cannot be judged, others pass where their number is even."""
    if "bad" in tasks["name"].to_pylist():
        raise OSError(5, "bad disk")
    checks = [[{"name": "c", "passed": number % 2 == 0}] for number in tasks["number"].to_pylist()]
    return {"samples": pa.table({"number": tasks["number"], "checks": checks})}


def exported(port: int, name: str) -> Counter[tuple[str, ...]]:
    """The values of one metric, summed over processes, by those of its tags that are ours."""
    found: Counter[tuple[str, ...]] = Counter()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        for line in answer.read().decode().splitlines():
            head, _, value = line.rpartition(" ")
            metric, _, tags = head.partition("{")
            if metric == name:
                pairs = dict(pair.split("=", 1) for pair in tags.rstrip("}").split(",") if "=" in pair)
                ours = ("stage", "round", "table", "verdict", "kind")
                found[tuple(pairs[tag].strip('"') for tag in ours if tag in pairs)] += float(value)
    return found


def awaited(port: int, name: str, expected: dict[tuple[str, ...], float]) -> Counter[tuple[str, ...]]:
    """What is exported once it is what is expected, or when waiting has been long enough."""
    end, found = time.monotonic() + SCRAPE_SECONDS, Counter()
    while found != expected and time.monotonic() < end:
        with suppress(OSError):  # the exporter starts when it will
            found = exported(port, name)
    return found


@contextmanager
def exporting_ray() -> Iterator[int]:
    """Ray on this machine with an exporter; its port."""
    import ray

    (port,) = free_ports(1)
    ray.init(
        address="local", num_cpus=1, include_dashboard=False, object_store_memory=100 << 20, log_to_driver=False,
        _metrics_export_port=port, _system_config={"metrics_report_interval_ms": 200},
    )  # fmt: skip
    try:
        yield port
    finally:
        ray.shutdown()


@pytest.mark.ray
@pytest.mark.skipif(importlib.util.find_spec("opencensus") is None, reason="the exporter comes with ray[default]")
def test_prometheus_sees_what_workers_and_teachers_did(tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))  # workers look for `judge` there
    for number, names in enumerate((["a", "b", "c"], ["d", "e"], ["bad"])):
        pq.write_table(pa.table({"name": names, "number": range(len(names))}), tmp_path / str(number))
    stage = RunFolder(tmp_path / "out").stage("judge", "abc", "samples")
    with exporting_ray() as port:
        mapper = RayData(1, None)
        assert sorted(mapper.map(judge, [Job(n, (tmp_path / str(n),)) for n in (0, 1)], stage)) == [0, 1]
        assert mapper.note() == ""  # one node
        with pytest.raises(OSError, match="bad disk"):
            run_job(judge, Job(2, (tmp_path / "2",)), stage)
        telemetry.count_answers("answer", 2, Spent(30, 10, 5))
        telemetry.count_answers("answer", 1, Spent(3, 0, 4))
        telemetry.show_progress("judge", 2, 3)
        for name, expected in {
            "ray_synth_parts_total": {("judge",): 2},
            "ray_synth_failures_total": {("judge",): 1},
            "ray_synth_rows_total": {("judge", "samples"): 5},
            "ray_synth_samples_total": {("judge", "accepted"): 3, ("judge", "rejected"): 2},
            "ray_synth_part_seconds_count": {("judge",): 2},
            "ray_synth_answers_total": {("answer",): 3},
            "ray_synth_teacher_tokens_total": {
                ("answer", "prompt"): 33, ("answer", "cached"): 10, ("answer", "output"): 9
            },
            "ray_synth_done": {("judge",): 2},
            "ray_synth_planned": {("judge",): 3},
        }.items():  # fmt: skip
            assert awaited(port, name, expected) == expected, name
