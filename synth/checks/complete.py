"""Did the engine end the answer itself?"""

from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed

NAME = "complete"
VERIFIES = "Its engine ended the answer itself; one that was cut at its token limit, or broke off, is never kept."
ENDED = "stop"


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample by what its engine said of the answer's end."""
    reason = sample["finish_reason"]
    if reason is None:
        return not_checked(NAME, "its engine does not say how the answer ended")
    return passed(NAME) if reason == ENDED else failed(NAME, f"the answer ended for this reason: {reason or 'none'}")
