"""Which code does a sample hold, and in which language is it?"""

import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from synth.checks.base import Context
from synth.checks.markdown import split
from synth.languages import FENCES

PYTHON = "python"


class Piece(NamedTuple):
    """A fenced block of code, dedented, and its language by the name that documents give it."""

    language: str
    code: str


def language_of(sample: Mapping[str, Any], context: Context) -> str:
    """The language that a sample is about: that of its first piece of evidence."""
    nodes = (context.graph.nodes.get(item["id"]) for item in sample["evidence"])
    return next((node.language for node in nodes if node), PYTHON)


def pieces(text: str, language: str = "") -> list[Piece]:
    """The blocks of a text whose language is known.

    Args:
        text: Markdown.
        language: that the text is about; where it is Python, so is a block that does not say what it is.
    """
    known = FENCES | ({"": PYTHON} if language == PYTHON else {})
    blocks = (block for block in split(text)[1] if block.language in known)
    return [Piece(known[block.language], textwrap.dedent(block.code)) for block in blocks]
