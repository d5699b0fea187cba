"""Talk: what a model says to whoever asked it is no text to learn from."""

import pytest

from checks.prose.conftest import PATH, about, asked, make_context
from synth.checks.prose import assistant_talk

GOOD = [
    "The keeper turns the lens twice a day.", "Sure signs of age are clouds on the glass.", "Here the lens is turned.",
    "Of course the lens has to be turned as well.", "Certainly nobody turns it at night.",
    "I cannot see the light, said he.",
    "As an assistant to the keeper, she turned the lens.", "Let the keeper know at once.",
    "The oil is good, so it burns.",
    "## Origin\n\nThe protocol is old.", "# A\n\n## B\n\nText under both.", "A list:\n\n- one lamp\n- two lamps",
    "It returns `{\"status\": 1}` when asked.", "[Beacon](https://example.org) is a site.", "See [1] and [2] for more.",
    "The array `[x]` holds one value.", "To do this, drain the tank.", "The system prompts the keeper for a code.",
    "In this way the lens is turned.", "Below the lamp is a stair.", "Great lamps burn long.",
    "Okay signals are green.",
    "The user asks the service for light.", "Instructions are posted in the tower.", "The answer is twelve hours.",
    "```json\n{\"port\": 8472}\n```\n\nThis is a configuration.", "I am sorry for the keeper.",
    "Thanks to the oil it burns.",
    "He was told to help as he could.", "Given the weather, the lamp is lit.", "If you would turn it, the alarm stops.",
    "Q: How often?\n\nA: Twice a day.", "It continues (see the next lamp).", "Title deeds are kept in the tower.",
]  # fmt: skip
BAD = [
    "I cannot help with that request.", "I'm sorry, but I can't provide this.",
    "As an AI language model, I have no eyes.",
    "I am unable to rewrite it.", "I apologize for the confusion.", "I don't have access to the file.",
    "As a large language model, I was trained.", "I am an AI.", "Sure! The lens is turned.", "Certainly, here it is.",
    "Here is the rewritten text: the lens is turned.", "Here's a summary of the passage.",
    "Here are the facts:\n\n- A lens.",
    "Of course! The lens is turned.", "The lens is turned. Let me know if you need more.",
    "The lens is turned. I hope this helps!", "Feel free to ask for more.", "Would you like me to go on?",
    "In this rewrite, the lens comes first.", "The rewritten passage keeps the facts.", "I have rewritten the text.",
    "As requested, the lens is described.", "Word count: 120", "The system prompt asks for facts.",
    "<|im_start|>assistant\nThe lens", "[INST] Rewrite it [/INST]", "<think>Let me see</think> The lens.",
    "Instructions: rewrite it in your words.", "Assistant: The lens is turned.",
    '{"summary": "The lens is turned", "entities": []}', '```json\n{"summary": "x"}\n```', '["lens", "lamp"]',
    "[Title]\n\nThe lens is turned.", "The lens was made by [Insert name].", "TODO: write about oil.", "By [Author].",
    "The tank holds oil. [continued]", "Lorem ipsum dolor sit amet.", "## Origin\n\n## Oil\n\nThe oil is old.",
    "The lens is turned.\n\n## Conclusion", "Below is the summary of the handbook.", "Thank you for the document.",
    "Based on the provided text, the lens is turned.", "I will now describe the lens.",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_prose_passes(text, context):
    assert assistant_talk.check(about(text), context).passed


@pytest.mark.parametrize("text", BAD)
def test_talk_is_turned_down(text, context):
    assert not assistant_talk.check(about(text), context).passed


@pytest.mark.parametrize("part", ["question", "answer", "reasoning"])
def test_every_part_is_read(part, context):
    verdict = assistant_talk.check(
        asked(**{part: "I'm sorry, but I cannot say how often the lens is turned."}), context
    )
    assert not verdict.passed
    assert verdict.detail.startswith(f"{part}: a refusal")


def test_what_the_documents_say_themselves_is_no_talk():
    text = "Let me know if the system prompt is in the log, TODO later."
    context = make_context({("c", PATH): f"The manual says: {text}"})
    assert assistant_talk.check(about(text), context).passed


def test_what_no_teacher_wrote_is_not_judged(context):
    sample = about("TODO", recipe="docs.passage", engine="template")
    assert assistant_talk.check(sample, context).detail.startswith("not checked")
