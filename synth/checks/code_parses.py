"""Does every block of code in the sample parse?"""

import ast
import textwrap
import warnings
from collections.abc import Mapping
from typing import Any

import tree_sitter_python
from tree_sitter import Language, Parser

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.markdown import Block, split

NAME = "code_parses"
VERIFIES = "Every block of Python in its question and answer parses."
_PYTHON = {"python", "py", "python3"}
_parser = Parser(Language(tree_sitter_python.language()))


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; blocks of other languages are not judged."""
    if sample["stage"] == "cpt":
        return not_checked(NAME, "source files are taken as they are")
    blocks = [block for text in turns(sample).values() for block in split(text)[1]]
    mine = [block for block in blocks if block.language in _PYTHON]
    for block in mine:
        if fault := _fault(block):
            return failed(NAME, fault)
    return passed(NAME) if mine else not_checked(NAME, "it has no block of Python")


def _fault(block: Block) -> str:
    code = textwrap.dedent(block.code)
    if parse(code) is not None:
        return ""
    # The syntax of a newer or older Python than this one is judged by the grammar alone.
    return "a block of code does not parse" if _parser.parse(code.encode()).root_node.has_error else ""


def parse(code: str) -> ast.Module | None:
    """The syntax tree of a piece of Python, or None where this Python cannot read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as invalid escapes in old code
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
