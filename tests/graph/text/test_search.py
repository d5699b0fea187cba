"""Names that somebody gave are looked for in the text itself."""

import pytest
from prose import documents_of, words

from synth.config import TextSettings
from synth.graph.text import cut, find_mentions, merge
from synth.graph.text.tables import MENTIONS


def found_in(text, *names, path="a.md"):
    """What each name is said as, by normal form."""
    documents = documents_of({path: text})
    passages, _ = cut(documents, TextSettings(extractor="teacher"), words)
    mentions = find_mentions(passages, documents, {path: names})
    assert mentions.schema == MENTIONS
    return [(row["key"], row["surface"], row["count"], row["line"]) for row in mentions.to_pylist()]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Garbage collector", "garbage\ncollectors"),
        ("policies", "policy"),
        ("policy", "Policies"),
        ("write-barrier", "write barrier"),
        ("file system", "file-system"),
        ("class", "classes"),
    ],
)
def test_case_plural_hyphens_and_line_ends_may_differ(name, said):
    ((_, surface, count, line),) = found_in(f"Intro.\n\nThe {said} here.\n", (name, "term"))
    assert (surface, count, line) == (" ".join(said.split()), 1, 3)


def test_names_that_occur_nowhere_have_no_row():
    assert found_in("The parser reads.\n", ("compiler", "term"), ("pars", "term"), ("", "term"), ("  ", "thing")) == []


def test_short_names_and_acronyms_are_looked_for_as_written():
    assert found_in("It is what it is. IT is a trade.\n", ("IT", "thing")) == [("it", "IT", 1, 1)]
    assert found_in("Let us go on. Go is a language.\n", ("Go", "thing")) == [("go", "Go", 1, 1)]


def test_a_surname_stands_for_a_person_whose_whole_name_occurs():
    text = "Ian Murdock founded it. Later Murdock left.\n"
    assert found_in(text, ("Ian Murdock", "person")) == [
        ("ian murdock", "Ian Murdock", 1, 1),
        ("ian murdock", "Murdock", 1, 1),
    ]
    assert found_in("Murdock left.\n", ("Ian Murdock", "person")) == []


def test_a_name_inside_a_longer_one_is_found_too():
    found = found_in("The Debian Policy Manual.\n", ("Debian Policy Manual", "thing"), ("Debian", "thing"))
    assert {row[0] for row in found} == {"debian policy manual", "debian"}


def test_signs_in_names_mean_themselves():
    assert found_in("Use C++ (not c.) and a.b(c).\n", ("C++", "thing"), ("a.b(c)", "code"), ("x|.*", "term")) == [
        ("c++", "C++", 1, 1),
        ("a.b", "a.b", 1, 1),
    ]


def test_a_kind_that_is_not_known_is_a_thing_and_documents_without_names_are_left_out():
    documents = documents_of({"a.md": "The parser.\n", "b.md": "The parser.\n"})
    passages, _ = cut(documents, TextSettings(extractor="teacher"), words)
    (row,) = find_mentions(passages, documents, {"a.md": [("parser", "gadget")]}).to_pylist()
    assert row["kind"] == "thing"


def test_what_is_found_can_be_merged():
    documents = documents_of({"a.md": "The parser reads.\n", "b.md": "Parsers read.\n"})
    passages, _ = cut(documents, TextSettings(extractor="teacher"), words)
    names = {path: [("parser", "term"), ("reading", "theme")] for path in ("a.md", "b.md")}
    entities, links = merge(passages, [find_mentions(passages, documents, names)], {}, TextSettings())
    assert [(row["name"], row["n_documents"]) for row in entities.to_pylist()] == [("parser", 2)]
    assert links.num_rows == 2
