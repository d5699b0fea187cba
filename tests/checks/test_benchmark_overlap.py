"""Decontamination."""

import dataclasses
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from checks.conftest import make_sample
from synth.checks import load_benchmark
from synth.checks.benchmark_overlap import check
from synth.errors import UserError

TEXT = "Write a function that takes a list of numbers and returns the two largest of them in order"
ROWS = [
    {"id": 1, "short": "", "task": {"prompt": TEXT, "tests": ["assert f([1, 2]) == (2, 1)"]}},
    {"id": 2, "short": "Reverse a linked list quickly", "task": None},
]


@pytest.fixture(params=["jsonl", "parquet"])
def benchmark_file(request, tmp_path):
    path = tmp_path / f"bench.{request.param}"
    if request.param == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    else:
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


def with_benchmark(context, path, n=13):
    return dataclasses.replace(context, benchmark=load_benchmark(path, n))


@pytest.mark.parametrize("part", ["question", "answer", "reasoning"])
def test_a_shared_stretch_of_words_is_found_whatever_case_and_punctuation(part, benchmark_file, context):
    words = "So: " + TEXT.upper().replace(" OF ", " of, ")[10:] + "!"
    verdict = check(make_sample(**{part: words}), with_benchmark(context, benchmark_file))
    assert not verdict.passed
    assert "takes a list of numbers" in verdict.detail


def test_a_short_item_counts_as_a_whole(benchmark_file, context):
    full = with_benchmark(context, benchmark_file)
    assert not check(make_sample(answer="You can reverse a linked list quickly with it."), full).passed
    assert check(make_sample(answer="You can reverse a linked list slowly with it."), full).passed


def test_fewer_words_in_common_are_no_overlap(benchmark_file, context):
    assert check(
        make_sample(answer="It takes a list of numbers and returns the sum."), with_benchmark(context, benchmark_file)
    ).passed


def test_texts_of_files_are_looked_at_too(benchmark_file, context):
    sample = make_sample(stage="cpt", text=f'"""{TEXT}"""', messages=None, reasoning=None)
    assert not check({**sample, "messages": []}, with_benchmark(context, benchmark_file)).passed


def test_without_a_benchmark_it_says_so(context):
    assert check(make_sample(), context).detail == "not checked: no benchmark is given"


@pytest.mark.parametrize(
    ("name", "data"), [("a.jsonl", b"{"), ("a.jsonl", b"\xff\xfe"), ("a.parquet", b"x"), ("a.jsonl", b'{"a": "b"}')]
)
def test_a_benchmark_that_cannot_be_used_is_one_line(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=r"checks\.benchmark") as caught:
        load_benchmark(tmp_path / name, 13)
    assert "\n" not in str(caught.value)
