"""How is a model trained from beginning to end? Prepares the plan, lets workers train, and writes the model."""

import logging
from functools import partial
from pathlib import Path
from typing import Literal

from synth.errors import UserError
from synth.folder import RunFolder
from synth.progress import Progress
from synth.train.base import be_quiet, device_kind, load_tokenizer, model_folder
from synth.train.checkpoints import drop_unfinished, newest_checkpoint, step_of
from synth.train.cluster import n_workers, run_workers
from synth.train.finish import Results, finish, tidied
from synth.train.identity import agree, identify
from synth.train.job import TRUNK, Job, share_of
from synth.train.prepare import Prepared, prepare
from synth.train.records import check_log
from synth.train.settings import TrainSettings
from synth.train.tables import RunFiles

logger = logging.getLogger(__name__)


def train(
    stage: Literal["cpt", "sft"], data: list[str], model: str, out: Path, settings: TrainSettings, progress: Progress,
    dry_run: bool = False,
) -> Results | None:  # fmt: skip
    """Train a model on a corpus; killed at any moment, the same call goes on and reaches the same weights.

    Args:
        stage: cpt learns the texts of a corpus, sft its conversations.
        data: corpora, or files of rows.
        model: the base: a folder or a name on the Hugging Face Hub.
        out: for the model and all that the run writes.
        settings: of this stage.
        progress: told what is done.
        dry_run: write the plan of the data and stop.

    Returns:
        What was measured; None after a dry run.

    Raises:
        UserError: the data, the model or the settings do not fit, or `out` belongs to another run.
    """
    be_quiet()
    base = model_folder(model)
    check_settings(settings, base)
    files = RunFiles(out)
    with RunFolder(out).locked():
        agree(files, identify(stage, data, base, settings))
        trunk = base / TRUNK if settings.schedule.on_trunk else None
        job = Job(stage, data, model, trunk or base, trunk, out, settings)
        if files.results.exists():
            logger.warning("%s is finished: nothing is left to do", out)
            return tidied(job)
        if dry_run:
            prepare_run(job, progress)
            return None
        return _train(job, progress)


def prepare_run(job: Job, progress: Progress) -> Prepared:
    """Make the plan of a run, or take over what is there."""
    tokenizer = load_tokenizer(job.base, job.settings.model, job.settings.data.tags)
    return prepare(job.stage, job.data, tokenizer, job.settings, RunFiles(job.out), progress)


def _train(job: Job, progress: Progress) -> Results:
    import torch

    files, settings = RunFiles(job.out), job.settings
    n_gpus = torch.cuda.device_count()
    count = n_workers(settings.workers, n_gpus)
    share_of(settings.optimizer, max(1, count), settings.data.max_length, device_kind())
    job = job._replace(fsdp=shards(settings, count, n_gpus))
    drop_unfinished(files.checkpoints)
    prepared = prepare_run(job, progress)
    newest = newest_checkpoint(files.checkpoints)
    if newest is None or step_of(newest) < prepared.n_steps:
        run_workers(partial(learn_plan, job), settings.workers, n_gpus, progress)
    return finish(job, prepared, progress)


def learn_plan(job: Job, progress: Progress) -> None:
    """What a worker does; what it needs is loaded only where it runs."""
    from synth.train.worker import learn

    learn(job, progress)


def check_settings(settings: TrainSettings, base: Path) -> None:
    """See what cannot be done together, before hours of work.

    Raises:
        UserError: something cannot.
    """
    check_log(settings.log)
    trunk = settings.schedule.on_trunk
    if trunk and (settings.schedule.kind != "infinite" or settings.lora.rank):
        raise UserError("schedule.on_trunk goes with schedule.kind=infinite and lora.rank=0")
    if trunk and not (base / TRUNK).is_dir():
        raise UserError(f"--model {base} holds no trunk ({TRUNK}); train it with schedule.kind=infinite first")


def shards(settings: TrainSettings, count: int, n_gpus: int) -> bool:
    """Whether the workers share the weights among them.

    Raises:
        UserError: there are no GPUs to share them, or a loss needs all weights in one place.
    """
    if settings.workers.fsdp and not n_gpus:
        raise UserError("workers.fsdp shares weights among GPUs, and there is none here; leave it out")
    fsdp = settings.workers.fsdp if settings.workers.fsdp is not None else count > 1 and n_gpus > 0
    if fsdp and (settings.loss.distill or settings.loss.l2_start):
        raise UserError("loss.distill and loss.l2_start need whole weights; set workers.fsdp=false")
    return fsdp
