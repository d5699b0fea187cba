"""Numbers: whatever the documents do not count, date or measure is turned down; words that only count are not."""

import pytest

from checks.prose.conftest import about, asked
from synth.checks.prose import grounded_numbers
from synth.checks.prose.numbers import forms_in, numbers_in

GOOD = [
    "The lens is turned every 12 hours.", "It is turned every twelve hours.", "The motor draws 1500 watts.",
    "The motor draws 1,500 watts.", "The motor draws 1.5 thousand watts.", "It needs 3 minutes.",
    "Version 2.3.1 was the first.", "The 2.3 series began in 2006.", "It was drafted in March 2004.",
    "It was released on September 14, 2006.", "It was released on 14 September 2006.", "Released on 2006-09-14.",
    "Released on the 14th of September 2006.", "The port is 8472.", "After 36 hours an alarm is raised.",
    "After thirty-six hours an alarm is raised.", "40% of alarms are false.", "40 percent of alarms are false.",
    "The tank holds 250 litres.", "The tank holds two hundred and fifty litres.", "Oil is good for 6 months.",
    "Pages are kept for 10 years.", "There are two ways to turn it.", "Three reasons speak for it.",
    "1. Turn the lens.\n2. Drain the tank.", "Step 1: turn the lens. Step 2: drain the tank.",
    "## 7 facts\n\nThe lens turns.", "Question 5: how often?", "One can trim it.",
    "Both Holtz and van Dyck drafted it.",
    "The first of these two people is Holtz.", "UTF-8 and x86 are not numbers.", "Half of the price is paid.",
    "(1) Turn it. (2) Drain it.", "```\nport = 99\n```\nIt listens.", "The two keepers agree in four points.",
    "It was drafted in 2004.", "A keeper has to work for 12 hours a day.",
]  # fmt: skip
BAD = [
    "The lens is turned every 24 hours.", "It is turned every ten hours.", "The motor draws 1600 watts.",
    "The motor draws 15,000 watts.", "It needs five minutes.", "It needs 30 minutes.", "Version 2.4 was the first.",
    "Version 2.3.2 was the first.", "It was drafted in May 2004.", "It was drafted in March 2005.",
    "It was released on September 15, 2006.", "It was released on 14 October 2006.", "The port is 8080.",
    "After 48 hours an alarm is raised.", "After thirty-five hours an alarm is raised.", "60% of alarms are false.",
    "The tank holds 500 litres.", "The tank holds three hundred litres.", "Oil is good for 9 months.",
    "Oil is good for seven months.", "Pages are kept for 5 years.", "Pages are kept for twenty years.",
    "It costs 10 million euros.", "One hour later the alarm is raised.", "Since 1999 the lamp has burnt.",
    "Three million people saw it.", "It has 17 keepers.", "Four centuries have passed.", "It weighs 3.5 tons.",
    "Nine years ago it began.", "The alarm came at 04:55.", "Section 77 says so.", "It takes two dozen keepers.",
    "Between 1980 and 2004 nothing was drafted.",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_numbers_of_the_documents_may_be_said_in_any_form(text, context):
    assert grounded_numbers.check(about(text), context).passed


@pytest.mark.parametrize("text", BAD)
def test_numbers_that_the_documents_never_say_are_turned_down(text, context):
    verdict = grounded_numbers.check(about(text), context)
    assert not verdict.passed
    assert "is not in its evidence" in verdict.detail


def test_choices_of_a_question_may_be_wrong_and_an_answer_may_deny_them(context):
    question = "How often is the lens turned?\n\nA) every 12 hours\nB) every 48 hours"
    assert grounded_numbers.check(asked(question, "Every 12 hours, not every 48."), context).passed
    assert not grounded_numbers.check(asked("Why is it turned every 48 hours?"), context).passed


def test_the_detail_names_the_number_and_what_it_counts(context):
    verdict = grounded_numbers.check(about("It is turned every 12 hours for 77 days."), context)
    assert verdict.score == 0.5
    assert "'77' is not in its evidence: 77 days" in verdict.detail


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("1,000", {"1000"}), ("1\u00a0000", {"1000"}), ("two hundred and five", {"205"}), ("3.0", {"3"}),
        ("3.10", {"3.10"}),
        ("1.2.3", {"1.2.3"}), ("10k", {"10", "10000"}), ("2.5 million", {"2500000"}), ("a dozen", {"12"}),
        ("twenty-one", {"21"}), ("007", {"7"}), ("3 thousand", {"3000"}), ("21st", {"21"}),
    ],
)  # fmt: skip
def test_a_number_has_these_forms(text, forms):
    assert [number.forms for number in numbers_in(text)] == [frozenset(forms)]


@pytest.mark.parametrize(
    ("text", "form"),
    [("the second", "2"), ("Sept.", "month 9"), ("3.11.7", "3.11"), ("2006-09-14", "month 9"), ("half", "50")],
)
def test_a_document_also_says(text, form):
    assert form in forms_in(text)
