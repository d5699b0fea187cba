"""From documents to passages and mentions: every document by itself, whatever it is written in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from synth.config import TextSettings
from synth.graph.text.comments import Definition, comments_of, definitions_of
from synth.graph.text.extract import Found, Input, extract
from synth.graph.text.passages import Count, Passage, passages_of
from synth.graph.text.tables import MENTIONS, PASSAGES
from synth.languages import LANGUAGES
from synth.schema import content_id

KEPT = 3
"""Times `max_entities` of a document that are kept until the whole collection is known."""

_COLUMNS = ("doc_id", "collection", "path", "media", "language", "title", "text")
Row = dict[str, Any]


def cut(
    documents: pa.Table, settings: TextSettings, count_tokens: Count, nodes: pa.Table | None = None
) -> tuple[pa.Table, pa.Table]:
    """Cut documents into passages and find what each speaks of.

    Each document is read by itself, so a table may be cut into batches in any way.

    Args:
        documents: columns as in `synth.schema.DOCUMENTS`; of code the docstrings and comments are read.
        settings: the limit of a passage and who names entities.
        count_tokens: counts the tokens of a text.
        nodes: the code graph; gives comments the names of the definitions that they belong to.

    Returns:
        Tables with the schemas `PASSAGES` and `MENTIONS`. There are no mentions where a teacher names the entities.

    Raises:
        UserError: spaCy, or the pipeline that the settings name, is not installed.
    """
    definitions = {} if nodes is None else definitions_of(nodes.select(_DEFINITION_COLUMNS).to_pylist())
    passages: list[Row] = []
    mentions: list[Row] = []
    for batch in documents.select(list(_COLUMNS)).to_batches(max_chunksize=64):
        for row in batch.to_pylist():
            found = list(_passages(row, definitions.get((row["collection"], row["path"]), ()), settings, count_tokens))
            rows = passage_rows(row, found)
            passages += rows
            if found and settings.extractor != "teacher":
                mentions += _mentions(row, found, rows, settings)
    return pa.Table.from_pylist(passages, PASSAGES), pa.Table.from_pylist(mentions, MENTIONS)


_DEFINITION_COLUMNS = ["collection", "path", "kind", "qualified_name", "start_line", "end_line"]


def _passages(
    document: Row, definitions: Sequence[Definition], settings: TextSettings, count: Count
) -> Iterator[Passage]:
    text, language, limit = document["text"], document["language"], settings.passage_tokens
    if document["media"] == "prose":
        return passages_of(text, language, document["title"] or "", limit, count)
    if document["media"] == "code" and language in LANGUAGES:
        return comments_of(text, language, definitions, limit, count)
    return iter(())


def passage_rows(document: Mapping[str, Any], passages: Sequence[Passage]) -> list[Row]:
    """Rows with the schema `PASSAGES`."""
    text = document["text"]
    rows, place, line, byte = [], 0, 1, 0
    for passage in passages:
        line += text.count("\n", place, passage.start)
        byte += _bytes(text[place : passage.start])
        size = _bytes(text[passage.start : passage.end])
        rows.append(
            {
                "passage_id": content_id("passage", document["doc_id"], str(byte), str(byte + size)),
                "doc_id": document["doc_id"], "collection": document["collection"], "path": document["path"],
                "title": document["title"] or "", "headings": list(passage.headings), "language": document["language"],
                "start_line": line, "end_line": line + text.count("\n", passage.start, passage.end),
                "start_byte": byte, "end_byte": byte + size, "n_tokens": passage.n_tokens,
            }
        )  # fmt: skip
        place = passage.start
    return rows


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _mentions(document: Row, passages: Sequence[Passage], rows: Sequence[Row], settings: TextSettings) -> Iterator[Row]:
    text = document["text"]
    inputs = [Input(text[item.start : item.end], item.headings, _code(item)) for item in passages]
    is_comment = document["media"] == "code"
    for found in extract(inputs, KEPT * settings.max_entities, settings.spacy_model, is_comment):
        yield mention_row(found, rows[found.passage], inputs[found.passage].text)


def _code(passage: Passage) -> tuple[tuple[int, int], ...]:
    places = (piece for piece in passage.pieces if piece.kind == "code")
    return tuple((piece.start - passage.start, piece.end - passage.start) for piece in places)


def mention_row(found: Found, passage: Mapping[str, Any], text: str) -> Row:
    """A row with the schema `MENTIONS`.

    Args:
        found: what the passage says.
        passage: the passage's row.
        text: the passage's text.
    """
    return {
        "collection": passage["collection"], "passage_id": passage["passage_id"], "key": found.key,
        "surface": found.surface, "kind": found.kind, "count": found.times, "weight": found.weight,
        "line": passage["start_line"] + text.count("\n", 0, found.start), "alias_of": found.alias_of,
    }  # fmt: skip
