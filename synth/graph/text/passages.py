"""How is a document cut into passages? At headings, then between blocks, and within a block that is too long."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from synth.graph.text.layout import Block, blocks
from synth.graph.text.layout.block import ITEM
from synth.graph.text.sentences import sentences

Count = Callable[[str], int]
Range = tuple[int, int]

_SPEAKS = re.compile(r"[^\W_]")
_TOKEN = re.compile(r"\S+")
_LINE = re.compile(r"[^\n]*\S")
_LETTER_SHARE = 0.5
"""Of what is no white space; a paragraph with fewer letters is a drawing or a table and is cut between lines."""


class Piece(NamedTuple):
    """Characters `start` to `end` of a document, of one kind of block."""

    start: int
    end: int
    tokens: int
    kind: str


class Passage(NamedTuple):
    """Neighbouring pieces of one section that fit into the limit together."""

    start: int
    end: int
    n_tokens: int
    headings: tuple[str, ...]
    pieces: tuple[Piece, ...]


def passages_of(text: str, language: str, title: str, limit: int, count: Count) -> Iterator[Passage]:
    """Cut a document of prose.

    Together the passages hold everything but blank lines, headings, lines without a letter or digit, and what readers
    do not see, such as front matter and comments. None is longer than the limit.

    Args:
        text: the document.
        language: how it is written; see `synth.graph.text.layout.LAYOUTS`.
        title: of the document; heading paths leave it out.
        limit: tokens of one passage.
        count: counts the tokens of a text.
    """
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    for headings, section in _sections(blocks(text, language), title):
        pieces: list[Piece] = []
        for block in section:
            span = text[starts[block.first] : starts[block.last] - 1].rstrip()
            if block.kind != "paragraph" or _SPEAKS.search(span):
                pieces += fit(text, starts[block.first], starts[block.first] + len(span), block.kind, limit, count)
        yield from join(text, pieces, headings, limit, count)


def _sections(found: Iterable[Block], title: str) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """The blocks under each heading, with the path of headings that leads to them."""
    path: list[tuple[int, str]] = []
    section: list[Block] = []
    for block in found:
        if block.kind == "heading":
            yield _titles(path, title), section
            section = []
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append((block.level, block.title))
        elif block.kind != "matter":
            section.append(block)
    yield _titles(path, title), section


def _titles(path: Sequence[tuple[int, str]], title: str) -> tuple[str, ...]:
    return tuple(words for _, words in path if words and words != title)


def fit(text: str, start: int, end: int, kind: str, limit: int, count: Count) -> list[Piece]:
    """Cut a block into pieces under the limit: at its items or lines, else at sentences, words, and within words."""
    tokens = count(text[start:end])
    if tokens <= limit:
        return [Piece(start, end, tokens, kind)]
    ladder = _LADDERS["code" if kind == "paragraph" and _is_drawn(text[start:end]) else kind]
    return [Piece(*found, kind) for found in _fit(text, start, end, ladder, limit, count)]


def _fit(
    text: str, start: int, end: int, ladder: Sequence["Cutter"], limit: int, count: Count
) -> list[tuple[int, int, int]]:
    tokens = count(text[start:end])
    if tokens <= limit or end - start < 2:
        return [(start, end, tokens)]
    parts = ladder[0](text, start, end)
    rest = ladder[1:] or ladder
    if len(parts) == 1 and parts[0] == (start, end):
        return _fit(text, start, end, rest, limit, count)
    pieces = [piece for part in parts for piece in _fit(text, *part, rest, limit, count)]
    return [(group[0][0], group[-1][1], tokens) for group, tokens in _groups(text, pieces, limit, count)]


def join(text: str, pieces: Sequence[Piece], headings: tuple[str, ...], limit: int, count: Count) -> Iterator[Passage]:
    """Join neighbouring pieces of a section while they fit."""
    for group, tokens in _groups(text, [(piece.start, piece.end, piece.tokens) for piece in pieces], limit, count):
        inside = tuple(piece for piece in pieces if group[0][0] <= piece.start and piece.end <= group[-1][1])
        yield Passage(group[0][0], group[-1][1], tokens, headings, inside)


def _groups(
    text: str, pieces: Sequence[tuple[int, int, int]], limit: int, count: Count
) -> Iterator[tuple[list[tuple[int, int, int]], int]]:
    """Neighbours that fit together, and their tokens.

    The sum of what the pieces count decides; a tokenizer may count a little more for the whole, so that is looked at
    too.
    """
    group: list[tuple[int, int, int]] = []
    total = 0
    for piece in pieces:
        if group and total + piece[2] > limit:
            yield from _checked(text, group, limit, count)
            group, total = [], 0
        group.append(piece)
        total += piece[2]
    if group:
        yield from _checked(text, group, limit, count)


def _checked(
    text: str, group: list[tuple[int, int, int]], limit: int, count: Count
) -> Iterator[tuple[list[tuple[int, int, int]], int]]:
    tokens = count(text[group[0][0] : group[-1][1]]) if len(group) > 1 else group[0][2]
    if len(group) == 1 or tokens <= limit:
        yield group, tokens
        return
    half = len(group) // 2
    yield from _checked(text, group[:half], limit, count)
    yield from _checked(text, group[half:], limit, count)


def _is_drawn(text: str) -> bool:
    signs = [letter for letter in text if not letter.isspace()]
    return sum(map(str.isalpha, signs)) < _LETTER_SHARE * len(signs)


Cutter = Callable[[str, int, int], list[Range]]


def _items(text: str, start: int, end: int) -> list[Range]:
    """The items of a list; what is indented under one belongs to it."""
    marks = [match.start() for match in _LINE.finditer(text, start, end) if ITEM.match(match[0])]
    margin = min((len(text[mark:end]) - len(text[mark:end].lstrip()) for mark in marks), default=0)
    tops = [mark for mark in marks if len(text[mark:end]) - len(text[mark:end].lstrip()) == margin]
    edges = sorted({start, *tops, end})
    return _trimmed(text, pairwise(edges))


def _lines(text: str, start: int, end: int) -> list[Range]:
    return [match.span() for match in _LINE.finditer(text, start, end)]


def _sentences(text: str, start: int, end: int) -> list[Range]:
    return [(start + first, start + last) for first, last in sentences(text[start:end])]


def _words(text: str, start: int, end: int) -> list[Range]:
    return [match.span() for match in _TOKEN.finditer(text, start, end)]


def _halves(text: str, start: int, end: int) -> list[Range]:
    middle = (start + end) // 2
    return _trimmed(text, [(start, middle), (middle, end)])


def _trimmed(text: str, ranges: Iterable[Range]) -> list[Range]:
    """Ranges without the white space at their ends; empty ones are left out."""
    found = ((start, start + len(text[start:end].rstrip())) for start, end in ranges)
    return [(start, end) for start, end in found if text[start:end].strip()]


_LADDERS: dict[str, tuple[Cutter, ...]] = {
    "paragraph": (_sentences, _words, _halves),
    "list": (_items, _sentences, _words, _halves),
    "table": (_lines, _words, _halves),
    "code": (_lines, _words, _halves),
}
