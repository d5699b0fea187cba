"""The seam: maps a stage's function over its parts, in this process or with Ray Data. Nothing else knows which."""

import ctypes
import gc
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from synth.folder import to_parquet

Tables = Mapping[str, pa.Table]
"""One table of each output, by its name."""

StageFunction = Callable[..., Tables]
"""From one table of each input to one table of each output."""


@dataclass(frozen=True)
class Job:
    """One part of a stage: its number and the files that it reads."""

    index: int
    inputs: tuple[Path, ...]


class Mapper(Protocol):
    """Runs a stage function on jobs and yields `(index, {output: Parquet bytes})` as they finish, in any order."""

    def map(self, function: StageFunction, jobs: Sequence[Job]) -> Iterator[tuple[int, dict[str, bytes]]]:
        """Run the jobs."""
        ...

    def close(self) -> None:
        """Give back what the mapper holds."""
        ...


def run_job(function: StageFunction, inputs: Sequence[str | Path]) -> dict[str, bytes]:
    """Read the inputs of one job, call the function, encode what it returns."""
    return {name: to_parquet(table) for name, table in function(*map(pq.read_table, inputs)).items()}


def give_back_memory() -> None:
    """Return to the system what is free: a worker that waits for its next job must not hold what its last one took."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
    if trim is not None:
        trim(0)


class InProcess:
    """Runs jobs one after the other in this process: nothing to start, least memory."""

    def map(self, function: StageFunction, jobs: Sequence[Job]) -> Iterator[tuple[int, dict[str, bytes]]]:
        """Run the jobs in order."""
        for job in jobs:
            yield job.index, run_job(function, job.inputs)

    def close(self) -> None:
        """Nothing is held."""


class RayData:
    """Runs jobs with Ray Data, on this machine or on a cluster that shares the run folder; starts Ray when first used.

    Args:
        workers: how many jobs run at once; None for all that the cluster offers.
        address: of a running cluster; None starts Ray on this machine alone.
    """

    def __init__(self, workers: int | None, address: str | None) -> None:
        self.workers = workers
        self.address = address
        self._started = False

    def map(self, function: StageFunction, jobs: Sequence[Job]) -> Iterator[tuple[int, dict[str, bytes]]]:
        """Run the jobs; each result comes back as one row, so that Ray's own blocks never part it."""
        if not jobs:
            return
        start_ray(self.workers, self.address)
        self._started = True
        import ray.data

        def run(row: dict[str, Any]) -> dict[str, Any]:
            results = run_job(function, row["inputs"])
            give_back_memory()
            return {"index": row["index"], "names": list(results), "tables": list(results.values())}

        items = [{"index": job.index, "inputs": [str(path) for path in job.inputs]} for job in jobs]
        concurrency = min(self.workers, len(items)) if self.workers else None
        rows = ray.data.from_items(items, override_num_blocks=len(items)).map(run, concurrency=concurrency)
        for row in rows.iter_rows():
            yield int(row["index"]), dict(zip(row["names"], row["tables"], strict=True))

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        if self._started:
            import ray

            ray.shutdown()
            self._started = False


def start_ray(workers: int | None, address: str | None) -> None:
    """Join a Ray cluster, or start Ray on this machine alone; quietly, and only once.

    Args:
        workers: processors that Ray may use on this machine; None for all.
        address: of a running cluster; without one, none is joined that happens to run here.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_AUTH_MODE", "disabled")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray
    from ray.data import DataContext

    if ray.is_initialized():
        return
    local: dict[str, Any] = {"num_cpus": workers, "include_dashboard": False, "object_store_memory": 200 << 20}
    ray.init(
        address=address or "local",
        logging_level=logging.ERROR,
        log_to_driver=False,
        **({} if address else local),
    )
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.issue_detectors_config.detectors = []
