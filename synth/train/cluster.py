"""Who computes? This process alone, or workers of Ray Train, here or on a cluster that shares the folders."""

import logging
import os
from collections.abc import Callable
from threading import Thread
from typing import Any

from synth.errors import UserError
from synth.mapper import start_ray
from synth.progress import Progress
from synth.train.settings import WorkerSettings

START_SECONDS = 600  # for which a group of workers may wait for its processors or GPUs
Work = Callable[[Progress], None]


def n_workers(settings: WorkerSettings, n_gpus: int) -> int:
    """How many workers there are; 0: this process alone, which is enough where there is one GPU or none."""
    if settings.count is not None:
        return settings.count
    return n_gpus if n_gpus > 1 else 0


def run_workers(work: Work, settings: WorkerSettings, n_gpus: int, progress: Progress) -> None:
    """Let workers do the same work together, and wait for them.

    Args:
        work: what each does; it has to be picklable where there is more than this process.
        settings: who works.
        n_gpus: of this machine; workers get one each, unless there is none.
        progress: told what the first worker tells.

    Raises:
        UserError: what a worker raised, or there are not enough GPUs.
    """
    count = n_workers(settings, n_gpus)
    if count == 0:
        work(progress)
        return
    if n_gpus and not settings.address and count > n_gpus:
        raise UserError(f"workers.count={count} is more than the {n_gpus} GPUs here; a worker needs one of its own")
    start_ray(None if n_gpus else max(count, os.cpu_count() or 1), settings.address)
    import ray

    try:
        _fit(work, count, settings, bool(n_gpus), progress)
    finally:
        ray.shutdown()


def _fit(work: Work, count: int, settings: WorkerSettings, use_gpu: bool, progress: Progress) -> None:
    from ray.train import RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer
    from ray.train.v2.api.exceptions import WorkerGroupError
    from ray.util.queue import Queue

    logging.getLogger("ray.train").setLevel(logging.ERROR)
    told = Queue(actor_options={"num_cpus": 0})
    listener = Thread(target=_pass_on, args=(told, progress), daemon=True)
    listener.start()
    trainer = TorchTrainer(
        _on_worker,
        train_loop_config={"work": work, "told": told, "threads": settings.threads},
        torch_config=TorchConfig(backend="nccl" if use_gpu else "gloo"),
        scaling_config=ScalingConfig(num_workers=count, use_gpu=use_gpu),
        run_config=RunConfig(storage_path=None),
    )
    try:
        trainer.fit()
    except WorkerGroupError as error:
        raise cause(error) from None
    finally:
        told.put(None)
        listener.join()


def _on_worker(config: dict[str, Any]) -> None:
    import torch
    from ray.train import get_context

    # Workers that each take all processors hinder each other.
    if not torch.cuda.is_available():
        torch.set_num_threads(config["threads"] or 1)
    told = config["told"]
    is_first = get_context().get_world_rank() == 0
    config["work"](lambda *what: told.put(what) if is_first else None)


def _pass_on(told: Any, progress: Progress) -> None:
    while (what := told.get()) is not None:
        progress(*what)


def cause(error: Any) -> Exception:
    """The mistake of the user's that made a worker fail, if it was one; else the failure itself."""
    failures = list(error.worker_failures.values())
    mistakes = [failure for failure in failures if isinstance(failure, UserError)]
    return mistakes[0] if mistakes else failures[0] if failures else error
