"""Into which pieces is a row cut, and which of its tokens are learned? Documents, conversations, control tokens."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from jinja2 import TemplateError

from synth.errors import UserError
from synth.schema import content_id
from synth.train.chat import Encoded, encode_chat
from synth.train.rows import Row
from synth.train.settings import DataSettings, TagSettings
from synth.train.tables import TOKENS

Batch = tuple[pa.RecordBatch, Mapping[str, int]]
"""TOKENS of some rows, the number of these `rows`, and how many of them were left out for a reason."""


class Work(NamedTuple):
    """What a process has to know to tokenise rows."""

    tokenizer: Any
    stage: str
    settings: DataSettings
    begin: list[int]
    """What a document begins with: the tokenizer's first token, if it adds one."""
    end: int
    tags: dict[bool, int]
    """Control tokens, by whether a row was verified; empty where there are none."""


def plan_work(tokenizer: Any, stage: str, settings: DataSettings) -> Work:
    """What is the same for all rows.

    Raises:
        UserError: the tokenizer has nothing to end a document with, or lacks a control token.
    """
    if tokenizer.eos_token_id is None:
        raise UserError("the tokenizer has no eos_token, which ends a document; set one in its tokenizer_config.json")
    adds_first = tokenizer.bos_token_id is not None and tokenizer("a")["input_ids"][:1] == [tokenizer.bos_token_id]
    begin = [tokenizer.bos_token_id] if adds_first else []
    return Work(tokenizer, stage, settings, begin, tokenizer.eos_token_id, _tags(tokenizer, settings.tags))


def _tags(tokenizer: Any, tags: TagSettings) -> dict[bool, int]:
    if tags.verified is None or tags.unverified is None:
        return {}
    vocabulary = tokenizer.get_vocab()
    missing = [tag for tag in (tags.verified, tags.unverified) if tag not in vocabulary]
    if missing:
        raise UserError(f"data.tags: {' and '.join(missing)} must be a token; add it to the tokenizer and the model")
    return {True: vocabulary[tags.verified], False: vocabulary[tags.unverified]}


def tokenise_rows(rows: Sequence[Row], work: Work) -> Batch:
    """Cut rows into pieces, in their order.

    Raises:
        UserError: the chat template does not fit the settings.
    """
    counts = Counter(rows=len(rows))
    kept: list[tuple[Row, Encoded]] = []
    documents = iter(_encode([row.text for row in rows if row.text.strip()], work.tokenizer))
    for row in rows:
        if row.text.strip():
            kept += [(row, piece) for piece in _cut([*work.begin, *next(documents), work.end], row, work)]
            continue
        pieces = _converse(row, work)
        if isinstance(pieces, str):
            counts[pieces] += 1
        else:
            kept += [(row, piece) for piece in pieces]
    return _to_batch(kept), counts


def _encode(texts: list[str], tokenizer: Any) -> list[list[int]]:
    """Tokens of texts; names of special tokens in them are text like any other."""
    if not texts:
        return []
    encoded = tokenizer(
        texts, add_special_tokens=False, split_special_tokens=True, return_attention_mask=False, verbose=False
    )
    return list(encoded["input_ids"])


def _converse(row: Row, work: Work) -> list[Encoded] | str:
    """The pieces of a conversation, or why it is left out."""
    try:
        examples = encode_chat(work.tokenizer, row.messages, row.reasoning, work.settings.reasoning)
    except TemplateError:
        return "refused"
    if not examples:
        return "empty"
    if work.stage == "cpt":
        return _cut(examples[-1].input_ids, row, work)
    tag = _tag(row, work)
    examples = [_tagged(example, tag, work) for example in examples]
    return examples if all(len(ids) <= work.settings.max_length for ids, _ in examples) else "too_long"


def _tagged(example: Encoded, tag: list[int], work: Work) -> Encoded:
    n_begin = _n_begin(example.input_ids, work)
    ids, trained = example
    return Encoded([*ids[:n_begin], *tag, *ids[n_begin:]], [False] * len(tag) + trained)  # what is first is not trained


def _cut(ids: list[int], row: Row, work: Work) -> list[Encoded]:
    """Pieces that fit a sequence, all trained. Each has the tag: none sees what is in the one before it."""
    tag, n_begin = _tag(row, work), _n_begin(ids, work)
    first = work.settings.max_length - len(tag)
    pieces = [[*ids[:n_begin], *tag, *ids[n_begin:first]]]
    pieces += [[*tag, *ids[start : start + first]] for start in range(first, len(ids), first)]
    return [Encoded(piece, [True] * len(piece)) for piece in pieces]


def _n_begin(ids: list[int], work: Work) -> int:
    return int(ids[0] == work.tokenizer.bos_token_id)


def _tag(row: Row, work: Work) -> list[int]:
    """The control token of a row. General data has none, since nobody has verified it."""
    chance = int(content_id("untagged", row.id)[:8], 16) / 16**8
    return [work.tags[row.verified]] if work.tags and row.recipe and chance >= work.settings.tags.untagged else []


def _to_batch(kept: Sequence[tuple[Row, Encoded]]) -> pa.RecordBatch:
    offsets = np.cumsum([0, *(len(piece.input_ids) for _, piece in kept)], dtype=np.int32)
    ids = np.fromiter(chain.from_iterable(piece.input_ids for _, piece in kept), np.int32, count=offsets[-1])
    trained = np.fromiter(chain.from_iterable(piece.trained for _, piece in kept), np.bool_, count=offsets[-1])
    columns = [
        pa.array([row.id for row, _ in kept], pa.string()),
        pa.array([row.recipe for row, _ in kept], pa.string()),
        pa.ListArray.from_arrays(offsets, ids),
        pa.ListArray.from_arrays(offsets, trained),
        pa.array([row.quality for row, _ in kept], pa.float32()),
        pa.array([row.verified for row, _ in kept], pa.bool_()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=TOKENS)
