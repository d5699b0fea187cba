"""How C and C++ are spoken of and written."""

from synth.languages.traits import Grammar, Link, Mark, Traits, words

_FRAMEWORKS = (
    (r"""[<"](?:gtest|gmock)/|\bTEST_[FP]\(|\bTYPED_TEST""", "GoogleTest test"),
    (r"""[<"][\w/]*doctest\.h""", "doctest test case"),
    (r"""[<"](?:catch2/|[\w/]*catch(?:_\w+)?\.hpp)|\bTEST_CASE(?:_METHOD)?\(|\bSCENARIO\(""", "Catch2 test case"),
    (r"""[<"]boost/test/|\bBOOST_(?:AUTO|FIXTURE)_TEST_CASE""", "Boost test case"),
    (r"\bTEST\(", "GoogleTest test"), (r"[<\"]unity(?:_fixture)?\.h", "Unity test"), (r"[<\"]cmocka\.h", "cmocka test"),
    (r"\bSTART_TEST\(", "Check test"),
)  # fmt: skip
_MODIFIERS = words(
    "static inline extern virtual explicit constexpr consteval constinit friend register thread_local _Noreturn "
    "__inline __inline__ __extension__ mutable typename noexcept"
)
_KNOWN = words(
    "NULL size_t ssize_t ptrdiff_t wchar_t intptr_t uintptr_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t "
    "uint64_t intmax_t uintmax_t time_t off_t FILE va_list bool true false main printf fprintf snprintf sprintf puts "
    "malloc calloc realloc free memcpy memmove memset memcmp strlen strcmp strncmp strcpy strncpy strcat strchr strdup "
    "abort exit assert errno stdin stdout stderr"
)
_GRAMMAR = Grammar(
    "tree_sitter_c",
    wrappers=(("void f(void) {\n", "\n}"), ("struct s {\n", "\n};"), ("enum e {\n", "\n};"), ("int x =\n", "\n;")),
    may_lack=frozenset({";"}),
    functions=("function_definition",),
    imports=("preproc_include",),
)

C = Traits(
    title="C",
    fence="c",
    aliases=("h",),
    grammar=_GRAMMAR,
    example="function_name",
    words={"enum_member": "enumerator", "declaration": "function declaration", "class": "type"},
    instance="value",
    links=(Link(r"^\s*#\s*(?:include|import)\b", "include", "includes", "include"),),
    mark=Mark("attribute", "marked with"),
    rest={"var_positional": "{type}... {name}"},
    returns="before",
    modifiers=_MODIFIERS,
    casing="snake",
    frameworks=_FRAMEWORKS,
    binds=False,
    has_macros=True,
    known=_KNOWN,
)

CPP = C._replace(
    title="C++",
    fence="cpp",
    aliases=("c++", "cxx", "cc", "hpp", "h++"),
    grammar=_GRAMMAR._replace(
        module="tree_sitter_cpp",
        wrappers=(*_GRAMMAR.wrappers, ("class C {\n", "\n};"), ("namespace n {\n", "\n}")),
        calls=("call_expression", "new_expression"),
        makers=("new_expression",),
        callee=("function", "type"),
        spreads=("parameter_pack_expansion",),
    ),
    example="project::Class::method",
    separator="::",
    words={"enum_member": "enumerator", "declaration": "function declaration", "method": "member function"},
    instance="instance",
    failing=r"(?:EXPECT|ASSERT)_(?:ANY_|NO_)?(?:THROW|DEATH|EXIT)|(?:REQUIRE|CHECK)_THROWS|BOOST_CHECK_THROW",
    reopens_namespaces=True,
    has_overloads=True,
    has_implicit_self=True,
    known=_KNOWN
    | words("std string vector map set pair tuple optional nullptr_t unique_ptr shared_ptr cout cerr endl"),
)
