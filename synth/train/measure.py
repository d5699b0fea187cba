"""What does the model know before, during and after training? Measured on what it is not trained on, kept by step."""

import json
from pathlib import Path
from typing import Any

from synth.evaluate.model import evaluate_model
from synth.evaluate.run import choose_probes
from synth.train.dataset import Collator
from synth.train.flops import work_of_steps
from synth.train.job import Job
from synth.train.prepare import Prepared
from synth.train.records import cut_back
from synth.train.tables import RunFiles

BEFORE = 0  # the step at which a model is the untouched base


def measurements(files: RunFiles) -> Path:
    """A JSON object for each time that a model was measured: its `name`, `step` and `tokens`, and what was found."""
    return files.run / "measurements.jsonl"


def read_measurements(files: RunFiles) -> list[dict[str, Any]]:
    """What was measured, the earliest first."""
    path = measurements(files)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def forget_later(files: RunFiles, step: int) -> None:
    """Remove what was measured after a step, where training goes on; all, where it begins."""
    cut_back(measurements(files), step if step > BEFORE else BEFORE - 1)


class Measure:
    """Measures a model, and keeps what was found.

    Args:
        job: whose settings say what is asked.
        prepared: sequences that are held out.
        tokenizer: of the model.
        batches: makes a batch of sequences.
        writes: whether this process keeps what is found; all workers measure, since each may hold a part of a model.
    """

    def __init__(self, job: Job, prepared: Prepared, tokenizer: Any, batches: Collator, writes: bool = True) -> None:
        self._files, self._held_out = RunFiles(job.out), prepared.held_out
        self._tokenizer, self._batches, self._writes = tokenizer, batches, writes
        self._probes = choose_probes(job.data, job.settings.evaluation)
        self._n_tokens = work_of_steps(self._files, prepared.summary["batch"]).n_tokens

    def __call__(self, model: Any, step: int) -> None:
        """Measure the model after a step and keep it."""
        self.keep("base" if step == BEFORE else f"step {step}", step, self.of(model))

    def of(self, model: Any) -> dict[str, Any]:
        """Measure a model, and keep nothing."""
        return evaluate_model(model, self._tokenizer, self._held_out, self._probes, self._batches)

    def keep(self, name: str, step: int, found: dict[str, Any]) -> None:
        """Add what was measured after a step to the file."""
        line = {"name": name, "step": step, "tokens": int(self._n_tokens[step]), **found}
        if self._writes:
            with measurements(self._files).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line) + "\n")
