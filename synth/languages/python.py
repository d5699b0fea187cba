"""How Python is spoken of and written."""

from synth.languages.traits import Grammar, Mark, Traits

PYTHON = Traits(
    title="Python",
    fence="python",
    aliases=("py", "python3"),
    grammar=Grammar(
        "tree_sitter_python",
        calls=("call",),
        spreads=("list_splat", "dictionary_splat"),
        functions=("function_definition",),
        imports=("import_statement", "import_from_statement"),
    ),
    example="package.module.Class.method",
    mark=Mark("decorator", "decorated with"),
    doc="docstring",
    comment="#",
    stub=": ...",
    closes="",
    ends=0,
    gap="\n\n\n",
    receivers=frozenset({"self", "cls"}),
    parameter="{name}: {type}",
    rest={"var_positional": "*{plain}", "var_keyword": "**{plain}"},
    returns="after",
    casing="snake",
    hooks=frozenset({"__getattr__"}),
    frameworks=((r"(?m)^\s*(?:from|import) unittest\b", "unittest test"),),
    failing=r"raises",
)
