"""Does every block of code in the sample parse?"""

import ast
import warnings
from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.code import PYTHON, Piece, pieces
from synth.languages import LANGUAGES, syntax

NAME = "code_parses"
VERIFIES = "Every block of code in its question and answer parses, as a file or as the part of one."


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; blocks whose language is not known, or not said, are not judged.

    A piece of code need not be a whole file: it parses if it does so by itself, or as the members of a type, the
    statements of a function or the value of a variable, with the lines that import something before it. In C and C++ a
    macro may stand for anything: what does not parse there is turned down only if its brackets do not match.
    """
    if sample["stage"] == "cpt":
        return not_checked(NAME, "source files are taken as they are")
    mine = [piece for text in turns(sample).values() for piece in pieces(text)]
    broken = [piece for piece in mine if not _parses(piece)]
    for piece in broken:
        traits = LANGUAGES[piece.language]
        if not traits.has_macros or not syntax.is_balanced(piece.code):
            return failed(NAME, f"a block of {traits.title} does not parse")
    if broken:
        return not_checked(NAME, "the grammar does not know part of it, which a macro may account for")
    return passed(NAME) if mine else not_checked(NAME, "it has no block of code in a language that is known")


def _parses(piece: Piece) -> bool:
    # The syntax of a newer or older Python than this one is judged by the grammar alone.
    return (piece.language == PYTHON and parse(piece.code) is not None) or syntax.parses(piece.code, piece.language)


def parse(code: str) -> ast.Module | None:
    """The syntax tree of a piece of Python, or None where this Python cannot read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as invalid escapes in old code
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
