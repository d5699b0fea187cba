"""Does the sample give away a benchmark that the student will be measured on? Shared n-grams of words tell.

Method: GPT-3 (Brown et al. 2020, arXiv 2005.14165, appendix C), which looks for shared 13-grams of lower-case words
without punctuation. An item that is shorter counts as one n-gram of its own length.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth.errors import UserError

if TYPE_CHECKING:
    from synth.checks.base import Context, Verdict

NAME = "benchmark_overlap"
VERIFIES = "It shares no n-gram of words with the benchmark file that checks.benchmark names."
MIN_WORDS = 5  # a shorter text of a benchmark, such as `yes`, says nothing
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Benchmark:
    """Hashes of a benchmark's n-grams, by their length in words."""

    ngrams: Mapping[int, frozenset[int]] = field(default_factory=dict)


def load_benchmark(path: Path, n: int) -> Benchmark:
    """Index every text of a benchmark.

    Args:
        path: JSONL or Parquet; all strings in it count, however deep they are nested.
        n: length of an n-gram in words.

    Raises:
        UserError: the file cannot be read or holds no text of at least five words.
    """
    ngrams: dict[int, set[int]] = {}
    for text in _texts(path):
        words = _WORDS.findall(text.lower())
        if len(words) >= MIN_WORDS:
            size = min(n, len(words))
            ngrams.setdefault(size, set()).update(_hashes(words, size))
    if not ngrams:
        raise UserError(f"checks.benchmark: {path} holds no text of {MIN_WORDS} words or more")
    return Benchmark({size: frozenset(found) for size, found in ngrams.items()})


def check(sample: Mapping[str, Any], context: "Context") -> "Verdict":
    """Judge one sample."""
    from synth.checks.base import failed, not_checked, passed

    if not context.benchmark.ngrams:
        return not_checked(NAME, "no benchmark is given")
    texts = [sample["text"]] if sample["stage"] == "cpt" else [item["content"] for item in sample["messages"]]
    words = _WORDS.findall("\n".join([*texts, sample["reasoning"] or ""]).lower())
    for size, ngrams in context.benchmark.ngrams.items():
        for index, gram in enumerate(_hashes(words, size)):
            if gram in ngrams:
                return failed(NAME, f"shares {' '.join(words[index : index + size])!r} with the benchmark")
    return passed(NAME)


def _hashes(words: list[str], n: int) -> Iterator[int]:
    """A hash of each n-gram, in order; the same on every machine, unlike `hash`."""
    for start in range(len(words) - n + 1):
        text = " ".join(words[start : start + n]).encode()
        yield int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def _texts(path: Path) -> Iterator[str]:
    try:
        if path.suffix == ".parquet":
            rows: Any = (row for batch in pq.ParquetFile(path).iter_batches() for row in batch.to_pylist())
            for row in rows:
                yield from _strings(row)
            return
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    try:
                        yield from _strings(json.loads(line))
                    except (ValueError, RecursionError):
                        raise UserError(f"checks.benchmark: {path}, line {number} is no JSON") from None
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        raise UserError(f"checks.benchmark: cannot read {path}: {error}; give a JSONL or Parquet file") from None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
