"""The grammar of a language: parsing, its queries, and how parts of a tree are read as text."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

_SPACE = re.compile(r"\s+")


class Grammar:
    """A grammar with the queries that a language brings."""

    def __init__(self, language: object, *queries: Path) -> None:
        self._language = Language(language)
        self._parser = Parser(self._language)
        text = "\n".join(path.read_text(encoding="utf-8") for path in queries)
        self._query = Query(self._language, text)
        count = self._query.capture_count
        self._ranks = {self._query.capture_name(index): index for index in range(count)}

    def parse(self, source: bytes, prepared: bytes | None = None) -> Tree:
        """Parse UTF-8 source text; never fails, errors are nodes of the tree.

        Args:
            source: the text.
            prepared: what the grammar is shown instead, byte for byte as long; nodes still read from the source.
        """
        if prepared is None or prepared == source:
            return self._parser.parse(source)
        shown = bytearray(prepared)
        tree = self._parser.parse(shown)
        shown[:] = source
        return tree

    def captures(self, node: Node) -> Iterator[tuple[int, Node, str]]:
        """What the queries name below a node: where it begins, the node and the capture, outer nodes before inner ones.

        Of captures of one node, the one that the queries mention first comes first. Captures whose name begins with
        `_` serve only to compare texts in the query.
        """
        found = [
            (node.start_byte, -node.end_byte, self._ranks[role], position, node, role)
            for role, nodes in QueryCursor(self._query).captures(node).items()
            if not role.startswith("_")
            for position, node in enumerate(nodes)
        ]
        found.sort()  # rank and position differ, so that nodes are never compared
        return ((item[0], item[4], item[5]) for item in found)


def text_of(node: Node | None) -> str:
    """The source text of a node; empty for None."""
    return "" if node is None else (node.text or b"").decode("utf-8", "replace")


def line_of(node: Node) -> int:
    """The 1-based line on which a node starts."""
    return node.start_point[0] + 1


def last_line_of(node: Node) -> int:
    """The 1-based line on which a node ends, which is not the one that its line break begins."""
    row, column = node.end_point
    return row + (column > 0 or row == node.start_point[0])


def one_line(nodes: Iterable[Node]) -> str:
    """The text of neighbouring nodes on one line, without comments and line breaks."""
    pieces: list[str] = []
    end = -1
    for node in nodes:
        for text, start, stop in _pieces(node):
            if end >= 0 and start > end and pieces[-1][-1:] not in _OPENING and text[:1] not in _CLOSING:
                pieces.append(" ")
            pieces.append(text)
            end = stop
    return "".join(pieces)


_OPENING = frozenset("([")
_CLOSING = frozenset(")],;")


def _pieces(node: Node) -> list[tuple[str, int, int]]:
    """The texts of a node with their places: the whole where it is on one line, else that of its leaves."""
    text = text_of(node)
    if "\n" not in text and "/*" not in text and "\t" not in text and "  " not in text:
        return [(text, node.start_byte, node.end_byte)] if text else []
    pieces: list[tuple[str, int, int]] = []
    stack = [node]
    while stack:
        current = stack.pop()
        if "comment" in current.type:
            continue
        if current.child_count and "string" not in current.type:
            stack.extend(reversed(current.children))
        elif text := _SPACE.sub(" ", text_of(current)).strip():
            pieces.append((text, current.start_byte, current.end_byte))
    return pieces
