"""The seam: maps a stage's function over its parts, in this process or with Ray Data. Nothing else knows which."""

import ctypes
import gc
import logging
import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from synth.apart import make_apart
from synth.errors import UserError
from synth.folder import Stage, to_parquet
from synth.mishaps import GOES_ON, told
from synth.store import Place, read_table
from synth.telemetry import counted_part

Tables = Mapping[str, pa.Table]
"""One table of each output, by its name."""

StageFunction = Callable[..., Tables]
"""From one table of each input to one table of each output."""

DEATHS = 2  # at one part, until it is suspected: a node may die, or a run be killed, at any part
NAMED_NODES = 3  # more are counted in the progress view, not named


@dataclass(frozen=True)
class Job:
    """One part of a stage: its number and the files that it reads."""

    index: int
    inputs: tuple[Place, ...]


class Mapper(Protocol):
    """Runs a stage function on jobs, each of which commits its part; yields their numbers as they finish."""

    def map(self, function: StageFunction, jobs: Sequence[Job], stage: Stage) -> Iterator[int]:
        """Run the jobs, in any order."""
        ...

    def note(self) -> str:
        """Which nodes did how much of the stage that is mapped; empty where there is but one."""
        ...

    def close(self) -> None:
        """Give back what the mapper holds."""
        ...


def run_job(function: StageFunction, job: Job, stage: Stage) -> None:
    """Read the inputs of one job, call the function, and commit what it returns as a part of the stage.

    Raises:
        UserError: a row of the part kills the process that works on it.
    """
    name = stage.path.name.rpartition("-")[0]
    with stage.begun(job.index) as deaths, counted_part(name) as count:
        tables = _make(function, [read_table(path) for path in job.inputs], name, deaths)
        stage.commit(job.index, {name: to_parquet(table) for name, table in tables.items()})
        count(tables)


def _make(function: StageFunction, inputs: Sequence[pa.Table], name: str, deaths: int) -> Tables:
    """Call the function here, or apart where that has cost `DEATHS` processes or more memory than there is."""
    if deaths < DEATHS:
        try:
            return function(*inputs)
        except MemoryError:
            give_back_memory()
    return make_apart(function, inputs, name)


def give_back_memory() -> None:
    """Return to the system what is free: a worker that waits for its next job must not hold what its last one took."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
    if trim is not None:
        trim(0)


class InProcess:
    """Runs jobs one after the other in this process: nothing to start, least memory."""

    def map(self, function: StageFunction, jobs: Sequence[Job], stage: Stage) -> Iterator[int]:
        """Run the jobs in order."""
        for job in jobs:
            run_job(function, job, stage)
            yield job.index

    def note(self) -> str:
        """There is but one node."""
        return ""

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
        self._by_node: Counter[str] = Counter()

    def map(self, function: StageFunction, jobs: Sequence[Job], stage: Stage) -> Iterator[int]:
        """Run the jobs; workers write their parts themselves, so that no row passes through this process.

        Raises:
            OSError: a worker cannot write.
            UserError: what a worker was given is not usable.
        """
        if not jobs:
            return
        start_ray(self.workers, self.address)
        self._started = True
        import ray.data

        self._by_node.clear()

        def run(row: dict[str, Any]) -> dict[str, Any]:
            number, message = 0, ""
            try:
                with told():
                    run_job(function, jobs[row["item"]], stage)
            except UserError as error:
                message = str(error)
            except OSError as error:
                number, message = error.errno or 0, f"{error.strerror or error}"
            give_back_memory()
            node = f"{socket.gethostname()}/{ray.get_runtime_context().get_node_id()[:4]}"
            return {"index": jobs[row["item"]].index, "errno": number, "fault": message, "node": node}

        items = [{"item": item} for item in range(len(jobs))]
        concurrency = min(self.workers, len(items)) if self.workers else None
        rows = ray.data.from_items(items, override_num_blocks=len(items)).map(run, concurrency=concurrency)
        for row in _from_ray(rows):
            if row["errno"]:
                raise OSError(int(row["errno"]), row["fault"])
            if row["fault"]:
                raise UserError(row["fault"])
            self._by_node[row["node"]] += 1
            yield int(row["index"])

    def note(self) -> str:
        """Parts by node, of few nodes by name."""
        counts = self._by_node
        if len(counts) <= NAMED_NODES:
            return ", ".join(f"{name} {counts[name]}" for name in sorted(counts)) if len(counts) > 1 else ""
        return f"{len(counts)} nodes, {min(counts.values())} to {max(counts.values())} parts each"

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        if self._started:
            import ray

            ray.shutdown()
            self._started = False


def _from_ray(rows: Any) -> Iterator[dict[str, Any]]:
    """The rows of a dataset; that Ray itself fails is said in one line, what a stage raises comes as it is."""
    import ray

    try:
        yield from rows.iter_rows()
    except ray.exceptions.RayTaskError:
        raise
    except ray.exceptions.RayError as error:
        what = " ".join(str(error).split())[:300]
        raise UserError(f"Ray could not go on: {what}; when the cluster is back, {GOES_ON}") from None


def start_ray(workers: int | None, address: str | None) -> None:
    """Join a Ray cluster, or start Ray on this machine alone; quietly, and only once.

    Args:
        workers: processors that Ray may use on this machine; None for all.
        address: of a running cluster; without one, none is joined that happens to run here.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address is None or not _has_token():
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


def _has_token() -> bool:
    """Whether the user has the token of a cluster, as Ray looks for it."""
    is_named = any(os.environ.get(name) for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"))
    return is_named or (Path.home() / ".ray" / "auth_token").exists()
