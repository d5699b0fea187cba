"""Where do the blocks of a Markdown text begin and end? As CommonMark has it, as far as passages need it."""

import re
from collections.abc import Iterator, Sequence

from synth.graph.text.layout.block import Block, end_of, end_of_indented, end_of_list, indent, plain_title

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_ATX = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+\S")
_DELIMITER_ROW = re.compile(r"^[\s|:-]*-[\s|:-]*$")
_MATTER_LIMIT = 200
"""Lines: front matter is not longer."""


def scan(lines: Sequence[str]) -> Iterator[Block]:
    """The blocks of a text, in order."""
    index = _end_of_matter(lines)
    if index:
        yield Block("matter", 0, index)
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        block = _block_at(lines, index)
        yield block
        index = block.last


def _end_of_matter(lines: Sequence[str]) -> int:
    if lines[0].rstrip() not in {"---", "+++"}:
        return 0
    ends = (
        index for index, line in enumerate(lines[1:_MATTER_LIMIT], 1) if line.rstrip() in {lines[0].rstrip(), "..."}
    )
    return next(ends, -1) + 1


def _block_at(lines: Sequence[str], first: int) -> Block:
    line = lines[first]
    atx = _ATX.match(line)
    if atx is not None:
        return Block("heading", first, first + 1, len(atx[1]), plain_title(atx[2] or ""))
    if _FENCE.match(line):
        return Block("code", first, _end_of_fence(lines, first))
    if indent(line) >= 4 and not _ITEM.match(line):
        return Block("code", first, end_of_indented(lines, first, 4))
    if _ITEM.match(line):
        return Block("list", first, _end_of_items(lines, first))
    if _begins_table(lines, first):
        return Block("table", first, end_of(lines, first, lambda row: "|" in row))
    return _paragraph(lines, first)


def _end_of_fence(lines: Sequence[str], first: int) -> int:
    opening = _FENCE.match(lines[first])
    assert opening is not None
    closes = re.compile(rf"^\s*{re.escape(opening[1][0])}{{{len(opening[1])},}}\s*$")
    return next((index + 1 for index in range(first + 1, len(lines)) if closes.match(lines[index])), len(lines))


def _end_of_items(lines: Sequence[str], first: int) -> int:
    """The end of a list, which a heading or a fence at the margin ends too."""
    last = end_of_list(lines, first)
    for index in range(first + 1, last):
        if _ATX.match(lines[index]) or (_FENCE.match(lines[index]) and not indent(lines[index])):
            return index
    return last


def _begins_table(lines: Sequence[str], first: int) -> bool:
    follows = lines[first + 1] if first + 1 < len(lines) else ""
    return "|" in lines[first] and (lines[first].lstrip().startswith("|") or bool(_DELIMITER_ROW.match(follows)))


def _paragraph(lines: Sequence[str], first: int) -> Block:
    """A paragraph, or the heading that a line under it makes of it."""
    last = first + 1
    while last < len(lines) and lines[last].strip():
        line = lines[last]
        rule = _SETEXT.match(line)
        if rule is not None and last - first <= 2:
            title = plain_title(" ".join(lines[first:last]))
            return Block("heading", first, last + 1, 1 if rule[1][0] == "=" else 2, title)
        if _ATX.match(line) or _FENCE.match(line) or _ITEM.match(line):
            break
        last += 1
    return Block("paragraph", first, last)
