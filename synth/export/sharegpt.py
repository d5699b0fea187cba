"""How do trainers read ShareGPT's format? As `conversations` of `from` and `value`, between human and gpt."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synth.export.form import Form
from synth.export.lines import text, write_lines
from synth.export.rows import Sample, Stage

SPEAKERS = {"system": "system", "user": "human", "assistant": "gpt"}


def write(samples: Iterator[Sample], stem: Path, stage: Stage, _model: str | None) -> list[Path]:
    """Write conversations, or the texts of continued pretraining, as JSON lines."""
    return write_lines(stem, map(text if stage is Stage.CPT else _conversation, samples))


def _conversation(sample: Sample) -> dict[str, Any]:
    turns = [{"from": SPEAKERS[message["role"]], "value": message["content"]} for message in sample.messages]
    return {"id": sample.id, "conversations": turns}


FORM = Form(write)
