"""What does it mean when an endpoint does not answer: wait, try again, set the task aside, or stop?"""

import json
import re
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import openai

OPTIONAL = ("response_format", "seed", "top_p", "temperature")  # parameters that some endpoints do not take
_NO_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_TRANSIENT = {408, 409, 425, 429}
_NOT_TAKEN = re.compile(
    "unsupported|not support|unrecognized|unknown|unexpected|not permitted|not allowed|invalid schema", re.I
)


class SetAside(Exception):
    """One task cannot be answered, for the reason that the message gives; the rest go on."""


def said(problem: Exception) -> str:
    """What an endpoint said, on one line; never the request."""
    body = getattr(problem, "body", None)
    text = body.get("message", json.dumps(body)) if isinstance(body, dict) else body
    text = str(text or getattr(problem, "message", None) or problem or type(problem).__name__)
    if isinstance(problem, openai.APIConnectionError) and problem.__cause__:
        text += f" ({problem.__cause__ or type(problem.__cause__).__name__})"
    return " ".join(text.split())[:300]


def status_of(problem: Exception) -> int | None:
    """The status of the reply; None where there was none, or where it was cut or no chat completion."""
    return problem.status_code if isinstance(problem, openai.APIStatusError) else None


def is_overload(problem: Exception) -> bool:
    """Whether to ask more slowly: a limit, a fault of the server, or no reply in time."""
    status = status_of(problem)
    is_late = isinstance(problem, openai.APITimeoutError | TimeoutError)
    return is_late if status is None else status in {408, 429} or status >= 500


def is_final(problem: Exception) -> bool:
    """Whether the same request would be refused again."""
    status = status_of(problem)
    return status is not None and status < 500 and status not in _TRANSIENT


def is_out_of_quota(problem: Exception) -> bool:
    """Whether the account has to be paid for before it answers anything."""
    names = {getattr(problem, "code", None), getattr(problem, "type", None)}
    return status_of(problem) == 402 or bool(names & _NO_QUOTA)


def is_unknown_model(problem: Exception) -> bool:
    """Whether there is no such model, or no chat endpoint at all."""
    return status_of(problem) == 404 or getattr(problem, "code", None) == "model_not_found"


def retry_after(problem: Exception) -> float | None:
    """Seconds that the endpoint asks to wait: as a number, or until a date."""
    if not isinstance(problem, openai.APIStatusError):
        return None
    header = problem.response.headers.get("retry-after")
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - time.time())


def not_taken(problem: Exception, sent: dict[str, Any]) -> list[str]:
    """The parameters of a refused request that the endpoint does not take and that can be left out."""
    if status_of(problem) not in {400, 422}:
        return []
    text = said(problem)
    if "max_tokens" in sent and "max_completion_tokens" in text:
        return ["max_tokens"]
    if sent.get("n", 1) > 1 and re.search(r"\bn\b", text):
        return ["n"]
    named = [name for name in OPTIONAL if name in sent and re.search(rf"\b{name}\b", text)]
    return named if _NOT_TAKEN.search(text) else []
