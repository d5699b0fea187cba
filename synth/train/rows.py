"""What is there to learn from? The rows of corpora, of files and of datasets, one after another and in one shape."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from synth.errors import UserError
from synth.schema import content_id
from synth.shards.layout import MANIFEST, SPLITS
from synth.shards.manifest import FileEntry, describe_file, load_manifest
from synth.train.origins import Split, check_hub_name, first_line, is_corpus, list_names, read_records

COLUMNS = ("id", "recipe", "stage", "messages", "conversations", "prompt", "completion", "reasoning", "checks")
SHAREGPT = {"human": "user", "gpt": "assistant", "observation": "tool"}

Message = dict[str, str]
"""`role` and `content`, and `reasoning_content` where the data has it."""


class Row(NamedTuple):
    """A document or a conversation: one of `text` and `messages` is empty."""

    id: str
    """As the corpus has it, else a content hash."""
    recipe: str
    """What made it; empty where no recipe did: general data, which nobody has verified."""
    text: str
    messages: list[Message]
    reasoning: str
    """What leads to the last message."""
    quality: float
    """Higher is better."""
    verified: bool


def read_rows(
    path: str, stage: Literal["cpt", "sft"], split: Split, text_column: str = "text", quality: str = "quality",
    reasons: Sequence[str] = (),
) -> Iterator[Row]:  # fmt: skip
    """Read rows in their order, a few hundred at a time.

    Args:
        path: a corpus; a Parquet or JSONL file, or a folder of them; a dataset saved by `datasets`; a name on the Hub.
        stage: the folder of a corpus; of a row with both a text and messages, cpt takes the text, sft the messages.
        split: `rejected` means the rows of a corpus that failed some of `reasons` and no other check. What is no
            corpus is all of the split `train`, save what is named `validation` or `test`.
        text_column: the column of texts.
        quality: a check, whose score is the quality, or a column; where there is neither, the mean of all scores, or 1.
        reasons: checks that a rejected row may have failed.

    Raises:
        UserError: there is no such data, it cannot be read, or has no column to learn from.
    """
    columns = tuple(dict.fromkeys((*COLUMNS, text_column, quality)))
    is_known = quality == "quality"
    judges: set[str] = set()
    for number, record in enumerate(read_records(path, stage, split, columns)):
        if split == "rejected" and not _may_be_used(record, stage, reasons):
            continue
        scores = {
            check["name"]: check["score"] for check in _checks(record) if isinstance(check.get("score"), int | float)
        }
        judges.update(scores)
        value = scores.get(quality, record.get(quality))
        is_known = is_known or value is not None
        text, messages = _content(record, stage, text_column, f"{path}, row {number}")
        yield Row(
            id=str(record.get("id") or "") or content_id(text, json.dumps(messages)),
            recipe=record.get("recipe") or "",
            text=text,
            messages=messages,
            reasoning=record.get("reasoning") or "",
            quality=_mean(scores) if value is None else _number(value, quality),
            verified=split != "rejected",
        )
    if judges and not is_known:
        raise UserError(f"data.quality: no row of {path} has {quality!r}; give one of {list_names(judges)}")


def fingerprint(path: str) -> str:
    """A hash of what `read_rows` may read; of a dataset on the Hub, of its name.

    The manifest of a corpus is believed where it has the right sizes, so that large shards are not read again.

    Raises:
        UserError: there is no such data.
    """
    root = Path(path)
    if not root.exists():
        return content_id("hub", check_hub_name(path))
    if root.is_file():
        return content_id("file", describe_file(root.parent, root.name).sha256)
    entries = _shards(root) if is_corpus(root) else [describe_file(root, name) for name in _names(root, "**/*")]
    return content_id("folder", *(part for entry in entries for part in (entry.path, entry.sha256)))


def _shards(root: Path) -> list[FileEntry]:
    try:
        listed = {(entry.path, entry.n_bytes): entry for entry in load_manifest(root / MANIFEST).files}
    except (OSError, ValidationError):
        listed = {}  # none, or a damaged one: the shards themselves say what is in them
    names = [name for folder in SPLITS for name in _names(root, f"{folder}/*.parquet")]
    return [listed.get((name, (root / name).stat().st_size)) or describe_file(root, name) for name in names]


def _names(root: Path, pattern: str) -> list[str]:
    return sorted(file.relative_to(root).as_posix() for file in root.glob(pattern) if file.is_file())


def _may_be_used(record: Mapping[str, Any], stage: str, reasons: Sequence[str]) -> bool:
    failed = {check["name"] for check in _checks(record) if not check.get("passed")}
    return record.get("stage") == stage and bool(failed) and failed.issubset(reasons)


def _checks(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The checks of a row of ours; a column of that name that holds anything else is not ours to read."""
    checks = record.get("checks")
    found = checks if isinstance(checks, list) else []
    return [check for check in found if isinstance(check, Mapping) and isinstance(check.get("name"), str)]


def _mean(scores: Mapping[str, float]) -> float:
    return sum(scores.values()) / len(scores) if scores else 1.0


def _number(value: Any, quality: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UserError(f"data.quality: {quality!r} holds {value!r}, which is no number") from None


def _content(record: Mapping[str, Any], stage: str, text_column: str, where: str) -> tuple[str, list[Message]]:
    text, messages = record.get(text_column), _messages(record, where)
    if text is None and messages is None:
        raise UserError(f"{where} has neither {text_column!r} nor messages; it has {list_names(record)}")
    if text is not None and not isinstance(text, str):
        raise UserError(f"{where}: {text_column!r} holds {type(text).__name__}, not text; convert it to strings")
    if text is None or (messages and stage == "sft"):
        return "", messages or []
    return _whole(text), []


def _messages(record: Mapping[str, Any], where: str) -> list[Message] | None:
    """The conversation of a record, also where it is written down in one of two older ways."""
    try:
        if record.get("messages") is not None:
            return [_message(turn["role"], turn["content"], turn) for turn in record["messages"]]
        if record.get("conversations") is not None:
            turns = record["conversations"]
            return [_message(SHAREGPT.get(turn["from"], turn["from"]), turn["value"], turn) for turn in turns]
        if record.get("prompt") is not None and record.get("completion") is not None:
            return [_message("user", record["prompt"], {}), _message("assistant", record["completion"], {})]
    except (KeyError, TypeError) as error:
        raise UserError(f"{where} is no conversation ({first_line(error)}): a message has a role and content") from None
    return None


def _message(role: Any, content: Any, turn: Mapping[str, Any]) -> Message:
    if not isinstance(role, str) or not isinstance(content, str | None):
        raise TypeError(f"role is {type(role).__name__}, content is {type(content).__name__}")
    reasoning = turn.get("reasoning_content")
    message = {"role": role, "content": _whole(content or "")}
    return message | ({"reasoning_content": _whole(str(reasoning))} if reasoning else {})


def _whole(text: str) -> str:
    """A text that can be encoded: JSON may hold halves of characters."""
    return text.encode("utf-8", "replace").decode()
