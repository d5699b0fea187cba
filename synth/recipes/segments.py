"""Pieces of files: split at the borders of definitions, so that each fits where it has to."""

from dataclasses import dataclass

from synth.recipes.base import Source

HEADER_TOKENS = 24  # room for the line that names a file


@dataclass(frozen=True)
class Segment:
    """Consecutive lines of one file, 1-based and inclusive."""

    path: str
    start_line: int
    end_line: int
    tokens: int


def segment_file(source: Source, path: str, limit: int) -> list[Segment]:
    """Split a file at the borders of its definitions into segments of at most `limit` tokens where borders allow it."""
    lines = source.lines(path)
    borders = source.starts[path] if source.count_tokens(source.texts[path]) > limit else set()
    segments: list[Segment] = []
    start, tokens = 1, HEADER_TOKENS
    border, border_tokens = 0, 0
    for number, line in enumerate(lines, 1):
        cost = source.count_tokens(line + "\n")
        if number in borders and number > start:
            border, border_tokens = number, tokens
        if tokens + cost > limit and number > start:
            cut, used = (border, border_tokens) if border > start else (number, tokens)
            segments.append(Segment(path, start, cut - 1, used))
            tokens = HEADER_TOKENS + tokens - used
            start = cut
        tokens += cost
    segments.append(Segment(path, start, len(lines), tokens))
    return segments


def header(source: Source, item: Segment) -> str:
    """Its path, with the lines where it is not the whole file."""
    whole = item.start_line == 1 and item.end_line == len(source.lines(item.path))
    return item.path if whole else f"{item.path} (lines {item.start_line}-{item.end_line})"


def text_of(source: Source, item: Segment) -> str:
    """Its lines, as written."""
    return "\n".join(source.lines(item.path)[item.start_line - 1 : item.end_line])
