"""How evidence becomes words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipes.conftest import make_source
from synth.recipes.base import humanise, summary
from synth.recipes.imports import imports_for


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("Add two numbers.\n\nLong story.", "Add two numbers"),
        ("Add two\n    numbers up. And more.", "Add two numbers up"),
        ("Return :class:`~pkg.Thing` for ``x``.", "Return Thing for x"),
        ("Short.", ""),
        ("=====\nThe Title\n=====\n\nText.", "The Title"),
        ("Heading here\n------------\nText.", "Heading here Text"),
        ("", ""),
        ("x" * 300, ""),
        ("| a | table |\n", ""),
        ("See <https://example.org> for more of it.", ""),
        ("Version 1.2 of the thing is read.", "Version 1.2 of the thing is read"),
    ],
)
def test_summaries(docstring, expected):
    assert summary(docstring) == expected


@given(st.text())
def test_a_summary_is_one_line_without_markup(docstring):
    text = summary(docstring)
    assert "\n" not in text
    assert "`" not in text
    assert len(text) <= 200


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_redirect_withNoHost", "redirect with no host"),
        ("TestThing", "test thing"),
        ("test_a__b", "a b"),
        ("run", "run"),
    ],
)
def test_names_become_words(name, expected):
    assert humanise(name) == expected


@pytest.mark.parametrize(
    ("head", "code", "expected"),
    [
        ("import os\nimport sys\n", "os.getcwd()", "import os"),
        ("import a.b.c\n", "a.b.c.f()", "import a.b.c"),
        ("from m import x, y as z\n", "z()", "from m import y as z"),
        ("from m import (\n    x,\n    y,\n)\n", "x(y)", "from m import (\n    x,\n    y,\n)"),
        ("from __future__ import annotations\nimport os\n", "annotations(os)", "import os"),
        ("from . import x\nfrom .p import y\n", "x(y)", "from . import x\nfrom .p import y"),
        ("import os\n", "nothing()", ""),
        ("import os\nthis is no python\n", "os", ""),
    ],
)
def test_imports_that_a_piece_of_code_needs(head, code, expected):
    assert imports_for(make_source({"m.py": head}), "m.py", code, "python") == expected
