"""How Java is spoken of and written."""

from synth.languages.traits import EXTENDS, IMPLEMENTS, WIDENS, Grammar, Kin, Link, Traits, words

JAVA = Traits(
    title="Java",
    fence="java",
    aliases=(),
    grammar=Grammar(
        "tree_sitter_java",
        wrappers=(
            ("class C {\n", "\n}"), ("interface I {\n", "\n}"), ("class C { void m() {\n", "\n} }"),
            ("enum E {\n", "\n}"), ("class C { Object o =\n", "\n; }"), ("@interface A {\n", "\n}"),
        ),
        calls=("method_invocation", "object_creation_expression"),
        makers=("object_creation_expression",),
        callee=("object", "name", "type"),
        functions=("method_declaration", "constructor_declaration"),
        imports=("import_declaration",),
    ),
    example="com.example.project.Type.method",
    words={"enum_member": "enum constant", "annotation": "annotation type", "anonymous": "anonymous class"},
    kin=(Kin("interface", "", WIDENS), Kin("", "interface", IMPLEMENTS), Kin("", "", EXTENDS)),
    links=(Link(r"^\s*import\b"),),
    rest={"var_positional": "{type}... {name}"},
    returns="before",
    modifiers=words(
        "public protected private static final abstract native synchronized transient volatile strictfp default sealed"
    ),
    harmless=r"(?:Deprecated|SuppressWarnings|FunctionalInterface|Nullable|NullMarked|Override|Disabled|Immutable)\b",
    frameworks=(
        (r"\borg\.junit\.jupiter\b", "JUnit 5 test"), (r"\borg\.junit\b", "JUnit test"),
        (r"\borg\.testng\b", "TestNG test"),
    ),
    failing=r"assertThrows|assertThatThrownBy|assertThatExceptionOfType|expected\s*=|\bfail\(",
    has_overloads=True,
    has_implicit_self=True,
    shows_all=True,
    known=words(
        "String Object Integer Long Short Byte Double Float Boolean Character Number Math System Thread Runnable Class "
        "Iterable Comparable CharSequence StringBuilder Exception RuntimeException Error Throwable Override Deprecated "
        "IllegalArgumentException IllegalStateException NullPointerException IndexOutOfBoundsException AutoCloseable "
        "UnsupportedOperationException ArithmeticException ClassCastException CloneNotSupportedException Cloneable "
        "InterruptedException NumberFormatException ArrayIndexOutOfBoundsException FunctionalInterface SafeVarargs "
        "SuppressWarnings Void Enum Record Process ProcessBuilder Runtime StackTraceElement ThreadLocal Iterator List "
        "Map Set Collection Optional values valueOf name ordinal compareTo getClass builder equals hashCode toString "
        "length true false null"
    ),
)  # fmt: skip
