"""Which rows make up which source of a run? The corpus by its epochs; rows turned down; replay; text to measure on."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from synth.errors import UserError
from synth.train.origins import Split, is_corpus
from synth.train.rows import Row, read_rows
from synth.train.settings import DataSettings

CORPUS, UNVERIFIED = "corpus", "unverified"
CHARACTERS_PER_TOKEN = 8  # more than text has, so that what is read is enough

Stage = Literal["cpt", "sft"]


class Input(NamedTuple):
    """Rows of one source, read as they are asked for."""

    name: str
    stage: Stage
    rows: Iterable[Row]
    epochs: float | None = None
    share: float = 1


class Corpora(NamedTuple):
    """The corpora of a run and what to take from them."""

    stage: Stage
    paths: tuple[str, ...]
    data: DataSettings

    def inputs(self) -> list[Input]:
        """Sources of the corpus: one for each number of epochs, and one for rows that were turned down."""
        epochs = [self.data.epochs, *sorted({*self.data.recipes.values()} - {0, self.data.epochs})]
        inputs = [Input(self._name(number), self.stage, self._with_epochs(number), number) for number in epochs]
        tags = self.data.tags
        if tags.unverified is not None and tags.reasons:
            inputs.append(Input(UNVERIFIED, self.stage, self._used("rejected"), self.data.epochs))
        return inputs

    def held_out(self) -> Input:
        """Rows of the corpus that are never trained on."""
        return Input(CORPUS, self.stage, self._used("validation"))

    def check_recipes(self) -> None:
        """See that the settings name recipes that there are.

        Raises:
            UserError: the corpora have no rows of a recipe that `data.recipes` names.
        """
        if not self.data.recipes:
            return
        known = {row.recipe for row in self._rows("train")}
        if unknown := sorted(self.data.recipes.keys() - known):
            found = ", ".join(sorted(known - {""})) or "none"
            raise UserError(f"data.recipes: no rows of {', '.join(unknown)}; the corpus has {found}")

    def _name(self, epochs: float) -> str:
        return CORPUS if epochs == self.data.epochs else f"{CORPUS}-x{epochs:g}"

    def _with_epochs(self, epochs: float) -> Iterator[Row]:
        for row in self._rows("train"):
            if self.data.recipes.get(row.recipe, self.data.epochs) == epochs:
                yield row

    def _used(self, split: Split) -> Iterator[Row]:
        for row in self._rows(split):
            if self.data.recipes.get(row.recipe, self.data.epochs) > 0:
                yield row

    def _rows(self, split: Split) -> Iterator[Row]:
        # A rejected row may have failed before the check that is asked for, and needs no quality.
        quality = self.data.quality if split == "train" else "quality"
        for path in self.paths:
            for stage in self._stages(path):
                yield from read_rows(path, stage, split, quality=quality, reasons=self.data.tags.reasons)

    def _stages(self, path: str) -> tuple[Stage, ...]:
        """What is no corpus has no rows of another stage, and its own would be read twice."""
        with_text = self.stage == "sft" and self.data.corpus_text_in_sft and is_corpus(Path(path))
        return (self.stage, "cpt") if with_text else (self.stage,)


def replay_inputs(stage: Stage, n_tokens: int, data: DataSettings) -> list[Input]:
    """General data, each source read until it has enough tokens to be all of replay by itself."""
    inputs: list[Input] = []
    for source in data.replay.sources if n_tokens else ():
        rows = read_rows(source.path, stage, "train", text_column=source.text)
        name = _name(source.name or source.path, "replay-", inputs)
        inputs.append(Input(name, stage, _enough(rows, n_tokens), share=source.share))
    return inputs


def general_inputs(paths: Iterable[str], n_tokens: int) -> list[Input]:
    """General text to measure on: what is marked for validation where there is such, else all of it."""
    inputs: list[Input] = []
    for path in paths:
        name = _name(path, "", [Input(CORPUS, "cpt", ()), *inputs])
        inputs.append(Input(name, "cpt", _enough(_validation_or_all(path), n_tokens)))
    return inputs


def _validation_or_all(path: str) -> Iterator[Row]:
    empty = True
    for row in read_rows(path, "cpt", "validation"):
        empty = False
        yield row
    if empty:
        yield from read_rows(path, "cpt", "train")


def _enough(rows: Iterable[Row], n_tokens: int) -> Iterator[Row]:
    """The first rows that have so many tokens: general data may be endless."""
    left = n_tokens * CHARACTERS_PER_TOKEN
    for row in rows:
        if left <= 0:
            return
        yield row
        left -= len(row.text) + sum(len(message["content"]) for message in row.messages)


def _name(path: str, prefix: str, inputs: Iterable[Input]) -> str:
    """A name for a source that is fit for a file's name and that no other source has."""
    stem = re.sub(r"[^\w-]+", "-", Path(path).name.split(".")[0]).strip("-") or "data"
    taken = {other.name for other in inputs}
    names = (f"{prefix}{stem}{f'-{number}' if number else ''}" for number in [0, *range(2, len(taken) + 3)])
    return next(name for name in names if name not in taken)
