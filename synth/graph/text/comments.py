"""What does code say in prose? Docstrings and comments of several lines, found by their marks in the text."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from synth.graph.text.passages import Count, Passage, Piece, fit, join
from synth.languages import LANGUAGES

Definition = tuple[int, int, str]
"""First and last line of a definition, and its qualified name."""

_STRING = re.compile(
    r"(?P<before>^[ \t]*)?[rRuUbBfF]{0,2}(?P<quotes>\"\"\"|''')(?P<text>.*?)(?P=quotes)", re.DOTALL | re.M
)
_BLOCK = re.compile(r"^[ \t]*/\*[*!]?(?P<text>.*?)\*/", re.DOTALL | re.MULTILINE)
_SLASHES = re.compile(r"(?:^[ \t]*//[/!]?.*\n?){2,}", re.MULTILINE)
_HASHES = re.compile(r"(?:^[ \t]*#(?!!).*\n?){2,}", re.MULTILINE)
_LICENSE = re.compile(r"copyright|licen[cs]e|spdx|all rights reserved|redistribut", re.IGNORECASE)
_CODE_LINE = re.compile(r"[;{}\\]\s*$|^\W*(?:[\w.\[\]]+\s*=\s|return\b|if\s*\(|#\w+)|\)\s*:?\s*$|^\W*[\w.]+\(.*\)\W*$")
MARGIN = re.compile(r"^[ \t]*(?://[/!]?|/\*[*!]?|\*(?!/)|#+)[ \t]?", re.MULTILINE)
"""What stands before the words on each line of a comment."""
_MIN_WORDS = 8
_CODE_SHARE = 0.4
_REACH = 3
"""Lines: a comment that ends so close above a definition belongs to it."""


def comments_of(
    text: str, language: str, definitions: Sequence[Definition], limit: int, count: Count
) -> Iterator[Passage]:
    """The passages of a file of code, one or more a docstring or comment.

    Licences, comments of fewer than eight words and code that is commented out are left out. The heading of each is the
    definition that it is in or stands above, where those are given.

    Raises:
        KeyError: the language is none of `synth.languages.LANGUAGES`.
    """
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for start, end in _places(text, language):
        if is_prose(text[start:end]):
            lines = bisect_right(starts, start), bisect_right(starts, end)
            heading = _definition(definitions, *lines)
            pieces: list[Piece] = fit(text, start, end, "paragraph", limit, count)
            yield from join(text, pieces, (heading,) if heading else (), limit, count)


def _places(text: str, language: str) -> list[tuple[int, int]]:
    """Where the docstrings and comments of a file are, without quotes and without marks before the first word."""
    patterns = [_HASHES] if LANGUAGES[language].comment == "#" else [_BLOCK, _SLASHES]
    found = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    if language == "python":
        strings = list(_STRING.finditer(text))
        inside = [match.span() for match in strings]
        found = [span for span in found if not any(start <= span[0] < end for start, end in inside)]
        found += [match.span("text") for match in strings if match["before"] is not None]
    return sorted((start, start + len(text[start:end].rstrip())) for start, end in found)


def is_prose(comment: str) -> bool:
    """Whether a comment is written for readers: not a licence, not too short, and no code that was taken out."""
    lines = [line for line in MARGIN.sub("", comment).split("\n") if line.strip()]
    if _LICENSE.search(comment) or sum(len(line.split()) for line in lines) < _MIN_WORDS:
        return False
    return sum(bool(_CODE_LINE.search(line)) for line in lines) <= _CODE_SHARE * len(lines)


def _definition(definitions: Sequence[Definition], first: int, last: int) -> str:
    """The innermost definition that holds the lines, else the one that begins just below them."""
    around = [item for item in definitions if item[0] <= first and last <= item[1]]
    below = [item for item in definitions if last < item[0] <= last + _REACH]
    if below and not any(start + _REACH >= first for start, _, _ in around):
        return min(below)[2]
    return max(around, key=lambda item: (item[0], -item[1]))[2] if around else ""


def definitions_of(rows: Sequence[Mapping[str, object]]) -> dict[tuple[str, str], list[Definition]]:
    """The definitions of each file, by collection and path, from rows of the node table."""
    found: dict[tuple[str, str], list[Definition]] = {}
    for row in rows:
        if row["kind"] in {"class", "function", "method"}:
            place = str(row["collection"]), str(row["path"])
            start, end = int(str(row["start_line"])), int(str(row["end_line"]))
            found.setdefault(place, []).append((start, end, str(row["qualified_name"])))
    return found
