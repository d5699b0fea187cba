"""Copies: own words about the documents pass, theirs do not."""

import pytest

from checks.prose.conftest import DOCUMENTS, OTHER, PATH, TEXT, TIDE, about, make_context
from synth.checks.prose import copied

OWN = "Whoever keeps the beacon has to see to its lens twice a day, since an alarm follows where nobody does. "


@pytest.mark.parametrize("text", [TEXT, TIDE + OWN, OWN + TIDE, TEXT[200:700]])
def test_copied_paragraphs_are_turned_down(text, context):
    path = OTHER if TIDE in text else PATH
    assert not copied.check(about(text, path), context).passed


def test_own_words_pass(context):
    verdict = copied.check(about(OWN * 3), context)
    assert verdict.passed
    assert verdict.score == 1


def test_a_long_run_is_named_with_its_length():
    words = [f"w{index}" for index in range(60)]
    context = make_context({("c", PATH): " ".join(words)}, max_copied_words=20)
    own = " ".join(f"x{index}" for index in range(200))
    assert copied.check(about(f"{own} {' '.join(words[5:25])} {own}"), context).passed
    verdict = copied.check(about(f"{own} {' '.join(words[5:26])} {own}"), context)
    assert verdict.detail.startswith("21 words in a row are the evidence's own: w5 w6")


def test_many_short_copies_add_up(context):
    pieces = [" ".join(TEXT.split()[start : start + 12]) for start in range(0, 120, 12)]
    text = " Then a word of my own. ".join(pieces)
    assert "8-grams" in copied.check(about(text), make_context(max_copied_share=0.2)).detail
    assert copied.check(about(text), make_context(max_copied_share=0.9)).passed


def test_quotations_and_code_may_be_copied(context):
    quoted = "the motor draws 1,500 watts and needs three minutes to reach its speed. The service beacond reads it"
    assert copied.check(about(f'{OWN * 2}It says: "{quoted}" {OWN}'), context).passed
    assert copied.check(about(f"{OWN * 2}\n\n```\n{TEXT}\n```\n{OWN}"), context).passed
    assert copied.check(about(f"{OWN}\n\n> {quoted}\n\n{OWN}"), context).passed


@pytest.mark.parametrize(
    "other", [{"recipe": "docs.passage"}, {"recipe": "docs.dossier"}, {"recipe": "docs.qa", "engine": "template"}]
)
def test_what_is_made_of_the_documents_own_words_may_copy(other, context):
    assert copied.check(about(TEXT, **other), context).detail.startswith("not checked")
    assert DOCUMENTS["c", PATH] == TEXT
