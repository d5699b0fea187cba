"""A syntax error loses only the definition that it is in.

When it meets an error, the parser may swallow the definitions that follow, or hang them in the wrong place. So a file
with errors is cut at the lines on which its statements begin, each piece is parsed alone, the broken ones are
overwritten with spaces, class bodies member by member, and the rest is parsed again as one file with every line and
byte in place.
"""

import re

from tree_sitter import Tree

from synth.graph.code.effort import Effort
from synth.graph.code.python.grammar import parse

MAX_JOINED = 50  # pieces that are tried together, for strings and brackets that go on over lines without indentation

_CONTINUES = re.compile(rb"(?:else|elif|except|finally)\b|[)\]}#]")
_HEADER = re.compile(rb"(?:[ \t]*@[^\n]*\n)*[ \t]*class\b[^\n]*:[ \t]*(?:#[^\n]*)?\r?\n")


def parse_soundly(source: bytes) -> tuple[Tree, list[int]]:
    """Parse a file without its broken parts.

    Returns:
        The tree, and the 1-based first lines of the parts that were left out.
    """
    tree = parse(source)
    if not tree.root_node.has_error:
        return tree, []
    sound = bytearray(source)
    broken = _blank_broken(sound, 0, len(sound), 0, Effort(len(source)))
    tree = parse(bytes(sound))
    return tree, sorted({source.count(b"\n", 0, position) + 1 for position in broken})


def _blank_broken(source: bytearray, start: int, end: int, indent: int, effort: Effort) -> list[int]:
    """Blank the broken statements between two offsets; returns where they began."""
    broken: list[int] = []
    starts = _statement_starts(source, start, end, indent)
    position = 0
    while position < len(starts) - 1:
        last = _sound_until(source, starts, position, effort)
        if last is None:
            last = position + 1
            broken += _blank_piece(source, starts[position], starts[last], effort)
        position = last
    return broken


def _sound_until(source: bytearray, starts: list[int], position: int, effort: Effort) -> int | None:
    """The fewest pieces from this one on that parse together, as the index after the last; None if none do."""
    begin = starts[position]
    for last in range(position + 1, min(position + 1 + MAX_JOINED, len(starts))):
        piece = bytes(source[begin : starts[last]])
        if not effort.allows(len(piece)) and last > position + 1:
            return None
        if not parse(_dedent(piece)).root_node.has_error:
            return last
        if last == position + 1 and not _may_go_on(piece):
            return None
    return None


def _may_go_on(piece: bytes) -> bool:
    """Whether a piece may be the beginning of a string or bracket that ends in a later piece."""
    return any(piece.count(quotes) % 2 for quotes in (b'"""', b"'''")) or any(
        piece.count(opening) > piece.count(closing) for opening, closing in ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
    )


def _dedent(piece: bytes) -> bytes:
    """Put an indented piece under an `if`, so that it parses alone."""
    return b"if 1:\n" + piece if piece[:1] in {b" ", b"\t"} else piece


def _blank_piece(source: bytearray, start: int, end: int, effort: Effort) -> list[int]:
    """Blank a broken piece, or what is broken in the body of a class."""
    header = _HEADER.match(source, start, end)
    if header is not None and effort.allows(end - start):
        body = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\r?\n)*([ \t]+)(?=\S)").match(source, header.end(), end)
        if body is not None:
            broken = _blank_broken(source, header.end(), end, len(body[1]), effort)
            if broken and not parse(_dedent(bytes(source[start:end]))).root_node.has_error:
                return broken
    source[start:end] = re.sub(rb"[^\r\n]", b" ", source[start:end])
    return [start]


def _statement_starts(source: bytearray, start: int, end: int, indent: int) -> list[int]:
    """Offsets of the lines with this indentation that begin a statement, then the end."""
    starts = [start]
    decorated = False
    for line in re.compile(rb"^([ \t]*)([^\s])[^\n]*", re.MULTILINE).finditer(source, start, end):
        if len(line[1]) > indent or _CONTINUES.match(source, line.start(2), end):
            continue
        if not decorated and line.start() > start:
            starts.append(line.start())
        decorated = line[2] == b"@"
    starts.append(end)
    return starts
