"""How does a corpus reach other trainers? Writes it in their format, whole or not at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from synth.errors import UserError
from synth.export import alpaca, axolotl, llama_factory, megatron, messages, mosaicml, sharegpt, torchtune, trl
from synth.export.form import Content, Form
from synth.export.rows import Sample, Stage, count_rows, read_splits
from synth.progress import Progress, silent

FORMATS: dict[str, Form] = {
    "messages": messages.FORM,
    "sharegpt": sharegpt.FORM,
    "alpaca": alpaca.FORM,
    "trl": trl.FORM,
    "axolotl": axolotl.FORM,
    "llama-factory": llama_factory.FORM,
    "torchtune": torchtune.FORM,
    "megatron": megatron.FORM,
    "mosaicml": mosaicml.FORM,
}
"""How a corpus can be written."""


def export_corpus(
    corpus: Path, out: Path, form: str, model: str | None = None, progress: Progress = silent
) -> list[str]:
    """Write the accepted rows of a corpus as another trainer reads them, in bounded memory.

    Args:
        corpus: a corpus folder.
        out: where `cpt/`, `sft/` and the trainer's configuration go; they appear there all at once.
        form: one of `FORMATS`.
        model: the model that is to learn: named in configurations, and its tokenizer used by formats of tokens.
        progress: told how many rows are written.

    Returns:
        One line for each file, with its number of rows.

    Raises:
        UserError: the format is not known, there is no corpus or nothing in it, OUT is in use or cannot be written,
            or the format needs a tokenizer that is not there.
    """
    if form not in FORMATS:
        raise UserError(f"--format {form} is not known; choose {', '.join(FORMATS)}")
    out = out.resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"--out {out} holds something already; give a new or empty folder")
    staging = out.with_name(f".{out.name}.tmp")
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        lines = _write(corpus, staging, FORMATS[form], model, progress)
        staging.replace(out)
    except OSError as error:
        raise UserError(f"--out {out} cannot be written: {error.strerror}; choose another folder") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return [f"{out}/{line}" for line in lines]


def _write(corpus: Path, folder: Path, form: Form, model: str | None, progress: Progress) -> list[str]:
    """Write all stages and splits, then what stands beside them."""
    total = count_rows(corpus)
    rows: dict[Stage, dict[str, int]] = {}
    lines = []
    done = 0
    for stage in Stage:
        for split, samples in read_splits(corpus, stage):
            (folder / stage.value).mkdir(exist_ok=True)
            counted = _Counted(samples, done, total, progress)
            paths = form.write(counted, folder / stage.value / split, stage, model)
            rows.setdefault(stage, {})[split] = counted.n
            done += counted.n
            lines += [f"{path.relative_to(folder).as_posix()}: {counted.n:,} rows" for path in paths]
    if not rows:
        raise UserError(f"{corpus} has no accepted rows, so there is nothing to export; see its report.html for why")
    files = form.configure(Content(rows, _whole_path(model)))
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [*lines, *files]


def _whole_path(model: str | None) -> str | None:
    """A folder by its whole path, since trainers run elsewhere; a name on the Hub as it is."""
    return str(Path(model).resolve()) if model is not None and Path(model).exists() else model


class _Counted(Iterator[Sample]):
    """Samples as they pass, counted."""

    def __init__(self, samples: Iterator[Sample], before: int, total: int, progress: Progress) -> None:
        self._samples = samples
        self._before, self._total, self._progress = before, total, progress
        self.n = 0

    def __next__(self) -> Sample:
        sample = next(self._samples)
        self.n += 1
        if self.n % 1_000 == 0:
            self._progress("export", self._before + self.n, self._total)
        return sample
