"""How fast is training beside plain TRL? Tokens per second of both, on one model and one set of documents.

Both train a Qwen2 of random weights on the same documents with the same optimizer, taking turns, and pack them with
best-fit decreasing: TRL into its padding-free batches, we by our plan. A round is one epoch of each; the ratio of a
round is of its two rates, so that what else the machine does hardly shows. Warm-up is a round that is not counted.

    python benchmarks/train_speed.py --rounds 3
"""

import argparse
import json
import random
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import datasets
import torch
from datasets import Dataset
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PrinterCallback,
)
from transformers.utils import logging
from trl import SFTConfig, SFTTrainer

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from tiny_model import make_model

from synth.progress import silent
from synth.train.base import load_tokenizer
from synth.train.cli import training_settings
from synth.train.job import Job
from synth.train.prepare import Prepared, prepare
from synth.train.tables import RunFiles
from synth.train.worker import make_trainer

LENGTH, BATCH = 256, 8
LICENSE = Path(__file__).parent.parent / "LICENSE"


class Speed(NamedTuple):
    """What one epoch took."""

    n_tokens: int
    seconds: float

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return self.n_tokens / self.seconds


def make_texts(count: int) -> list[str]:
    """Documents of 10 to 80 words of the licence, in another order each."""
    drawn = random.Random(0)
    words = LICENSE.read_text(encoding="utf-8").split()
    return [" ".join(drawn.choices(words, k=drawn.randrange(10, 80))) for _ in range(count)]


def prepare_ours(folder: Path, model: Path, texts: list[str], micro: int) -> tuple[Job, Prepared]:
    """The plan of one epoch."""
    data = folder / "texts.jsonl"
    data.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    changes = (f"data.max_length={LENGTH}", f"optimizer.batch={BATCH}", f"optimizer.micro_batch={micro}")
    settings = training_settings("cpt", None, [*changes, "evaluation.rows=0", "evaluation.probes=0"])
    job = Job("cpt", [str(data)], str(model), model, None, folder / "ours", settings)
    tokenizer = load_tokenizer(model, settings.model, settings.data.tags)
    return job, prepare("cpt", job.data, tokenizer, settings, RunFiles(job.out), silent)


def ours(job: Job, prepared: Prepared) -> Speed:
    """Train one epoch by the plan; how long it takes from the first step to the last."""
    tokenizer = load_tokenizer(job.base, job.settings.model, job.settings.data.tags)
    trainer = make_trainer(job, prepared, tokenizer)
    started = time.perf_counter()
    trainer.train()
    return Speed(prepared.summary["tokens"], time.perf_counter() - started)


def theirs(folder: Path, model: Path, texts: list[str], micro: int) -> Speed:
    """Train one epoch with TRL as its documentation packs; preparing the data is not counted."""
    arguments = SFTConfig(
        output_dir=str(folder / "trl"), per_device_train_batch_size=micro, gradient_accumulation_steps=BATCH // micro,
        num_train_epochs=1, max_length=LENGTH, packing=True, packing_strategy="bfd", learning_rate=1e-5,
        adam_beta2=0.95, weight_decay=0.01, logging_steps=1, save_strategy="no", report_to=[], disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(), bf16=torch.cuda.is_available(),
        gradient_checkpointing=torch.cuda.is_available(),
    )  # fmt: skip
    trainer = SFTTrainer(
        AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32), arguments,
        train_dataset=Dataset.from_dict({"text": texts}),
        processing_class=AutoTokenizer.from_pretrained(model),
    )  # fmt: skip
    trainer.remove_callback(PrinterCallback)
    started = time.perf_counter()
    trainer.train()
    seconds = time.perf_counter() - started
    return Speed(int(trainer.state.log_history[-2]["num_tokens"]), seconds)


def main() -> int:
    """Run the comparison and print it; 1 where ours is slower."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--documents", type=int, default=80)
    parser.add_argument("--micro", type=int, default=2, help="sequences at a time, of both")
    given = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    datasets.disable_progress_bars()
    ratios = []
    with TemporaryDirectory() as scratch:
        folder, texts = Path(scratch), make_texts(given.documents)
        model = make_model(folder / "model", hidden=192, layers=4)
        job, prepared = prepare_ours(folder, model, texts, given.micro)
        for number in range(given.rounds + 1):
            mine, other = ours(job, prepared), theirs(folder, model, texts, given.micro)
            ratios.append(mine.rate / other.rate)
            print(
                f"round {number}: ours {mine.n_tokens:,} tokens, {mine.rate:,.0f}/s; TRL {other.n_tokens:,} tokens, "
                f"{other.rate:,.0f}/s; ratio {ratios[-1]:.2f}{'' if number else ' (warm-up)'}",
                flush=True,
            )
    ratio = statistics.median(ratios[1:])
    print(f"median ratio {ratio:.2f}")
    return int(ratio < 1)


if __name__ == "__main__":
    sys.exit(main())
