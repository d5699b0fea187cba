"""Where do the numbers of a run go? To `metrics.jsonl`, TensorBoard, Weights & Biases and the terminal."""

import importlib
import importlib.util
import json
import resource
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import TrainerCallback

from synth.errors import UserError
from synth.folder import write_atomically
from synth.progress import Progress
from synth.train.settings import LogSettings
from synth.train.tables import RunFiles

GIB = 1 << 30


class Recorder(TrainerCallback):
    """Writes a line a logged step.

    Args:
        files: of the run.
        settings: where else numbers go.
        n_tokens: int64[n_steps + 1], tokens of all sequences before each step.
        flops: float64[n_steps + 1], operations before each step.
        peak: operations a second that all devices together can do, if known.
        progress: told the step and what it brought.
    """

    def __init__(
        self, files: RunFiles, settings: LogSettings, n_tokens: np.ndarray, flops: np.ndarray, peak: float | None,
        progress: Progress,
    ) -> None:  # fmt: skip
        self._files, self._n_tokens, self._flops, self._peak = files, n_tokens, flops, peak
        self._progress = progress
        self._settings = settings
        self._writers: list[Any] = []
        self._clock = (0.0, 0)

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Open the writers and start the clock."""
        if self._settings.tensorboard:
            self._writers.append(_TensorBoard(self._files, state.global_step))
        if self._settings.wandb is not None:
            self._writers.append(_WeightsAndBiases(self._settings.wandb, self._files))
        self._clock = (time.perf_counter(), state.global_step)
        self._progress("train", state.global_step, state.max_steps)

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, float], **_: Any) -> None:
        """Write what a step brought; what the library says at the end of training is left out."""
        if "loss" not in logs:
            return
        line = {"step": state.global_step, **self._measured(state.global_step), **logs}
        with self._files.metrics.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")
        for writer in self._writers:
            writer.write(line)
        self._progress("train", state.global_step, state.max_steps, note_of(line))
        self._restart(state)

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Leave the time of an evaluation out of the rates."""
        self._restart(state)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Leave the time of saving out of the rates."""
        self._restart(state)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Close the writers."""
        for writer in self._writers:
            writer.close()

    def _restart(self, state: Any) -> None:
        self._clock = (time.perf_counter(), state.global_step)

    def _measured(self, step: int) -> dict[str, float]:
        started, before = self._clock
        seconds = max(time.perf_counter() - started, 1e-9)
        rate = float(self._n_tokens[step] - self._n_tokens[before]) / seconds
        found = {"tokens": int(self._n_tokens[step]), "tokens_per_second": round(rate, 1), "memory_gib": memory_gib()}
        if self._peak is not None:
            found["mfu"] = round(float(self._flops[step] - self._flops[before]) / seconds / self._peak, 4)
        return found


class _TensorBoard:
    def __init__(self, files: RunFiles, step: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        # What a killed process wrote after its last checkpoint is not shown twice.
        self._writer = SummaryWriter(str(files.run / "tensorboard"), purge_step=step + 1)

    def write(self, line: Mapping[str, float]) -> None:
        for name, value in line.items():
            if name != "step":
                self._writer.add_scalar(f"train/{name}", value, int(line["step"]))

    def close(self) -> None:
        self._writer.close()


class _WeightsAndBiases:
    def __init__(self, project: str, files: RunFiles) -> None:
        wandb: Any = importlib.import_module("wandb")
        self._run = wandb.init(project=project, name=files.out.name, dir=str(files.run))

    def write(self, line: Mapping[str, float]) -> None:
        self._run.log({f"train/{name}": value for name, value in line.items()}, step=int(line["step"]))

    def close(self) -> None:
        self._run.finish()


def check_log(settings: LogSettings) -> None:
    """See that what is asked for is installed, before hours of work.

    Raises:
        UserError: it is not.
    """
    if settings.wandb is not None and importlib.util.find_spec("wandb") is None:
        raise UserError("log.wandb needs the package wandb; install it (pip install wandb), or leave the setting out")


def cut_back(path: Path, step: int) -> None:
    """Remove the lines of later steps from a file of JSON lines, and what is left of a line that was half written."""
    if not path.exists():
        return
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    kept = [line for line in whole.split("\n") if line and json.loads(line)["step"] <= step]
    write_atomically(path, "".join(f"{line}\n" for line in kept).encode())


def memory_gib() -> float:
    """The most memory that was in use: of the GPU where there is one, else of this process."""
    if torch.cuda.is_available():
        return round(float(torch.cuda.max_memory_allocated()) / GIB, 3)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIB, 3)


def note_of(line: Mapping[str, float]) -> str:
    """A line of the log in a few words."""
    mfu = f", MFU {line['mfu']:.1%}" if "mfu" in line else ""
    return (
        f"loss {line['loss']:.3f}, lr {line['learning_rate']:.2e}, {line['tokens_per_second']:,.0f} tokens/s, "
        f"{line['memory_gib']:.1f} GiB{mfu}"
    )
