"""How C is read: like C++, by its own grammar."""

from pathlib import Path

import tree_sitter_c

from synth.graph.code.cpp.syntax import CppSyntax


class CSyntax(CppSyntax):
    """C."""

    name = "c"
    is_cpp = False
    has_overloads = False

    def __init__(self) -> None:
        super().__init__(tree_sitter_c.language(), Path(__file__).with_name("queries.scm"))
