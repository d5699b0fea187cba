"""From lines on pages to blocks of text: paragraphs, headings, list items and code, without what belongs to the page.

Lines are joined by how far apart they are and how deep they begin. Headings are those of the outline that the document
carries; without one, short lines in larger type.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from synth.sources.extract.base import fenced, one_line, unmarked
from synth.sources.extract.hyphens import join, words_of
from synth.sources.extract.paging import running_lines

LARGER = 1.12  # times the size of the body: a heading
MAX_LEVEL = 6
MAX_HEADING = 150  # characters
MIN_LETTERS = 3
WIDER = 1.35  # times the usual distance of lines: a new paragraph
UP = 0.5  # of the height of a line, higher than the line before: the top of another column
INDENT = 0.6  # of the height of a line: the first line of a paragraph
MAX_BOLD = 0.3  # share of bold characters; with more of them, bold is no sign of a heading
_NUMBER = re.compile(r"[A-Z\d]{1,2}(\.\d{1,2})*\.?\s")
_BULLET = re.compile(r"^[\u2022\u2023\u25aa\u25cf\u25cb\u25e6\u2043\u2219\u00b7\u2013\u2217\uf0b7*]\s+(?=\S)")
_ITEM = re.compile(r"^(\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.!?:;][)\]\"'\u201d\u2019]*$")
_LETTERS = re.compile(r"[^\w]+")
_OPENER = re.compile(r"(CHAPTER|PART|APPENDIX|Chapter|Part|Appendix)\n([A-Z]+(-[A-Z]+)?|\d{1,3}|[A-Z][a-z]{2,8})")
_LEADER = re.compile(r"(\s?\.){4,}\s*\w{0,5}$")  # of a table of contents


class Line(NamedTuple):
    """A line of text on a page, its place in points from the lower left corner, and its type."""

    text: str
    left: float
    right: float
    baseline: float
    height: float
    mono: bool
    bold: bool


class Mark(NamedTuple):
    """An entry of a document's outline."""

    page: int
    level: int
    title: str


class Style(NamedTuple):
    """What is usual in a document: the height of its type, the distance of lines, and what headings look like."""

    height: float
    distance: float
    headings: tuple[float, ...]
    bold_headings: bool


def to_blocks(pages: Sequence[Sequence[Line]], outline: Sequence[Mark]) -> list[str]:
    """The blocks of a document as Markdown.

    Args:
        pages: the lines of each.
        outline: in order; empty where the document has none.
    """
    gone = running_lines([[line.text for line in page] for page in pages])
    kept = [
        [
            line
            for index, line in enumerate(page)
            if index not in dropped and line.text.strip() and not _LEADER.search(line.text)
        ]
        for page, dropped in zip(pages, gone, strict=True)
    ]
    words = words_of(line.text for page in kept for line in page)
    style = _style(kept, sized=not outline)
    blocks: list[str] = []
    for number, page in enumerate(kept):
        marks = {_key(mark.title): mark.level for mark in outline if mark.page == number}
        for index, block in enumerate(_groups(page, style)):
            text = _render(block, style, marks, words)
            if index == 0 and blocks and _continues(blocks[-1], text):
                blocks[-1] = join([blocks[-1], text], words)
            else:
                blocks.append(text)
    openers = {index for index, pair in enumerate(pairwise(blocks)) if _OPENER.fullmatch("\n".join(pair))}
    return [block for index, block in enumerate(blocks) if index not in openers and index - 1 not in openers]


def title_of(page: Sequence[Line], blocks: Sequence[str]) -> str:
    """What stands in the largest type on the first page, else the first heading of its blocks; else nothing."""
    usual = median([line.height for line in page] or [0.0])
    height = max((line.height for line in page), default=0.0)
    found = [line for line in page if line.height > 0.98 * height and any(map(str.isalpha, line.text))]
    if height > LARGER * usual and len(found) <= 3:
        return one_line(" ".join(line.text for line in found))
    return next((one_line(block.lstrip("#")) for block in blocks if block.startswith("#")), "")


def _style(pages: Sequence[Sequence[Line]], *, sized: bool) -> Style:
    heights: Counter[float] = Counter()
    for page in pages:
        for line in page:
            heights[round(line.height, 1)] += len(line.text)
    body = heights.most_common(1)[0][0] if heights else 0.0
    gaps = [above.baseline - line.baseline for page in pages for above, line in pairwise(page)]
    distance = median([gap for gap in gaps if 0 < gap < 3 * body] or [1.2 * body])
    larger = sorted((height for height in heights if height > LARGER * body), reverse=True) if sized else []
    bold = sum(len(line.text) for page in pages for line in page if line.bold)
    return Style(body, distance, tuple(larger), sized and bold < MAX_BOLD * heights.total())


def _groups(page: Sequence[Line], style: Style) -> list[list[Line]]:
    """Lines that belong together: a paragraph, a heading, an item or a piece of code each."""
    groups: list[list[Line]] = []
    for line in page:
        if groups and _belongs(groups[-1], line, style):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _belongs(block: list[Line], line: Line, style: Style) -> bool:
    last = block[-1]
    gap = last.baseline - line.baseline
    if gap < -UP * style.height:  # the next column
        return not line.mono and _goes_on(last.text, line.text)
    if line.mono or last.mono:
        return line.mono and last.mono and -0.5 < gap < 3 * style.distance
    if abs(line.height - last.height) > 0.1 * style.height or not -0.5 < gap < WIDER * max(style.distance, last.height):
        return False
    if _BULLET.match(line.text) or _ITEM.match(line.text):
        return False
    deeper = line.left - last.left > INDENT * style.height
    ends = _SENTENCE_END.search(last.text) is not None
    short = last.right < max(item.right for item in block) - 4 * style.height
    starts_item = len(block) == 1 and (_BULLET.match(last.text) or _ITEM.match(last.text))
    return bool(starts_item) or not ((deeper and ends) or (short and ends))


def _render(block: list[Line], style: Style, marks: dict[str, int], words: frozenset[str]) -> str:
    if block[0].mono:
        return fenced(_code(block, style))
    text = join([" ".join(line.text.split()) for line in block], words)
    level = marks.get(_key(text), 0) if marks else _level(block, text, style)
    if level:
        return f"{'#' * min(level, MAX_LEVEL)} {text}"
    return _BULLET.sub("- ", unmarked(text))


def _level(block: list[Line], text: str, style: Style) -> int:
    """The level of a heading by its type: of larger ones the largest is the first, bold ones follow; else 0.

    Bold headings are told apart by the depth of their numbers, such as 2.1.
    """
    if len(text) > MAX_HEADING or not text[0].isalnum() or sum(map(str.isalpha, text)) < MIN_LETTERS:
        return 0
    height = round(block[0].height, 1)
    if height in style.headings:
        return style.headings.index(height) + 1
    if style.bold_headings and all(line.bold for line in block) and not _SENTENCE_END.search(text):
        number = _NUMBER.match(text)
        return len(style.headings) + (number[0].strip(". ").count(".") + 1 if number else 1)
    return 0


def _code(block: list[Line], style: Style) -> str:
    """Code with its indentation, from where lines begin, and its blank lines, from how far they are apart."""
    width = median((line.right - line.left) / max(len(line.text.strip()), 1) for line in block) or 1.0
    left = min(line.left for line in block)
    lines: list[str] = []
    for above, line in pairwise([block[0], *block]):
        if above.baseline - line.baseline > 1.6 * style.distance:
            lines.append("")
        lines.append(" " * round((line.left - left) / width) + line.text.strip())
    return "\n".join(lines)


def _key(text: str) -> str:
    """A heading without its number, case and punctuation: outlines often leave these out."""
    words = _LETTERS.sub(" ", text.lower()).split()
    while len(words) > 1 and (words[0].isdigit() or words[0] in {"chapter", "appendix", "section", "part"}):
        words = words[1:]
    return "".join(words)


def _continues(before: str, text: str) -> bool:
    """Whether a paragraph goes on at the top of the next page."""
    plain = not before.startswith(("#", "```")) and not text.startswith(("#", "```", "- "))
    return plain and _goes_on(before, text)


def _goes_on(before: str, text: str) -> bool:
    return not _SENTENCE_END.search(before) and text.lstrip()[:1].islower()
