"""What is another trainer given of a row? Its text, or its conversation with the reasoning inside the answer."""

from collections.abc import Iterator
from enum import Enum
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from synth.shards import read_release

Row = dict[str, Any]


class Stage(Enum):
    """A folder of a corpus, and a stage of training."""

    CPT = "cpt"
    SFT = "sft"


class Sample(NamedTuple):
    """A row without its provenance, which its `id` leads back to."""

    id: str
    text: str  # cpt only
    messages: list[dict[str, str]]  # sft only: role and content


COLUMNS = {Stage.CPT: ("id", "text", "split"), Stage.SFT: ("id", "messages", "reasoning", "split")}


def read_splits(corpus: Path, stage: Stage) -> Iterator[tuple[str, Iterator[Sample]]]:
    """Yield each split of a stage with its rows, which have to be read before the next split is asked for.

    Raises:
        UserError: there is no corpus in the folder.
    """
    tables = read_release(corpus, stage.value, COLUMNS[stage])
    rows = (row for table in tables for row in table.to_pylist())
    for split, members in groupby(rows, itemgetter("split")):
        yield split, map(_sample, members)


def count_rows(corpus: Path) -> int:
    """The rows of all stages, by the footers of the shards."""
    return sum(pq.read_metadata(path).num_rows for stage in Stage for path in (corpus / stage.value).glob("*.parquet"))


def _sample(row: Row) -> Sample:
    messages = [dict(message) for message in row.get("messages") or ()]
    if row.get("reasoning"):
        messages[-1]["content"] = think(row["reasoning"]) + messages[-1]["content"]
    return Sample(row["id"], row.get("text") or "", messages)


def think(reasoning: str) -> str:
    """Reasoning as the chat templates of Qwen3, DeepSeek and others have it before the answer."""
    return f"<think>\n{reasoning}\n</think>\n\n"
