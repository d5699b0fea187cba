"""How does Megatron read tokens? From memory: one file of nothing but tokens, and an index of where documents begin.

The index (`MMIDIDX`, version 1, little-endian) is as in Megatron-LM, `megatron/core/datasets/indexed_dataset.py`:
9 bytes of name, version (uint64), code of the tokens' type (uint8), number of sequences (uint64), number of entries
in the list of documents (uint64), then length in tokens (int32) and offset in bytes (int64) of each sequence, and the
sequence (int64) with which each document begins, the end of the last included. Here each document is one sequence.
"""

import struct
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from synth.export import messages
from synth.export.form import Form
from synth.export.rows import Sample, Stage
from synth.export.tokenizer import load_tokenizer

HEADER, VERSION = b"MMIDIDX\x00\x00", 1
TYPE_CODES = {"int32": 4, "uint16": 8}
SMALL_VOCABULARY = 65_500
"""Megatron's own bound, below which two bytes a token do."""

BATCH_ROWS = 256


def write(samples: Iterator[Sample], stem: Path, stage: Stage, model: str | None) -> list[Path]:
    """Write texts as tokens, each closed by the end-of-text token; chats as `messages`, which Megatron reads itself.

    Raises:
        UserError: there is no tokenizer in the model's folder, or it names no token that ends a text.
    """
    if stage is Stage.SFT:
        return messages.write(samples, stem, stage, model)
    tokenizer, end = load_tokenizer(model)
    dtype = "uint16" if tokenizer.get_vocab_size() < SMALL_VOCABULARY else "int32"
    tokens, index = stem.with_name(f"{stem.name}.bin"), stem.with_name(f"{stem.name}.idx")
    lengths = []
    with tokens.open("wb") as stream:
        for ids in _encode((sample.text for sample in samples), tokenizer):
            stream.write(np.array([*ids, end], dtype).tobytes())
            lengths.append(len(ids) + 1)
    index.write_bytes(_index(np.array(lengths, np.int32), dtype))
    return [tokens, index]


def _encode(texts: Iterable[str], tokenizer: Tokenizer) -> Iterator[list[int]]:
    remaining = iter(texts)
    while batch := list(islice(remaining, BATCH_ROWS)):
        for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
            yield encoding.ids


def _index(lengths: NDArray[np.int32], dtype: str) -> bytes:
    """Describe sequences of the given numbers of tokens, int32[n]."""
    ends = np.cumsum(lengths, dtype=np.int64) * np.dtype(dtype).itemsize
    offsets = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
    documents = np.arange(len(lengths) + 1, dtype=np.int64)
    counts = struct.pack("<QBQQ", VERSION, TYPE_CODES[dtype], len(lengths), len(documents))
    return b"".join([HEADER, counts, lengths.tobytes(), offsets.tobytes(), documents.tobytes()])


FORM = Form(write)
