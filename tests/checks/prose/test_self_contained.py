"""Standing alone: a text that its reader does not see is named or not spoken of."""

import pytest

from checks.prose.conftest import OTHER, PATH, TIDE, TITLE, about, asked, make_context
from synth.checks import self_contained

GOOD = [
    "The keeper turns the lens twice a day.", f"The document *{TITLE}* says when.",
    f"In the document \u201c{TITLE}\u201d it is said.",
    f"The {TITLE} is a document on lamps.", f"According to the {TITLE}, the document of all keepers, it turns.",
    "The passage of ships is watched.", "A passage leads to the lamp.", "Texts are kept in the tower.",
    "The author of the protocol is Holtz.", "Maren Holtz, its author, signed it.",
    "The section on oil in the handbook is long.",
    "The text editor is open.", "The document store keeps pages.", "An author signs the page.",
    "The author signs a page.",
    "Chapter 3 of the handbook is on oil.", "The light above the door burns.", "The lamp below is older.",
    "The following steps are taken: turn, drain.", "It was seen earlier that year.", "He read it before.",
    "What does the keeper turn?", "The materials of the lamp are glass and oil.", "Sections of the lens are polished.",
    'It says "as mentioned above" on the door.', "The article \"Lamps\" names it.", "An excerpt from it was printed.",
    "The reading of the gauge is noted.", "The guide leads the boat.", "The keeper explained the lamp before winter.",
    "```\nsee above: this section\n```\nThe lens turns.",
]  # fmt: skip
BAD = [
    "The document says when the lens is turned in winter.", "According to the passage, it turns.",
    "The text above says so.",
    "As mentioned above, the lens turns.", "The author explains why.", "This section describes the lens.",
    "The previous chapter covers oil.", "In this document, the lens is described.", "The given text names a lens.",
    "The provided passage names a lens.", "As described earlier, it turns.", "The text describes a lens.",
    "The passage mentions the oil.", "The article explains the oil.", "The excerpt tells of a lens.",
    "As noted previously, it turns.", "See above for the oil.", "The following passage is on oil.",
    "This chapter is on oil.",
    "The next section covers winter.", "The source text names a lens.", "The authors say that it turns.",
    "Based on the provided context, it turns.", "From the given information, it turns.",
    "The paragraph below is on oil.",
    "The above passage is on oil.", "As the passage shows, it turns.", "I was given a text on lamps.",
    "This guide explains the lamp.", "The writer praises the oil.", "The narrator praises the oil.",
    "These passages agree.",
    "As previously discussed, it turns.", "The material states that it turns.",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_a_text_that_stands_alone(text, context):
    assert self_contained.check_prose(about(text), context).passed


@pytest.mark.parametrize("text", BAD)
def test_a_text_that_points_at_what_nobody_sees(text, context):
    verdict = self_contained.check_prose(about(text, OTHER), context)
    assert not verdict.passed
    assert "does not name" in verdict.detail


@pytest.mark.parametrize("part", ["question", "answer", "reasoning"])
def test_every_part_is_read(part, context):
    assert not self_contained.check_prose(asked(**{part: "The passage says that the lens turns."}), context).passed


def test_what_the_documents_are_about_may_be_said(context):
    text = "The document has one root element, and the author may name it."
    assert not self_contained.check_prose(about(text), make_context({("c", PATH): "A lens."})).passed
    of_documents = make_context({("c", PATH): "The document has a root element. The author names it."})
    assert self_contained.check_prose(about(text), of_documents).passed


def test_words_for_the_page_itself_are_kept_only_in_its_own_text():
    context = make_context({("c", PATH): "This section is on oil, as mentioned above."})
    text = "This section is on oil, as mentioned above."
    assert not self_contained.check_prose(about(text), context).passed
    assert self_contained.check_prose(about(text, recipe="docs.passage", engine="template"), context).passed


@pytest.mark.parametrize(
    "question",
    [
        f"How often is the lens turned, by the {TITLE}?",
        "What is the Beacon Control Protocol?",
        "What does BCP stand for?",
    ],
)
def test_a_question_names_its_document_or_an_entity(question, context):
    assert self_contained.check_prose(asked(question), context).passed


@pytest.mark.parametrize(
    "question", ["How often is it turned?", "What is the Hydrographic Bureau?", "Who turns the lens?"]
)
def test_a_question_that_does_not(question, context):
    assert "names neither" in self_contained.check_prose(asked(question), context).detail


def test_a_question_needs_no_name_where_none_is_known(context):
    sample = {**asked("How often is it turned?"), "collection": "elsewhere"}
    assert self_contained.check_prose(sample, context).passed
    assert TIDE
