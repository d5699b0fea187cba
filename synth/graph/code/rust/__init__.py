"""Rust, read from its tree-sitter grammar."""

from synth.graph.code.language import Language
from synth.graph.code.rust.rules import RustRules
from synth.graph.code.rust.syntax import RustSyntax
from synth.graph.code.toolkit.linker import linker_of
from synth.graph.code.toolkit.reader import reader_of

RUST = Language("rust", reader_of(RustSyntax), linker_of(RustRules()))
