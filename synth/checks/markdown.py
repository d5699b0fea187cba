"""The parts of a Markdown answer: prose, blocks of code and inline code."""

import re
from functools import lru_cache
from typing import NamedTuple

_BLOCK = re.compile(r"^(`{3,})[ \t]*([\w+\-#]*)[^\n`]*\n(.*?)(?:\n)?^\1`*[ \t]*$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")


class Block(NamedTuple):
    """A fenced block."""

    language: str
    code: str


@lru_cache(maxsize=64)
def split(text: str) -> tuple[str, tuple[Block, ...]]:
    """Part a text into its prose, with an empty line where a block was, and its fenced blocks."""
    blocks = tuple(Block(match[2].lower(), match[3]) for match in _BLOCK.finditer(text))
    return _BLOCK.sub("\n", text), blocks


def prose(text: str) -> str:
    """A text without its fenced blocks."""
    return split(text)[0]


def inline_code(text: str) -> list[str]:
    """What stands between single backticks in the prose."""
    return _INLINE.findall(prose(text))


def without_code(text: str) -> str:
    """A text without blocks and inline code."""
    return _INLINE.sub(" ", prose(text))
