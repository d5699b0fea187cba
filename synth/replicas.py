"""Several engines side by side on a Ray cluster: each is owned by an actor of Ray Data, which writes the ledger itself.

The requests that are left are cut into lanes: files of requests in their order, so that those of one prefix stay on one
replica. A replica streams a lane through its engine and never waits for a batch to end. Its answers are durable within
seconds, wherever it runs: when a node dies, Ray gives the lane to another replica, which asks only what is missing.
"""

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth.config import EngineSettings
from synth.engines import EngineStopped, has_gpu, open_engine
from synth.errors import UserError
from synth.folder import to_parquet, write_atomically
from synth.ledger import Ledger, LedgerWriter
from synth.mapper import start_ray
from synth.schema import TASKS
from synth.store import Place, address_of, place, read_table, source_of

if TYPE_CHECKING:
    from synth.asking import Asking, Round, Unit

LANES_PER_REPLICA = 4  # enough that replicas end at about the same time
POLL_SECONDS = 1.0  # between two looks at the ledger
LANE = TASKS.append(pa.field("unit_id", pa.string()))


@dataclass
class Replica:
    """An actor of Ray Data: owns one engine and answers lanes.

    A mistake of the user's comes back as a row with its message: an actor that raises would be started again.
    """

    settings: EngineSettings
    ledger: Place
    stop: Place
    """A file that appears when nothing more is to be asked."""

    def __post_init__(self) -> None:
        self.fault = ""
        try:
            self.engine = open_engine(self.settings)
        except UserError as error:
            self.fault = str(error)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Answer the lane at `row["lane"]`."""
        if not self.fault:
            try:
                self._answer(place(row["lane"]))
            except EngineStopped as error:
                self.fault = str(error)
        return {"fault": self.fault}

    def _answer(self, lane: Place) -> None:
        begun = lane.with_suffix(".begun")
        settled = _settled(self.ledger, lane) if begun.exists() else set()
        write_atomically(begun, b"")
        units: dict[str, str] = {}

        def offer() -> Iterator[dict[str, Any]]:
            for task in _read(lane):
                unit = task.pop("unit_id")
                if self.stop.exists():
                    return
                if unit not in settled:
                    units[task["task_id"]] = unit
                    yield task

        with LedgerWriter(self.ledger) as writer:
            for answers in self.engine.answer(offer()):
                writer.add(units.pop(answers[0]["task_id"]), answers)


def ask_replicas(asking: "Asking", round_: "Round", n_left: int) -> Iterator[int]:
    """Have replicas answer the `n_left` requests that are left of a round; yields how many were answered since.

    Raises:
        EngineStopped: a replica cannot start or go on; what was answered is in the ledger.
    """
    settings = round_.engine
    folder = asking.ledger.folder.parent / "lanes"
    stop = folder / "stop"
    _clear(folder)
    size = -(-n_left // (settings.vllm.replicas * LANES_PER_REPLICA))
    lanes = list(_write_lanes(folder, asking.left(round_), size))
    faults: list[str] = []
    thread = threading.Thread(
        target=_run, args=(lanes, Replica, (settings, asking.ledger.folder, stop), asking.address, faults), daemon=True
    )
    thread.start()
    try:
        is_running = True
        while is_running:
            thread.join(POLL_SECONDS)
            is_running = thread.is_alive()
            before, spent = asking.ledger.n_units, asking.ledger.spent
            asking.ledger.refresh()
            new = asking.ledger.n_units - before
            asking.meter.add(new, asking.ledger.spent - spent)
            if asking.meter.is_spent(settings.vllm.replicas * settings.vllm.in_flight if new else 0):
                write_atomically(stop, b"")
            if new:
                yield new
    finally:
        write_atomically(stop, b"")
        thread.join()
        _clear(folder)
    if faults:
        raise EngineStopped(faults[0])


def _run(lanes: list[Place], actor: Any, arguments: tuple[Any, ...], address: str | None, faults: list[str]) -> None:
    """Start Ray and map the lanes; runs in a thread, so that the ledger can be watched meanwhile."""
    import ray
    import ray.data

    settings: EngineSettings = arguments[0]
    is_ours = not ray.is_initialized()
    start_ray(None, address)
    try:
        rows = ray.data.from_items([{"lane": address_of(lane)} for lane in lanes], override_num_blocks=len(lanes)).map(
            actor, fn_constructor_args=arguments, concurrency=settings.vllm.replicas, **resources(settings)
        )
        faults += [row["fault"] for row in rows.iter_rows() if row["fault"]]
    except ray.exceptions.RayError as error:
        faults.append(f"Ray could not run the replicas: {' '.join(str(error).split())[:300]}")
    finally:
        if is_ours:
            ray.shutdown()


def resources(settings: EngineSettings) -> dict[str, Any]:
    """What Ray reserves for one replica: the GPUs of its tensor and pipeline parallel ranks, on one node.

    With `distributed_executor_backend: ray`, vLLM itself places the ranks, over several nodes where need be, and the
    actor takes none. Without a GPU, as in tests, a replica takes half a processor.
    """
    args = settings.vllm.args
    if args.get("distributed_executor_backend") == "ray":
        return {"num_gpus": 0}
    n_gpus = int(args.get("tensor_parallel_size", 1)) * int(args.get("pipeline_parallel_size", 1))
    return {"num_gpus": n_gpus} if has_gpu() else {"num_cpus": 0.5}


def _write_lanes(folder: Place, units: "Iterator[Unit]", size: int) -> Iterator[Place]:
    """Cut requests into files of about `size` where the prefix changes, or in between where one prefix has too many."""
    lane: list[dict[str, Any]] = []
    for index in itertools.count():
        path = folder / f"lane-{index:05d}.parquet"
        following = None
        for unit, task in units:
            is_new = bool(lane) and lane[-1]["prefix_key"] != task["prefix_key"]
            if len(lane) >= 2 * size or (len(lane) >= size and is_new):
                following = {**task, "unit_id": unit}
                break
            lane.append({**task, "unit_id": unit})
        if lane:
            write_atomically(path, to_parquet(pa.Table.from_pylist(lane, LANE)))
            yield path
        if following is None:
            return
        lane = [following]


def _read(lane: Place) -> Iterator[dict[str, Any]]:
    for batch in pq.ParquetFile(source_of(lane)).iter_batches(batch_size=256):
        yield from batch.to_pylist()


def _settled(folder: Place, lane: Place) -> set[str]:
    """What an earlier try at this lane has answered; what failed may have failed before, and be meant to be retried."""
    ledger = Ledger(folder)
    try:
        return ledger.settled(read_table(lane, columns=["unit_id"])["unit_id"].to_pylist(), retry_failed=True)
    finally:
        ledger.close()


def _clear(folder: Place) -> None:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
