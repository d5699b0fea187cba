"""Documents that are text: they stay as written, know their titles, and data is told from them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.sources.extract.data import is_data
from synth.sources.extract.formats import extract
from synth.sources.extract.hyphens import join, words_of
from synth.sources.extract.paging import running_lines
from synth.sources.extract.plain import without_contents, without_pages
from synth.sources.extract.titles import markdown_title, plain_title, rst_title
from synth.sources.skips import Skip

TALE = "The parser reads every file that it is given and never runs any of them at all.\n"


@pytest.mark.parametrize("language", ["markdown", "rst", "text"])
@settings(deadline=None)
@given(body=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\f"), max_size=300))
def test_a_text_stays_as_it_is_written(language, body):
    text = TALE * 5 + body
    assert extract(text.encode(), language).text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# The *guide*\n\nText.\n", "The guide"),
        ("Text.\n\n## Using `tool` ##\n", "Using tool"),
        ("```\n# a comment\n```\n\n# Title\n", "Title"),
        ("~~~~\n```\n# a comment\n~~~~\n# Title\n", "Title"),
        ("---\ntitle: 'From above'\nlayout: x\n---\n# Heading\n", "From above"),
        ("---\nlayout: x\n---\n# Heading\n", "Heading"),
        ('+++\ntitle = "Toml"\n+++\ntext\n', "Toml"),
        ("Underlined\n==========\ntext\n", "Underlined"),
        ('<h1 align="center"><img src="x.png"/>Logo text</h1>\n', "Logo text"),
        ("# [Linked](https://example.org) title {#anchor}\n", "Linked title"),
        ("- item\n---\nNo heading at all.\n", ""),
        ("#hashtag\n", ""),
    ],
)
def test_titles_of_markdown(text, title):
    assert markdown_title(text) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (".. _label:\n\nTitle\n=====\n\nText\n", "Title"),
        ("=======\n Title \n=======\n", "Title"),
        ("Using :class:`pkg.Thing <other>`\n---------------------------------\n", "Using pkg.Thing"),
        (":keyword:`!if` Statements\n=========================\n", "if Statements"),
        ("Importing \\* From a Package\n===========================\n", "Importing * From a Package"),
        ("Too long a line\n===\n", ""),
        ("No heading.\n\nAt all.\n", ""),
    ],
)
def test_titles_of_restructuredtext(text, title):
    assert rst_title(text) == title


RFC = (
    "Network Working Group                                        J. Doe\n"
    "Request for Comments: 9999                                  Example\n\n\n"
    "                     A Protocol for the Passing of\n"
    "                              Small Notes\n\n"
    "Status of this Memo\n\n   This memo is a test.\n"
)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (RFC, "A Protocol for the Passing of Small Notes"),
        ("NOTES\n=====\nText\n", "NOTES"),
        (
            "Doe      1999\n\n      An Approach for Using Pigeons for the Carriage of Notes\n\n   This says how.\n",
            "An Approach for Using Pigeons for the Carriage of Notes",
        ),
        (TALE, ""),
    ],
)
def test_titles_of_plain_text(text, title):
    assert plain_title(text) == title


def printed(*bodies: str) -> str:
    """A text laid out for a printer, such as an RFC."""
    return "".join(
        f"RFC 9999              Small Notes            May 2020\n\n\n{body}\n\n\n"
        f"Doe                    Standard                    [Page {number}]\n\f\n"
        for number, body in enumerate(bodies, 1)
    )


@pytest.mark.parametrize("feed", ["\f", ""], ids=["with form feeds", "without"])
def test_headers_and_footers_of_printed_pages_are_removed_and_paragraphs_made_whole(feed):
    bodies = [
        "   Notes are carried by",
        "   pigeons, which know\n   the way home.",
        "   Rain is no reason.",
        "   The end.",
    ]
    assert without_pages(printed(*bodies).replace("\f", feed)) == (
        "   Notes are carried by\n   pigeons, which know\n   the way home.\n\n   Rain is no reason.\n\n   The end.\n"
    )


def test_lines_of_a_table_of_contents_are_no_text():
    text = (
        "Contents\n\n   1. Introduction ..................................................3\n"
        "   1.1. Terms . . . . . . . . . . . . iv\n\n1. Introduction\n\nWait....... 12 of them came in the end.\n"
    )
    assert without_contents(text) == "Contents\n\n\n1. Introduction\n\nWait....... 12 of them came in the end.\n"


def test_form_feeds_between_sections_are_removed_alone():
    text = "One\n\nAlpha.\n\f\nTwo\n\nBeta.\n\f\nThree\n\nGamma.\n\f\nFour\n\nDelta.\n"
    assert without_pages(text) == text.replace("\f", "")


def test_numbers_that_run_with_the_pages_go_with_their_line_arabic_or_roman_on_either_end():
    pages = [
        ["iv", "Preface text"], ["v", "more text"], ["vi", "and more"],
        ["4   1 INTRODUCTION", "words"], ["1.2 Aims   5", "other words"], ["6   2 METHODS", "yet others"],
        ["In 1984", "a year is no page number"],
    ]  # fmt: skip
    kept = [
        [line for index, line in enumerate(page) if index not in gone]
        for page, gone in zip(pages, running_lines(pages), strict=True)
    ]
    assert [page[0] for page in kept] == [
        "Preface text", "more text", "and more", "words", "other words", "yet others", "In 1984",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=8))
def test_no_more_than_three_lines_are_taken_from_each_end_of_a_page(pages):
    for page, gone in zip(pages, running_lines(pages), strict=True):
        assert gone <= set(range(len(page)))
        assert len(gone) <= 6


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["docu-", "mentation"], "documentation"),
        (["a well-", "known fact"], "a well-known fact"),
        (["the build-", "time option"], "the build-time option"),
        (["look-", "ing at"], "looking at"),
        (["version 3-", "beta"], "version 3- beta"),
        (["between A-", "Z"], "between A- Z"),
        (["see https://example.org/a/", "page.html now"], "see https://example.org/a/page.html now"),
    ],
)
def test_broken_words_are_made_whole_and_compounds_keep_their_hyphen(lines, text):
    words = words_of([*lines, "A well-known name, well and known. Build it, in time. Look here."])
    assert join(lines, words) == text


@pytest.mark.parametrize(
    "text",
    [
        "name,age,town\n" + "".join(f"n{i},{i},Rome\n" for i in range(9)),
        "".join(f"{i}\t{i * i}\tx\n" for i in range(9)),
        "apple\nbanana\ncherry\ndate\nelder\nfig\n",
        "".join(f"2024-05-0{i} 10:00:00 INFO the server is now ready to take requests\n" for i in range(1, 9)),
        "".join(f"[12:00:0{i}] something was done by one of the workers\n" for i in range(9)),
        "".join(f"{i:02x} {i * 7:04x} {i * 99:08x}\n" for i in range(50)),
    ],
    ids=["commas", "tabs", "words", "log", "bracketed log", "numbers"],
)  # fmt: skip
def test_tables_logs_and_lists_are_data(text):
    assert is_data(text)
    with pytest.raises(Skip, match="data"):
        extract(text.encode(), "text")


@pytest.mark.parametrize(
    "text",
    [
        TALE * 10,
        RFC,
        "short\nlist\n",
        "这个程序读取所有给它的文件而且从不运行它们。\n" * 6,
        "Программа читает все файлы, которые ей дают, и никогда их не запускает.\n" * 6,
        "Shopping, with care, takes time,\nor so, at least, one says of it,\n" * 5,
        "Usage of the tool in five easy steps:\n\n" + "".join(f"    tool --flag{i}\n" for i in range(5)),
    ],
    ids=["prose", "rfc", "few lines", "chinese", "russian", "commas", "usage"],
)  # fmt: skip
def test_prose_is_no_data(text):
    assert not is_data(text)


def test_cells_of_a_notebook_become_markdown_and_fenced_code_without_what_they_printed():
    notebook = {
        "metadata": {"language_info": {"name": "julia"}},
        "cells": [
            {"cell_type": "markdown", "source": ["# Fitting\n", "\n", "Some *text*."]},
            {"cell_type": "code", "source": "x = 1\nprint(x)", "outputs": [{"text": "PRINTED"}]},
            {"cell_type": "code", "source": "s = '''\n```\n'''"},
            {"cell_type": "raw", "source": "raw"},
            {"cell_type": "code", "source": []},
        ],
        "nbformat": 4,
    }
    document = extract(json.dumps(notebook).encode(), "notebook")
    assert document.text == (
        "# Fitting\n\nSome *text*.\n\n```julia\nx = 1\nprint(x)\n```\n\n````julia\ns = '''\n```\n'''\n````\n"
    )
    assert (document.title, document.encoding) == ("Fitting", "utf-8")


def test_notebooks_of_the_older_format_are_read():
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Old"]},
        {"cell_type": "code", "input": ["y = 2"], "language": "python"},
    ]
    text = extract(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}).encode(), "notebook").text
    assert text == "## Old\n\n```python\ny = 2\n```\n"


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"cells": 3}', b"[" * 100_000, b"\xff\xfe", b'{"a": ' * 50_000])
def test_what_is_no_notebook_is_broken(data):
    with pytest.raises(Skip) as caught:
        extract(data, "notebook")
    assert caught.value.reason == "broken"
