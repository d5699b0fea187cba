"""How tokens are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from synth.errors import UserError
from synth.tokens import describe_counter, token_counter


@given(st.text())
def test_the_estimate_is_a_quarter_of_the_bytes_rounded_up(text):
    assert token_counter(None)(text) == -(-len(text.encode("utf-8", "replace")) // 4)


def test_the_tokenizer_of_the_student_counts(tmp_path):
    tokenizer = Tokenizer(models.WordLevel({"a": 0, "b": 1, "?": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    for given_path in (tmp_path, tmp_path / "tokenizer.json"):
        assert token_counter(str(given_path))("a b c c") == 4
    assert "tokenizer" in describe_counter(str(tmp_path))


@pytest.mark.parametrize("text", [None, "not json"])
def test_a_missing_or_broken_tokenizer_is_one_line(tmp_path, text):
    path = tmp_path / "tokenizer.json"
    if text:
        path.write_text(text)
    with pytest.raises(UserError, match=r"tokenizer: .*tokenizer\.json") as caught:
        token_counter(str(path))
    assert "\n" not in str(caught.value)
