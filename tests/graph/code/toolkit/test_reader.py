"""Reading is one pass: it does not tire of deep nesting, and a broken part takes nothing else with it."""

import pytest

from synth.graph.code.build import LANGUAGES, parse_documents
from synth.graph.code.facts import FileFacts, pack, unpack
from synth.graph.code.linking import link
from synth.graph.code.python import resolver
from synth.graph.code.toolkit import notation
from synth.schema import DOCUMENTS, table_from_rows

DEEP = 3_000


def read(language: str, text: str) -> FileFacts:
    """The facts of one file."""
    return LANGUAGES[language].read_file("c", f"a.{language}", text, is_test=False)


def names(facts: FileFacts) -> list[str]:
    return [item.local_name for item in facts.definitions]


def test_facts_survive_being_written_to_a_table():
    text = "package p\n// T is one.\ntype T struct{ x int }\nfunc (t *T) f(a ...int) (int, error) { t.g(a...) }\n"
    facts = read("go", text)
    (found,) = unpack(pack([facts]))
    assert found._replace(code=list(found.code)) == facts


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("go", "package p\nfunc f() { " + "if x { " * DEEP + "g()" + "}" * DEEP + " }\n"),
        ("go", "package p\nvar x = " + "(" * DEEP + "g()" + ")" * DEEP + "\n"),
        ("go", "package p\nfunc f() { a" + ".b()" * DEEP + " }\n"),
        ("go", "package p\nvar x " + "[]" * DEEP + "T\n"),
        ("java", "class A { int x = " + "(" * DEEP + "g()" + ")" * DEEP + "; }"),
        ("java", "class A { void f() { a" + ".b()" * DEEP + "; } }"),
        ("java", "class A { " + "L<" * 400 + "T" + ">" * 400 + " x; }"),
        ("java", "class A {" * 300 + "int x;" + "}" * 300),
    ],
)
def test_deep_nesting_is_read(language, text):
    facts = read(language, text)
    assert facts.definitions
    assert not facts.error_lines


def test_a_chain_that_is_too_long_hangs_on_nothing_known():
    facts = read("go", "package p\nfunc f() { a" + ".b()" * 60 + " }\n")
    assert {use.chain.partition(".")[0] for use in facts.uses if use.role == "call"} == {"?"}


def test_a_local_name_is_no_use_but_what_hangs_on_it_is():
    facts = read("go", "package p\nfunc f(a T) { b := a; g(b, c); b.d() }\n")
    assert {(use.role, use.chain) for use in facts.uses} == {
        ("annotation", "T"), ("call", "g"), ("load", "c"), ("call", "b.d"),
    }  # fmt: skip


def test_of_equal_uses_the_first_is_kept():
    facts = read("go", "package p\nfunc f() {\n  g()\n  if true { g() }\n  g(1)\n}\n")
    assert [(use.chain, use.arity, use.line) for use in facts.uses if use.role == "call"] == [("g", 0, 3), ("g", 1, 5)]


BROKEN = """package p

func first() {}

func second() {
	if true {
		third(
	}
}

type T struct {
	a int
	b b b
	c int
}

func last() {}
"""


def test_a_syntax_error_loses_only_what_it_is_in_and_its_line_is_reported():
    facts = read("go", BROKEN)
    assert names(facts) == ["first", "T", "T.a", "T.c", "last"]
    assert facts.error_lines[0] in range(5, 10)


def test_a_class_without_its_end_keeps_its_members():
    text = "class A {\n  void a() {}\n  void b() {}\n\nclass B {\n  void c() {}\n}\n"
    assert {"A", "A.a", "A.b"} <= set(names(read("java", text)))


def test_a_method_without_its_end_keeps_those_that_follow():
    text = "class A {\n  void a() {}\n  void b() { if (x) {\n  }\n  void c() {}\n}\n"
    assert names(read("java", text)) == ["A", "A.a", "A.c"]


def test_a_file_without_a_last_line_end_is_whole():
    facts = read("go", "package p\nfunc f() {}")
    assert (names(facts), facts.error_lines) == (["f"], [])


def test_bytes_and_lines_are_those_of_the_text():
    text = "package p\n\n// ä\nfunc f() {\n}\n"
    item = read("go", text).definitions[0]
    assert text.encode()[item.start_byte : item.end_byte].decode() == "func f() {\n}"
    assert (item.start_line, item.end_line, item.docstring) == (4, 5, "ä")


def test_linking_remembers_no_names_of_what_it_linked():
    rows = [
        {"doc_id": path, "collection": "c", "path": path, "media": "code", "language": language, "text": text}
        for path, language, text in (
            ("a.py", "python", "import b\nb.f().g()\n"),
            ("a.go", "go", "package a\nfunc f() { b.g() }\n"),
        )
    ]
    link([parse_documents(table_from_rows(rows, DOCUMENTS))])
    assert resolver.split_chain.cache_info().currsize == notation.split_chain.cache_info().currsize == 0
