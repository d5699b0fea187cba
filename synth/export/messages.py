"""How do trainers read a chat that was written for OpenAI's interface? As `messages` of `role` and `content`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synth.export.form import Form
from synth.export.lines import text, write_lines
from synth.export.rows import Sample, Stage


def write(samples: Iterator[Sample], stem: Path, stage: Stage, _model: str | None) -> list[Path]:
    """Write chats, or the texts of continued pretraining, as JSON lines."""
    return write_lines(stem, map(text if stage is Stage.CPT else _chat, samples))


def _chat(sample: Sample) -> dict[str, Any]:
    return {"id": sample.id, "messages": sample.messages}


FORM = Form(write)
