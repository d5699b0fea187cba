"""How are pilots run? Short trainings with different shares of the corpus, alike in all else.

OUT/
├── pilots.jsonl            what was measured: `plan-mix --pilots` reads it again for other budgets and tolerances
├── general/N/              general text, a tenth of it set apart to measure on
└── ratio-0.75/             one training run each; killed, the same command goes on
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from synth.errors import UserError
from synth.folder import write_atomically
from synth.progress import Progress
from synth.train.inputs import CORPUS
from synth.train.pilots import Measurement
from synth.train.rows import Row, read_rows
from synth.train.settings import EvaluationSettings, ReplaySettings, ReplaySource, ScheduleSettings, TrainSettings

RATIOS = (1.0, 0.75, 0.5, 0.3333, 0.25)
"""Shares of the corpus: those of the CMR paper's pilots, and the one that it predicted from them."""
TIMES = 8
"""Measurements of a pilot, so that the rise and the fall of its general loss can be told apart."""
LEAST_STEPS = 2 * TIMES
OFTEN = 1000
"""Epochs of the corpus that a pilot may make; the number of its steps ends it."""
APART = 10
"""Every tenth row of general text is measured on and not trained on."""
CHARACTERS = 8
"""Of a token, more than text has: so much general text is enough."""


def run_pilots(
    data: Sequence[str], general: Sequence[str], model: str, out: Path, tokens: int, settings: TrainSettings,
    progress: Progress, ratios: Sequence[float] = RATIOS,
) -> list[Measurement]:  # fmt: skip
    """Train a pilot for each ratio, or take over those that are done.

    Args:
        data: corpora, or files of rows.
        general: general text: Parquet or JSONL files, folders, corpora or datasets.
        model: that all pilots start from.
        out: for the pilots.
        tokens: of one pilot, corpus and replay.
        settings: of the training; what makes pilots comparable is set by `pilot_settings`.
        progress: told what is done.
        ratios: shares of the corpus, one a pilot.

    Raises:
        UserError: a pilot is too short, there is too little general text, or nothing of the corpus is held back.
    """
    from synth.train.loop import train

    check_length(tokens, settings)
    held_rows = settings.evaluation.rows * settings.data.max_length
    folders = [
        str(set_apart(path, out / "general" / str(number), tokens + held_rows))
        for number, path in enumerate(general, start=1)
    ]
    measured: list[Measurement] = []
    for number, ratio in enumerate(ratios):
        progress("pilots", number, len(ratios), f"{ratio:.0%} of the corpus")
        pilot = pilot_settings(settings, ratio, tokens, folders)
        folder = out / f"ratio-{ratio:g}"
        results = train("cpt", list(data), model, folder, pilot, progress)
        assert results is not None
        measured += measurements(ratio, results, folder)
    progress("pilots", len(ratios), len(ratios))
    lines = [json.dumps(item._asdict()) for item in measured]
    write_atomically(out / "pilots.jsonl", ("\n".join(lines) + "\n").encode())
    return measured


def pilot_settings(settings: TrainSettings, ratio: float, tokens: int, general: Sequence[str]) -> TrainSettings:
    """Settings of one pilot: a constant rate, so that its measurements are as those of shorter pilots."""
    sources = tuple(ReplaySource(path=path) for path in general)
    replay = ReplaySettings(
        rate=round(1 - ratio, 6), sources=sources if ratio < 1 else (), max_epochs=settings.data.replay.max_epochs
    )
    changed = {
        "data": settings.data.model_copy(update={"replay": replay, "epochs": OFTEN}),
        "optimizer": settings.optimizer.model_copy(update={"max_steps": n_steps(tokens, settings)}),
        "schedule": ScheduleSettings(kind="constant", warmup=settings.schedule.warmup),
        "average": type(settings.average)(),
        "evaluation": EvaluationSettings(
            times=TIMES - 1, rows=settings.evaluation.rows, general=tuple(general), probes=0
        ),
    }
    return settings.model_copy(update=changed)


def n_steps(tokens: int, settings: TrainSettings) -> int:
    """Steps of a pilot."""
    return math.ceil(tokens / (settings.optimizer.batch * settings.data.max_length))


def measurements(ratio: float, results: Mapping[str, Any], where: Path) -> list[Measurement]:
    """What `results.json` of a pilot says; several general texts count alike.

    Raises:
        UserError: nothing of the corpus was held out.
    """
    found: list[Measurement] = []
    for each in results["measured"]:
        general = [kind["loss"] for name, kind in each["losses"].items() if name != CORPUS]
        if CORPUS not in each["losses"] or not general:
            raise UserError(
                f"{where}: no loss was measured on the corpus and on general text; --data needs rows for validation, "
                "as a corpus has them, and evaluation.rows above 0"
            )
        found.append(Measurement(ratio, each["tokens"], each["losses"][CORPUS]["loss"], fmean(general)))
    return found


def check_length(tokens: int, settings: TrainSettings) -> None:
    """Refuse pilots of so few steps that measurements would fall together.

    Raises:
        UserError: there are too few steps.
    """
    if (steps := n_steps(tokens, settings)) < LEAST_STEPS:
        least = LEAST_STEPS * settings.optimizer.batch * settings.data.max_length
        raise UserError(
            f"--pilot-tokens: {tokens:,} tokens are {steps} steps, and a pilot has at least {LEAST_STEPS}; give "
            f"{least:,}, or lower optimizer.batch"
        )


def set_apart(path: str, out: Path, n_tokens: int) -> Path:
    """Write general text into two files, of which `train` is for replay and `validation` to measure on.

    Text that comes with a split for validation keeps it.

    Args:
        path: of the text.
        out: a folder; if it is whole already, it is taken as it is.
        n_tokens: that are enough.

    Raises:
        UserError: there are not two rows.
    """
    if (out / "train.jsonl").exists():
        return out
    rows = list(_enough(read_rows(path, "cpt", "train"), n_tokens))
    apart = list(_enough(read_rows(path, "cpt", "validation"), n_tokens))
    kept = rows
    if not apart:
        apart = rows[::APART]
        kept = [row for index, row in enumerate(rows) if index % APART]
    if not kept:
        raise UserError(f"--general {path} has {len(rows)} rows, too few to set some apart; give two texts or more")
    out.mkdir(parents=True, exist_ok=True)
    for name, chosen in (("validation", apart), ("train", kept)):
        write_atomically(out / f"{name}.jsonl", "".join(_line(row) for row in chosen).encode())
    return out


def _enough(rows: Iterable[Row], n_tokens: int) -> Iterator[Row]:
    left = n_tokens * CHARACTERS
    for row in rows:
        yield row
        left -= len(row.text) + sum(len(message["content"]) for message in row.messages)
        if left <= 0:
            return


def _line(row: Row) -> str:
    return json.dumps({"text": row.text} if row.text else {"messages": row.messages}) + "\n"
