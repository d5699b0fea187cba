"""How Rust is spoken of and written."""

from synth.languages.traits import Grammar, Kin, Kinship, Link, Mark, Traits, words

_HAS_TRAIT = Kinship("implements", "implement", "a trait that is implemented by", "a trait implementation")
_SUPERTRAIT = Kinship("requires", "require", "a supertrait of", "a supertrait bound")

RUST = Traits(
    title="Rust",
    fence="rust",
    aliases=("rs",),
    grammar=Grammar(
        "tree_sitter_rust",
        wrappers=(
            ("fn f() {\n", "\n}"), ("impl T {\n", "\n}"), ("trait T {\n", "\n}"), ("enum E {\n", "\n}"),
            ("struct S {\n", "\n}"), ("fn f() { let _ =\n", "\n; }"),
        ),
        functions=("function_item", "function_signature_item"),
        imports=("use_declaration",),
    ),
    example="crate::module::Type::method",
    separator="::",
    words={"enum_member": "variant", "enum_variant": "variant"},
    kin=(Kin("trait", "", _SUPERTRAIT), Kin("", "", _HAS_TRAIT)),
    instance="value",
    links=(
        Link(r"^\s*(?:pub(?:\([^)]*\))?\s+)?use\b", "`use` declaration"),
        Link(r"^\s*(?:pub(?:\([^)]*\))?\s+)?mod\b", "`mod` declaration", "declares", "declare"),
    ),
    mark=Mark("attribute", "marked with"),
    receivers=words("self &self &mut_self mut_self"),
    parameter="{name}: {type}",
    returns="after",
    casing="snake",
    passes_object=True,
    harmless=r"derive\((?:\s*(?:std::\w+::)?(?:Debug|Clone|Copy|PartialEq|Eq|PartialOrd|Ord|Hash|Default)\s*,?)+\)"
    r"|(?:cfg|allow|must_use|doc|non_exhaustive|repr|deprecated|inline)\b",
    frameworks=((r"#\[tokio::test", "Tokio test"), ("", "Rust test")),
    failing=r"should_panic|catch_unwind",
    known=words(
        "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize String Vec Option Some None Result "
        "Ok Err Box Self self Clone Copy Debug Default Drop Eq Fn FnMut FnOnce From Hash Into Iterator IntoIterator "
        "DoubleEndedIterator ExactSizeIterator Extend Ord PartialEq PartialOrd Send Sized Sync ToOwned ToString "
        "TryFrom TryInto AsRef AsMut true false drop std core alloc main println format vec assert assert_eq assert_ne "
        "panic todo unimplemented unreachable write writeln matches dbg eprintln print derive test cfg"
    ),
)  # fmt: skip
