"""What does one worker do? Loads the base, goes on from the newest checkpoint, and trains to the end of the plan."""

from typing import Any

import torch
from trl import SFTConfig

from synth.errors import UserError
from synth.progress import Progress
from synth.train.base import be_quiet, collator, computes_in_bfloat16, device_kind, load_model, load_tokenizer
from synth.train.checkpoints import averaged_steps, newest_checkpoint, saved_steps, step_of
from synth.train.flops import peak_flops, training_cost, work_of_steps
from synth.train.job import Job, Share, evaluated_steps, share_of, trunk_step
from synth.train.measure import Measure, forget_later
from synth.train.prepare import Prepared, prepare
from synth.train.records import Recorder, cut_back
from synth.train.schedules import learning_rate
from synth.train.settings import TrainSettings
from synth.train.tables import RunFiles
from synth.train.trainer import Calendar, Parts, PlanTrainer


def learn(job: Job, progress: Progress) -> None:
    """Train to the end of the plan; checkpoints, numbers and measurements are on disk then.

    Args:
        job: what is to be done; its plan is made already.
        progress: told each step.

    Raises:
        UserError: the settings do not fit the model, the workers or the memory.
    """
    be_quiet()
    settings = job.settings
    if device_kind() == "cpu" and settings.workers.threads is not None:
        torch.set_num_threads(settings.workers.threads)
    tokenizer = load_tokenizer(job.base, settings.model, settings.data.tags)
    prepared = prepare(job.stage, job.data, tokenizer, settings, RunFiles(job.out), progress)
    trainer = make_trainer(job, prepared, tokenizer)
    try:
        _train(trainer, job, progress)
    except torch.OutOfMemoryError:
        raise UserError(
            f"out of memory with {trainer.args.per_device_train_batch_size} sequences of {settings.data.max_length} "
            "tokens at a time; set optimizer.micro_batch or data.max_length lower, or train adapters with lora.rank=64"
        ) from None


def make_trainer(job: Job, prepared: Prepared, tokenizer: Any) -> PlanTrainer:
    """Load the base and put a trainer round it, for this worker's share of each step.

    Raises:
        UserError: the settings do not fit the model or the number of workers.
    """
    settings, device = job.settings, device_kind()
    share = share_of(settings.optimizer, world_size(), settings.data.max_length, device)
    torch.manual_seed(settings.seed)  # new rows and adapters are drawn
    model = load_model(job.base, settings, len(tokenizer), device)
    given = arguments(job, prepared.n_steps, share, device)
    return PlanTrainer(model, tokenizer, given, share, _parts(job, prepared, tokenizer))


def _train(trainer: PlanTrainer, job: Job, progress: Progress) -> None:
    files, settings = RunFiles(job.out), job.settings
    newest = newest_checkpoint(files.checkpoints)
    trainer.add_callback(Calendar(trainer.parts))
    if trainer.is_world_process_zero():
        step = 0 if newest is None else step_of(newest)
        cut_back(files.metrics, step)
        forget_later(files, step)
        cost = training_cost(trainer.model)
        work = work_of_steps(files, settings.optimizer.batch)
        peak = peak_flops(torch.cuda.get_device_name()) if torch.cuda.is_available() else None
        total = None if peak is None else peak * trainer.args.world_size
        trainer.add_callback(Recorder(files, settings.log, work.n_tokens, work.flops(cost), total, progress))
    trainer.train(resume_from_checkpoint=None if newest is None else str(newest))


def _parts(job: Job, prepared: Prepared, tokenizer: Any) -> Parts:
    settings, n_steps = job.settings, prepared.n_steps
    averaged = averaged_steps(settings.average, n_steps)
    trunk = trunk_step(settings, n_steps)
    kept = frozenset([*averaged, *([] if trunk is None else [trunk])])
    batches = collator(settings, tokenizer)
    return Parts(
        settings=settings,
        files=RunFiles(job.out),
        dataset=prepared.dataset,
        collator=batches,
        rate=learning_rate(settings.schedule, n_steps),
        distilled=_distilled(settings, prepared),
        saved=frozenset(saved_steps(settings.checkpoints, kept, n_steps)),
        evaluated=frozenset(evaluated_steps(settings.evaluation.times, n_steps)),
        kept=kept,
        measure=Measure(job, prepared, tokenizer, batches, writes=rank() == 0),
        trunk=job.trunk,
    )


def arguments(job: Job, n_steps: int, share: Share, device: str) -> SFTConfig:
    """Our settings as the library takes them."""
    settings, optimizer = job.settings, job.settings.optimizer
    checkpointing = settings.model.gradient_checkpointing
    return SFTConfig(
        output_dir=str(RunFiles(job.out).checkpoints),
        per_device_train_batch_size=share.micro,
        gradient_accumulation_steps=share.accumulate,
        max_steps=n_steps,
        learning_rate=optimizer.peak_lr,
        weight_decay=optimizer.weight_decay,
        adam_beta1=optimizer.betas[0],
        adam_beta2=optimizer.betas[1],
        adam_epsilon=optimizer.eps,
        max_grad_norm=optimizer.max_grad_norm,
        logging_steps=settings.log.steps,
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        seed=settings.seed,
        use_cpu=device == "cpu",
        bf16=computes_in_bfloat16(settings.model, device),
        gradient_checkpointing=device == "cuda" if checkpointing is None else checkpointing,
        remove_unused_columns=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
        dataloader_num_workers=2 if device == "cuda" else 0,
        fsdp=job.fsdp,
        fsdp_config=_fsdp() if job.fsdp else None,
    )


def _fsdp() -> dict[str, Any]:
    """Weights, gradients and moments are cut up; a checkpoint has whole weights, so that it loads anywhere."""
    return {"version": 2, "auto_wrap_policy": "TRANSFORMER_BASED_WRAP", "state_dict_type": "FULL_STATE_DICT"}


def _distilled(settings: TrainSettings, prepared: Prepared) -> frozenset[int] | None:
    if settings.loss.distill_on == "all":
        return None
    kinds = {source["name"]: source["kind"] for source in prepared.summary["sources"]}
    wanted = settings.loss.distill_on
    return frozenset(index for index, name in enumerate(prepared.dataset.sources) if kinds[name] == wanted)


def world_size() -> int:
    """How many processes compute together."""
    return torch.distributed.get_world_size() if torch.distributed.is_initialized() else 1


def rank() -> int:
    """The number of this process among them."""
    return torch.distributed.get_rank() if torch.distributed.is_initialized() else 0
