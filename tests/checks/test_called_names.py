"""What code calls exists, under the prefix that it is called by."""

import pytest
from corpora import SHOP
from hypothesis import given
from hypothesis import strategies as st

from checks.conftest import graph, make_context, make_sample
from synth.checks.called_names import check

FILES = {path.relative_to(SHOP).as_posix(): path.read_text() for path in sorted(SHOP.rglob("*.py"))}
GRAPH = graph(FILES)
SHOP_CONTEXT = make_context(GRAPH)
"""The sample project, whose sources lie in `src`, with its tests and an example."""


def about(name, **other):
    """A sample about a piece of the shop."""
    node = next(item for item in GRAPH.by_qualified_name[name] if item.kind != "file")
    span = {"id": node.node_id, "path": node.path, "start_line": node.start_line, "end_line": node.end_line}
    return make_sample(evidence=[span], **other)


def verdict_of(code, subject="shop.basket.Basket", context=SHOP_CONTEXT, **other):
    return check(about(subject, answer=f"So:\n\n```python\n{code}\n```", **other), context)


SHOP_IMPORTS = "from shop import Basket, Catalogue\nfrom shop.pricing.rules import NoRule, PercentOff, Seasonal\n"


@pytest.mark.parametrize("path", FILES)
def test_every_file_of_the_source_passes(path):
    module = next(node for node in GRAPH.nodes.values() if node.path == path and node.kind == "module")
    assert verdict_of(FILES[path], module.qualified_name).detail == ""


@pytest.mark.parametrize(
    "node", [node for node in GRAPH.nodes.values() if node.kind in {"function", "method", "class"}]
)
def test_every_definition_of_the_source_passes_without_its_imports(node):
    lines = FILES[node.path].split("\n")[node.start_line - 1 : node.end_line]
    assert verdict_of("\n".join(lines), node.qualified_name).detail == ""


@pytest.mark.parametrize(
    "code",
    [
        "basket = Basket(Catalogue())\nbasket.put('a').put('b')\nbasket.total()",
        "Basket(Catalogue()).total()",
        "def show(basket: Basket):\n    return basket.is_empty()",
        "def show(basket: 'Basket'):\n    return basket.is_empty()",
        "Seasonal(1, frozenset()).apply(3)",  # inherited
        "PercentOff(10).apply(3)",
        "Basket.total(basket)",
        "import shop.pricing.total\nshop.pricing.total.delivery_for(3)",
        "import shop.pricing.total as sums\nsums.delivery_for(3)",
        "from shop.pricing import total\ntotal.format_cents(3)",
        "from shop import pricing\npricing.total_of([], NoRule())",
        "from .pricing import total_of\ntotal_of([], NoRule())",
        "from .pricing.rules import NoRule as Free\nFree().apply(3)",
        "from dataclasses import replace\nimport os.path\nreplace(product)\nos.path.join('a', 'b')",
        "import collections.abc\nimport xml.etree.ElementTree as ET\nET.fromstring('<a/>')",
        "import pytest\npytest.anything_at_all()\npytest.fixture().whatever()",
        "print(len(sorted([1])))\nstr.join(', ', [])",
        "' '.join(text.split())",
        "unknown.find('a')",  # some class has it
        "def twice(call):\n    return call(call(1))",
        "found = [make() for make in makers]\nwith open('f') as stream:\n    stream.readlines()",
        "class Rule(PercentOff):\n    def more(self):\n        return self.apply(1) + self.more()",
        "class Rule(PercentOff):\n    def more(self):\n        return super().apply(1)",
        "class Basket:\n    def show(self):\n        return self.total()",  # the source's class, shown in part
        "def put(self, code):\n    return self.total()",
        "rule = PercentOff(10)\nrule.percent.bit_length()",
        "try:\n    x = 1\nexcept ValueError as error:\n    error.add_note('x')",
        "match basket:\n    case [first, *rest]:\n        first(rest)",
        "basket = Basket(Catalogue())\nbasket = other\nbasket.anything()" + "\nimport pytest",
        "Basket.__init__(basket, Catalogue())\nBasket.mro()\nBasket.__name__.lower()",
        "with Basket(Catalogue()) as held:\n    held.find('a')",
    ],
)
def test_what_exists_may_be_called(code):
    verdict = verdict_of(SHOP_IMPORTS + code)
    assert verdict.detail == ""


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("basket = Basket(Catalogue())\nbasket.checkout()", "shop.basket.Basket.checkout"),
        ("basket = Basket(Catalogue())\nbasket.find('a')", "shop.basket.Basket.find"),  # another class has it
        ("Basket(Catalogue()).checkout()", "shop.basket.Basket.checkout"),
        ("def show(basket: Basket):\n    return basket.checkout()", "shop.basket.Basket.checkout"),
        ("def show(basket: 'Basket'):\n    return basket.checkout()", "shop.basket.Basket.checkout"),
        ("def put(self, code):\n    return self.checkout()", "shop.basket.Basket.checkout"),
        ("class Rule(PercentOff):\n    def more(self):\n        return self.undo(1)", "Rule.undo"),
        ("class Basket:\n    def show(self):\n        return self.checkout()", "Basket.checkout"),
        ("class Rule(PercentOff):\n    def more(self):\n        return super().undo(1)", "Rule.undo"),
        ("def total(self) -> int:\n    return total_off(self.items, self.rule)", "total_off"),
        ("Basket.make()", "shop.basket.Basket.make"),
        ("PercentOff(10).undo()", "shop.pricing.rules.PercentOff.undo"),
        ("import shop.pricing.total\nshop.pricing.total.find(3)", "shop.pricing.total.find"),
        ("import shop\nshop.pricing.rules.total_of([], 1)", "shop.pricing.rules.total_of"),
        ("from shop import total_of", "shop.total_of"),
        ("from shop.basket import checkout", "shop.basket.checkout"),
        ("import shop.checkout", "shop.checkout"),
        ("from .checkout import pay", "shop.checkout"),
        ("import shopping", "imports shopping"),
        ("from shopping.cart import Cart", "imports shopping.cart.Cart"),
        ("import os.path\nos.path.joinall('a', 'b')", "os.path.joinall"),
        ("from os.path import joinall", "os.path.joinall"),
        ("import os.paths", "os.paths"),
        ("from dataclasses import replace_all", "dataclasses.replace_all"),
        ("import datetime\ndatetime.datetime.yesterday()", "datetime.datetime.yesterday"),
        ("str.joinall('x')", "str.joinall"),
        ("checkout(basket)", "checkout"),
        ("def pay(basket):\n    return checkout(basket)", "checkout"),
        ("basket.checkout()", "checkout"),
        ("def pay(basket):\n    return basket.items.sort_by_price()", "sort_by_price"),
    ],
)
def test_what_does_not_exist_may_not(code, fault):
    verdict = verdict_of(SHOP_IMPORTS + code)
    assert not verdict.passed
    assert fault in verdict.detail


def test_a_base_that_is_not_known_leaves_its_methods_open(context):
    code = "from pkg.shapes import Odd\nodd = Odd()\nodd.anything_at_all()"
    assert check(make_sample(answer=f"```python\n{code}\n```"), context).detail == ""


@pytest.mark.parametrize(
    "member",
    [
        "def __getattr__(self, name):\n        return 1",
        "def show(self):\n        self.__dict__.update(names)",
        "def show(self):\n        return self.anything_at_all()",  # a class that is mixed in takes it from elsewhere
    ],
)
def test_a_class_that_may_have_more_leaves_its_methods_open(member):
    source = f"class Open:\n    {member}\n"
    context = make_context(graph({"pkg/__init__.py": "", "pkg/open.py": source}))
    sample = make_sample(
        answer="```python\nfrom pkg.open import Open\nx = Open()\nx.anything_at_all()\n```", evidence=[]
    )
    assert check(sample, context).detail == ""


def test_a_subclass_may_have_what_the_declared_class_has_not():
    source = "class Base:\n    pass\n\nclass Below(Base):\n    def only_here(self):\n        pass\n"
    context = make_context(graph({"pkg/__init__.py": "", "pkg/two.py": source}))

    def passes(code):
        return check(
            make_sample(answer=f"```python\nfrom pkg.two import Base\n{code}\n```", evidence=[]), context
        ).passed

    assert passes("def show(x: Base):\n    return x.only_here()")
    assert not passes("Base().only_here()")
    assert not passes("def show(x: Base):\n    return x.nowhere()")
    assert passes("def show(x: Base):\n    return isinstance(x, Other) and x.nowhere()\n\nimport pytest\n") is False


def test_names_that_a_module_passes_on_belong_to_it():
    files = {
        "pkg/__init__.py": "from pkg.inner import *\nfrom pkg.outer import shown\nimport json\n",
        "pkg/inner.py": "def starred():\n    return 1\n",
        "pkg/outer.py": "def shown():\n    return 1\n\ndef kept():\n    return 1\n",
    }
    context = make_context(graph(files))

    def passes(code):
        return check(make_sample(answer=f"```python\n{code}\n```", evidence=[]), context).passed

    assert passes("import pkg\npkg.starred()\npkg.shown()\npkg.json.loads('1')")
    assert not passes("import pkg\npkg.kept()")
    assert not passes("from pkg import kept")


def test_an_alias_that_only_the_file_knows_is_left_open_where_the_source_stands_as_it_is():
    files = {
        "pkg/__init__.py": "",
        "pkg/markup.py": "def render(text):\n    return text\n",
        "pkg/page.py": "from pkg.markup import render as render_markup\n\ndef page(x):\n    return render_markup(x)\n",
    }
    there = graph(files)
    page = there.by_qualified_name["pkg.page.page"][0]
    span = {"id": page.node_id, "path": page.path, "start_line": 3, "end_line": 4}

    def passes(code, **other):
        return check(
            make_sample(answer=f"```python\n{code}\n```", evidence=[span], **other), make_context(there)
        ).passed

    assert passes("def page(text):\n    return render_markup(text)")
    assert passes("def page(text):\n    return render_markup(text)", reference="return render_markup(x)")
    assert not passes("def page(text):\n    return render_marks(text)", reference="return render_markup(x)")
    assert not passes("def page(text):\n    return draw_text(text)")
    assert not passes("def page(text):\n    text = str(text)\n    return render_markup(text)")


def test_the_question_is_judged_too():
    question = "Why does `shop.basket.Basket` do this?\n\n```python\nimport shopping\n```"
    assert not check(about("shop.basket.Basket", question=question), SHOP_CONTEXT).passed


def test_a_question_may_call_what_it_asks_about_in_vain():
    question = "What does `shop.basket.Basket` do?\n\n```python\nbasket.checkout()\n```"
    denied = {"fabricated": ["checkout", "shop.basket.Basket.checkout"]}
    assert not check(about("shop.basket.Basket", question=question), SHOP_CONTEXT).passed
    assert check(about("shop.basket.Basket", question=question, **denied), SHOP_CONTEXT).passed
    answer = "```python\nbasket.checkout()\n```"
    assert not check(about("shop.basket.Basket", answer=answer, **denied), SHOP_CONTEXT).passed


def test_an_answer_may_use_what_the_question_defines():
    question = "Call it for `shop.basket.Basket`:\n\n```python\ndef weigh(basket):\n    ____(basket)\n```"
    answer = "```python\nweigh(basket)\n```"
    assert check(about("shop.basket.Basket", question=question, answer=answer), SHOP_CONTEXT).passed
    assert not check(about("shop.basket.Basket", answer=answer), SHOP_CONTEXT).passed


@pytest.mark.parametrize(
    "answer",
    [
        "No code.", "```rust\nmade_up();\n```", "```python\nmade_up(\n```", "```text\nmade_up()\n```",
        "```python\nbasket.____(made_up())\n```",
    ],
)  # fmt: skip
def test_what_is_no_whole_python_is_not_judged(answer):
    verdict = check(about("shop.basket.Basket", answer=answer), SHOP_CONTEXT)
    assert verdict.detail == "not checked: it has no whole block of Python"


def test_a_name_keeps_to_its_scope():
    two = "def one(basket: Basket):\n    basket.total()\n\ndef two(basket: Catalogue):\n    basket.find('a')\n"
    assert verdict_of(SHOP_IMPORTS + two).passed
    assert not verdict_of(SHOP_IMPORTS + two + "    basket.total()\n").passed


@pytest.mark.parametrize("code", ["import shop\nshop" + ".a" * 500 + "()", "x = " + "f(" * 80 + "1" + ")" * 80])
def test_code_nested_deeper_than_people_write_does_no_harm(code):
    assert verdict_of(code).name == "called_names"


NAMES = st.from_regex(r"[a-z]{3,8}_[a-z]{3,8}", fullmatch=True).filter(lambda name: name not in SHOP_CONTEXT.code_words)


@given(NAMES)
def test_no_made_up_name_passes(name):
    assert not verdict_of(f"from shop import Basket, Catalogue\nBasket(Catalogue()).{name}()").passed
    assert not verdict_of(f"from shop import {name}").passed
    assert not verdict_of(f"{name}(1)").passed
