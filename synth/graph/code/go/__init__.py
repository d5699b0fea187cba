"""Go, read from its tree-sitter grammar."""

from synth.graph.code.go.rules import GoRules
from synth.graph.code.go.syntax import GoSyntax
from synth.graph.code.language import Language
from synth.graph.code.toolkit.linker import linker_of
from synth.graph.code.toolkit.reader import reader_of

GO = Language("go", reader_of(GoSyntax), linker_of(GoRules()))
