"""What a file is, by its path and first line."""

import pytest

from synth.sources.languages import is_binary_name, is_test, is_vendored, language_of


@pytest.mark.parametrize(
    ("path", "first", "language"),
    [
        ("a.py", b"", "python"), ("A.PY", b"", "python"), ("run", b"#!/usr/bin/env python3\n", "python"),
        ("run", b"#!/bin/sh\n", ""), ("README.md", b"", "markdown"), ("a.c", b"", ""), (".profile", b"", ""),
    ],
)  # fmt: skip
def test_languages(path, first, language):
    assert language_of(path, first) == language


@pytest.mark.parametrize(
    "path", ["tests/a.py", "pkg/test_a.py", "pkg/a_test.py", "conftest.py", "pkg/tests.py", "x/testing/h.py"]
)
def test_tests(path):
    assert is_test(path)


@pytest.mark.parametrize("path", ["pkg/contest.py", "pkg/attest.py", "latest/a.py", "pkg/testimony.py", "protest.py"])
def test_what_only_sounds_like_a_test(path):
    assert not is_test(path)


@pytest.mark.parametrize("path", ["vendor/a.py", "pip/_vendor/a.py", "x.egg-info/SOURCES.txt", ".venv/lib/a.py"])
def test_vendored(path):
    assert is_vendored(path)


@pytest.mark.parametrize("path", ["vendors/a.py", "pkg/vendor.py", "venv.py"])
def test_not_vendored(path):
    assert not is_vendored(path)


def test_binary_names():
    assert is_binary_name("logo.png")
    assert not is_binary_name("a.py")
