"""How Ruby is spoken of and written."""

from synth.languages.traits import INHERITS, Grammar, Kin, Kinship, Link, Mark, Traits, words

_MIXES = Kinship("mixes in", "mix in", "a module that is mixed into", "a mixin")

RUBY = Traits(
    title="Ruby",
    fence="ruby",
    aliases=("rb",),
    grammar=Grammar(
        "tree_sitter_ruby",
        calls=("call",),
        callee=("receiver", "method"),
        spreads=("splat_argument", "hash_splat_argument", "block_argument", "pair"),
        functions=("method", "singleton_method"),
        imports=("call",),
    ),
    example="Project::Class#method",
    separator="#",
    words={
        "it": "example", "describe": "example group", "context": "example group", "let": "memoized helper",
        "hook": "hook", "enum_member": "constant",
    },
    kin=(Kin("", "module", _MIXES), Kin("", "", INHERITS._replace(role="the superclass of"))),
    links=(Link(r"^\s*(?:require|require_relative|load|autoload)\b", "`require`", "requires", "require"),),
    mark=Mark("modifier", "modified by"),
    comment="#",
    stub="\n  # ...\nend",
    closes="",
    parameter="{name}",
    rest={"var_positional": "*{plain}", "var_keyword": "**{plain}", "block": "&{plain}"},
    named=": ",
    casing="snake",
    hooks=frozenset({"method_missing", "respond_to_missing?"}),
    frameworks=(
        (r"(?i)\bminitest\b", "Minitest test"),
        (r"(?m)\bRSpec\b|spec_helper|rails_helper|^\s*(?:describe|context)\b", "RSpec example"),
        (r"\bTest::Unit\b|test_helper", "Ruby test"),
    ),
    failing=r"raise_error|assert_raises?|raise_exception",
    binds=False,
    has_implicit_self=True,
    known=words(
        "Array BasicObject Class Comparable Complex Dir Encoding Enumerable Enumerator Exception FalseClass File Float "
        "Hash IO Integer Kernel MatchData Method Module Mutex NilClass NoMethodError Numeric Object Proc Process Queue "
        "Random Range Rational Regexp RuntimeError StandardError ArgumentError KeyError IndexError NotImplementedError "
        "TypeError NameError LoadError String Struct Symbol Thread Time TrueClass ENV ARGV STDOUT STDERR STDIN require "
        "require_relative puts print p raise loop lambda proc attr_reader attr_writer attr_accessor include extend "
        "prepend private protected public module_function define_method initialize new nil true false self freeze "
        "each map select reject to_s to_a to_h to_i to_sym inspect call block_given? method_missing"
    ),
)  # fmt: skip
