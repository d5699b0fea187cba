"""C#, read from its tree-sitter grammar."""

from synth.graph.code.csharp.rules import CSharpRules
from synth.graph.code.csharp.syntax import CSharpSyntax
from synth.graph.code.language import Language
from synth.graph.code.toolkit.linker import linker_of
from synth.graph.code.toolkit.reader import reader_of

CSHARP = Language("csharp", reader_of(CSharpSyntax), linker_of(CSharpRules()))
