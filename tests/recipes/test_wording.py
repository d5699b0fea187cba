"""The words for what the languages call by different names."""

import pytest

from recipes.samples import cpp, go, rust
from recipes.tables import Part, make
from synth.languages import LANGUAGES
from synth.recipes.wording import (
    facts_of_link,
    is_contract,
    kind_of_test,
    kinship,
    parameters,
    returned,
    stub,
    traits_of,
    word,
)


def node(source, name, variety=None):
    found = source.graph.by_qualified_name[name]
    return next(item for item in found if variety is None or item.variety == variety)


def one(language, **part):
    """A node by itself."""
    values = {"name": "f", "kind": "function", "path": "a", "starts": "f", **part}
    return node(make(language, {"a": "f\n"}, [Part(**values)], []), values["name"])


@pytest.mark.parametrize(
    ("language", "kind", "variety", "expected"),
    [
        ("python", "class", "", "class"), ("go", "class", "struct", "struct"), ("go", "variable", "const", "constant"),
        ("java", "variable", "enum_member", "enum constant"), ("rust", "variable", "enum_member", "variant"),
        ("rust", "module", "mod", "module"), ("c", "variable", "enum_member", "enumerator"),
        ("cpp", "method", "", "member function"), ("cpp", "function", "declaration", "function"),
        ("csharp", "variable", "property", "property"), ("ruby", "class", "module", "module"),
        ("typescript", "class", "type_alias", "type alias"),
    ],
)  # fmt: skip
def test_kinds_are_called_as_the_language_does(language, kind, variety, expected):
    assert word(one(language, kind=kind, variety=variety)) == expected


@pytest.mark.parametrize(
    ("language", "subject", "target", "is_written", "says"),
    [
        ("python", "", "", True, "inherits from"), ("java", "", "interface", True, "implements"),
        ("java", "interface", "interface", True, "extends"), ("java", "", "", True, "extends"),
        ("csharp", "struct", "interface", True, "implements"), ("csharp", "", "", True, "inherits from"),
        ("cpp", "struct", "struct", True, "inherits from"), ("go", "struct", "struct", True, "embeds"),
        ("go", "struct", "interface", False, "implements"), ("go", "struct", "interface", True, "embeds"),
        ("rust", "struct", "trait", False, "implements"), ("rust", "trait", "trait", True, "requires"),
        ("typescript", "", "interface", True, "implements"), ("javascript", "", "", True, "extends"),
        ("ruby", "", "module", True, "mixes in"), ("ruby", "", "", True, "inherits from"),
    ],
)  # fmt: skip
def test_types_build_on_each_other_in_the_language_s_own_way(language, subject, target, is_written, says):
    ends = [
        one(language, name=name, kind="class", variety=variety) for name, variety in (("A", subject), ("B", target))
    ]
    assert kinship(*ends, is_written).says == says


def test_interfaces_and_traits_only_ask_for_their_methods():
    assert is_contract(node(go(), "example.com/shop/basket.Pricer"))
    assert is_contract(node(rust(), "crate::rule::Rule"))
    assert not is_contract(node(cpp(), "shop::Rule"))
    assert not is_contract(None)


@pytest.mark.parametrize(
    ("language", "signature", "code", "expected"),
    [
        ("python", "def f(a)", "def f(a):\n    return a", "def f(a): ..."),
        ("go", "func f(a int) int", "func f(a int) int {\n\treturn a\n}", "func f(a int) int { /* ... */ }"),
        ("go", "f(a int) int", "f(a int) int", "f(a int) int"),
        ("java", "int f(int a)", "int f(int a);", "int f(int a);"),
        ("rust", "fn f(&self) -> u8", "fn f(&self) -> u8;", "fn f(&self) -> u8;"),
        ("c", "int f(int a)", "int f(int a) { return a; }", "int f(int a) { /* ... */ }"),
        ("c", "#define f(a)", "#define f(a) { a }", "#define f(a)"),
        ("ruby", "def f(a)", "def f(a)\n  a\nend", "def f(a)\n  # ...\nend"),
        ("python", "", "x = 1", ""),
    ],
)  # fmt: skip
def test_a_header_is_shown_without_its_body(language, signature, code, expected):
    assert stub(one(language, signature=signature), code) == expected


@pytest.mark.parametrize(
    ("language", "given", "expected"),
    [
        ("go", "a int; rest ...string", ["`a int`", "`rest ...string`"]),
        ("java", "a int; rest ...String", ["`int a`", "`String... rest`"]),
        ("rust", "self; a u8", ["`a: u8`"]), ("typescript", "a number = 1", ["`a: number = 1`"]),
        ("cpp", "a int = 1; const b&", ["`int a = 1`", "`b& const`"]), ("ruby", "a = 1; b", ["`a = 1`", "`b`"]),
        ("python", "self; a int = 1", ["`a: int = 1`"]), ("csharp", "a int = 1", ["`int a = 1`"]),
    ],
)  # fmt: skip
def test_parameters_are_written_as_in_the_language(language, given, expected):
    assert parameters(one(language, parameters=given)) == expected


@pytest.mark.parametrize(
    ("language", "signature", "expected"),
    [
        ("python", 'def f(a: Callable[[int], str] = g) -> "B"', '"B"'), ("python", "def f(a)", ""),
        ("go", "func (b *Basket) f(a int) (int, error)", "(int, error)"), ("go", "func f()", ""),
        ("rust", "pub fn f<T>(a: impl Fn(T) -> u8) -> Vec<T> where T: Copy", "Vec<T>"),
        ("typescript", "export function f(a: (b: number) => void): Promise<void>", "Promise<void>"),
        ("java", "@Override public static <T> List<T> f(T a) throws E", "List<T>"), ("java", "public void f()", ""),
        ("cpp", "static const std::string& shop::Basket::f(int a) const", "const std::string&"),
        ("c", "static unsigned int *f(void)", "unsigned int *"),
        ("csharp", "public async Task<int> f(int a)", "Task<int>"),
        ("ruby", "def f(a)", ""), ("javascript", "function f(a)", ""),
    ],
)  # fmt: skip
def test_what_a_function_returns_is_told_by_its_signature(language, signature, expected):
    assert returned(one(language, signature=signature)) == expected


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("python", "    area,", "import"), ("c", '# include "a.h"', "include"), ("c", "f(x);", ""),
        ("go", '\tx "example.com/shop"', "import"), ("go", "\tb := New()", ""),
        ("rust", "pub use a::B;", "`use` declaration"),
        ("rust", "mod a;", "`mod` declaration"), ("rust", "a::f();", ""), ("csharp", "using A.B;", "`using` directive"),
        ("javascript", 'const a = require("./a")', "`require` call"),
        ("javascript", 'export * from "./a"', "re-export"),
        ("ruby", "require_relative 'a'", "`require`"), ("ruby", "A.new", ""), ("java", "import a.B;", "import"),
    ],
)  # fmt: skip
def test_what_leads_to_another_file_has_its_word(language, line, expected):
    assert facts_of_link(line, LANGUAGES[language])["link"] == [expected]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "import unittest\n", "unittest test"), ("python", "def test_a(): ...", "test"),
        ("go", 'import "testing"', "Go test"), ("java", "import org.junit.jupiter.api.Test;", "JUnit 5 test"),
        ("typescript", 'import { it } from "vitest";', "Vitest test"), ("javascript", "jest.mock('a')", "Jest test"),
        ("cpp", '#include "gtest/gtest.h"', "GoogleTest test"), ("cpp", "TEST_F(A, B) {}", "GoogleTest test"),
        ("cpp", "#include <catch2/catch_test_macros.hpp>", "Catch2 test case"), ("rust", "#[test]", "Rust test"),
        ("csharp", "using Xunit;", "xUnit test"), ("csharp", "using NUnit.Framework;", "NUnit test"),
        ("ruby", "require 'spec_helper'", "RSpec example"), ("ruby", "class T < Minitest::Test", "Minitest test"),
        ("c", "int main(void) {}", "test"),
    ],
)  # fmt: skip
def test_tests_are_called_after_their_framework(language, text, expected):
    assert kind_of_test(text, LANGUAGES[language]) == expected


def test_every_node_knows_its_language():
    assert traits_of(one("csharp")).fence == "csharp"
