"""How Go is spoken of and written."""

from synth.languages.traits import Grammar, Kin, Kinship, Link, Traits, words

_EMBEDS = Kinship("embeds", "embed", "a type that is embedded in", "embedding")
_SATISFIES = Kinship("implements", "implement", "an interface that is implemented by", "interface satisfaction")

GO = Traits(
    title="Go",
    fence="go",
    aliases=("golang",),
    grammar=Grammar(
        "tree_sitter_go",
        wrappers=(("type t interface {\n", "\n}"), ("type t struct {\n", "\n}"), ("func f() {\n", "\n}")),
        spreads=("variadic_argument",),
        sole_spreads=("call_expression",),
        functions=("function_declaration", "method_declaration"),
        imports=("import_declaration",),
    ),
    example="example.com/project/package.Type.Method",
    kin=(Kin("", "", _EMBEDS, is_written=True), Kin("", "interface", _SATISFIES), Kin("", "", _EMBEDS)),
    instance="value",
    links=(Link(r'^\s*import\b|^\s*(?:[\w.]+\s+)?"[^"]+"\s*(?://.*)?$'),),
    closes="",
    parameter="{name} {type}",
    rest={"var_positional": "{name} ...{type}"},
    returns="after",
    casing="pascal",
    passes_object=True,
    shows_all=True,
    frameworks=((r'"github\.com/onsi/ginkgo', "Ginkgo spec"), ("", "Go test")),
    known=words(
        "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string "
        "uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap clear close complex copy delete imag "
        "len make max min new panic print println real recover _ main init"
    ),
)
