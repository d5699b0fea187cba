"""What is a block? A run of lines of one kind, and what all ways of writing documents share."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

ITEM = re.compile(r"^\s*(?:[-*+•‣◦o]|\(?(?:\d{1,3}|[a-z]|#)[.)])\s+\S")
"""A line that begins an item of a list."""

_MARKS = re.compile(r"(?<!\\)(\*\*|__|\*|``|`)(?=\S)(.+?)(?<=[^\s\\])\1")
_ESCAPED = re.compile(r"\\([^a-zA-Z0-9\s])")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])|`([^`<]+?)\s*<[^>]*>`_{0,2}")
_ROLE = re.compile(r":[\w:+-]+:`[~!]?\.?([^`<]*?)(?:\s*<[^`>]*>)?`")
_ANCHOR = re.compile(r"\s*(?:\{[#.][^}]*\}|¶)\s*$")


class Block(NamedTuple):
    """Lines `first` to `last`, counted from 0 and the last not included."""

    kind: str
    """`heading`, `paragraph`, `list`, `table`, `code`, or `matter` for what readers of a document do not see."""
    first: int
    last: int
    level: int = 0
    title: str = ""
    """Of a heading: its words without markup."""


def plain_title(title: str) -> str:
    """The words of a heading, without the marks of emphasis, links and anchors."""
    title = _ROLE.sub(r"\1", _ANCHOR.sub("", title))
    title = _LINK.sub(lambda match: match[1] or match[2] or "", title)
    return " ".join(_ESCAPED.sub(r"\1", _MARKS.sub(r"\2", _MARKS.sub(r"\2", title))).split())


def indent(line: str) -> int:
    """The columns before the first character that is no blank; a tab reaches to the next multiple of four."""
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def end_of(lines: Sequence[str], first: int, goes_on: Callable[[str], bool]) -> int:
    """The line after the last of those from `first` on that all go on."""
    last = first
    while last < len(lines) and goes_on(lines[last]):
        last += 1
    return last


def end_of_indented(lines: Sequence[str], first: int, least: int) -> int:
    """The line after the last one that is indented at least so far; blank lines between such lines belong to them."""
    last = index = first
    while index < len(lines) and (not lines[index].strip() or indent(lines[index]) >= least):
        index += 1
        if lines[index - 1].strip():
            last = index
    return last


def end_of_list(lines: Sequence[str], first: int) -> int:
    """The line after a list: it ends with a blank line that neither an item nor an indented line follows."""
    margin = indent(lines[first])
    last = index = first
    while index < len(lines):
        line = lines[index]
        after_blank = index > first and not lines[index - 1].strip()
        if line.strip():
            if after_blank and indent(line) <= margin and not (ITEM.match(line) and indent(line) == margin):
                break
            last = index + 1
        index += 1
    return last
