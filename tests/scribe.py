"""A teacher of the tests for documents: replies to what the recipes about prose ask, true to the document shown."""

import json
import re

from engines.endpoint import Reply, completion
from oracle import between

from synth.graph.text import sentences

NAMES = (
    ("Harbour", "thing"), ("berth", "term"), ("tide log", "term"), ("Pilot", "thing"), ("lease", "term"),
    ("segment", "term"), ("checkpoint", "term"), ("Ilse Brandt", "person"), ("Nordholm Institute", "organization"),
    ("Tomas Rehn", "person"), ("dead-letter berth", "term"), ("Atlantis", "place"),
)  # fmt: skip
"""What it finds worth a name; the last one occurs nowhere."""


def reply(request: dict, before: int = 0) -> Reply:
    """What a teacher that has read the document answers."""
    system, asked = (request["messages"][place]["content"] for place in (0, -1))
    text = answer_to(system, asked, request.get("seed", 0))
    return Reply(body=completion(request, text))


def answer_to(system: str, asked: str, number: int) -> str:
    document = system.partition("\n=== End ===")[0]
    title = re.findall(r'^=== "(.*?)"', document)[0]
    told = [sentence for sentence in statements(document) if len(sentence.split()) > 6]
    if '"entities"' in asked:
        named = [{"name": name, "kind": kind} for name, kind in NAMES if name in document or name == "Atlantis"]
        return json.dumps({"summary": f"{title} tells of Harbour, a message broker.", "entities": named})
    if '"strategies"' in asked:
        names = [f"Study number {place} of {title}, from the end to its beginning" for place in range(3)]
        asked_for = {"questions": [f"What does {title} say of leases?"]} if '"questions"' in asked else {}
        return json.dumps({**asked_for, "strategies": names})
    if '"facts"' in asked:
        known = asked.count("\n- ")
        return json.dumps({"facts": [fact(title, sentence) for sentence in told[known : known + 4]]})
    if '"reasoning"' in asked:
        question, answer = (between(asked, f"\n{word}: ", "\n\n") for word in ("Question", "Answer"))
        thought = f"What comes to mind of {title} is how it hangs together, and I remember what is said there of it."
        return json.dumps({"question": question, "reasoning": f"{thought} {answer}", "answer": answer})
    start = number % max(1, len(told) - 3)
    return "\n\n".join([f"## {title}", *(retold(title, sentence) for sentence in told[start : start + 4])])


def fact(title: str, sentence: str) -> dict:
    """One fact with two wordings."""
    words = sentence.split()
    return {
        "subject": "Harbour",
        "topic": " ".join(words[:4]),
        "wordings": [f"In {title}: {sentence}", retold(title, sentence)],
    }


def retold(title: str, sentence: str) -> str:
    """A sentence that says the same in other words: its second half first."""
    words = sentence.rstrip(".").split()
    middle = len(words) // 2
    return f"By {title}, {' '.join(words[middle:])} is what follows {' '.join(words[:middle])}."


def statements(document: str) -> list[str]:
    """The sentences of a document, without its headings."""
    blocks = [" ".join(block.split()) for block in document.split("\n\n") if not re.match(r"\s*(=|#)", block)]
    return [block[start:end] for block in blocks for start, end in sentences(block)]
