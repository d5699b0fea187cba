import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from synth.hostile import clip, show_hidden


@given(st.text(st.characters()))
def test_nothing_hidden_is_left(text: str) -> None:
    shown = show_hidden(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs"} and c not in "\n\t"]
    shown.encode("utf-8")


def test_what_can_be_seen_is_kept() -> None:
    text = "def größe(x: int) -> str:\n\treturn '漢字 שלום 😀 <b>'"
    assert show_hidden(text) is not None
    assert show_hidden(text) == text


def test_a_cut_says_how_much_is_missing() -> None:
    assert clip("abcdef", 4) == "abcd … (2 more characters)"
    assert clip("abcd", 4) == "abcd"
