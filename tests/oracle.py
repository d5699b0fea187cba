"""A teacher of the tests: an endpoint's replies to what `prompts/teacher` asks, right unless told otherwise."""

import json
import re

from engines.endpoint import Reply, completion

RECALL = (
    "What comes to mind first is {subject}. I remember where it stands and how it is declared, and number {number} of "
    "my notes on it says the same as I would. So the answer follows from what {subject} is, and I can write it down."
)


def between(text: str, before: str, after: str) -> str:
    return text.partition(before)[2].partition(after)[0].strip()


def reply(request: dict, before: int = 0) -> Reply:
    """What a teacher that knows the code answers."""
    asked = request["messages"][-1]["content"]
    texts = [answer_to(asked, request.get("seed", 0) + index) for index in range(request.get("n", 1))]
    body = completion(request)
    for choice, text in zip(body["choices"], texts, strict=True):
        choice["message"] = {"role": "assistant", "content": text}
    return Reply(body=body)


def answer_to(asked: str, number: int) -> str:
    names = re.findall(r"`([\w.]+)`", asked)
    if '{"questions"' in asked:
        subject, project = between(asked, "- names `", "`"), between(asked, "This is a fact about ", ":")
        told = int(re.findall(r"^Write (\d+) questions", asked, re.MULTILINE)[-1])
        texts = [f"In {project}, what should one know of `{subject}` (view {number % 997}.{n})?" for n in range(told)]
        return json.dumps({"questions": texts})
    if '{"requirement"' in asked:
        target = names[0]
        return json.dumps(
            {"requirement": f"It has to do what its users expect of it, case {number % 997}: see `{target}`."}
        )
    if '{"problem"' in asked:
        parts = re.findall(r"^- `([\w.]+)`:", asked, re.MULTILINE)
        said = " and ".join(f"`{part}`" for part in parts)
        return json.dumps(
            {
                "problem": f"In shop, what do {said} have in common when they are used together, case {number % 997}?",
                "answer": f"They are parts of one piece of work: {said}. One needs what the other gives.",
                "rubric": [{"point": f"It speaks of {part}", "symbols": [part]} for part in parts],
            }
        )
    if '{"reasons"' in asked:
        return json.dumps({"reasons": "It says the same.", "agrees": "wrong on purpose" not in asked})
    question = between(asked, "A student who sees none of the code asks:", "The right answer, for your eyes alone:")
    reference = asked.partition("The right answer, for your eyes alone:")[2]
    reference = re.split(r"\nWhat an answer must hold:|\nFirst write, between|\nAnswer the student:", reference)[
        0
    ].strip()
    subject = re.findall(r"`[^`\n]+`", question)[0]
    return f"<recall>{RECALL.format(subject=subject, number=number % 9973)}</recall>\n\n{reference}"
