"""Pieces of code in every language: whether they parse, what they call, define and import."""

import pytest

from synth.languages.syntax import calls, functions, imports, parses, values

PARTS = {
    "python": ["def f(): ...", "x = 1", "@d\nclass A(B):\n    pass"],
    "go": [
        "func F() { /* ... */ }", "x := F(1)\nfmt.Println(x)", "Close() error", 'A int `json:"a"`\nB string',
        "type X struct { /* ... */ }", "func (b *B[T]) M(x ...int) (int, error) { return 0, nil }",
        'import "x"\n\nfunc F() {}',
    ],
    "java": [
        "int f();", "@Test\nvoid f() { a(); }", "public Basket(int x) { this.x = x; }",
        "import a.b.C;\n\npublic Basket(int x) { }", "private final int x = 1;", "x.y(1)", "A(1), B(2);",
        "public record R(int a) implements B { /* ... */ }", "default int f() { return 1; }",
    ],
    "javascript": [
        "total() { return 1; }", "it('x', () => { f(); });", "static async f() {}", "foo: function () { return 1 },",
        "get x() { return 1 }", "const A = () => <div/>;", "return await f();",
    ],
    "typescript": [
        "private x: number = 1;", "f(a: number): void;", "abstract f(): void;", "constructor(private a: number) {}",
        "export type X = { a: 1 };", "export interface A { /* ... */ }", "f<number>(1)",
    ],
    "tsx": ["const A = ({ x }: P) => <div>{x}</div>;"],
    "rust": [
        "fn f(&self) -> X { 1 }", "pub fn f(&self) -> X;", "let x = f(1);\nx.y()", "#[test]\nfn f() { assert!(true); }",
        "A(u32),", "use a::B;\n\npub struct X;", "impl A for B { /* ... */ }",
    ],
    "c": [
        "int f(void);", "int f(int a) { return a; }", "x = f(1);", "struct x { /* ... */ };",
        "#define MAX(a, b) ((a) > (b) ? (a) : (b))", "return 1;",
    ],
    "cpp": [
        "TEST(A, B) { EXPECT_EQ(1, 2); }", 'TEST_CASE("x", "[y]") { REQUIRE(f() == 1); }', "Basket(int x) : y(x) {}",
        "virtual int f() const = 0;", "template <typename T>\nT f(T a) { return a; }",
        "class A : public B { /* ... */ }", "public:\n int f();", "explicit A(int x);", "~A();",
    ],
    "csharp": [
        "public int F(int a) => a;", "public int Count { get; set; }", "[Fact]\npublic void F() { Assert.True(true); }",
        "public Basket(int x) : base(x) { }", "using A;\n\npublic Basket(int x) : base(x) { }", "var x = F(1);",
    ],
    "ruby": ["def f(a, b: 1)\n  # ...\nend", "it 'x' do\n  expect(f).to eq 1\nend", "class A < B; end"],
}  # fmt: skip
BROKEN = {
    "python": "def f(:", "go": "func f( {", "java": "int f( {", "javascript": "function ( {",
    "typescript": "let x: = 1", "tsx": "const a = <div", "rust": "fn main( {", "c": "int f( {",
    "cpp": "class { public int",
    "csharp": "public int F( {", "ruby": "def f(\n  1\n",
}  # fmt: skip


@pytest.mark.parametrize(("language", "code"), [(name, code) for name, found in PARTS.items() for code in found])
def test_a_part_of_a_file_parses(language, code):
    assert parses(code, language)


@pytest.mark.parametrize(("language", "code"), BROKEN.items())
def test_broken_code_does_not(language, code):
    assert not parses(code, language)


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", "a.b(1, *c)", [(("a", "b"), -1)]),
        ("go", "pkg.New[int](1, 2)\nb.Total(g(x), y...)", [(("pkg", "New"), 2), (("b", "Total"), -1), (("g",), 1)]),
        ("go", "use(pair())", [(("use",), -1), (("pair",), 0)]),
        ("go", "(*T).Close(y)", [(("", "Close"), 1)]),
        ("java", "new Basket<>(c, 1);\nb.add(x).total();", [(("Basket",), 2), (("", "total"), 0), (("b", "add"), 1)]),
        ("javascript", "new a.Basket(c);\nb?.add(...x)", [(("a", "Basket"), 1), (("b", "add"), -1)]),
        ("typescript", "foo<number>(1)", [(("foo",), 1)]),
        ("rust", "Basket::new(1);\nb.total::<u8>();", [(("Basket", "new"), 1), (("b", "total"), 0)]),
        ("c", "p->f(3 /* three */);", [(("p", "f"), 1)]),
        ("cpp", "ns::A<int>::f(1);\nnew B(1, 2);", [(("ns", "A", "f"), 1), (("B",), 2)]),
        ("csharp", "new Basket(c, x: 1);\nthis.Bar(2)", [(("Basket",), 2), (("this", "Bar"), 1)]),
        ("ruby", "Basket.new(1, a: 2)\nb.add 1, 2", [(("Basket", "new"), -1), (("b", "add"), 2)]),
    ],
)  # fmt: skip
def test_calls_and_the_number_of_their_arguments(language, code, expected):
    assert [(call.chain, call.arity) for call in calls(code, language)] == expected


def test_lines_of_calls_are_those_of_the_piece():
    found = list(calls("import a.B;\n\nBasket(int x) {\n    f(x);\n}", "java"))
    assert [(call.line, call.text) for call in found] == [(4, "f(x)")]


@pytest.mark.parametrize(
    ("language", "code", "name", "header"),
    [
        ("go", "func (b *B) Total(x int) int { return 1 }", "Total", "func (b *B) Total(x int) int "),
        ("java", "public int total(int a) { return 1; }", "total", "public int total(int a) "),
        ("javascript", "const f = (a) => { };", "f", "f = (a) => "),
        ("javascript", "module.exports.g = function (b) {};", "g", "module.exports.g = function (b) "),
        ("typescript", "class A { private m(x: number): void {} }", "m", "private m(x: number): void "),
        ("rust", "fn f(a: u8) -> u8 { 1 }", "f", "fn f(a: u8) -> u8 "),
        ("c", "static int *f(int a) { return 0; }", "f", "static int *f(int a) "),
        ("cpp", "int ns::A::f(int a) const { return 0; }", "f", "int ns::A::f(int a) const "),
        ("csharp", "public int F(int a) => a;", "F", "public int F(int a) "),
        ("ruby", "def self.f(a)\n  1\nend", "f", "def self.f(a)\n  "),
    ],
)
def test_functions_and_their_headers(language, code, name, header):
    assert [(item.name, item.header) for item in functions(code, language)] == [(name, header)]


def test_a_variable_that_is_no_function_is_none():
    assert list(functions("const x = 1;\nconst y = f(z);", "javascript")) == []


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", "import a\nfrom b import c\nx = 1", ["import a", "from b import c"]),
        ("go", 'package a\n\nimport (\n\t"fmt"\n)\n\nimport "os"\n', ['import (\n\t"fmt"\n)', 'import "os"']),
        ("java", "package a;\nimport a.b.C;\nclass D {}", ["import a.b.C;"]),
        ("javascript", 'import {a} from "./x";\nconst y = require("./y");\nconst z = 1;',
         ['import {a} from "./x";', 'const y = require("./y");']),
        ("rust", "use a::{C, D};\nmod x;\n", ["use a::{C, D};"]),
        ("cpp", '#include <vector>\n#include "a.h"\n', ["#include <vector>", '#include "a.h"']),
        ("csharp", "using System;\nnamespace A { }", ["using System;"]),
        ("ruby", "require 'a'\nrequire_relative \"b\"\nputs 1\n", ["require 'a'", 'require_relative "b"']),
    ],
)  # fmt: skip
def test_imports_at_the_top(language, code, expected):
    assert imports(code, language) == expected


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        (
            "go",
            "func (b *B) F(c *C) {\n x := basket.New(c)\n for i := range x { y(i) }\n}",
            {"b", "c", "x", "i"},
        ),
        ("java", "Basket b = Basket.of(c);\nfor (Item i : items) f(i);", {"b", "c", "i", "items"}),
        ("csharp", "foreach (var i in xs) F(i);\nvar z = new Basket(q);", {"i", "xs", "z", "q"}),
        ("typescript", "const {p, q: r} = f(c);\nBasket.of(x);", {"p", "r", "c", "x"}),
        ("ruby", "b = Basket.new(c)\nb.each { |i| g(i) }", {"b", "c", "i"}),
    ],
)
def test_values_are_neither_called_nor_looked_into(language, code, expected):
    assert values(code, language) == expected


def test_code_too_deep_for_recursion_does_no_harm():
    code = "f(" * 3000 + ")" * 3000
    assert sum(1 for _ in calls(code, "go")) == 3000
