"""JavaScript, read from its tree-sitter grammar and linked together with TypeScript."""

from synth.graph.code.javascript.reading import script_reader
from synth.graph.code.javascript.resolver import ScriptResolver
from synth.graph.code.javascript.rules import ScriptRules
from synth.graph.code.javascript.syntax import ScriptSyntax
from synth.graph.code.language import Language
from synth.graph.code.toolkit.linker import linker_of

LINK = linker_of(ScriptRules(), ScriptResolver)
"""Links JavaScript, TypeScript and TSX."""

JAVASCRIPT = Language("javascript", script_reader(ScriptSyntax), LINK)
