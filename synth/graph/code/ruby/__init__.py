"""Ruby, read from its tree-sitter grammar."""

from synth.graph.code.language import Language
from synth.graph.code.ruby.reading import read_file
from synth.graph.code.ruby.resolver import RubyResolver
from synth.graph.code.ruby.rules import RubyRules
from synth.graph.code.toolkit.linker import linker_of

RUBY = Language("ruby", read_file, linker_of(RubyRules(), RubyResolver))
