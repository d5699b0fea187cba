"""C++, read from its tree-sitter grammar; it is linked together with C."""

from collections.abc import Iterable, Mapping, Sequence

from synth.graph.code.cpp.rules import CppRules
from synth.graph.code.cpp.syntax import CppSyntax
from synth.graph.code.facts import FileFacts
from synth.graph.code.language import Edge, Language, NodeRow
from synth.graph.code.toolkit.linker import link_files
from synth.graph.code.toolkit.reader import reader_of


def link(facts: Sequence[FileFacts], manifests: Mapping[str, str]) -> tuple[Iterable[NodeRow], Iterable[Edge]]:
    """Link the C and C++ files of a collection; see `synth.graph.code.language.Link`."""
    return link_files(CppRules(), facts, manifests)


CPP = Language("cpp", reader_of(CppSyntax), link)
