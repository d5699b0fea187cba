"""Is the sample neither too short to teach nor too long to train on?"""

from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, passed, turns

NAME = "length"
VERIFIES = "Its answer has at least checks.min_answer_tokens, and all of it at most checks.max_sample_tokens."


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; a text of continued pretraining was cut to its window when it was planned."""
    if sample["stage"] == "cpt":
        return passed(NAME)
    parts = {part: context.count_tokens(text) for part, text in turns(sample).items()}
    least, most = context.settings.min_answer_tokens, context.settings.max_sample_tokens
    if parts["answer"] < least:
        return failed(NAME, f"the answer has {parts['answer']} tokens, fewer than {least}")
    if (total := sum(parts.values())) > most:
        return failed(NAME, f"it has {total:,} tokens, more than {most:,}")
    return passed(NAME)
