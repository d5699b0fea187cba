"""What fuzzing found, kept: inputs that once ended a run, or kept it busy for minutes. See `benchmarks/fuzzing.py`."""

import json
from random import Random

import pytest
from fuzzer.flow import read_tree
from fuzzer.readers import readers
from fuzzer.seeds import ROOT

from synth.graph.code.effort import LEAST, TIMES
from synth.graph.code.python import recovery

# A pattern of a .gitignore may be a regular expression that Python would have written otherwise.
pytestmark = pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
DEEP = 3_000
DIGITS = "9" * 5_000  # more than Python makes a number of
HEADING = {"cell_type": "heading", "level": 1.0, "source": "Berths"}
FINDINGS = {
    "a heading of level 1.0": ("notebook", json.dumps({"nbformat": 4, "cells": [HEADING]})),
    "TOML of deep lists": ("manifests", f"a = {'[' * DEEP}{']' * DEEP}\n"),
    "TOML with a number that is too long": ("manifests", f"[package]\nname = 'x'\nversion = {DIGITS}\n"),
    "JSON of deep lists": ("manifests", "[" * DEEP + "]" * DEEP),
    "namespaces in namespaces": ("typescript", "namespace a {\n" * 1_500 + "}\n" * 1_500),
    "a number that is too long for JSON": ("notebook", f'{{"cells": [{DIGITS}]}}'),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_what_once_ended_a_run_is_read_or_set_aside(name, tmp_path):
    reader, text = FINDINGS[name]
    readers()[reader].check([text.encode("utf-8", "surrogatepass")], tmp_path)


KINDS = sorted(readers())


@pytest.mark.parametrize("name", KINDS)
def test_a_handful_of_spoilt_inputs_of_each_kind_is_accounted_for(name, tmp_path):
    reader = readers()[name]
    seeds = reader.begin([ROOT / "tests" / "projects"])
    inputs = [reader.make(Random(f"{name}-{number}"), seeds) for number in range(4)]
    reader.check(inputs, tmp_path)


def test_a_lost_file_is_noticed(tmp_path):
    """The checks of the two tests above can fail."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.py").write_text("x = 1\n")
    with pytest.raises(AssertionError, match="1 of 2 files are listed"):
        read_tree(tmp_path / "source", tmp_path / "work", 2)


@pytest.mark.parametrize("unbalanced", [b"f(\n", b"x = [{(\n", b"class A:\n  def f(:\n"])
def test_the_more_is_broken_in_a_file_the_more_is_tried_but_never_without_end(unbalanced, monkeypatch):
    source = (unbalanced + b"x = 1  # " + b"a" * 200 + b"\n") * 600
    sizes = []
    parse = recovery.parse
    monkeypatch.setattr(recovery, "parse", lambda piece: sizes.append(len(piece)) or parse(piece))
    _, lines = recovery.parse_soundly(source)
    assert lines
    assert sum(sizes) < LEAST + (TIMES + 5) * len(source)
