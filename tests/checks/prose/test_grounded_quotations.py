"""Quotations: word for word what the documents say, whatever the quotation marks."""

import pytest

from checks.prose.conftest import about, asked
from synth.checks.prose import grounded_quotations

_QUOTED = [
    "a lamp that anyone may trim", "A lamp that anyone may trim.", "listens on port 8472", "the phrase stayed in use",
    "keeps each page for ten years", "the glass and has to be drained before winter", "is told by radio",
    "An author signs the page", "keepers of the free light society", "the Harbour Office in Port Ellery",
    "needs three minutes to reach its speed", "reads /etc/beacon.conf and listens", "a lamp ... anyone may trim",
    "[the] lens is not turned within 36 hours", "pay half of the price",
]  # fmt: skip
GOOD = [
    *(f'It says "{text}" there.' for text in _QUOTED), *(f"It says \u201c{text}\u201d there." for text in _QUOTED[:9]),
    "It says \u00aba lamp that anyone may trim\u00bb there.", "> a lamp that anyone may trim",
    "The so-called \"lamp\" burns.",
    'He asked "why does anyone trim it?" and left.', "> The document store keeps each page\n> for ten years.",
    "A code block:\n\n```\nprint(\"nobody said this ever\")\n```\n", 'They call it "trim" and "lamp light".',
    "It said \"a lamp that\nanyone may trim\" once.", 'It says "a *lamp* that `anyone` may trim" there.',
    'It says "the lens every 12 hours; the motor draws 1,500 watts" there.', 'The "Beacon Keeper\'s Handbook" says so.',
    '> "a lamp that anyone may trim"', 'Trimming is not simply "a bit of both".',
]  # fmt: skip
_MADE_UP = [
    "a lamp that everyone may trim", "a light that anyone may trim", "anyone may trim a lamp", "never turn the lens",
    "listens on port 9000", "the phrase fell out of use", "keeps each page for two years", "is told by telephone",
    "An author burns the page", "keepers of the dark society", "oil is the blood of light", "we shall not fail",
    "a lamp ... everyone may trim", "[the] lens is never turned", "pay twice the price", "the sea knows no master",
]  # fmt: skip
BAD = [
    *(f'It says "{text}" there.' for text in _MADE_UP),
    *(f"It says \u201c{text}\u201d there." for text in _MADE_UP[:12]),
    "It says \u00abnever turn the lens\u00bb there.", "> Never turn the lens\n> at night.",
    'Once "a lamp that anyone may trim" and then "nobody may trim it now".', '> "we shall not fail"',
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_the_words_of_the_documents_may_be_quoted(text, context):
    assert grounded_quotations.check(about(text), context).passed


@pytest.mark.parametrize("text", BAD)
def test_words_that_nobody_said_are_turned_down(text, context):
    verdict = grounded_quotations.check(about(text), context)
    assert not verdict.passed
    assert verdict.detail.startswith("it quotes")


def test_an_answer_may_quote_its_question(context):
    question = 'What does "the blood of all light" mean?'
    assert not grounded_quotations.check(asked(question), context).passed
    sample = asked("What is the blood of all light?", 'Nothing is called "the blood of all light".')
    assert grounded_quotations.check(sample, context).passed


def test_a_text_without_quotations_is_said_to_be_unchecked(context):
    assert grounded_quotations.check(about("The lens is turned."), context).detail.startswith("not checked")
