"""Which lines belong to the page and not to the text? Running headers and footers, and page numbers."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

MIN_PAGES = 3  # what stands on fewer pages may be part of the text
MAX_LINES = 3  # at each end of a page
NEAR = 2  # pages; headers of left and right pages take turns
_NUMBER = re.compile(r"\d+")
_LABEL = re.compile(r"^[\W_]*(\d{1,5}|[ivxlc]{1,8})\b|\b(\d{1,5}|[ivxlc]{1,8})[\W_]*$", re.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

End = tuple[int, int]  # a page, and 1 for its top or -1 for its bottom


def running_lines(pages: Sequence[Sequence[str]]) -> list[set[int]]:
    """For each page, the indexes of its lines that are headers, footers or page numbers.

    A line at the end of a page is one if pages near it have the same line there, numbers aside, or if it begins or ends
    with a number that runs with the pages.
    """
    found: list[set[int]] = [set() for _ in pages]
    ends = {(page, order) for page in range(len(pages)) for order in (1, -1)}
    for _ in range(MAX_LINES):
        edges = {end: _edge(pages[end[0]], found[end[0]], end[1]) for end in ends}
        texts = {end: pages[end[0]][index] for end, index in edges.items() if index is not None}
        ends = _alike(texts) | _numbered(texts)
        for end in ends:
            found[end[0]].add(edges[end] or 0)
    return found


def _edge(lines: Sequence[str], gone: set[int], order: int) -> int | None:
    """The first line of a page, or for an order of -1 the last, of what is left."""
    indexes = range(len(lines)) if order == 1 else range(len(lines) - 1, -1, -1)
    return next((index for index in indexes if index not in gone and lines[index].strip()), None)


def _alike(texts: Mapping[End, str]) -> set[End]:
    keys = {end: " ".join(_NUMBER.sub("#", text).lower().split()) for end, text in texts.items()}
    counts = Counter((key, order) for (_, order), key in keys.items())
    return {
        (page, order)
        for (page, order), key in keys.items()
        if counts[key, order] >= MIN_PAGES
        and any(keys.get((page + step, order)) == key for step in range(-NEAR, NEAR + 1) if step)
        and re.search(r"\w|#", key)
    }


def _numbered(texts: Mapping[End, str]) -> set[End]:
    """Ends of pages whose line has a number that grows by one with each page, as on at least `MIN_PAGES` pages."""
    offsets = {end: {number - end[0] for number in _numbers(text)} for end, text in texts.items()}
    counts = Counter(offset for _, offset in {(end[0], offset) for end, found in offsets.items() for offset in found})
    return {end for end, found in offsets.items() if any(counts[offset] >= MIN_PAGES for offset in found)}


def _numbers(text: str) -> set[int]:
    """The numbers, Arabic or Roman, that a line begins or ends with."""
    labels = [group for match in _LABEL.finditer(text.strip()) for group in match.groups() if group]
    return {int(label) if label.isdigit() else _roman(label.lower()) for label in labels}


def _roman(label: str) -> int:
    values = [_ROMAN[letter] for letter in label]
    return sum(
        -value if index + 1 < len(values) and value < values[index + 1] else value for index, value in enumerate(values)
    )
