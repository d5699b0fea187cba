"""How does a task become a request? What a model is asked, and an id that hangs on all of it."""

from collections.abc import Mapping
from typing import Any

from synth.prompts import Prompt
from synth.schema import content_id


def request(task: Mapping[str, Any], prompt: Prompt, round_: str, instruction: str, n: int = 1) -> dict[str, Any]:
    """Ask something more in the frame of a task.

    Args:
        task: its first message is the frame.
        prompt: says the sampling, and the JSON schema that the answer has to fit.
        round_: in which round of the plan it is asked.
        instruction: the rendered prompt.
        n: how many answers are wanted.

    Returns:
        The task as it is asked. Its id, and so its seed, hangs on all that is asked.
    """
    frame = task["messages"][0]
    task_id = content_id(task["task_id"], round_, prompt.sha256, frame["content"], instruction)
    return {
        **task,
        "task_id": task_id,
        "round": round_,
        "prompt_id": prompt.id,
        "prompt_sha256": prompt.sha256,
        "messages": [frame, {"role": "user", "content": instruction}],
        "response_schema": prompt.response_schema,
        "sampling": {**prompt.sampling, "n": n, "seed": int(task_id[:15], 16)},
    }
