"""A syntax error loses only the definition that it is in.

When it meets an error, a parser may swallow the definitions that follow, or hang them elsewhere. So a file with errors
is cut at the lines on which its statements begin, by their indentation; each piece is parsed alone, the broken ones are
overwritten with spaces, classes member by member, and the rest is parsed again as one file with every line and byte in
place. What only the file as a whole shows to be broken stays as it is.
"""

import re

from tree_sitter import Tree

from synth.graph.code.effort import Effort
from synth.graph.code.toolkit.syntax import Syntax

MAX_JOINED = 50  # pieces that are tried together, for strings and comments that go on over lines without indentation
MAX_LEVELS = 5  # of classes inside of classes
_LINE = re.compile(rb"^([ \t]*)(?=\S)", re.MULTILINE)


def parse_soundly(syntax: Syntax, source: bytes) -> tuple[Tree, list[int]]:
    """Parse a file without its broken parts.

    Returns:
        The tree, and the 1-based lines on which the parts begin that could not be read.
    """
    tree = syntax.parse(source)
    if not tree.root_node.has_error:
        return tree, []
    lines = broken_lines(tree)
    if not syntax.keeps_broken:
        sound = bytearray(source)
        _blank_broken(syntax, sound, 0, len(sound), b"", MAX_LEVELS, Effort(len(source)))
        tree = syntax.parse(bytes(sound))
    return tree, lines


def broken_lines(tree: Tree) -> list[int]:
    """The 1-based lines on which the parts begin that the grammar does not know."""
    lines: set[int] = set()
    stack = [tree.root_node]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            lines.add(node.start_point[0] + 1)
        elif node.has_error:
            stack.extend(node.children)
    return sorted(lines)


def _blank_broken(
    syntax: Syntax, source: bytearray, start: int, end: int, indent: bytes, levels: int, effort: Effort
) -> None:
    """Blank the broken statements between two offsets that have this indentation."""
    starts = _statement_starts(syntax, source, start, end, indent)
    position = 0
    while position < len(starts) - 1:
        last = _sound_until(syntax, source, starts, position, effort)
        if last is None:
            last = position + 1
            _blank_piece(syntax, source, starts[position], starts[last], indent, levels, effort)
        position = last


def _sound_until(syntax: Syntax, source: bytearray, starts: list[int], position: int, effort: Effort) -> int | None:
    """The fewest pieces from this one on that parse together, as the index after the last; None if none do."""
    begin = starts[position]
    for last in range(position + 1, min(position + 1 + MAX_JOINED, len(starts))):
        piece = bytes(source[begin : starts[last]])
        if not effort.allows(len(piece)) and last > position + 1:
            return None
        if _is_sound(syntax, piece):
            return last
        if last == position + 1 and not _may_go_on(piece):
            return None
    return None


def _is_sound(syntax: Syntax, piece: bytes) -> bool:
    parse = syntax.parse
    return any(not parse(before + piece + after).root_node.has_error for before, after in syntax.wrappers)


def _may_go_on(piece: bytes) -> bool:
    """Whether a piece may be the beginning of a string or comment that ends in a later piece."""
    return piece.count(b"`") % 2 == 1 or piece.count(b'"""') % 2 == 1 or piece.count(b"/*") > piece.count(b"*/")


def _blank_piece(
    syntax: Syntax, source: bytearray, start: int, end: int, indent: bytes, levels: int, effort: Effort
) -> None:
    """Blank a broken piece, or what is broken in the body of a class."""
    header = syntax.holds_members.match(source, start, end)
    body = syntax.opens_body.search(source, header.end(), end) if header is not None and levels else None
    if body is not None and len(body[1]) > len(indent):
        _blank_broken(syntax, source, body.start(1), end, body[1], levels - 1, effort)
    elif header is None:
        source[start:end] = re.sub(rb"[^\r\n]", b" ", source[start:end])


def _statement_starts(syntax: Syntax, source: bytearray, start: int, end: int, indent: bytes) -> list[int]:
    """Offsets of the lines with this indentation that begin a statement, then the end of the last statement."""
    starts = [start]
    for line in _LINE.finditer(source, start, end):
        if len(line[1]) > len(indent) or line.start() <= start:
            continue
        if len(line[1]) < len(indent):
            return [*starts, line.start()]
        if not syntax.continues.match(source, line.end(1), end):
            starts.append(line.start())
    return [*starts, end]
