"""What do the training rows of a corpus say, and which of them say it?"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

MAX_ROWS = 100_000
"""Rows that are searched; of a larger corpus every n-th, so that memory stays bounded."""

_WORD = re.compile(r"\w+")
_COLUMNS = ("text", "messages", "evidence", "source_path", "collection")


class TrainedRows(NamedTuple):
    """Texts of rows with one space for each run of white space, and the rows that have a word."""

    texts: tuple[str, ...]
    rows_of: Mapping[str, frozenset[int]]

    def saying(self, *phrases: str) -> list[str]:
        """Texts that hold each of the phrases, on word boundaries where the phrases begin and end with words."""
        words = {word for phrase in phrases for word in _WORD.findall(phrase)}
        if not words:
            return []
        rows = frozenset.intersection(*(self.rows_of.get(word, frozenset()) for word in words))
        patterns = [_whole(" ".join(phrase.split())) for phrase in phrases]
        return [self.texts[row] for row in sorted(rows) if all(each.search(self.texts[row]) for each in patterns)]


def _whole(phrase: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if re.match(r"\w", phrase) else ""
    after = r"(?!\w)" if re.search(r"\w$", phrase) else ""
    return re.compile(before + re.escape(phrase) + after)


def read_train_rows(corpus: Path, limit: int = MAX_ROWS) -> list[dict[str, Any]]:
    """Read the training rows of both stages, evenly thinned where there are more than `limit`."""
    files = [path for stage in ("cpt", "sft") for path in sorted((corpus / stage).glob("train-*.parquet"))]
    tables = [pq.ParquetFile(path) for path in files]
    step = max(1, -(-sum(table.metadata.num_rows for table in tables) // limit))
    rows: list[dict[str, Any]] = []
    at = 0
    for table in tables:
        columns = [name for name in _COLUMNS if name in table.schema_arrow.names]
        for batch in table.iter_batches(batch_size=4096, columns=columns):
            rows += batch.take(pa.array(range(-at % step, batch.num_rows, step), pa.int64())).to_pylist()
            at += batch.num_rows
    return rows


def index_rows(rows: Iterable[Mapping[str, Any]], phrases: Iterable[str]) -> TrainedRows:
    """Index the words of phrases in rows.

    Args:
        rows: rows with `text`, or with `messages`.
        phrases: all that `saying` will be asked for; words of others are not indexed.
    """
    wanted = {word for phrase in phrases for word in _WORD.findall(phrase)}
    rows_of: dict[str, set[int]] = defaultdict(set)
    texts = []
    for number, row in enumerate(rows):
        text = " ".join(row_text(row).split())
        texts.append(text)
        for word in wanted.intersection(_WORD.findall(text)):
            rows_of[word].add(number)
    return TrainedRows(tuple(texts), {word: frozenset(found) for word, found in rows_of.items()})


def row_text(row: Mapping[str, Any]) -> str:
    """All that a row says."""
    messages = row.get("messages")
    return "\n".join(str(each["content"]) for each in messages) if messages else str(row.get("text") or "")
