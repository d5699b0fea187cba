"""Which statements are torn, so that they swallow the definitions below them?

A grammar gets over most errors inside of the definition that they are in, but not over a bracket that never closes. A
statement is what stands between two lines without indentation that begin with a word.
"""

import re
from itertools import pairwise

from synth.graph.code.cpp.branches import without_noise

MAX_JOINED = 8  # statements over which brackets may go on, as parameters without indentation do
_STATEMENT = re.compile(rb"^(?=[A-Za-z_~])", re.MULTILINE)
_LETTERS = re.compile(rb"[^\r\n]")


def blank_torn(text: bytes) -> bytes:
    """The text without the statements in which a bracket is never closed, or never opened.

    A mark is left of each, so that the grammar still says where it met an error.
    """
    code = without_noise(text)
    starts = [0, *(match.start() for match in _STATEMENT.finditer(code)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(starts)]
    depths = [code.count(b"(", start, end) - code.count(b")", start, end) for start, end in pairwise(starts)]
    position = 0
    while position < len(pieces):
        length = _balanced(depths, position)
        if not length:
            pieces[position] = b"@" + _LETTERS.sub(b" ", pieces[position][1:])
        position += length or 1
    return b"".join(pieces)


def _balanced(depths: list[int], position: int) -> int:
    """How many statements from this one on are balanced together; 0 where none are."""
    depth = 0
    for length, item in enumerate(depths[position : position + MAX_JOINED], 1):
        depth += item
        if depth <= 0:
            return length if depth == 0 else 0
    return 0
