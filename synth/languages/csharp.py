"""How C# is spoken of and written."""

from synth.languages.traits import IMPLEMENTS, INHERITS, Grammar, Kin, Link, Mark, Traits, words

_WIDENS = INHERITS._replace(role="an interface that is inherited by", means="inheritance between interfaces")

CSHARP = Traits(
    title="C#",
    fence="csharp",
    aliases=("c#", "cs"),
    grammar=Grammar(
        "tree_sitter_c_sharp",
        wrappers=(
            ("class C {\n", "\n}"), ("interface I {\n", "\n}"), ("class C { void M() {\n", "\n} }"),
            ("enum E {\n", "\n}"), ("class C { object o =\n", "\n; }"),
        ),
        calls=("invocation_expression", "object_creation_expression"),
        makers=("object_creation_expression",),
        callee=("function", "type"),
        functions=("method_declaration", "constructor_declaration", "local_function_statement"),
        imports=("using_directive",),
    ),
    example="Company.Project.Type.Method",
    words={"package": "namespace", "extension": "extension method"},
    kin=(Kin("interface", "", _WIDENS), Kin("", "interface", IMPLEMENTS), Kin("", "", INHERITS)),
    links=(Link(r"^\s*(?:global\s+)?using\b", "`using` directive"),),
    mark=Mark("attribute", "marked with"),
    rest={"var_positional": "params {plain}"},
    returns="before",
    modifiers=words(
        "public protected private internal static sealed abstract virtual override async extern unsafe new partial "
        "readonly required"
    ),
    casing="pascal",
    harmless=r"(?:Obsolete|Serializable|Flags|DebuggerDisplay|ExcludeFromCodeCoverage|EditorBrowsable|CLSCompliant)\b",
    frameworks=(
        (r"\busing Xunit\b", "xUnit test"), (r"\busing NUnit\b", "NUnit test"),
        (r"\busing Microsoft\.VisualStudio\.TestTools\b", "MSTest test"),
        (r"\[(?:Fact|Theory)\b", "xUnit test"), (r"\[(?:Test|TestCase)\b", "NUnit test"),
    ),
    failing=r"Throws|ThrowExactly|ShouldThrow|ExpectedException",
    binds=False,
    reopens_namespaces=True,
    has_overloads=True,
    has_implicit_self=True,
    known=words(
        "bool byte char decimal double float int long object sbyte short string uint ulong ushort void nint nuint var "
        "dynamic nameof Task ValueTask List Dictionary HashSet IEnumerable IEnumerator IList IDictionary ICollection "
        "IReadOnlyList IReadOnlyCollection IReadOnlyDictionary IDisposable IAsyncDisposable IEquatable IComparable "
        "Action Func Predicate Nullable Exception ArgumentException ArgumentNullException InvalidOperationException "
        "NotSupportedException NotImplementedException String Object Int32 Int64 Boolean Double Console Math Guid Type "
        "DateTime DateTimeOffset TimeSpan Array Enum Attribute Span ReadOnlySpan Memory CancellationToken Lazy Tuple "
        "StringBuilder Stream KeyValuePair System Equals GetHashCode ToString GetType true false null value"
    ),
)  # fmt: skip
