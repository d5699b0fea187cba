"""Replicas: what they are given is cut by prefix, and one that dies costs only what it had in flight."""

import os
import signal
import threading
from itertools import pairwise
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engines.endpoint import Reply, completion, serve
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from synth import replicas
from synth.asking import Asking, Round
from synth.config import EngineSettings
from synth.engines.base import failure
from synth.ledger import Ledger, LedgerWriter, unit_id
from synth.meter import Meter
from synth.progress import silent
from synth.schema import TASKS


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")


def task(number: int, prefix: str = "p") -> dict:
    sampling = {"temperature": 0.5, "top_p": 1.0, "max_tokens": 8, "n": 1, "seed": number}
    messages = [{"role": "user", "content": f"question {number}"}]
    return {
        "task_id": f"{number:032x}", "round": "answer", "messages": messages, "response_schema": "",
        "prefix_key": prefix, "sampling": sampling, "prompt_id": "x", "prompt_sha256": "y",
    }  # fmt: skip


def asked_of(url: str, **openai: object) -> EngineSettings:
    values = {"name": "openai", "model": "teacher", "openai": {"base_url": url, **openai}, "vllm": {"replicas": 2}}
    return EngineSettings.model_validate(values)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(runs=st.lists(st.integers(1, 12), min_size=1, max_size=12), size=st.integers(1, 10))
def test_lanes_hold_every_request_once_in_order_and_part_a_prefix_only_where_it_is_too_long(tmp_path, runs, size):
    tasks = [task(100 * run + n, f"prefix {run}") for run, length in enumerate(runs) for n in range(length)]
    units = [(f"unit {row['task_id']}", row) for row in tasks]
    replicas._clear(tmp_path)
    lanes = list(replicas._write_lanes(tmp_path, iter(units), size))
    found = [pq.read_table(lane).to_pylist() for lane in lanes]
    assert [row["unit_id"] for lane in found for row in lane] == [unit for unit, _ in units]
    for one, two in pairwise(found):
        assert len(one) >= size
        assert one[-1]["prefix_key"] != two[0]["prefix_key"] or len(one) == 2 * size
    assert all(len(lane) <= 2 * size for lane in found)


def lane_of(folder: Path, tasks: list[dict], settings: EngineSettings) -> Path:
    units = [(unit_id(row, settings.identity()), row) for row in tasks]
    folder.mkdir()
    (lane,) = replicas._write_lanes(folder, iter(units), len(units))
    return lane


def test_a_lane_that_is_begun_again_asks_only_for_what_is_missing(tmp_path):
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        settings = asked_of(endpoint.url)
        stop = tmp_path / "stop"
        lane = lane_of(tmp_path / "lanes", [task(number) for number in range(10)], settings)
        half = lane_of(tmp_path / "half", [task(number) for number in range(4)], settings)
        replica = replicas.Replica(settings, tmp_path / "answers", stop)
        assert replica({"lane": str(half)}) == {"fault": ""}
        lane.with_suffix(".begun").touch()
        replica({"lane": str(lane)})
    assert set(endpoint.asked.values()) == {1}
    assert len(endpoint.asked) == 10


def test_a_lane_that_is_begun_again_does_not_give_up_what_failed_before(tmp_path):
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        settings = asked_of(endpoint.url)
        lane = lane_of(tmp_path / "lanes", [task(0)], settings)
        lane.with_suffix(".begun").touch()
        replica = replicas.Replica(settings, tmp_path / "answers", tmp_path / "stop")
        with LedgerWriter(tmp_path / "answers") as writer:
            writer.add(unit_id(task(0), settings.identity()), failure(task(0), replica.engine, "refused"))
        replica({"lane": str(lane)})
    assert set(endpoint.asked.values()) == {1}


def test_where_the_budget_has_ended_nothing_more_is_asked(tmp_path):
    with serve(lambda request, _: Reply(body=completion(request))) as endpoint:
        settings = asked_of(endpoint.url)
        lane = lane_of(tmp_path / "lanes", [task(number) for number in range(10)], settings)
        (tmp_path / "stop").touch()
        replicas.Replica(settings, tmp_path / "answers", tmp_path / "stop")({"lane": str(lane)})
    assert not endpoint.asked


def test_a_mistake_comes_back_as_a_row(tmp_path):
    replica = replicas.Replica(EngineSettings(name="openai"), tmp_path / "answers", tmp_path / "stop")
    assert "engine.model" in replica({"lane": "none"})["fault"]


def test_resources_are_those_of_the_ranks_on_one_node(monkeypatch):
    monkeypatch.setattr(replicas, "has_gpu", lambda: True)
    args = {"tensor_parallel_size": 2, "pipeline_parallel_size": 4}
    over_nodes = {"distributed_executor_backend": "ray", **args}
    assert replicas.resources(EngineSettings.model_validate({"vllm": {"args": args}})) == {"num_gpus": 8}
    assert replicas.resources(EngineSettings.model_validate({"vllm": {"args": over_nodes}})) == {"num_gpus": 0}


@pytest.mark.ray
def test_a_replica_that_is_killed_costs_no_answer(tmp_path):
    n, concurrency = 600, 4
    killed = threading.Event()

    def behave(request: dict, before: int) -> Reply:
        if sum(endpoint.asked.values()) == n // 3 and not killed.is_set():
            killed.set()
            os.kill(next(iter(_asking(endpoint.url))), signal.SIGKILL)
        return Reply(body=completion(request), delay=0.01)

    with serve(behave) as endpoint:
        settings = asked_of(endpoint.url, concurrency=concurrency)
        tasks = [task(number, f"p{number // 9}") for number in range(n)]
        pq.write_table(pa.Table.from_pylist(tasks, TASKS), tmp_path / "t")
        ledger = Ledger(tmp_path / ".run" / "answers")
        asking = Asking(ledger, Meter(settings, ledger.spent), silent)
        round_ = Round("answer", (tmp_path / "t",), settings)
        answered = sum(replicas.ask_replicas(asking, round_, n))
        ledger.refresh()
        units = [unit for unit, _ in round_.units(tmp_path / "t")]
        assert killed.is_set()
        assert ledger.settled(units, retry_failed=True) == set(units)
        assert answered == n
        asking.close()


def _asking(url: str) -> set[int]:
    """The processes that hold a connection to the endpoint, and are not this one."""
    port = int(url.rpartition(":")[2].partition("/")[0])
    connections = psutil.net_connections("tcp")
    return {item.pid for item in connections if item.raddr and item.raddr.port == port and item.pid} - {os.getpid()}
