"""Is the sample neither too short to teach nor too long to train on?"""

from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, passed, turns
from synth.checks.prose.texts import is_written

NAME = "length"
VERIFIES = (
    "A text that a teacher wrote has at least checks.min_text_tokens, an answer at least checks.min_answer_tokens, its "
    "reasoning at most checks.max_reasoning_tokens, and all of it at most checks.max_sample_tokens."
)


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; of texts for continued pretraining those that a teacher wrote, others were cut when planned."""
    settings = context.settings
    if sample["stage"] == "cpt":
        least = settings.min_text_tokens if is_written(sample) else 0
        n_tokens = context.count_tokens(sample["text"]) if least else 0
        return failed(NAME, f"the text has {n_tokens} tokens, fewer than {least}") if n_tokens < least else passed(NAME)
    parts = {part: context.count_tokens(text) for part, text in turns(sample).items()}
    if parts["answer"] < settings.min_answer_tokens:
        return failed(NAME, f"the answer has {parts['answer']} tokens, fewer than {settings.min_answer_tokens}")
    if parts["reasoning"] > (most := settings.max_reasoning_tokens):
        return failed(NAME, f"the reasoning has {parts['reasoning']:,} tokens, more than {most:,}")
    if (total := sum(parts.values())) > (most := settings.max_sample_tokens):
        return failed(NAME, f"it has {total:,} tokens, more than {most:,}")
    return passed(NAME)
