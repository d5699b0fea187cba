"""Names: what the documents call things may be said, what they never name may not."""

import pytest

from checks.prose.conftest import OTHER, about, asked, make_context
from synth.checks.prose import grounded_entities

GOOD = [
    "Maren Holtz drafted the Beacon Control Protocol.", "The protocol is known as BCP for short.",
    "It was written at the Northern Coast Authority.", "Tobias van Dyck worked with Holtz on it.",
    "The NCA published it.", "People also call it the Lamp Line Protocol.",
    "Keepers hear of alarms through the Harbour Office.", "The office in Port Ellery is told by radio.",
    "`beacond` reads its settings from `/etc/beacon.conf`.", "The `watch_timer` raises an alarm.",
    "Members of the Free Light Society pay half.", "Free Light Society members get oil cheaper.",
    "An FLS member pays half.", "However, Holtz said that anyone may trim it.",
    "Consider Maren Holtz, who drafted it.", "In March 2004 the draft was ready.",
    "**Key Point**: the lens is turned twice a day.",
    "## Discussion of Great New Things\n\nThe lens is turned by a keeper.",
    "# Case Study: The Great Storm\n\nThe lens turns.",
    "Step 1: turn the lens.", "The Beacon Keeper's Handbook says so.", "The BCPs of two harbours differ.",
    "A keeper's duty is to turn the lens.", "What does the Authority do? It publishes.",
    "Ask yourself: What happens in winter?", "Reader A: Who is Holtz?\n\nReader B: She drafted it.",
    "Anna: Who drafted it?\n\nBen: As Anna asked, it was Holtz.",
    "**Anna** Who drafted it?\n\n**Ben** Holtz, Anna.\n\n**Anna** I see.\n\n**Ben** Good.",
    "They met on a Monday in January.",
    "- Turn the lens.\n- Drain the tank.", "See https://Example.org/Some/Thing for it.",
    "```python\nfrom Made import Up\n```\nThe lens is turned.", "The Beacon Protocol controls the lamp.",
    "This I know.", "The beacon control protocols of the coast are old.",
    "It runs as `beacond`, and nothing else does.",
]  # fmt: skip
BAD = [
    "Karl Jensen drafted the Beacon Control Protocol.", "The protocol is known as HTTP.",
    "It was written at the Southern Coast Authority.", "Maren Dyck worked on it with others.",
    "The FBI published it.", "People also call it the Torch Line Protocol.",
    "Keepers hear of alarms through the Coast Guard.", "The office in Port Mallory is told by radio.",
    "`lampd` reads its settings.", "Settings are in `/etc/lamp.conf`.", "The `watch_dog` raises an alarm.",
    "Members of the Free Oil Union pay half.", "An XKCD member pays half.", "It was first used in Norway.",
    "Then the engineers of Siemens came.", "The idea came from Thomas Edison.", "It resembles the work of Edison.",
    "The lamp was named after Queen Victoria.", "It is written in Rust.", "The server runs on AWS.",
    "Call `turn_lens()` twice a day.", "It was adopted by the European Union.", "Holtz and Peter Miller drafted it.",
    "The Beacon Control Panel shows the alarm.", "The port of Port Royal has one.", "The NATO standard is older.",
    "Its author, Jane Doe, signed it.", "It uses the MySQL database.", "Later the Royal Navy took it over.",
    "It was sold to Google.",
    "**Jensen** drafted it with Jensen's help.", "They met in the Grand Hotel.", "The text is by Maren Miller.",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_names_of_the_documents_may_be_said(text, context):
    assert grounded_entities.check(about(text), context).passed


@pytest.mark.parametrize("text", BAD)
def test_names_that_the_documents_never_say_are_turned_down(text, context):
    verdict = grounded_entities.check(about(text), context)
    assert not verdict.passed
    assert "is not in its evidence" in verdict.detail


def test_an_alias_counts_only_where_the_evidence_speaks_of_its_entity(context):
    assert grounded_entities.check(about("The Lamp Line Protocol is old."), context).passed
    assert not grounded_entities.check(about("The Lamp Line Protocol is old.", OTHER), context).passed


def test_a_question_may_offer_other_entities_as_choices_and_an_answer_may_deny_them(context):
    question = "Which one computes tables, by *Tide Tables*? Northern Coast Authority or Hydrographic Bureau?"
    right = asked(question, "The Hydrographic Bureau, not the Northern Coast Authority.", "It is a bureau.", OTHER)
    assert grounded_entities.check(right, context).passed
    wrong = asked(question, "The Southern Coast Authority.", "It is a bureau.", OTHER)
    assert "Southern" in grounded_entities.check(wrong, context).detail


def test_names_made_up_on_purpose_are_known(context):
    sample = asked("Does the *Tide Tables* name Karl Jensen?", "No, it does not name Karl Jensen.", "No.", OTHER)
    assert not grounded_entities.check(sample, context).passed
    assert grounded_entities.check({**sample, "fabricated": ["Karl Jensen"]}, context).passed


def test_the_score_is_the_share_of_known_names(context):
    verdict = grounded_entities.check(about("It was Maren Holtz, not Karl Jensen, who drafted it."), context)
    assert verdict.score == 0.5
    assert "Karl Jensen" in verdict.detail


def test_where_all_nouns_have_capitals_only_acronyms_and_code_are_names():
    text = (
        "Der alte Wärter dreht die große Linse, und der neue Motor braucht viele lange Minuten am frühen Morgen. " * 3
    )
    context = make_context({("c", "docs/beacon.md"): text})
    assert grounded_entities.check(about("Am Abend kommt der Kapitän in das Haus."), context).passed
    assert not grounded_entities.check(about("Am Abend kommt die NATO in das Haus."), context).passed


def test_without_evidence_nothing_is_judged():
    verdict = grounded_entities.check(about("Karl Jensen drafted it."), make_context({}))
    assert verdict.detail.startswith("not checked")
