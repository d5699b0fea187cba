"""Calls in other languages than Python: what they lead to, and whether their arguments fit."""

import pytest
from recipes.samples import cpp, go, rust
from recipes.tables import Part, make

from checks.conftest import make_sample
from synth.checks import Context, agreement, call_signature, called_names, code_parses, execution, symbols
from synth.config import CheckSettings
from synth.recipes.base import Source

_B, _P = "example.com/shop/basket", "example.com/shop/pricing"


def context_of(source: Source) -> Context:
    return Context.build(source.graph, CheckSettings(), lambda text: len(text.split()))


def sample_of(source: Source, code: str, about: str, fence: str, **other):
    node = source.graph.by_qualified_name[about][0]
    span = {"id": node.node_id, "path": node.path, "start_line": node.start_line, "end_line": node.end_line}
    values = {"collection": "shop", "evidence": [span], "question": "Why?", "reasoning": "So.", **other}
    return make_sample(answer=f"So:\n\n```{fence}\n{code}\n```", **values)


def judged(source, code, about, fence, check=call_signature.check):
    return check(sample_of(source, code, about, fence), context_of(source))


GO, CPP, RUST = go(), cpp(), rust()
IN_BASKET = "func (b *Basket) Price(cents int) int {{\n\treturn {call}\n}}"


@pytest.mark.parametrize(
    "call", ["pricing.Apply(b.Rule, cents)", "New(rule)", "New(rule, a, b)", "New(rule, more...)", "New(pair())"]
)
def test_a_call_that_fits(call):
    verdict = judged(GO, IN_BASKET.format(call=call), f"{_B}.Basket.Price", "go")
    assert (verdict.passed, verdict.detail) == (True, "")


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("pricing.Apply(cents)", f"{_P}.Apply does not take 1 arguments"),
        ("pricing.Apply(a, b, c)", f"{_P}.Apply does not take 3 arguments"),
        ("New()", f"{_B}.New does not take 0 arguments"),
    ],
)
def test_a_call_that_does_not(call, fault):
    verdict = judged(GO, IN_BASKET.format(call=call), f"{_B}.Basket.Price", "go")
    assert not verdict.passed
    assert verdict.detail == f"line 2: {fault}"


@pytest.mark.parametrize(
    "code",
    [
        "b.Reset(1)",  # what b is cannot be told
        "fmt.Println()",
        "pricing := other()\nx := pricing.Apply(1)",  # a variable hides the package
        "New := func() {}\nNew()",
        "make([]int)",
    ],
)
def test_a_call_whose_target_cannot_be_told(code):
    verdict = judged(GO, code, f"{_B}.Basket.Price", "go")
    assert verdict.detail == "not checked: no call whose target is certain"


def test_a_package_that_no_file_in_question_imports_is_not_meant():
    assert judged(GO, "pricing.Apply()", f"{_P}.Rule", "go").detail.startswith("not checked")


@pytest.mark.parametrize(
    ("call", "passes"),
    [("new Basket(1)", True), ("new Basket(1, true)", True), ("new Basket()", False), ("new Basket(1, true, 2)", False),
     ("shop::Basket::total(1)", True), ("Basket::total(1, 2, 3)", False)],
)  # fmt: skip
def test_constructors_and_members_that_are_taken_from_their_class(call, passes):
    assert judged(CPP, f"auto x = {call};", "shop::Basket", "cpp").passed is passes


@pytest.mark.parametrize(
    ("call", "passes"), [("add(1)", True), ("add(1, 2)", True), ("add(1, 2, 3)", False), ("add()", False)]
)
def test_an_overload_that_fits_is_enough(call, passes):
    owner, name = "com.shop.Basket", "com.shop.Basket.add"
    parts = [
        Part(owner, "class", "", "B.java", "class Basket", "}", "class Basket"),
        Part(name, "method", "", "B.java", "  void add(int a)", "", "void add(int a)", parameters="a int", key="one"),
        Part(name, "method", "", "B.java", "  void add(long", "", "void add(long a, int b)", parameters="a long; b int",
             key="two"),
    ]  # fmt: skip
    files = {"B.java": "class Basket {\n  void add(int a) {}\n  void add(long a, int b) {}\n}\n"}
    source = make("java", files, parts, [("contains", owner, "one", "int a"), ("contains", owner, "two", "long")])
    assert judged(source, f"Basket.{call};", owner, "java").passed is passes


def test_the_object_of_a_method_may_be_its_first_argument():
    assert judged(RUST, "Basket::total(&basket, 1)", "crate::basket::Basket", "rust").detail == ""
    assert judged(RUST, "Basket::total(&a, 1, 2)", "crate::basket::Basket", "rust").passed is False


def test_calls_of_javascript_take_any_arguments():
    parts = [Part("src/m.f", "function", "", "m.js", "function f", "", "function f(a)", parameters="a", last="f")]
    source = make("javascript", {"m.js": "function f(a) {}\n"}, parts, [])
    assert (
        judged(source, "f(1, 2)", "src/m.f", "javascript").detail
        == "not checked: calls of JavaScript take any arguments"
    )


def test_a_package_that_shows_all_lacks_what_it_does_not_have():
    verdict = judged(GO, "x := pricing.Discount(1)", f"{_B}.Basket.Price", "go", called_names.check)
    assert verdict.detail == f"answer: line 1 calls {_P}.Discount, which does not exist"
    assert judged(GO, "x := pricing.Apply(a, b)", f"{_B}.Basket.Price", "go", called_names.check).detail == ""


def test_a_name_that_the_source_has_elsewhere_may_be_one_that_the_graph_missed():
    verdict = judged(GO, "x := pricing.Reset()", f"{_B}.Basket.Price", "go", called_names.check)
    assert verdict.detail == "not checked: no call whose target is certain"


def test_where_types_may_have_more_than_they_show_nothing_is_said_of_them():
    verdict = judged(RUST, "Basket::made_up(1)", "crate::basket::Basket", "rust", called_names.check)
    assert verdict.detail == "not checked: what Rust calls may be from elsewhere"


@pytest.mark.parametrize(
    ("source", "about", "name", "exists"),
    [
        (GO, f"{_B}.New", "basket.Basket.Price", True), (GO, f"{_B}.New", f"{_P}.Rule.Percent", True),
        (GO, f"{_B}.New", "(*Basket).Price", True), (GO, f"{_B}.New", "Basket.Discount", False),
        (GO, f"{_B}.New", "pricing.Discount", False), (GO, f"{_B}.New", "len", True), (GO, f"{_B}.New", "func", True),
        (GO, f"{_B}.New", "discount", False), (GO, f"{_B}.New", "pricing/rules.go", True),
        (GO, f"{_B}.New", "pricing/taxes.go", False), (GO, f"{_B}.New", "pricing/2-taxes.go", False),
        (GO, f"{_B}.New", "func Apply(rule Rule, cents int) int", True),
        (GO, f"{_B}.New", "func Apply(cents int) int", False), (GO, f"{_B}.New", "func Apply(...)", True),
        (GO, f"{_B}.New", "rule pricing.Rule", True), (GO, f"{_B}.New", "b.Reset()", True),
        (CPP, "shop::Basket", "Basket::total", True), (CPP, "shop::Basket", "shop::Basket::discount", False),
        (CPP, "shop::Basket", "std::vector<int>", True), (CPP, "shop::Basket", "int total(int cents) const", True),
        (CPP, "shop::Basket", "int total(float cents) const", False), (CPP, "shop::Rule", "include/shop/rule.h", True),
        (CPP, "shop::Basket", "return total(cents)", True), (CPP, "shop::Basket", "shop::~Basket", False),
        (RUST, "crate::basket::Basket", "Basket::total", True), (RUST, "crate::basket::Basket", "Vec<Basket>", True),
        (RUST, "crate::basket::Basket", "println!", True), (RUST, "crate::basket::Basket", "rule::Rule", True),
        (RUST, "crate::basket::Basket", "fn total(&self) -> u32", False),
    ],
)  # fmt: skip
def test_names_in_every_language_s_own_spelling(source, about, name, exists):
    sample = sample_of(source, "", about, "text")
    sample["messages"][1]["content"] = f"It is `{name}` here."
    verdict = symbols.check(sample, context_of(source))
    assert verdict.passed is exists, verdict.detail


def test_code_that_has_to_define_its_target():
    rubric = [{"point": "It implements it", "nodes": []}]
    about = f"{_P}.Apply"
    for code, detail in (
        ("func Apply(rule Rule, cents int) int { return cents }", ""),
        ("func Apply(cents int) int { return cents }", "it defines Apply without rule"),
        ("func Discount() {}", "its code does not define Apply"),
    ):
        sample = sample_of(GO, code, about, "go", kind="from_test", rubric=rubric)
        assert agreement.check(sample, context_of(GO)).detail == detail


def test_made_up_members_may_not_be_called_but_named_in_a_comment():
    name = "Discount"
    for code, passes in (("b.Discount(1)", False), ("// b.Discount(1) is none", True)):
        sample = sample_of(GO, code, f"{_B}.Basket", "go", fabricated=[name], rubric=[{"point": "no", "nodes": []}])
        sample["messages"][1]["content"] += "\n\nThere is no such method."
        assert agreement.check(sample, context_of(GO)).passed is passes


def test_code_of_other_languages_is_not_run():
    sample = sample_of(GO, "func Apply() {}", f"{_P}.Apply", "go", kind="from_caller")
    assert execution.check(sample, context_of(GO), GO.texts).detail == "not checked: Go is not run"


@pytest.mark.parametrize(
    ("fence", "code"), [("go", "func f( {"), ("golang", "func f( {"), ("c++", "int f( {"), ("c#", "f( {")]
)
def test_blocks_are_judged_by_the_word_after_their_fence(fence, code):
    verdict = judged(GO, code, f"{_B}.New", fence, code_parses.check)
    assert not verdict.passed
    assert "does not parse" in verdict.detail


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        (
            "int f() SHOP_NOEXCEPT {\n  return 1;\n}",
            "not checked: the grammar does not know part of it, which a macro may",
        ),
        ("int f() SHOP_NOEXCEPT {\n  return (1;\n}", "a block of C++ does not parse"),
        ("int f() SHOP_NOEXCEPT {\n  return '(' + \")\"[0]; // :-(\n}", "not checked: the grammar does not know part"),
    ],
)
def test_where_macros_may_hide_code_only_brackets_tell(code, detail):
    assert judged(CPP, code, "shop::Basket", "cpp", code_parses.check).detail.startswith(detail)
