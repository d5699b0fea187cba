"""What is left of a passage when its markup is off, and which of it is running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.recipes.docs.markup import GAP, SYNTAX, margin, paragraphs, plain


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("markdown", "See [the *guide*](a/b.md#x) and **bold** words.", "See the guide and bold words."),
        ("markdown", "Use [`run`](x.md) or ``a b``.", "Use `run` or `a b`."),
        ("markdown", "An image ![alt](x.png)stays out[^1].", "An image stays out."),
        ("markdown", "snake_case_name and 2 * 3 * 4 stay.", "snake_case_name and 2 * 3 * 4 stay."),
        ("markdown", "Code `**kwargs` keeps its stars.", "Code `**kwargs` keeps its stars."),
        ("html", "Fish &amp; chips<br> are &lt;hot&gt;.", "Fish & chips are <hot>."),
        ("rst", "Use :func:`~pkg.mod.run` or ``a_b``.", "Use `pkg.mod.run` or `a_b`."),
        ("rst", "The `user guide <https://x.org>`_ says *so*.", "The user guide says so."),
        ("rst", "A :term:`package <pkg>` of :rfc:`2119`.", "A package of RFC 2119."),
        ("rst", "As in :ref:`the part <part>` [1]_.", "As in the part."),
        ("rst", "As in :ref:`part` it is.", f"As in {GAP} it is."),
        ("rst", "The |release| is out.", f"The {GAP} is out."),
        ("rst", "Python_ and `Perl and Ruby`_ run.", "Python and Perl and Ruby run."),
        ("text", "Use `ls' or `cat' [12].", "Use `ls` or `cat`."),
        ("text", "The word is _not_ taken.", "The word is not taken."),
    ],
)
def test_words_stay_and_marks_go(language, text, expected):
    assert plain(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("markdown", "One line\nand another.\n\n- an item\n- more\n\nThe end.", ["One line and another.", "The end."]),
        ("markdown", "Before:\n\n```sh\nls -l\n```\n\nAfter.", ["Before:", "After."]),
        ("markdown", "It lists:\n- one\n- two", ["It lists:"]),
        ("markdown", "| a | b |\n|---|---|\n| 1 | 2 |\n\nText.", ["Text."]),
        ("markdown", "> A quotation.\n\nText.", ["Text."]),
        ("rst", "Shown here::\n\n    code here\n\nText.", ["Shown here::", "Text."]),
        ("rst", ".. note:: Mind the gap.\n\nText.\n\n.. code-block:: c\n\n   int x;\n", ["Text."]),
        ("rst", "=====  =====\na      b\n=====  =====\n1      2\n=====  =====\n\nText.", ["Text."]),
        (
            "text",
            "   The base is\n   indented by three.\n\n      o  no item\n\n         deep",
            ["The base is indented by three."],
        ),
        ("text", "   Some words\n   follow it all.\n\n      Set in\n      deeper.", ["Some words follow it all."]),
        ("markdown", "Some words\n    set in.\n\nText.", ["Text."]),
        ("text", "   1. Start ........ 3\n\n   Some words\n   follow it.", ["Some words follow it."]),
        ("text", "   self-\n   contained words\n   are joined.", ["self-contained words are joined."]),
        ("python", '"""Add ``x``.\n\n    It adds.\n    """', ["Add `x`.", "It adds."]),
        ("python", "# One line\n# and another.", ["One line and another."]),
    ],
)
def test_only_running_text_is_kept(language, text, expected):
    assert paragraphs(text, language, margin(text, language)) == expected


@given(st.text(), st.sampled_from([*SYNTAX, "python"]))
def test_any_text_can_be_read(text, language):
    for paragraph in paragraphs(text, language):
        assert "\n" not in paragraph
        assert paragraph == paragraph.strip()


@given(st.text(st.sampled_from("ab `*_[]()<>|:\\\n-#\ue000\ue0010")), st.sampled_from([*SYNTAX]))
def test_any_markup_can_be_taken_off(text, language):
    assert "\n" not in plain(text, language)
