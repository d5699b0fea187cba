"""TypeScript and TSX, read from their tree-sitter grammars and linked together with JavaScript."""

from synth.graph.code.javascript import LINK
from synth.graph.code.javascript.reading import script_reader
from synth.graph.code.language import Language
from synth.graph.code.typescript.syntax import TsxSyntax, TypeScriptSyntax

TYPESCRIPT = Language("typescript", script_reader(TypeScriptSyntax), LINK)
TSX = Language("tsx", script_reader(TsxSyntax), LINK)
