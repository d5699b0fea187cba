"""What does a comment say? Its text without the marks that make it one."""

import inspect
import re
import textwrap
from typing import NamedTuple

_BLOCK = re.compile(r"^/\*+!?(?!/)|\*+/$")
_LINE_MARK = re.compile(r"^\s*(?://[/!]*|#+|--)[ \t]?")
_STAR = re.compile(r"^[ \t]*\*(?!\*?/)[ \t]?", re.MULTILINE)


class Comment(NamedTuple):
    """A comment that begins its line."""

    start_line: int
    end_line: int
    text: str


def clean(text: str) -> str:
    """The words of a comment, with the marks taken off and the indentation kept that means something."""
    if text.startswith("/*"):
        inner = _BLOCK.sub("", text.strip())
        return inspect.cleandoc(_STAR.sub("", inner)).strip()
    lines = (_LINE_MARK.sub("", line, count=1).rstrip() for line in text.splitlines())
    return textwrap.dedent("\n".join(lines)).strip()


def above(comments: dict[int, Comment], line: int, marks: tuple[str, ...] = ()) -> str:
    """The text of the comments that end right above a line, as one; empty where none does.

    Args:
        comments: by the line on which they end.
        line: 1-based, where what they document begins.
        marks: what a comment that documents begins with; empty where every comment does.
    """
    block: list[str] = []
    comment = comments.get(line - 1)
    if comment is not None and marks and not comment.text.startswith(marks):
        return ""
    is_block = comment is not None and comment.text.startswith("/*")
    while comment is not None and comment.text.startswith("/*") == is_block and comment.text.startswith(marks or ""):
        block.insert(0, comment.text)
        if is_block:
            break
        comment = comments.get(comment.start_line - 1)
    return clean("\n".join(block)) if block else ""
