"""In which places can only macros stand? Patterns over the bytes of a file, without a grammar.

A macro is a name in capitals of three letters or more. Each pattern says by its groups what is blanked.
"""

import re

MACRO = rb"[A-Z][A-Z0-9_]{2,}+"
ARGUMENTS = rb"\((?:[^()\n;{}]|\((?:[^()\n;{}]|\([^()\n;{}]*\))*\))*\)"
_KEYWORD = (
    rb"(?:static|inline|extern|constexpr|consteval|virtual|explicit|friend|typedef|template|class|struct|union|enum"
    rb"|unsigned|signed|void|int|char|bool|float|double|long|short|auto|using|namespace|typename|mutable|thread_local"
    rb"|const(?=\s+\w))\b"
)
_TYPE = rb"(?:[A-Za-z_]\w*(?:<[^;{}()]*?>)?(?:::\w+(?:<[^;{}()]*?>)?)*)"
_GAP = rb"(?:[ \t]+|[ \t]*[*&]+[ \t]*)"
_NO_TYPE = (
    rb"(?!(?:return|else|case|goto|throw|new|delete|do|sizeof|co_return|co_await|co_yield|and|or|not|if|while|for)\b)"
)
_CALLING = rb"(?:WINAPI|APIENTRY|CALLBACK|PASCAL|\w*CDECL|STDMETHODCALLTYPE|\w*CALL|\w*CALL_CONVENTION|\w*EXPORT)"
_PARTS = {
    b"macro": MACRO, b"arguments": ARGUMENTS, b"keyword": _KEYWORD, b"type": _TYPE, b"gap": _GAP, b"no": _NO_TYPE,
    b"calling": _CALLING,
}  # fmt: skip


def _shape(*pieces: bytes) -> re.Pattern[bytes]:
    return re.compile(b"".join(pieces) % _PARTS, re.MULTILINE)


ANY = _shape(rb"\b%(macro)s")
PREFIX = _shape(
    rb"\b(?P<macro>%(macro)s)(?P<arguments>\s*%(arguments)s)?(?=[ \t\r\n]+(?:%(keyword)s|\[\[",
    rb"|%(no)s%(type)s%(gap)s(?:const[ \t]+)?%(no)s(?:%(type)s%(gap)s)?~?[A-Za-z_][\w:~]*(?:<[^;{}()]*>)?",
    rb"(?:[ \t]*[(;={\[,]|[ \t]+operator\b)))",
)
"""`FOO_API void f(`, `FOO_DEPRECATED("x") static int y`."""

HEAD = _shape(
    rb"\b(?:class|struct|union|enum(?:[ \t]+(?:class|struct))?)",
    rb"(?P<blank>(?:[ \t\r\n]+%(macro)s(?:[ \t]*%(arguments)s)?)+)",
    rb"(?=[ \t\r\n]+[A-Za-z_][\w:]*(?:<[^;{}()]*>)?[ \t\r\n]*(?:final\b[ \t\r\n]*)?(?:\{|:(?!:)))",
)
"""`class FOO_API Foo {`."""

FORWARD = _shape(rb"\bclass(?P<blank>[ \t]+%(macro)s)(?=[ \t]+[A-Za-z_]\w*[ \t]*;)")
"""`class FOO_API Foo;`."""

LINE = _shape(
    rb"^[ \t]*(?P<macro>%(macro)s)(?P<arguments>[ \t]*%(arguments)s)?[ \t]*(?://[^\n]*|/\*[^\n]*\*/[ \t]*)?\r?$"
)
"""A line that is one macro."""

CONSTRUCTOR = _shape(
    rb"\b(?P<macro>%(macro)s(?:[ \t]*%(arguments)s)?)[ \t\r\n]+(?:(?P<scope>[\w:<>, ]+)::)?~?",
    rb"(?P<name>[A-Za-z_]\w*)[ \t]*\(",
)
"""`FOO_INLINE Foo(int x)` in a class, `FOO_INLINE ns::Foo::Foo(int x)`."""

CALLING = _shape(rb"(?<=[\w*&>][ \t])(?P<blank>%(calling)s)(?=[ \t\r\n]+[A-Za-z_][\w:~]*[ \t]*\()")
"""`DWORD WINAPI f(`: what is known to stand between a type and a name."""

BETWEEN = _shape(
    rb"(?<=[\w*&>][ \t])(?P<macro>%(macro)s)(?=[ \t\r\n]+[A-Za-z_]\w*(?P<path>(?:<[^;{}()]*>)?::~?\w[\w:]*)?[ \t]*\()"
)
"""`int FOO_INLINE Foo::f(`, `int FOO_CDECL f(`."""

WRAPPED = _shape(
    rb"^[ \t]*(?:(?:static|extern)[ \t]+)?(?P<macro>%(macro)s[ \t]*\()",
    rb"[ \t]*[A-Za-z_][\w \t:*&<>,]*?[ \t]*(?P<close>\))",
    rb"(?=[ \t\r\n]+[A-Za-z_][\w:]*[ \t]*\()",
)
"""`FOO_PUBLIC(int) f(`."""

SUFFIX = _shape(
    rb"(?<=[\w\])>])(?P<gap>[ \t\r\n]+)(?P<macros>(?:%(macro)s(?:[ \t]*%(arguments)s)?[ \t\r\n]*)+)",
    rb"(?=(?:->|[;{=:]|const\b|override\b|final\b|noexcept\b))",
)
"""`void f() FOO_NOEXCEPT {`, `int x GUARDED_BY(y);`."""

TRAILING = re.compile(
    rb"GUARDED|LOCKS?_|THREAD_ANNOTATION|ACQUIRED_|REQUIRES|EXCLUDES?|NO_THREAD|NOEXCEPT|ATTRIBUTE|OVERRIDE|FINAL|PRINTF"
    rb"|FORMAT|NORETURN|NOTHROW|NONNULL|WARN_UNUSED|LIFETIME|ALIGNED|PACKED|UNUSED|DEPRECATED|CONST|PURE|\bOF\b"
)
"""Words of macros that stand behind what they are about."""

UNUSED = re.compile(rb"(?<=\w)(?P<blank>[ \t]+\w*(?:UNUSED|__unused))(?=[ \t]*[,)]|[ \t]+\w)")
"""`f(int x FOO_UNUSED)`."""

CASE = _shape(rb"\b%(macro)s[ \t]*\((?P<blank>[^(){};]*\"[^(){};]*(?:\([^(){};]*\)[^(){};]*)*)\)(?=[ \t\r\n]*\{)")
"""`TEST_CASE("adds numbers") {`."""

MADE = _shape(rb"^%(macro)s[ \t]*\((?P<arguments>(?:[^(){};]|\([^(){};]*\))*)\)(?=[ \t\r\n]*\{)")
"""`START_TEST(name) {` at the beginning of a line."""

SUITE = re.compile(rb"\b(?:DOCTEST_)?TEST_SUITE[ \t]*\([^()\n]*\)(?=[ \t\r\n]*\{)")
"""doctest's `TEST_SUITE("numbers") {`."""

BLOCK = _shape(rb"(?<=[;{}\n])[ \t]*(?P<blank>%(macro)s)(?=[ \t\r\n]*\{(?:[ \t]*(?://[^\n]*)?\r?$|[^{}\n]*;))")
"""`FOO_ALWAYS {` where a statement begins."""

TRY = re.compile(rb"\b[A-Z][A-Z0-9_]*_TRY(?=\s*\{)")
CATCH = re.compile(rb"\b[A-Z][A-Z0-9_]*_CATCH(?=[ \t]*\([^()\n]*\)\s*\{)")
"""`FOO_TRY {` and `FOO_CATCH(...) {`."""

CONDITION = _shape(rb"\bif[ \t]+(?P<blank>%(macro)s)(?=[ \t]*\()")
"""`if FOO_CONSTEXPR (x)`."""

HAS = re.compile(
    rb"(?:__has_\w+|\w*HAS_(?:CPP_)?(?:INCLUDE|ATTRIBUTE|FEATURE|BUILTIN)\w*)[ \t]*(?P<blank>\([^()\n]*\))"
)
"""`#if __has_include(<x>)`."""

ENABLING = _shape(
    rb"(?P<blank>,[ \t\r\n]*\w*(?:ENABLE_IF|REQUIRES|CONSTRAINT|SFINAE)\w*[ \t]*%(arguments)s)(?=[ \t\r\n]*[,>])"
)
"""`template <typename T, FOO_ENABLE_IF(x)>`."""

VENDOR = _shape(rb"\b__declspec[ \t]*%(arguments)s|\b__(?:stdcall|cdecl|fastcall|vectorcall|thiscall)\b")
SLOTS = re.compile(rb"\b(?:public|protected|private)(?P<blank>[ \t]+(?:Q_SLOTS|slots))(?=[ \t]*:)")
ACCESS = re.compile(
    rb"^[ \t]*(?P<word>signals|Q_SIGNALS|[A-Z0-9_]*(?P<access>PRIVATE|PUBLIC|PROTECTED)[A-Z0-9_]*)(?=[ \t]*:\s)",
    re.MULTILINE,
)
"""`Q_SIGNALS:`, `FOO_PRIVATE_UNLESS_TESTED:`."""

TYPENAME = re.compile(rb"(?:=|\breturn)[ \t]*(?P<blank>typename)(?=[ \t]+[\w:]+(?:<[^;(){}]*>)?(?:::\w+)*[ \t]*[({])")
"""`x = typename T::y();`, which the grammar does not know."""

EMPTY = re.compile(
    rb"^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w*)[ \t]*(?:(?:inline|static|extern|__inline(?:__)?|__forceinline"
    rb"|__extension__|__(?:attribute|declspec)(?:__)?[ \t]*\(.*\)|\[\[.*\]\]|extern[ \t]+\"C\")[ \t]*)*"
    rb"(?://.*|/\*.*)?\r?$",
    re.MULTILINE,
)
"""A macro that stands for nothing, or for what the grammar can do without."""

_NAMESPACE = rb"(?!QT_)(?:\w+_)?(?:(?:%s)_(?:\w+_)?(?:NAMESPACE|NS)|(?:NAMESPACE|NS)_(?:\w+_)?(?:%s))(?:_\w+)?$"
BEGIN = re.compile(_NAMESPACE % (rb"BEGIN|OPEN", rb"BEGIN|OPEN"))
END = re.compile(_NAMESPACE % (rb"END|CLOSE", rb"END|CLOSE"))
"""`FOO_BEGIN_NAMESPACE` and `FOO_NAMESPACE_END`."""

DECLARES = re.compile(
    rb"^[ \t]*(?!\}|(?:if|else|while|for|switch|do|return|case|default|new|throw)\b|#)"
    rb"(?:[\w:<>,~\[\]]+[ \t*&]+)+[\w:~]+[ \t]*\(.*\)(?:[ \t]*(?:const|noexcept|override|final))*[ \t]*$"
)
"""A line that declares a function, up to its last bracket or qualifier."""

STATEMENT = re.compile(rb"^[ \t]*\}?[ \t]*(?:if|else|while|for|switch|do|return|case|default)\b|[=?&|]\s*$")
LOOSE = re.compile(rb"[\w\"][ \t]+[\w\":]|^\(\s*\)$")
"""Arguments that are no expressions."""

CLASS = re.compile(rb"\b(?:class|struct|union)\s+(?:[A-Z][A-Z0-9_]*\s+)*([A-Za-z_]\w*)(?=\s*(?:final\b\s*)?[:{;<])")
LAST = re.compile(rb"(\w+)[ ]*(?:<.*>)?$")
