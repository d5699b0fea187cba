"""How does data become a run? Rows are read, cut into tokens, packed and put in order; every table stays on disk."""

import json
import math
import shutil
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from synth import __version__
from synth.errors import UserError
from synth.folder import fingerprint as hash_of
from synth.folder import to_parquet, write_atomically
from synth.progress import Progress
from synth.train.dataset import PlannedDataset, held_out, planned
from synth.train.inputs import UNVERIFIED, Corpora, Input, Stage, general_inputs, replay_inputs
from synth.train.packs import write_packs
from synth.train.plan import Source, make_plan, replay_needed
from synth.train.rows import fingerprint
from synth.train.selection import choose_best, choose_tokens, draw_by_quality
from synth.train.settings import TrainSettings
from synth.train.tables import RunFiles
from synth.train.tokens import Tokenised, read_tokens, tokenise

HELD_OUT = "held-out-"  # before the name of a source, in the names of its files

Indices = npt.NDArray[np.int64]


class Prepared(NamedTuple):
    """All that training needs to know of the data."""

    dataset: PlannedDataset
    held_out: dict[str, PlannedDataset]  # `corpus`, and general text by its name; only what has sequences
    n_steps: int
    summary: dict[str, Any]  # plan.json


class _Made(NamedTuple):
    """A source that is trained on, and its part of the summary."""

    source: Source
    facts: dict[str, Any]


class _Maker(NamedTuple):
    """What the making of every table needs."""

    tokenizer: Any
    settings: TrainSettings
    files: RunFiles
    progress: Progress


def prepare(
    stage: Stage, data: Sequence[str], tokenizer: Any, settings: TrainSettings, files: RunFiles, progress: Progress
) -> Prepared:
    """Make the plan of a run and all that it refers to, or take over what is there.

    Tables that another call finished, for the same data and settings, are not made again; others are deleted.

    Args:
        stage: cpt for texts, sft for conversations.
        data: corpora, or files of rows.
        tokenizer: of the model; it has the control tokens and the chat template that the settings ask for.
        settings: of the run.
        files: where everything is stored.
        progress: told of rows and packs.

    Raises:
        UserError: there is nothing to train on, or a setting does not fit the data.
    """
    maker = _Maker(tokenizer, settings, files, progress)
    made_from = _made_from(stage, data, tokenizer, settings)
    if not files.plan.exists() or _read_mark(files) != made_from:
        _clear(files, made_from)
        _make_tables(maker, stage, tuple(data))
    summary = json.loads((files.out / "plan.json").read_text())
    measured = {row["name"]: held_out(files, HELD_OUT + row["name"], row["sequences"]) for row in summary["held_out"]}
    return Prepared(planned(files), measured, summary["n_steps"], summary)


def _make_tables(maker: _Maker, stage: Stage, data: tuple[str, ...]) -> None:
    settings, files = maker.settings, maker.files
    corpora = Corpora(stage, data, settings.data)
    corpora.check_recipes()
    made: list[_Made] = []
    for part in corpora.inputs():
        made.append(_make_source(maker, part, [other.source for other in made]))
    corpus = [part.source for part in made]
    if not any(len(source.n_tokens) for source in corpus):
        raise UserError(_why_nothing(stage, data, made))
    n_replay = replay_needed(corpus, settings.data, settings.optimizer)
    replay = replay_inputs(stage, n_replay * settings.data.max_length, settings.data)
    made += [_make_source(maker, part, corpus) for part in replay]
    plan = make_plan([part.source for part in made], settings.data, settings.optimizer, settings.seed)
    summary = {"stage": stage, "seed": settings.seed, **plan.summary}
    summary["sources"] = [{**row, **_facts_of(row["name"], made)} for row in plan.summary["sources"]]
    summary["without_rows"] = [part.facts for part in made if not len(part.source.n_tokens)]
    summary["held_out"] = [_hold_out(maker, part) for part in _held_out_inputs(corpora, settings)]
    write_atomically(_summary(files), (json.dumps(summary, indent=1) + "\n").encode())
    write_atomically(files.plan, to_parquet(plan.table))


def _made_from(stage: Stage, data: Sequence[str], tokenizer: Any, settings: TrainSettings) -> str:
    """A hash of all that the tables follow from."""
    paths = [*data, *(source.path for source in settings.data.replay.sources), *settings.evaluation.general]
    known = json.loads(settings.model_dump_json(include={"seed", "data", "optimizer", "evaluation"}))
    known["data"].pop("workers")
    numbers = {name: known["optimizer"][name] for name in ("batch", "max_steps")}
    measured = {name: known["evaluation"][name] for name in ("rows", "general")}
    words = [sorted(tokenizer.get_vocab().items()), tokenizer.chat_template, tokenizer.eos_token]
    prints = [fingerprint(path) for path in paths]
    return hash_of(__version__, stage, known["seed"], known["data"], numbers, measured, words, prints)


def _clear(files: RunFiles, made_from: str) -> None:
    """Delete what was made from other data or settings."""
    if _read_mark(files) == made_from:
        return
    for folder in (files.tokens("").parent, files.packs("").parent):
        shutil.rmtree(folder, ignore_errors=True)
    for path in (files.plan, _summary(files)):
        path.unlink(missing_ok=True)
    write_atomically(_mark(files), made_from.encode())


def _mark(files: RunFiles) -> Path:
    return files.run / "tables-made-from"


def _read_mark(files: RunFiles) -> str:
    return _mark(files).read_text() if _mark(files).exists() else ""


def _summary(files: RunFiles) -> Path:
    return files.out / "plan.json"


def _make_source(maker: _Maker, part: Input, verified: Sequence[Source]) -> _Made:
    """Tokens and packs of a source that is trained on."""
    settings = maker.settings
    tokens = _tokenise(maker, part, part.name)
    draws = _draws(part, tokens, verified, settings)
    order = "shuffled" if part.epochs is None else settings.data.order
    source = write_packs(part, tokens, draws, order, settings.data, maker.files.packs(part.name))
    n_used = len(np.unique(np.concatenate(draws)))
    return _Made(source, {**_facts(part.name, tokens), "pieces_used": n_used})


def _tokenise(maker: _Maker, part: Input, name: str) -> Tokenised:
    """The tokens of a source, as they are on disk or from its rows."""
    out = maker.files.tokens(name)
    if out.exists():
        return read_tokens(out)
    data = maker.settings.data
    return tokenise(part.rows, maker.tokenizer, part.stage, data, out, data.workers, maker.progress)


def _draws(part: Input, tokens: Tokenised, verified: Sequence[Source], settings: TrainSettings) -> list[Indices]:
    """Which pieces of a source take part; several draws are for one epoch each."""
    data, seed = settings.data, [settings.seed, zlib.crc32(part.name.encode())]
    if part.name == UNVERIFIED:
        beside = sum((source.epochs or 0) * int(source.n_tokens.sum()) for source in verified)
        most = data.tags.max_unverified / (1 - data.tags.max_unverified) * beside / data.epochs
        return [choose_tokens(tokens.lengths, most, seed)]
    if data.best == 1 or part.epochs is None:
        return [np.arange(len(tokens.lengths))]
    if not data.resample:
        return [choose_best(tokens.lengths, tokens.quality, data.best)]
    epochs = range(math.ceil(part.epochs))
    return [draw_by_quality(tokens.lengths, tokens.quality, data.best, [*seed, epoch]) for epoch in epochs]


def _held_out_inputs(corpora: Corpora, settings: TrainSettings) -> list[Input]:
    rows = settings.evaluation.rows
    general = general_inputs(settings.evaluation.general, rows * settings.data.max_length)
    return [corpora.held_out(), *general] if rows else []


def _hold_out(maker: _Maker, part: Input) -> dict[str, Any]:
    """Tokens and packs of what is only measured on."""
    name, data = HELD_OUT + part.name, maker.settings.data
    tokens = _tokenise(maker, part, name)
    everything = [np.arange(len(tokens.lengths))]
    packed = write_packs(part, tokens, everything, "shuffled", data, maker.files.packs(name))
    n_sequences = min(len(packed.n_tokens), maker.settings.evaluation.rows)
    return {**_facts(part.name, tokens), "sequences": n_sequences}


def _facts(name: str, tokens: Tokenised) -> dict[str, Any]:
    """Of a source: the rows that are in it, those that are not, by reason, and the pieces that rows were cut into."""
    recipes = pc.unique(tokens.table["recipe"]).to_pylist()
    return {
        "name": name,
        "recipes": sorted(filter(None, recipes)),
        "rows": tokens.n_rows,
        "left_out": tokens.left_out,
        "pieces": len(tokens.lengths),
    }


def _facts_of(name: str, made: Sequence[_Made]) -> dict[str, Any]:
    return next(part.facts for part in made if part.source.name == name)


def _why_nothing(stage: Stage, data: Sequence[str], made: Sequence[_Made]) -> str:
    where = f"no rows for `synth train {stage}` in {', '.join(data)}"
    left_out = sum((Counter(part.facts["left_out"]) for part in made), Counter[str]())
    if left_out:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(left_out.items()))
        return f"{where}: all are left out ({reasons}); see data.max_length and the chat template"
    return f"{where}; give a finished corpus with such rows, or a file with a column of texts or messages"
