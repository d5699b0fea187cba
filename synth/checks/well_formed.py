"""Is the sample whole: the right turns, nothing empty, no half of a code block or a template left?"""

import re
from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, passed, turns
from synth.checks.markdown import prose, without_code
from synth.checks.prose.texts import is_written

NAME = "well_formed"
VERIFIES = "It has one question and one answer (or one text), none empty, and no code block or template is left open."
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample."""
    if sample["stage"] == "cpt":
        if not (sample["text"] or "").strip():
            return failed(NAME, "the text is empty")
        fault = _fault("text", sample["text"]) if is_written(sample) else ""
        return failed(NAME, f"text: {fault}") if fault else passed(NAME)
    roles = [message["role"] for message in sample["messages"] or ()]
    if roles != ["user", "assistant"]:
        return failed(NAME, f"the turns are {roles}, not user and assistant")
    for part, text in turns(sample).items():
        if part == "reasoning" and sample["reasoning"] is None:
            continue  # a problem, which nobody has answered yet
        if fault := _fault(part, text):
            return failed(NAME, f"{part}: {fault}")
    return passed(NAME)


def _fault(part: str, text: str) -> str:
    if not text.strip():
        return "empty"
    if "```" in prose(text):
        return "a code block is not closed"
    if "``" in prose(text):
        return "an empty name"
    if _TEMPLATE.search(without_code(text)):
        return "a template is left"
    if part != "question" and _CONTROL.search(prose(text)):
        return "a control character"
    return ""
