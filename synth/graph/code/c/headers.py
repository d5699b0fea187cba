"""Is a file C or C++? Both name their headers alike, so the text tells."""

import re

from synth.graph.code.c.syntax import CSyntax
from synth.graph.code.cpp import CPP
from synth.graph.code.facts import FileFacts
from synth.graph.code.toolkit.reader import reader_of

_READ_C = reader_of(CSyntax)
_ONLY_CPP = re.compile(
    r"^[ \t]*(?:inline[ \t]+)?namespace(?:[ \t]+[\w:]+)?\s*\{"
    r"|^[ \t]*template[ \t]*<"
    r"|^[ \t]*using[ \t]+(?:namespace\b|\w+[ \t]*=)"
    r"|^[ \t]*(?:public|private|protected)[ \t]*:"
    r"|^[ \t]*(?:[A-Z_]+[ \t]+)?class[ \t]+\w[\w \t]*(?:[:{;]|$)"
    r"|\bstd::\w|\b(?:static_cast|constexpr|noexcept|nullptr)\b"
    r"|^[ \t]*#[ \t]*include[ \t]*<(?:string|vector|memory|map|functional|utility|cstd\w+|type_traits)>",
    re.MULTILINE,
)
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_FOR_CPP = re.compile(
    r"^[ \t]*#[ \t]*if(?:def[ \t]+__cplusplus|[^\n]*\b__cplusplus\b)[^\n]*\n.*?^[ \t]*#[ \t]*(?:endif|else)",
    re.DOTALL | re.MULTILINE,
)


def read_c(collection: str, path: str, text: str, *, is_test: bool) -> FileFacts:
    """Read a C file, or a header of C++ that does not say so by its name."""
    read = CPP.read_file if path.endswith((".h", ".H")) and is_cpp(text) else _READ_C
    return read(collection, path, text, is_test=is_test)


def is_cpp(text: str) -> bool:
    """Whether a header can only be C++, by what it does outside of `#ifdef __cplusplus`."""
    return bool(_ONLY_CPP.search(_FOR_CPP.sub("", _COMMENTS.sub("", text))))
