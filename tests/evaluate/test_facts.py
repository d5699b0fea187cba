"""Facts: what a graph and the rows of a corpus prove, and what is not asked."""

import pytest
from tables import edge, node

from evaluate.conftest import cpt_row
from synth.evaluate.facts import Fact, graph_facts
from synth.evaluate.sentences import sentence_facts
from synth.evaluate.trained import index_rows


def named(facts: list[Fact], relation: str) -> dict[str, str]:
    return {fact.subject: fact.answer for fact in facts if fact.relation == relation}


def test_tests_and_names_that_two_things_have_are_not_asked() -> None:
    nodes = [
        node("lib.gather", path="src/a.py"),
        node("lib.one.ponder", path="src/b.py"),
        node("lib.two.ponder", path="src/c.py"),
        node("tests.test_gather", path="tests/t.py", is_test=True),
    ]
    assert named(graph_facts(nodes, []), "defined_in") == {"gather": "src/a.py"}


def test_a_method_is_asked_with_its_class_whatever_the_separator() -> None:
    nodes = [
        node("lib.Basket", "class"),
        node("lib.Basket.put", "method", name="put", parameters=[{"name": name} for name in ("self", "code", "count")]),
        node("Shop::Till", "class", name="Till"),
        node("Shop::Till#ring", "method", name="ring"),
    ]
    facts = graph_facts(nodes, [])
    assert named(facts, "takes") == {"Basket.put": "code, count"}
    assert named(facts, "member_of") == {"put": "Basket", "ring": "Till"}


def test_ancestors_and_uncertain_callees_count_as_right_and_are_not_the_answer() -> None:
    nodes = [node(f"lib.{name}", "class") for name in ("Shape", "Round", "Circle")]
    nodes += [node(f"lib.{name}") for name in ("draw", "stroke", "fill")]
    edges = [edge("lib.Circle", "lib.Round", "inherits"), edge("lib.Round", "lib.Shape", "inherits")]
    edges += [
        edge("lib.draw", "lib.stroke"),
        edge("lib.draw", "lib.fill", confidence="ambiguous"),
        edge("lib.draw", None),
    ]
    facts = {(fact.relation, fact.subject): fact for fact in graph_facts(nodes, edges)}
    assert facts["inherits", "Circle"].answer == "Round"
    assert facts["inherits", "Circle"].right == {"Round", "Shape"}
    assert facts["calls", "draw"].answer == "stroke"
    assert facts["calls", "draw"].right == {"stroke", "fill", "join"}


def test_a_term_that_is_spoken_of_under_two_headings_has_no_place_of_its_own() -> None:
    nodes = [node(f"t.{term}", "entity", name=term, path="") for term in ("tide gauge", "fog signal")]
    nodes += [node(f"p.{title}", "passage", name=title) for title in ("Warnings", "Vessels")]
    edges = [edge("p.Warnings", "t.tide gauge", "mentions"), edge("p.Warnings", "t.fog signal", "mentions")]
    edges += [edge("p.Vessels", "t.tide gauge", "mentions")]
    assert named(graph_facts(nodes, edges), "treated_in") == {"fog signal": "Warnings"}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The keeper reads the water level from the tide gauge.", True),
        ("He has the tide gauge.", False),  # too few words say what is meant
        ("The tide gauge is what all keepers here call the tide gauge.", False),  # the answer stands before
        ("The keeper of the harbour knows the non-tide gauge.", False),  # a part of a longer word
        ("*Notes* (harbour): the keeper of the place reads the tide gauge.", False),
        ("The keeper reads the *water level from the tide gauge.", False),
        ("The keeper reads {{ level }} from day to day at the tide gauge.", False),
    ],
)
def test_only_a_plain_sentence_that_says_what_is_meant_is_asked(text: str, asked: bool) -> None:
    assert bool(list(sentence_facts([cpt_row(text)], ["tide gauge"]))) is asked


def test_a_question_with_a_blank_gives_its_whole_sentence() -> None:
    messages = [
        {
            "role": "user",
            "content": "Fill in the name, as *Guide* has it: In thick air one hears at last the ____ of the port.",
        },
        {
            "role": "assistant",
            "content": "fog signal. In full: In thick air one hears at last the fog signal of the port.",
        },
    ]
    (fact,) = sentence_facts([cpt_row("", messages=messages)], [])
    assert (fact.subject, fact.answer) == ("In thick air one hears at last the", "fog signal")
    assert "at last the ____ of the port." in fact.question


def test_a_blank_within_a_word_or_within_quotes_is_not_asked() -> None:
    messages = [
        {"role": "user", "content": "In thick air the keeper always turns on the `____` of the port."},
        {"role": "assistant", "content": "In thick air the keeper always turns on the `fog_signal` of the port."},
    ]
    assert list(sentence_facts([cpt_row("", messages=messages)], [])) == []


def test_a_row_says_a_name_only_as_a_whole_word() -> None:
    found = index_rows([cpt_row("`gather` and\n regather_it"), cpt_row("gathering")], ["gather", "regather_it", "a b"])
    assert found.saying("gather") == ["`gather` and regather_it"]
    assert index_rows([cpt_row("the.gather, e")], ["e.gather"]).saying("e.gather") == []
    assert found.saying("gather", "regather_it") == ["`gather` and regather_it"]
    assert found.saying("") == []
