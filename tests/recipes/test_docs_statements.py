"""Which sentences can be said by themselves, whom they name, and which of them say what something is."""

import pytest

from recipes.manuals import make_manual
from synth.recipes.docs.definitions import definition_of
from synth.recipes.docs.statements import is_whole, stands_alone, statements


def said_by(text, names, path="a.md", title=""):
    source = make_manual({path: text}, dict.fromkeys(names, "thing"), limit=500, titles={path: title})
    return [item for passage in source.text.passages.values() for item in statements(source, passage)]


def definition(text, *names, kind="thing"):
    source = make_manual({"a.md": text}, dict.fromkeys(names, kind), limit=500, titles={"a.md": ""})
    (statement,) = statements(source, next(iter(source.text.passages.values())))
    return definition_of(statement)


@pytest.mark.parametrize(
    "text",
    [
        "The kettle holds two litres of water at most.",
        "`brewcalc` reads the file and prints the sum of it.",
        "A pot (of any size) can stand on the stove for hours.",
        'The word "done" is printed when the kettle is full.',
    ],
)
def test_whole_sentences(text):
    assert is_whole(text)


@pytest.mark.parametrize(
    "text",
    [
        "The kettle holds.",
        "holds two litres of water at most, as it was made to.",
        "The kettle holds these things at the most:",
        "The kettle (of any size holds two litres of water.",
        "Copyright 2020 by the people who wrote it all down.",
        "Fixed a bug in the kettle that made it boil over.",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16.",
        "The kettle holds two litres of water. The pot holds more.",
        "Call `open`. `close` is called when the kettle is empty.",
        "See the manual of the kettle for all that it can do.",
        "A kettle that holds two litres of boiling water.",
    ],
)
def test_fragments_and_boilerplate_are_no_sentences(text):
    assert not is_whole(text)


@pytest.mark.parametrize(
    "text",
    [
        "It is a kettle that holds two litres of water.",
        "This kettle holds two litres of water at most.",
        "However, the kettle holds two litres of water.",
        "The kettle holds what the table above says it holds.",
        "The kettle holds water as shown in Figure 3 of it.",
        "We fill the kettle with two litres of water each day.",
        "For example, the kettle may hold two litres of water.",
        "When it boils, the kettle switches itself off at once.",
        "The latter holds two litres of water and no more than that.",
        "The address is https://example.org for all who want it.",
    ],
)
def test_what_points_elsewhere_does_not_stand_alone(text):
    assert not stands_alone(text)


def test_a_sentence_stands_alone_when_it_points_to_nothing():
    assert stands_alone("The kettle holds two litres, and it boils them in five minutes.")


def test_names_are_found_as_they_are_written():
    (statement,) = said_by(
        "Debian and a `debian/rules` file, Red Hats and green teas, are not Debianised things.\n",
        ["Debian", "debian/rules", "Red Hat", "green tea", "Hat"],
    )
    assert [statement.written(name) for name in statement.names] == [
        "Debian", "`debian/rules`", "Red Hats", "green teas",
    ]  # fmt: skip


def test_a_word_is_no_identifier_and_an_identifier_no_word():
    text = "The client asks `client` and `client.py` to get the index of `the index`.\n"
    source = make_manual({"a.md": text}, {"client": "code", "index": "term"}, limit=500, titles={"a.md": ""})
    (statement,) = statements(source, next(iter(source.text.passages.values())))
    assert [(statement.written(name), name.start) for name in statement.names] == [
        ("`client`", text.index("`client`") + 1),
        ("index", text.index("index")),
    ]


def test_a_name_within_a_longer_one_is_not_named():
    (statement,) = said_by("A package manager is what every manager wants.\n", ["package manager", "manager"])
    assert [name.entity.name for name in statement.names] == ["package manager", "manager"]


@pytest.mark.parametrize("mark", ["![logo](logo.png)", "[![badge](a.svg)](b)", "&nbsp;", "<br>", "[](x)", "** **"])
def test_a_paragraph_of_marks_alone_says_nothing(mark):
    (statement,) = said_by(f"{mark}\n\nThe kettle holds two litres of water at most.\n\n{mark}\n", ["kettle"])
    assert statement.text == "The kettle holds two litres of water at most."


def test_apparatus_says_nothing():
    versions = ("2.3.1 (2020-01-01)", "Version 3.0 of May", "1.2", "1.2rc1 - 5 June 2020")
    for heading in (*versions, "Changelog", "A.1. References", "Table of Contents", "License"):
        assert not said_by(f"# Title\n\n## {heading}\n\nThe kettle holds two litres of water at most.\n", [])
    assert not said_by("The kettle holds two litres of water at most.\n", [], path="docs/CHANGES.md")
    for heading in ("History of kettles", "4.1. Syntax of files", "10.2 Log"):
        assert said_by(f"# Title\n\n## {heading}\n\nThe kettle holds two litres of water at most.\n", [])


def test_what_leans_on_a_sentence_comes_after_it():
    (statement,) = said_by("The Buono is a kettle with a thin spout. It pours two grams of water a second.\n", [])
    assert statement.after == "It pours two grams of water a second."


@pytest.mark.parametrize(
    ("text", "name", "subject", "verb", "rest"),
    [
        ("A gaiwan is a bowl with a lid for tea.", "gaiwan", "a gaiwan", "is", "a bowl with a lid for tea"),
        ("The Buono is a kettle with a thin spout.", "Buono", "the Buono", "is", "a kettle with a thin spout"),
        ("Burr grinders are the mills of people who care.", "burr grinder", "burr grinders", "are",
         "the mills of people who care"),
        ("The `ls` command is used to list a directory.", "ls", "the `ls` command", "is", "used to list a directory"),
        ("CI (continuous integration) means to merge each day.", "CI", "CI", "means", "to merge each day"),
    ],
)  # fmt: skip
def test_sentences_that_say_what_something_is(text, name, subject, verb, rest):
    found = definition(text, name)
    assert found is not None
    assert (found.subject, found.verb, found.rest) == (subject, verb, rest)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The package is a thing that was named before.", "package"),
        ("A gaiwan is a good idea on a cold winter day.", "gaiwan"),
        ("A gaiwan is the same as what others call a bowl.", "gaiwan"),
        ("A gaiwan is not a bowl that one drinks from.", "gaiwan"),
        ("A gaiwan is sold in the shop around the corner.", "gaiwan"),
        ("A gaiwan that leaks is a thing of no use at all.", "gaiwan"),
        ("People say that a gaiwan is a bowl with a lid.", "gaiwan"),
        ("A gaiwan in the shop is a thing of great beauty.", "gaiwan"),
        ("A gaiwan may be a thing of great beauty to some.", "gaiwan"),
        ("A gaiwan must specify the amount of tea it holds.", "gaiwan"),
    ],
)
def test_sentences_that_do_not(text, name):
    assert definition(text, name) is None
