"""Macros that hide definitions: what they hide is found, and what only looks like one stays as it is."""

import pytest

from synth.graph.code.cpp import CPP
from synth.graph.code.cpp.blanking import blank_macros


def definitions_of(text: str) -> list[str]:
    facts = CPP.read_file("c", "a.cpp", text, is_test=False)
    return [f"{item.kind} {item.local_name}" for item in facts.definitions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FOO_API void f();", ["function f"]),
        ("FOO_API std::vector<int> f(int a);", ["function f"]),
        ('FOO_DEPRECATED("old") static int f() { return 1; }', ["function f"]),
        ("FOO_PUBLIC(const char *) f(void);", ["function f"]),
        ("int WINAPI f(int a) { return a; }", ["function f"]),
        ("class FOO_API A { int x; };", ["class A", "variable A::x"]),
        ('class FOO_VISIBILITY("default") A final : public B { };', ["class A"]),
        ("enum class FOO_API E { one };", ["class E", "variable E::one"]),
        ("class __declspec(dllexport) A { };", ["class A"]),
        ("FOO_BEGIN\nclass A { };\nFOO_END\n", ["class A"]),
        ("FOO_MARK\ntemplate <typename T>\nFOO_INLINE T f(T t) { return t; }", ["function f"]),
        ("class A {\n  Q_OBJECT\n public:\n  int x;\n signals:\n  void s();\n public slots:\n  void t();\n};",
         ["class A", "variable A::x", "method A::s", "method A::t"]),
        ("class A {\n  FOO_INLINE A(int x) : y_(x) {}\n  int y_;\n};", ["class A", "method A::A", "variable A::y_"]),
        ("int FOO_CDECL main(void) { return 0; }\nFOO_EXP foo * FOO_CALL\nf(int a) { }",
         ["function main", "function f"]),
        ("class A {\n FOO_PRIVATE_UNLESS_TESTED:\n  int x;\n};", ["class A", "variable A::x"]),
        ("class A {\n  /* - */\n  FOO_NON_NULL(2)\n  bool f(int* a);\n};", ["class A", "method A::f"]),
        ("FOO_INLINE n::A::A(int x) {}", ["method n::A::A"]),
        ("void FOO_INLINE A::f() {}", ["method A::f"]),
        ("struct A {\n  void f() FOO_NOEXCEPT { }\n  int x GUARDED_BY(m);\n  void g() const LOCKED(m);\n};",
         ["class A", "method A::f", "variable A::x", "method A::g"]),
        ("struct A { DISALLOW_COPY(A); FOO_PROPERTY(x)\n int y; };", ["class A", "variable A::y"]),
        ("TEST(Suite, Name) { f(); }", ["function Suite.Name"]),
        ("TEST_F(Fixture, Name) { f(); }", ["method Fixture::Name"]),
        ('TEST_CASE("it adds", "[math]") { SECTION("a") { } }', ["function it adds"]),
        ('TEST_CASE_METHOD(Fixture, "it adds") { }', ["method Fixture::it adds"]),
        ('TEST_SUITE("math") {\nTEST_CASE("adds") { }\n}', ["function adds"]),
        ("BOOST_AUTO_TEST_CASE(adds) { }", ["function adds"]),
        ("BOOST_FIXTURE_TEST_CASE(adds, Fixture) { }", ["method Fixture::adds"]),
        ("PYBIND11_MODULE(name, m) { }", ["function name"]),
        ("#define KEPT\nKEPT int f();\nint g() { KEPT; }", ["variable KEPT", "function f", "function g"]),
        ("#define own static inline\nown int f() { return 1; }", ["variable own", "function f"]),
        ("void f() { FOO_TRY {\n g(); } FOO_CATCH }\nvoid h() {}", ["function f", "function h"]),
        ("void f() {\n  FOO_TRY { g(); }\n  FOO_CATCH(x)\n}\nvoid h() {}", ["function f", "function h"]),
        ("void f() {\n  FOO_TRY\n  {\n    g();\n  }\n  FOO_CATCH (...) { k(); }\n}\nvoid h() {}",
         ["function f", "function h"]),
        ("A::A()\n  : a_(1)\n#if X\n  , b_(2)\n#endif\n{ }\nvoid f() {}", ["method A::A", "function f"]),
    ],
)  # fmt: skip
def test_what_macros_hide_is_found(text: str, expected: list[str]) -> None:
    assert definitions_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "DWORD count(HANDLE h);", "FILE *f(void) { return OPEN(x); }", "int x = MAX + MIN;", "if (x) CHECK(y);",
        "void f() { CHECK(x);\n LOG(INFO) << y; }", "static BOOL g(void) { return TRUE; }", "struct POINT at(int x);",
        "f(A_B, C_D(e));",
        "enum E {\n  ONE,\n  TWO\n};", "struct POINT p;", "#define FOO_API static int\n", "return CODE;",
        '#define FOO_EXPORT __attribute__((visibility("default")))\n', "case FOO:\n  x = BAR;",
        "int y =\n    LONG_NAME\n    + 1;", "for (;;) STEP(a);", "else FAIL(b);",
    ],
)  # fmt: skip
def test_what_only_looks_like_such_a_macro_is_left_alone(text: str) -> None:
    assert blank_macros(text.encode(), is_cpp=True) == text.encode()


def test_every_byte_keeps_its_place() -> None:
    text = "/* é */ FOO_API void f();\r\nFOO_BEGIN\r\nclass FOO_API A {\n};\n#if 0\nint é;\n#endif\n".encode()
    shown = blank_macros(text, is_cpp=True)
    assert len(shown) == len(text)
    assert [place for place, byte in enumerate(shown) if byte == 10] == [
        place for place, byte in enumerate(text) if byte == 10
    ]


def test_what_is_blanked_is_still_read_where_it_is_text() -> None:
    facts = CPP.read_file("c", "a.cpp", "// FOO_API void f() is old.\nint x;\n", is_test=False)
    assert facts.definitions[0].docstring == "FOO_API void f() is old."


def test_macros_on_lines_of_their_own_part_no_comment_from_what_it_documents() -> None:
    facts = CPP.read_file("c", "a.cpp", "/// Adds.\nFOO_NON_NULL(1)\nFOO_EXPORT\nint f(int* a);\n", is_test=False)
    assert facts.definitions[0].docstring == "Adds."


def test_a_bracket_that_never_closes_loses_its_own_statement_only() -> None:
    text = "void f() {}\nvoid broken(int a {\n}\nvoid g() {}\n"
    assert definitions_of(text) == ["function f", "function g"]
    assert CPP.read_file("c", "a.cpp", text, is_test=False).error_lines == [2]
    commented = "/*\nSee (https://example.org).\n*/\nvoid f() { return ] ; }\nvoid g() {}\n"
    assert definitions_of(commented) == ["function f", "function g"]
    assert definitions_of("int f(int a,\nint b) { return ] ; }\nvoid g() {}\n") == ["function f", "function g"]


def test_a_namespace_that_macros_begin_and_end_has_the_name_that_the_macro_gives() -> None:
    facts = CPP.read_file("c", "a.cpp", "LIB_BEGIN_NAMESPACE\nvoid f() {}\nLIB_END_NAMESPACE\nint x;\n", is_test=False)
    assert [(item.kind, item.local_name) for item in facts.definitions] == [
        ("module", "LIB_BEGIN_NAMESPACE"), ("function", "LIB_BEGIN_NAMESPACE::f"), ("variable", "x"),
    ]  # fmt: skip
