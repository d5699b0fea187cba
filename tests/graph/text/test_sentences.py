"""Sentences of technical prose end where a reader would say so, and nothing is lost between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.graph.text import sentences

EXAMPLES = [
    ["The class torch.nn.Linear is a layer.", "It has weights."],
    ["See the torch.nn. namespace for more.", "Everything is there."],
    ["Call foo.bar() first.", "Then call baz()."],
    ["Use v1.2.3 or later.", "Older versions, e.g. v0.9, fail."],
    ["As Fig. 3 shows, it works.", "See also Sec. 4.2."],
    ["Wait ... then go on.", "Done."],
    ["Read https://example.com/a.b?c=d.", "Then stop."],
    ["It was written by J. R. Smith in 1999.", "He left in 2001."],
    ["Files (e.g. setup.py, pyproject.toml, etc.) are read.", "Others are not."],
    ["Is it safe?", "Yes!", "Use it."],
    ["He said “Stop.”", "Then he left."],
    ["The value is 3.14.", "Pi is irrational."],
    ["1. Install the package.", "2. Run it."],
    ["Dr. Jones met Mr. Brown.", "They talked."],
    ["This is what i.e. means.", "And cf. the manual."],
    ["The U.S. government agreed.", "So did the E.U."],
    ["numpy is fast.", "numpy arrays are contiguous."],
    ["The option --verbose prints more.", "The option -q prints less."],
    ["Packages such as libfoo1.so, libbar2 etc. are kept.", "The rest goes."],
    ["See No. 5 of vol. 2, pp. 3-9.", "It says no.", "That is all."],
    ["Use `foo.bar.` as the prefix.", "`baz` is another."],
    ["Yahoo! is a company.", "It exists."],
    ["What does `a ? b : c` mean?", "It is a ternary."],
    ["Smith et al. showed this in 2010.", "Others agreed."],
    ["The daemon starts at 5 p.m. every day.", "It stops at 6 a.m."],
    ["The command is `make install`.", "Run it as root."],
    ["Vorsicht, das ist z.B. falsch.", "Das stimmt."],
]


@pytest.mark.parametrize("expected", EXAMPLES, ids=lambda value: value[0][:30])
def test_identifiers_versions_and_abbreviations_do_not_end_a_sentence(expected):
    text = " ".join(expected)
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_lines_may_break_anywhere_but_blank_lines_and_items_end_a_sentence():
    text = "One\nsentence on\ntwo lines. Another\n\nA title without a dot\n\n- first item\n- second item"
    found = [text[start:end] for start, end in sentences(text)]
    assert found == [
        "One\nsentence on\ntwo lines.",
        "Another",
        "A title without a dot",
        "- first item",
        "- second item",
    ]


def test_scripts_without_spaces_between_sentences_are_split_at_their_own_marks():
    text = "これは文です。次の文です。"
    assert [text[start:end] for start, end in sentences(text)] == ["これは文です。", "次の文です。"]


@given(
    st.one_of(
        st.text(),
        st.lists(st.sampled_from(["e.g. ", "A", ". ", "b", "\n", "\n\n", "- ", "1. ", "?", "…"]), max_size=30).map(
            "".join
        ),
    )
)
def test_only_white_space_lies_between_sentences(text):
    found = sentences(text)
    ends = [0, *(end for _, end in found)]
    starts = [*(start for start, _ in found), len(text)]
    assert all(not text[end:start].strip() for end, start in zip(ends, starts, strict=True))
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in found)
