"""Encodings are declared or detected, never guessed in silence."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.sources.decode import Undecodable, decode

TEXT = "name = 'Zoë'\n"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_utf8_comes_back_with_newlines_alone(text):
    decoded, encoding = decode(b"x" + text.encode(), "text")
    assert decoded == "x" + text.replace("\r\n", "\n").replace("\r", "\n")
    assert encoding == "utf-8"


@pytest.mark.parametrize(
    ("bom", "codec", "name"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    ],
)
def test_a_byte_order_mark_decides_and_is_removed(bom, codec, name):
    assert decode(bom + TEXT.encode(codec), "python") == (TEXT, name)


@pytest.mark.parametrize(
    "first", ["# -*- coding: latin-1 -*-\n", "#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\n"]
)
def test_the_coding_comment_of_python_decides(first):
    assert decode((first + TEXT).encode("latin-1"), "python") == (first + TEXT, "latin-1")


def test_the_coding_comment_counts_for_python_alone():
    text, encoding = decode("# coding: latin-1\nZoë\n".encode(), "markdown")
    assert (text, encoding) == ("# coding: latin-1\nZoë\n", "utf-8")


@pytest.mark.parametrize(
    "data", [b"# coding: no-such-thing\nx = 1\n", b"# coding: utf-8\nx = '\xff'\n", b"# coding: rot13\nk = 1\n"]
)
def test_a_declaration_that_does_not_hold_is_not_overruled(data):
    with pytest.raises(Undecodable):
        decode(data, "python")


def test_a_text_in_another_encoding_is_detected_if_that_is_certain():
    russian = "Это простой текст на русском языке, который должен быть распознан без всякого сомнения. " * 5
    assert decode(russian.encode("cp1251"), "text")[0] == russian


@pytest.mark.parametrize("data", [b"x = '\xff\xfe\xfa'\n", bytes(range(128, 256)) * 3])
def test_bytes_that_fit_nothing_are_refused(data):
    with pytest.raises(Undecodable):
        decode(data, "python")


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data):
    try:
        text, encoding = decode(data, "python")
    except Undecodable:
        return
    assert "\r" not in text
    text.encode("utf-8")
    assert encoding
