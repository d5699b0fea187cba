"""Is the sample neither too short to teach nor too long to train on?"""

from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, passed, turns

NAME = "length"
VERIFIES = (
    "Its answer has at least checks.min_answer_tokens, its reasoning at most checks.max_reasoning_tokens, and all of "
    "it at most checks.max_sample_tokens."
)


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; a text of continued pretraining was cut to its window when it was planned."""
    if sample["stage"] == "cpt":
        return passed(NAME)
    settings = context.settings
    parts = {part: context.count_tokens(text) for part, text in turns(sample).items()}
    if parts["answer"] < settings.min_answer_tokens:
        return failed(NAME, f"the answer has {parts['answer']} tokens, fewer than {settings.min_answer_tokens}")
    if parts["reasoning"] > (most := settings.max_reasoning_tokens):
        return failed(NAME, f"the reasoning has {parts['reasoning']:,} tokens, more than {most:,}")
    if (total := sum(parts.values())) > (most := settings.max_sample_tokens):
        return failed(NAME, f"it has {total:,} tokens, more than {most:,}")
    return passed(NAME)
