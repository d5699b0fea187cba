"""Comments are read as the words that they hold."""

import pytest

from synth.graph.code.toolkit.comments import Comment, above, clean


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("// one\n// two", "one\ntwo"),
        ("//\n// one\n//\n//   two", "one\n\n  two"),
        ("/// one\n/// - two", "one\n- two"),
        ("//! one", "one"),
        ("/** one */", "one"),
        ("/**\n * one\n *\n *   two\n */", "one\n\n  two"),
        ("/*\n  one\n    two\n*/", "one\n  two"),
        ("# one\n#  two", "one\n two"),
        ("/** a *b* c */", "a *b* c"),
        ("/***/", ""),
    ],
)
def test_the_marks_are_taken_off(text, words):
    assert clean(text) == words


def at(line: int, text: str) -> Comment:
    return Comment(line, line + text.count("\n"), text)


def test_line_comments_that_follow_each_other_are_one():
    comments = {item.end_line: item for item in (at(1, "// far"), at(3, "// one"), at(4, "// two"))}
    assert above(comments, 5) == "one\ntwo"
    assert above(comments, 6) == ""


def test_a_block_comment_stands_alone():
    comments = {item.end_line: item for item in (at(1, "// other"), at(2, "/* one\n two */"))}
    assert above(comments, 4) == "one\ntwo"


def test_only_marked_comments_document_where_marks_are_given():
    comments = {item.end_line: item for item in (at(1, "/** one */"), at(4, "// note"))}
    assert above(comments, 2, ("/**",)) == "one"
    assert above(comments, 5, ("/**",)) == ""
