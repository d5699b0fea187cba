"""Where do documents say the names that a teacher gave for them? Every name is looked for in the text itself."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from synth.graph.text.cutting import mention_row
from synth.graph.text.extract import Found
from synth.graph.text.keys import code_key, code_name, key_of, singular
from synth.graph.text.tables import ENTITY_KINDS, MENTIONS

Names = Mapping[str, Sequence[tuple[str, str]]]
_BETWEEN_WORDS = re.compile(r"[\s\-_\u2010-\u2015]+")
_MAX_NAME = 200
_MIN_ANY_CASE = 4
"""Letters: shorter names and acronyms are looked for as written, others in any case."""


def find_mentions(passages: pa.Table, documents: pa.Table, names: Names) -> pa.Table:
    """Look for names in the documents that they were given for.

    Case, white space, hyphens and plurals may differ; the surname of a person whose whole name occurs counts too.

    Args:
        passages: as `cut` gives them.
        documents: columns as in `synth.schema.DOCUMENTS`.
        names: by `doc_id`, each name and its kind; a kind that is none of `ENTITY_KINDS` is taken for `thing`.

    Returns:
        A table with the schema `MENTIONS`, in the order of the passages; names that occur nowhere have no row.
    """
    by_document: dict[str, list[dict[str, Any]]] = {}
    for row in passages.to_pylist():
        if row["doc_id"] in names:
            by_document.setdefault(row["doc_id"], []).append(row)
    rows: list[dict[str, Any]] = []
    for batch in documents.select(["doc_id", "text"]).to_batches(max_chunksize=64):
        for document in batch.to_pylist():
            mine = by_document.get(document["doc_id"], [])
            if mine:
                rows += _mentions(mine, document["text"].encode("utf-8", "surrogatepass"), names[document["doc_id"]])
    return pa.Table.from_pylist(rows, MENTIONS)


def _mentions(
    passages: Sequence[dict[str, Any]], text: bytes, names: Sequence[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    texts = [text[row["start_byte"] : row["end_byte"]].decode("utf-8", "surrogatepass") for row in passages]
    wanted = _wanted(names, texts)
    for number, (row, words) in enumerate(zip(passages, texts, strict=True)):
        for found in _find(number, words, wanted):
            yield mention_row(found, row, words)


class _Name:
    """A name that is looked for: the pattern of its ways of writing, its normal form and kind."""

    def __init__(self, surface: str, kind: str, key: str) -> None:
        self.pattern, self.kind, self.key = _pattern(surface), kind, key


def _wanted(names: Sequence[tuple[str, str]], texts: Sequence[str]) -> list[_Name]:
    """What to look for: each name once, and the surnames of people whose whole names occur."""
    found: dict[str, _Name] = {}
    for given, said in names:
        surface = " ".join(given.split())[:_MAX_NAME]
        kind = said if said in ENTITY_KINDS else "thing"
        key = code_key(surface) if kind == "code" else key_of(surface)
        if any(letter.isalnum() for letter in surface):
            found.setdefault(key, _Name(code_name(surface) if kind == "code" else surface, kind, key))
    for given, kind in names:
        parts = given.split()
        whole = found.get(key_of(given))
        if kind == "person" and len(parts) > 1 and whole and any(whole.pattern.search(text) for text in texts):
            found.setdefault(key_of(parts[-1]), _Name(parts[-1], kind, whole.key))
    return list(found.values())


def _pattern(surface: str) -> re.Pattern[str]:
    words = [word for word in _BETWEEN_WORDS.split(surface) if word] or [surface]
    body = r"[\s\-_\u2010-\u2015]+".join([*map(re.escape, words[:-1]), _any_number(words[-1])])
    letters = sum(map(str.isalpha, surface))
    is_exact = letters < _MIN_ANY_CASE or surface.isupper()
    return re.compile(rf"(?<!\w){body}(?!\w)", 0 if is_exact else re.IGNORECASE)


def _any_number(word: str) -> str:
    """A pattern of a word and its plural, whichever of them is given."""
    stem = singular(word)
    if not word[-1].isalpha() or len(stem) < 2:
        return re.escape(word)
    if stem[-1] == "y" and stem[-2] not in "aeiou":
        return re.escape(stem[:-1]) + "(?:y|ies)"
    return re.escape(stem) + "(?:e?s)?"


def _find(number: int, text: str, wanted: Sequence[_Name]) -> Iterator[Found]:
    """What a passage says of the names: each once a way of writing."""
    grouped: dict[tuple[str, str], list[int]] = {}
    kinds = {name.key: name.kind for name in reversed(wanted)}
    places: dict[str, list[tuple[int, int]]] = {}
    for name in wanted:
        for match in name.pattern.finditer(text):
            start, end = match.span()
            if not any(first <= start and end <= last for first, last in places.get(name.key, ())):
                places.setdefault(name.key, []).append((start, end))
                grouped.setdefault((name.key, " ".join(match[0].split())), []).append(start)
    for (key, surface), starts in sorted(grouped.items(), key=lambda item: (item[1][0], item[0])):
        yield Found(number, key, surface, kinds[key], len(starts), float(len(starts)), starts[0])
