"""Implement this function: the repository's own code is the answer."""

import ast

from recipes.conftest import make_source, shop_files, tasks_of
from recipes.tables import Part, make
from synth.config import UtilizationSettings
from synth.recipes.ucd.utilization import drafts


def all_drafts(source, **settings):
    return list(drafts(source, UtilizationSettings(**settings)))


def test_the_answer_is_the_code_of_the_source(shop):
    found = all_drafts(shop)
    assert found
    for item in found:
        code = item.facts["code"][0]
        node = shop.graph.nodes[item.evidence[0]["id"]]
        assert ast.parse(code).body[0].name == node.name
        assert all(line.strip() in shop.texts[node.path] for line in code.splitlines())


def test_the_usage_names_what_is_asked_for(shop):
    for item in all_drafts(shop):
        assert item.facts["target_name"][0] in item.facts["usage"][0]


def test_tests_are_preferred_to_callers(shop):
    by_target: dict[str, set[str]] = {}
    for item in all_drafts(shop):
        by_target.setdefault(item.evidence[0]["id"], set()).add(item.kind)
    assert {"from_test"} in by_target.values()
    assert {"from_caller"} in by_target.values()
    assert all(len(kinds) == 1 for kinds in by_target.values())


def test_every_function_has_its_turn_before_any_has_a_second(shop):
    targets = [item.evidence[0]["id"] for item in all_drafts(shop)]
    distinct = len(set(targets))
    assert len(targets) > distinct
    assert len(set(targets[:distinct])) == distinct


def test_tests_long_and_trivial_functions_are_not_asked_for(shop):
    for item in all_drafts(shop, max_lines=6):
        node = shop.graph.nodes[item.evidence[0]["id"]]
        assert not node.is_test
        assert 3 <= node.end_line - node.start_line + 1 <= 6


def test_a_name_that_is_defined_twice_is_ambiguous():
    twice = "def f(x):\n    y = x\n    return y\n\n\n" * 2 + "def g():\n    return f(1)\n"
    assert all_drafts(make_source({"m.py": twice})) == []


def test_parameters_are_written_out(shop):
    item = next(item for item in all_drafts(shop) if item.facts["target"][0] == "shop.pricing.total.format_cents")
    assert item.facts["parameters[]"] == ["`cents: int`", '`currency: str = "EUR"`']
    assert item.facts["returns"] == ["str"]


def test_budgets_take_the_first_tasks_of_the_whole(shop):
    source = make_source(shop_files(), "shop")
    everything = [task["task_id"] for task in tasks_of([source], utilization={})]
    some = [task["task_id"] for task in tasks_of([source], utilization={"samples": 5})]
    assert some == everything[:5]


def test_the_test_that_is_about_the_function_comes_first():
    files = {
        "m.py": "def load(x):\n    y = x\n    return y\n\n\ndef dump(x):\n    y = x\n    return y\n",
        "tests/test_m.py": "from m import dump, load\n\n\ndef test_all():\n    assert load(dump(1)) == 1\n\n\n"
        "def test_load():\n    assert load(1) == 1\n\n\ndef test_more():\n    assert load(2) == 2\n",
    }
    found = [
        item.facts["user_name"][0] for item in all_drafts(make_source(files)) if item.facts["target"] == ["m.load"]
    ]
    assert found == ["test_load", "test_more", "test_all"]
    assert (
        len([item for item in all_drafts(make_source(files), max_tests=1) if item.facts["target"] == ["m.load"]]) == 1
    )


def test_what_is_declared_in_one_place_and_defined_in_another_is_asked_for_once():
    files = {
        "f.h": "int f(int a);\n",
        "f.c": "int f(int a) {\n  int b = a;\n  return b;\n}\n\nint g(void) {\n  return f(1);\n}\n",
    }
    parts = [
        Part("f", "function", "declaration", "f.h", "int f", "", "int f(int a)", parameters="a int", key="declared"),
        Part("f", "function", "", "f.c", "int f", "}", "int f(int a)", parameters="a int", key="defined"),
        Part("g", "function", "", "f.c", "int g", "}", "int g(void)", parameters=""),
    ]
    edges = [("calls", "g", "defined", "f(1)"), ("calls", "g", "declared", "f(1)")]
    found = all_drafts(make("c", files, parts, edges))
    assert [item.evidence[0]["id"] for item in found] == ["defined"]
