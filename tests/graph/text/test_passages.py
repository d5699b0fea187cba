"""Passages hold the prose of a document in order, under the limit, and know where they are."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prose import documents_of, passages_in, text_of, words

from synth.config import TextSettings
from synth.graph.text import cut
from synth.graph.text.layout import blocks
from synth.graph.text.layout.block import plain_title

LINES = (
    "", "", "# Title", "## Deeper", "Title", "=====", "-----", "~~~~",
    "A sentence of prose. And another one, e.g. this.", "- item", "  more of it", "* other item", "1. first",
    "    indented code()", "```", "```python", "x = 1", "| a | b |", "|---|---|", "+---+---+", ".. note::",
    ".. code-block:: c", ".. _target:", "   body of it", "Example::", "INTRODUCTION", "3.1  The numbered heading",
    "term", "    its definition", ":field: value", "---", "é ü 漢字。次。", "word " * 90, "x" * 700, ">>> print(1)",
    "1", "\x0c", "\t tab", "<!-- comment -->", "***", "a: b", "===  ===",
)  # fmt: skip
texts = st.one_of(st.lists(st.sampled_from(LINES), max_size=40).map("\n".join), st.text(max_size=300))


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(texts, st.sampled_from(["a.md", "a.rst", "a.txt"]), st.sampled_from([32, 80]))
def test_passages_tile_the_prose_of_any_document_within_the_limit(text, path, limit):
    text = text.encode("utf-8", "replace").decode()

    def count(piece: str) -> int:
        return -(-len(piece.encode()) // 4)

    found, _ = cut(documents_of({path: text}), TextSettings(passage_tokens=limit, extractor="teacher"), count)
    encoded, place, gaps = text.encode(), 0, []
    for row in found.to_pylist():
        piece = text_of(text, row)
        assert place <= row["start_byte"] < row["end_byte"] <= len(encoded)
        assert row["n_tokens"] == count(piece) <= limit
        assert row["start_line"] == encoded[: row["start_byte"]].count(b"\n") + 1
        assert row["end_line"] == encoded[: row["end_byte"]].count(b"\n") + 1
        assert piece.strip()
        gaps.append(encoded[place : row["start_byte"]].decode())
        place = row["end_byte"]
    gaps.append(encoded[place:].decode())
    assert len(set(found["passage_id"].to_pylist())) == found.num_rows
    left_out = unseen_lines(text, path)
    for gap in gaps:
        for line in gap.split("\n"):
            assert not any(map(str.isalnum, line)) or line in left_out, line


def unseen_lines(text, path):
    """The lines of headings and of what readers of the document do not see."""
    language = {"md": "markdown", "rst": "rst", "txt": "text"}[path[2:]]
    lines = text.split("\n")
    found = (block for block in blocks(text, language) if block.kind in {"heading", "matter"})
    return {line for block in found for line in lines[block.first : block.last]}


@settings(deadline=None, max_examples=100)
@given(texts, st.sampled_from(["markdown", "rst", "text", "pdf"]))
def test_blocks_cover_every_line_that_is_not_blank_once(text, language):
    lines = text.split("\n")
    found = blocks(text, language)
    covered = [line for block in found for line in range(block.first, block.last)]
    assert covered == sorted(set(covered))
    assert {number for number, line in enumerate(lines) if line.strip()} <= set(covered)


MARKDOWN = """---
title: ignored
---
# Guide

Intro with two words.

Setup
-----

Install it first.

### With pip {#pip}

Run `pip`.

```sh
# not a heading
pip install x
```

## Use

Done.
"""

RST = """
=====
Guide
=====

Intro.

.. _setup:

Setup
=====

.. note:: Read this.

   It matters::

       # not a heading
       ------

Deep
----

Text.

Use
===

Last.
"""

PLAIN = """GUIDE

Intro text here.

1.  Setup

   Install it first.

1.1.  Details of it

   Read this.

Use it
------

Last.

   3. not a heading but an item of a list that goes on for very long, as one can see by its length alone.
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.md", MARKDOWN, [["Guide"], ["Guide", "Setup"], ["Guide", "Setup", "With pip"], ["Guide", "Use"]]),
        ("a.rst", RST, [["Guide"], ["Guide", "Setup"], ["Guide", "Setup", "Deep"], ["Guide", "Use"]]),
        ("a.txt", PLAIN, [["GUIDE"], ["1. Setup"], ["1. Setup", "1.1. Details of it"], ["1. Setup", "Use it"]]),
    ],
)
def test_every_passage_has_the_headings_that_lead_to_it(path, text, expected):
    assert [row["headings"] for row in passages_in(path, text)] == expected


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Importing \\* From a Package", "Importing * From a Package"),
        (":keyword:`!if` Statements", "if Statements"),
        ("The **bold** `code` of \\_name", "The bold code of _name"),
    ],
)
def test_a_heading_is_shown_as_its_readers_see_it(heading, title):
    assert plain_title(heading) == title


def test_lines_in_capitals_are_below_numbered_headings():
    text = "1.  Calls\n\nText.\n\nOPEN CALL\n\nMore.\n\n1.1.  Details\n\nThe rest.\n"
    headings = [row["headings"] for row in passages_in("a.txt", text)]
    assert headings == [["1. Calls"], ["1. Calls", "OPEN CALL"], ["1. Calls", "1.1. Details"]]


def test_the_title_of_a_document_is_left_out_of_heading_paths():
    found = passages_in("a.md", "# Guide\n\nIntro.\n\n## Use\n\nText.\n", title="Guide")
    assert [(row["title"], row["headings"]) for row in found] == [("Guide", []), ("Guide", ["Use"])]


def test_code_lists_and_tables_stay_whole_where_they_fit():
    code = "```\n" + "\n".join(f"line {number}" for number in range(9)) + "\n```"
    items = "\n".join(f"- item number {number}" for number in range(7))
    table = "| a | b |\n|---|---|\n" + "\n".join(f"| {number} | x |" for number in range(4))
    prose = "Some words before it. " * 3
    text = "\n\n".join([prose, code, prose, items, prose, table])
    found = [row["text"] for row in passages_in("a.md", text, 32)]
    for block in (code, items, table):
        assert [piece for piece in found if block in piece], block


def test_a_long_list_is_cut_between_items_and_a_long_paragraph_between_sentences():
    items = [f"- item {number} has some sentences. They\n  stand on two lines" for number in range(9)]
    for row in passages_in("a.md", "\n".join(items), 32):
        assert row["text"].startswith("- item")
        assert row["text"].endswith("two lines")
    sentence = "One two three four five."
    for row in passages_in("a.md", " ".join([sentence] * 30), 32):
        assert row["text"].startswith("One")
        assert row["text"].endswith("five.")


def test_small_blocks_of_a_section_share_a_passage():
    (row,) = passages_in("a.md", "One.\n\nTwo.\n\n- three\n- four\n\n    code()\n")
    assert (row["start_line"], row["end_line"]) == (1, 8)


def test_batches_change_nothing():
    files = {"a.md": MARKDOWN, "b.rst": RST, "c.txt": PLAIN}
    chosen = TextSettings()
    whole = cut(documents_of(files), chosen, words)
    parts = [cut(documents_of({path: text}), chosen, words) for path, text in files.items()]
    for number in range(2):
        assert whole[number].to_pylist() == [row for part in parts for row in part[number].to_pylist()]


PYTHON = '''#!/usr/bin/env python
# Copyright 2020 Somebody. All rights reserved, and this is a licence
# that nobody wants to learn by heart, ever.
"""What is this module for? It keeps a ledger of accounts."""

QUERY = """select this text is a value and no docstring at all"""


class Ledger:
    """A ledger of all accounts that a bank keeps for its customers."""

    def close(self):
        # The books are closed at midnight, because the clearing house
        # sends its last settlement shortly before that.
        # total = self.total
        return None
        # x = 1
        # y = foo(x)
        # return compute(x, y, z) + another(thing)
'''


def test_docstrings_and_comments_of_code_are_passages_and_licences_and_dead_code_are_not():
    found = [row["text"] for row in passages_in("a.py", PYTHON)]
    assert found[0] == "What is this module for? It keeps a ledger of accounts."
    assert found[1] == "A ledger of all accounts that a bank keeps for its customers."
    assert "clearing house" in found[2]
    assert len(found) == 3
    assert {row["language"] for row in passages_in("a.py", PYTHON)} == {"python"}


def test_a_comment_knows_the_definition_that_it_belongs_to():
    from synth.graph.code import link, parse_documents

    text = 'class A:\n    """Keeps every account that the bank has ever had."""\n\n\n'
    text += (
        "# The rate is that of the central bank,\n# rounded to four digits after the point.\ndef rate():\n    pass\n"
    )
    documents = documents_of({"m.py": text})
    nodes, _ = link([parse_documents(documents)])
    found, _ = cut(documents, TextSettings(extractor="teacher"), words, nodes)
    assert found["headings"].to_pylist() == [["m.A"], ["m.rate"]]


def test_block_comments_of_c_are_read_without_their_stars():
    text = "/*\n * The scheduler picks the next task\n * by its deadline, never by its age.\n */\nint f(void);\n"
    found, mentions = cut(documents_of({"a.c": text}), TextSettings(), words)
    assert found.num_rows == 1
    assert not [surface for surface in mentions["surface"].to_pylist() if "*" in surface]
