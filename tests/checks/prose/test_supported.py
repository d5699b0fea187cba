"""Support: what the documents bear out, by their words or by a model."""

from pathlib import Path

import pytest

from checks.prose.conftest import about, asked, make_context
from synth.checks.prose import supported
from synth.errors import UserError

GOOD = [
    "Every twelve hours the keeper has to turn the lens.", "The motor that turns the lens draws 1,500 watts.",
    "The motor needs three minutes until it has reached its full speed.", "The protocol was drafted in March 2004.",
    "Maren Holtz and Tobias van Dyck drafted the protocol together.",
    "The first release to the public was version 2.3.1.",
    "Holtz spoke of a lamp that anyone may trim.", "The service beacond reads its configuration from /etc/beacon.conf.",
    "On port 8472 the service beacond listens.", "An alarm is raised if the lens is not turned for 36 hours.",
    "The Harbour Office in Port Ellery is told by radio.", "Two in five of all alarms are false.",
    "The tank for oil holds 250 litres.", "Old oil clouds the glass of the lamp.",
    "Before winter, oil that is older than six months must be drained.",
    "Half of the price is what keepers of the Free Light Society pay.", "Each page is kept for ten years by the store.",
    "The author of a page signs it before the next keeper reads it.", "The watch_timer is what raises the alarm.",
    "Keepers still use the phrase of Holtz about the lamp.",
    "The Northern Coast Authority is where the protocol was drafted.",
    "Version 2.3.1 was released to the public in September 2006.", "The lens needs a keeper who turns it.",
    "The document store keeps pages for ten years.", "By radio the office hears of an alarm.",
    "The protocol for the control of beacons is called BCP.", "A motor of 1,500 watts brings the lens to its speed.",
    "Oil older than six months is bad for the glass.", "The keeper drains the oil from the tank before winter.",
    "Alarms are often false, in about 40 % of all cases.", "Every keeper reads a page that its author has signed.",
]  # fmt: skip
BAD = [
    "Whales migrate along the eastern shelf during spring.", "The company sold its shares to foreign investors.",
    "Modern satellites have replaced most navigation by stars.", "A neural network classifies images of cats.",
    "Taxes on imported grain were lowered by parliament.", "The recipe calls for butter, flour and sugar.",
    "Students must register their courses online each term.", "The bridge collapsed because of heavy traffic.",
    "Penguins share incubation duties between both parents.", "Quarterly revenue grew faster than analysts expected.",
    "The compiler optimises loops by unrolling them.", "Painters of that period preferred muted colours.",
    "Diesel generators were shipped to remote villages.", "The treaty ended decades of border conflict.",
    "Vaccines train immune cells to recognise viruses.", "The orchestra rehearsed a symphony by Mahler.",
    "Glaciers retreat when summers become warmer.", "Passengers should arrive at the airport early.",
    "The database replicates writes to several nodes.", "Farmers rotate crops to preserve the soil.",
    "Journalists questioned the minister about corruption.", "The museum acquired two bronze statues.",
    "Electric cars need charging infrastructure in cities.", "Volcanoes release gases into the atmosphere.",
    "The striker scored twice in the final match.", "Bees communicate directions through dances.",
    "The encryption relies on prime factorisation.", "Court rulings shaped later privacy legislation.",
    "Tourists crowd the old town every August.", "Steel is produced from iron ore and coke.",
    "The choir sings hymns in medieval Latin.",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_what_the_documents_say_in_other_words_is_supported(text, context):
    assert supported.check(about(text), context).score == 1


@pytest.mark.parametrize("text", BAD)
def test_what_they_do_not_say_is_not(text, context):
    verdict = supported.check(about(text), context)
    assert not verdict.passed
    assert text in verdict.detail


def test_the_share_decides_and_the_worst_sentence_is_quoted():
    text = " ".join([*GOOD[:3], BAD[0]])
    verdict = supported.check(about(text), make_context(support=0.7))
    assert verdict.passed
    assert verdict.score == 0.75
    turned_down = supported.check(about(text), make_context(support=0.8))
    assert not turned_down.passed
    assert "75% of its sentences are supported" in turned_down.detail
    assert BAD[0] in turned_down.detail


def test_questions_headings_and_denials_of_knowledge_state_nothing(context):
    text = f"## {BAD[0]}\n\nDo {BAD[1][:-1]}?\n\nThe handbook does not say whether satellites have replaced lamps."
    assert supported.check(about(text), context).detail.startswith("not checked")


def test_of_a_conversation_the_answer_is_judged(context):
    assert not supported.check(asked(answer=BAD[0]), context).passed
    assert supported.check(asked(answer=GOOD[0], reasoning=BAD[0]), context).passed


@pytest.fixture(scope="module")
def entailment(tmp_path_factory) -> Path:
    from checks.prose.models import make_entailment

    return make_entailment(tmp_path_factory.mktemp("nli"))


@pytest.fixture(scope="module")
def embeddings(tmp_path_factory) -> Path:
    from checks.prose.models import make_embeddings

    return make_embeddings(tmp_path_factory.mktemp("embeddings"))


@pytest.mark.vllm
@pytest.mark.parametrize("wanted", [0, 1])
def test_an_nli_model_decides_by_its_label_of_entailment(wanted, entailment):
    # Its head is made so that it answers one label whatever it reads.
    from checks.prose.models import make_entailment

    folder = make_entailment(entailment / str(wanted), answers=wanted)
    verdict = supported.check(about(GOOD[0]), make_context(support_model=folder))
    assert verdict.passed == (wanted == 1)


@pytest.mark.vllm
def test_an_embedding_model_finds_a_sentence_near_itself(embeddings):
    context = make_context(support_model=embeddings, support_sentence=0.999)
    own = "Oil older than six months clouds the glass and has to be drained before winter."
    assert supported.check(about(own), context).passed
    assert not supported.check(about(BAD[0]), context).passed


@pytest.mark.vllm
def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(UserError, match="support_model") as raised:
        supported.check(about(GOOD[0]), make_context(support_model=tmp_path / "nothing"))
    assert "\n" not in str(raised.value)


@pytest.mark.vllm
def test_a_classifier_of_something_else_is_refused(tmp_path):
    from checks.prose.models import make_entailment

    folder = make_entailment(tmp_path, labels=("cat", "dog"))
    with pytest.raises(UserError, match="cat, dog"):
        supported.check(about(GOOD[0]), make_context(support_model=folder))
