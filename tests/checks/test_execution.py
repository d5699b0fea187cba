"""Generated code is kept where it runs, turned down where it does not, and let be where nothing can be said."""

import socket
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from recipes.conftest import make_source, shop_files

from synth.checks import Context, Verdict, execution
from synth.config import CheckSettings
from synth.recipes.base import Source, span

SHOP = make_source(shop_files(), "shop")
IS_EMPTY = ("shop.basket.Basket.is_empty", "tests.test_shop.test_is_empty")
TOTAL = ("shop.basket.Basket.total", "tests.test_shop.test_basket_adds_up")


def judge(code: str, kind: str, *names: str, source: Source = SHOP, **settings: Any) -> Verdict:
    """Judge an answer with this code; `names` are those of the evidence."""
    nodes = [source.graph.by_qualified_name[name][-1] for name in names]
    answer = f"It reads:\n\n```python\n{code}\n```\n"
    sample = {
        "stage": "sft", "kind": kind, "collection": source.collection, "evidence": [span(node) for node in nodes],
        "messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": answer}], "reasoning": None,
    }  # fmt: skip
    context = Context.build(source.graph, CheckSettings(execution=True, **settings), lambda text: len(text.split()))
    return execution.check(sample, context, source.texts)


def code_of(name: str) -> str:
    return SHOP.code(SHOP.graph.by_qualified_name[name][-1])


def unjudged(verdict: Verdict) -> bool:
    return verdict.passed and verdict.detail.startswith("not checked: ")


def test_code_can_be_run_here():
    assert execution.fault(CheckSettings()) == ""


@pytest.mark.parametrize("names", [IS_EMPTY, TOTAL])
def test_the_source_s_own_code_passes_its_test(names):
    assert judge(code_of(names[0]), "from_test", *names) == Verdict("execution", 1.0, passed=True)


def test_other_code_that_does_the_same_passes():
    code = "import operator\n\ndef is_empty(self) -> bool:\n    return operator.eq(len(self.items), 0)"
    assert judge(code, "from_test", *IS_EMPTY) == Verdict("execution", 1.0, passed=True)


def test_wrong_code_fails_with_what_the_test_says():
    verdict = judge("def total(self) -> int:\n    return 7", "from_test", *TOTAL)
    assert not verdict.passed
    assert verdict.detail == "FAILED tests/test_shop.py::test_basket_adds_up - assert 7 == (2700 + 490)"


def test_an_endless_loop_fails():
    code = "def is_empty(self):\n    while True:\n        pass"
    verdict = judge(code, "from_test", *IS_EMPTY, execution_seconds=15)
    assert (verdict.passed, verdict.detail) == (False, "it took longer than 15 s")


def test_code_that_phones_home_fails_and_reaches_nobody():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        body = f"import socket\n    socket.create_connection(('127.0.0.1', {port})).sendall(b'x')\n    return True"
        verdict = judge(f"def is_empty(self):\n    {body}", "from_test", *IS_EMPTY)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert not verdict.passed
    assert "Network is unreachable" in verdict.detail


def test_code_that_ends_the_test_before_it_is_done_fails():
    assert not judge("def is_empty(self):\n    import os\n    os._exit(0)", "from_test", *IS_EMPTY).passed


def test_code_that_takes_all_memory_fails():
    verdict = judge("def is_empty(self):\n    return not bytearray(4 << 30)", "from_test", *IS_EMPTY)
    assert not verdict.passed
    assert "MemoryError" in verdict.detail


def test_an_answer_without_the_definition_fails():
    verdict = judge("def is_full(self):\n    return True", "from_test", *IS_EMPTY)
    assert (verdict.passed, verdict.detail) == (False, "its answer does not define what was asked for")


def test_the_module_with_the_code_of_a_called_function_can_be_imported():
    names = ("shop.catalogue.Catalogue.find", "shop.catalogue.Catalogue.take")
    good = "def find(self, code: str) -> Product:\n    return self.products.get(code)"
    assert judge(good, "from_caller", *names) == Verdict("execution", 1.0, passed=True)
    verdict = judge(good.replace("Product:", "Produce:"), "from_caller", *names)
    assert not verdict.passed
    assert verdict.detail == "NameError: name 'Produce' is not defined. Did you mean: 'Product'?"


def test_a_generated_test_is_run_among_the_fixtures_of_the_one_that_it_stands_for():
    code = "def test_is_empty(catalogue):\n    assert Basket(catalogue).is_empty()"
    assert judge(code, "programming", IS_EMPTY[1], IS_EMPTY[0]) == Verdict("execution", 1.0, passed=True)
    assert not judge(code.replace("assert", "assert not"), "programming", IS_EMPTY[1], IS_EMPTY[0]).passed


def test_a_program_beside_the_source_is_imported_and_its_tests_are_run():
    names = ("shop.report.receipt", "shop.pricing.total.format_cents")
    program = "from .pricing.total import format_cents\nfrom shop import Basket\n\nPRICE = format_cents(5)"
    assert judge(program, "programming", *names) == Verdict("execution", 1.0, passed=True)
    tests = "\n\n\ndef test_price():\n    assert format_cents(5) == '0.05 EUR'"
    assert judge(program.replace(".pricing", "shop.pricing") + tests, "programming", *names).detail == ""
    verdict = judge(program.replace("format_cents(5)", "format_dollars(5)"), "programming", *names)
    assert (verdict.passed, verdict.detail) == (False, "NameError: name 'format_dollars' is not defined")
    assert not judge("from shop import Wallet", "question", *names).passed


def test_a_fragment_is_not_judged():
    names = ("shop.report.receipt", "shop.pricing.total.format_cents")
    assert unjudged(judge("import json\nprice = format_cents(5)", "programming", *names))
    assert unjudged(judge("import json\nwho_knows(1)", "question", *names))
    assert unjudged(judge("import json\nreturn 1", "question", *names))
    assert unjudged(judge("print(1)", "question", *names))
    missing = judge("def test_price(purse):\n    assert purse", "programming", *names)
    assert missing.detail == "not checked: it is a fragment: fixture 'purse' not found"


def test_a_method_that_may_have_been_changed_by_indenting_is_not_turned_down():
    verdict = judge('def total(self):\n    return """7\n8"""', "from_test", *TOTAL)
    assert unjudged(verdict)
    assert "a string of several lines" in verdict.detail


def test_what_asks_for_no_code_is_not_judged():
    assert unjudged(judge("x = 1", "fill_in", *IS_EMPTY))
    assert unjudged(judge("x = = 1", "programming", *IS_EMPTY))
    assert unjudged(judge("\n", "from_test", *IS_EMPTY))


def shop_with(files: Mapping[str, str]) -> Source:
    return make_source({**shop_files(), **files}, "shop")


def test_where_the_source_itself_does_not_run_nothing_is_said():
    rules = shop_files()["src/shop/pricing/rules.py"]
    source = shop_with({"src/shop/pricing/rules.py": "import never_installed\n" + rules})
    for kind, names in (("from_test", IS_EMPTY), ("from_caller", IS_EMPTY), ("programming", IS_EMPTY[::-1])):
        verdict = judge("def is_empty(self): return 1\ndef test_is_empty(): pass", kind, *names, source=source)
        assert unjudged(verdict)
        assert "the source itself does not pass: " in verdict.detail
        assert "No module named 'never_installed'" in verdict.detail


UNITTEST = """
import unittest
from shop.pricing.total import format_cents


class TotalTest(unittest.TestCase):
    def test_format(self):
        self.assertEqual(format_cents(5), "0.05 EUR")
"""


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory) -> Path:
    """An interpreter that has nothing but the standard library."""
    folder = tmp_path_factory.mktemp("bare")
    folder.chmod(0o755)  # what root runs in the sandbox has the rights of nobody
    venv.create(folder, with_pip=False)
    return folder / "bin" / "python"


def test_without_pytest_tests_of_unittest_are_run_and_others_are_not_judged(bare_python):
    source = shop_with({"tests/test_total.py": UNITTEST})
    names = ("shop.pricing.total.format_cents", "tests.test_total.TotalTest.test_format")
    settings = {"source": source, "execution_python": bare_python}
    own = code_of(names[0])
    assert judge(own, "from_test", *names, **settings) == Verdict("execution", 1.0, passed=True)
    assert not judge(own.replace(":02", ":03"), "from_test", *names, **settings).passed
    verdict = judge(code_of(IS_EMPTY[0]), "from_test", *IS_EMPTY, **settings)
    assert verdict.detail == f"not checked: {bare_python} has no pytest"


def test_an_interpreter_that_is_none_or_shows_too_much_is_refused_in_one_line(tmp_path, monkeypatch):
    why = execution.fault(CheckSettings(execution_python=tmp_path / "python"))
    assert why.startswith(f"checks.execution_python: {tmp_path}/python is no Python interpreter: ")
    monkeypatch.setenv("HOME", str(Path(sys.prefix) / "home"))
    execution._python.cache_clear()
    why = execution.fault(CheckSettings())
    execution._python.cache_clear()
    assert "generated code could read the home folder" in why
    assert "\n" not in why
