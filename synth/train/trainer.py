"""How is one step made? TRL's trainer, fed by the plan: its rows in their order, our rates, our losses, our folders."""

import contextlib
import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from datasets import Dataset as Table
from torch.utils.data import DataLoader, Sampler
from transformers import PrinterCallback, Trainer, TrainerCallback
from trl import SFTConfig, SFTTrainer
from trl.trainer.utils import add_fused_lm_head

from synth.train.checkpoints import commit_folder, keep_newest
from synth.train.dataset import Collator, PlannedDataset
from synth.train.job import Share
from synth.train.losses import IGNORED, pull_back, self_distillation, starting_weights
from synth.train.settings import TrainSettings
from synth.train.tables import RunFiles


class PlanSampler(Sampler[list[int]]):
    """Rows of the plan for one worker, a micro-batch at a time: those of step s begin with row `s * batch`."""

    def __init__(self, n_rows: int, share: Share, rank: int, world: int) -> None:
        self._n_rows, self._share, self._rank, self._world = n_rows, share, rank, world

    def __len__(self) -> int:
        return self._n_rows // (self._share.micro * self._world)

    def __iter__(self) -> Iterator[list[int]]:
        micro = self._share.micro
        for turn in range(len(self)):
            first = (turn * self._world + self._rank) * micro
            yield list(range(first, first + micro))


class Parts(NamedTuple):
    """What a trainer is made of, beside the model and its tokenizer."""

    settings: TrainSettings
    files: RunFiles
    dataset: PlannedDataset
    collator: Collator
    rate: Callable[[int], float]
    """Step to a factor of the peak."""
    distilled: frozenset[int] | None
    """Numbers of the sources that are distilled; None: all."""
    saved: frozenset[int]
    """Steps after which a checkpoint is taken."""
    evaluated: frozenset[int]
    kept: frozenset[int]
    """Steps whose checkpoints are not removed."""
    measure: Callable[[Any, int], object]
    """Given the model and the step."""
    trunk: Path | None
    """A checkpoint whose optimizer goes on."""


class PlanTrainer(SFTTrainer):
    """Trains on the rows of a plan, in their order.

    The set of sequences of a step is that of the plan for any number of workers and any micro-batch, and the loss is
    the mean over all trained tokens of the step. TRL's measures of each step (entropy, accuracy) are left out.
    """

    def __init__(self, model: Any, tokenizer: Any, arguments: SFTConfig, share: Share, parts: Parts) -> None:
        self.parts, self._share = parts, share
        self._start = starting_weights(model) if parts.settings.loss.l2_start else {}
        # TRL insists on a table of its own kind, and reads one row of it: the loader is ours.
        super().__init__(
            model=model, args=arguments, processing_class=tokenizer, data_collator=parts.collator,
            train_dataset=Table.from_dict({"input_ids": [[0]], "labels": [[0]]}),
        )  # fmt: skip
        plain = model.get_base_model() if hasattr(model, "peft_config") else model
        add_fused_lm_head(plain, outputs=("log_probs",))
        self.remove_callback(PrinterCallback)
        self.model_accepts_loss_kwargs = True  # makes the trainer count the trained tokens of a whole step
        self.loss_is_scaled_for_ga = True
        self._teacher = Teacher(model, self.args.device) if parts.settings.loss.distill else None

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Micro-batches of this worker, in the order of the plan."""
        workers = {"rank": self.args.process_index, "world": self.args.world_size}
        sampler = PlanSampler(len(self.parts.dataset), self._share, **workers)
        return DataLoader(
            self.parts.dataset, batch_sampler=sampler, collate_fn=self.parts.collator,
            num_workers=self.args.dataloader_num_workers, pin_memory=self.args.device.type == "cuda",
        )  # fmt: skip

    def create_optimizer(self, model: Any = None) -> Any:
        """AdamW; embeddings that are trained beside adapters have a rate of their own."""
        if self.optimizer is None:
            super().create_optimizer(model)
            settings = self.parts.settings
            if settings.lora.rank and settings.lora.train_embeddings:
                _slow_down(self.optimizer, model or self.model, settings.lora.embeddings_lr)
            if settings.loss.l2_start:
                pull_back(self.optimizer, model or self.model, self._start, settings.loss.l2_start)
            if self.parts.trunk is not None:
                _go_on_from(self.optimizer, self.parts.trunk)
        return self.optimizer

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """Our learning rates."""
        self.lr_scheduler: Any = torch.optim.lr_scheduler.LambdaLR(optimizer or self.optimizer, self.parts.rate)
        return self.lr_scheduler

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The summed loss of a micro-batch over the trained tokens of the whole step."""
        sources = inputs.pop("source", None)
        n_tokens = torch.as_tensor(num_items_in_batch).clamp(min=1)
        if self._teacher is None:
            loss = -model(**inputs, use_cache=False, fused_lm_head=True).log_probs.sum() / n_tokens
        else:
            loss = self._distilled_loss(model, inputs, sources, float(n_tokens))
        # Gradients are averaged over workers, and the sum is wanted.
        return loss * self.accelerator.num_processes

    def _distilled_loss(self, model: Any, inputs: dict[str, Any], sources: Any, n_tokens: float) -> torch.Tensor:
        settings, labels = self.parts.settings.loss, inputs["labels"]
        given = {name: value for name, value in inputs.items() if name != "labels"}
        logits = model(**given, use_cache=False).logits
        gold = labels[:, 1:].flatten()
        learned = torch.nn.functional.cross_entropy(
            logits[:, :-1].flatten(0, 1).float(), gold, ignore_index=IGNORED, reduction="sum"
        )
        assert self._teacher is not None
        where = self._is_distilled(sources)
        with self.accelerator.autocast():
            teacher = self._teacher.read(given)
            taught = self_distillation(logits, teacher, labels, where, settings.temperature, n_tokens)
        return learned / n_tokens + settings.distill * taught

    def _is_distilled(self, sources: torch.Tensor) -> torch.Tensor | None:
        """Which sequences are, bool [B, 1]; None: all."""
        if self.parts.distilled is None:
            return None
        wanted = torch.tensor(sorted(self.parts.distilled), device=sources.device)
        return torch.isin(sources, wanted).view(-1, 1)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Write a checkpoint under a temporary name, and give it its own once it is whole."""
        Trainer._save_checkpoint(self, model, trial)
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            folder, step = self.parts.files.checkpoints, self.state.global_step
            commit_folder(folder / f"checkpoint-{step}", folder / f"step-{step}")
            keep_newest(folder, self.parts.settings.checkpoints.keep, self.parts.kept)
        self.accelerator.wait_for_everyone()

    def _evaluate(self, trial: Any, ignore_keys_for_eval: Any, skip_scheduler: bool = False) -> dict[str, float]:
        self.parts.measure(self.model, self.state.global_step)
        self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics={})
        return {}


class Calendar(TrainerCallback):
    """Says after which steps a model is measured and saved; the first step and the last one are always logged."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def on_train_begin(self, args: Any, state: Any, control: Any, *, model: Any, **_: Any) -> None:
        """Measure the untouched base."""
        if state.global_step == 0:
            self._parts.measure(model, 0)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Set what follows the step."""
        control.should_evaluate = state.global_step in self._parts.evaluated
        control.should_save = state.global_step in self._parts.saved
        control.should_log |= state.global_step in {1, state.max_steps}


class Teacher:
    """The frozen base model: a copy, or the model without its adapters."""

    def __init__(self, model: Any, device: torch.device) -> None:
        self._adapted = model if hasattr(model, "peft_config") else None
        self._base = model.get_base_model() if self._adapted else copy.deepcopy(model).requires_grad_(False).to(device)

    def read(self, inputs: dict[str, Any]) -> Callable[[torch.Tensor], torch.Tensor]:
        """Read a batch; the function that comes back gives logits [N, V] at places int64 [N] of the flattened batch."""
        with torch.no_grad(), self._adapted.disable_adapter() if self._adapted else contextlib.nullcontext():
            hidden = self._base.base_model(**inputs, use_cache=False).last_hidden_state.flatten(0, 1)
        head = self._base.get_output_embeddings()
        return lambda places: head(hidden[places])


def _slow_down(optimizer: Any, model: Any, share: float) -> None:
    """Give the embeddings and the head, which adapters train in full, a share of the others' learning rate."""
    slow = {weight for name, weight in model.named_parameters() if ".modules_to_save." in name}
    for group in list(optimizer.param_groups):
        moved = [weight for weight in group["params"] if weight in slow]
        if moved:
            group["params"] = [weight for weight in group["params"] if weight not in slow]
            optimizer.add_param_group({**group, "params": moved, "lr": group["lr"] * share})


def _go_on_from(optimizer: Any, checkpoint: Path) -> None:
    """Take over the moments of AdamW, but not the learning rate."""
    moments = torch.load(checkpoint / "optimizer.pt", map_location="cpu", weights_only=True)["state"]
    optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})
