"""C, read from its tree-sitter grammar; headers of C++ that are named like those of C are read as C++."""

from synth.graph.code.c.headers import read_c
from synth.graph.code.cpp import link
from synth.graph.code.language import Language

C = Language("c", read_c, link)
