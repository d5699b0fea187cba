"""How do trainers read Alpaca's format? As `instruction`, `input` and `output`: one question, one answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from synth.errors import UserError
from synth.export.form import Form
from synth.export.lines import text, write_lines
from synth.export.rows import Sample, Stage


def write(samples: Iterator[Sample], stem: Path, stage: Stage, _model: str | None) -> list[Path]:
    """Write instructions, or the texts of continued pretraining, as JSON lines.

    Raises:
        UserError: a conversation is more than a question and its answer.
    """
    return write_lines(stem, map(text if stage is Stage.CPT else _instruction, samples))


def _instruction(sample: Sample) -> dict[str, Any]:
    roles = [message["role"] for message in sample.messages]
    if roles != ["user", "assistant"]:
        raise UserError(
            f"--format alpaca holds one question and its answer, and row {sample.id} has {', '.join(roles)}; "
            "choose messages or sharegpt"
        )
    question, answer = (message["content"] for message in sample.messages)
    return {"id": sample.id, "instruction": question, "input": "", "output": answer}


FORM = Form(write)
