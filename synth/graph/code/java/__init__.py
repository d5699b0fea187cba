"""Java, read from its tree-sitter grammar."""

from synth.graph.code.java.rules import JavaRules
from synth.graph.code.java.syntax import JavaSyntax
from synth.graph.code.language import Language
from synth.graph.code.toolkit.linker import linker_of
from synth.graph.code.toolkit.reader import reader_of

JAVA = Language("java", reader_of(JavaSyntax), linker_of(JavaRules()))
