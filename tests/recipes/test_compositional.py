"""APIs that real code uses together."""

from recipes.conftest import make_source
from synth.config import CompositionalSettings
from synth.recipes.ucd.compositional import BLANK, drafts


def all_drafts(source, **settings):
    return list(drafts(source, CompositionalSettings(**settings)))


def test_apis_are_used_together_by_their_caller(shop):
    found = all_drafts(shop)
    edges = {(edge.src, edge.dst) for edge in shop.graph.edges() if edge.kind in {"calls", "instantiates"}}
    assert found
    for item in found:
        caller, *apis = (span["id"] for span in item.evidence)
        assert len(set(apis)) == len(apis) >= 2
        assert all((caller, api) in edges for api in apis)
        assert all(shop.graph.nodes[api].is_public and not shop.graph.nodes[api].is_test for api in apis)


def test_tests_and_examples_come_first(shop):
    callers = [shop.graph.nodes[item.evidence[0]["id"]] for item in all_drafts(shop)]
    first_round = []
    for node in callers:
        if node in first_round:
            break
        first_round.append(node)
    kinds = [node.is_test or node.path.startswith("examples") for node in first_round]
    assert set(kinds) == {True, False}
    assert kinds == sorted(kinds, reverse=True)


def test_each_combination_is_asked_in_its_forms_but_never_twice_in_one(shop):
    found = all_drafts(shop)
    units = {(item.kind, item.evidence[0]["id"]) for item in found}
    assert len(units) == len(found)
    assert {"question", "fill_in", "programming"} <= {item.kind for item in found}


def test_difficulty_is_the_number_of_facts(shop):
    for item in all_drafts(shop):
        apis = len(item.evidence) - 1
        assert item.difficulty == (apis + 1 if item.kind == "fill_in" else 2 * apis)


def test_no_more_apis_than_wanted(shop):
    assert max(len(item.evidence) - 1 for item in all_drafts(shop)) > 2
    assert max(len(item.evidence) - 1 for item in all_drafts(shop, max_apis=2)) == 2


def test_the_answer_fills_the_one_blank(shop):
    found = [item for item in all_drafts(shop) if item.kind == "fill_in"]
    assert found
    for item in found:
        blanked, code = item.facts["blanked"][0], item.facts["code"][0]
        assert blanked.count(BLANK) == 1
        assert blanked.replace(BLANK, item.facts["answer_name"][0]) == code
        assert item.facts["answer_name"][0] in item.facts["filled"][0]
        compile(item.facts["filled"][0], "call", "eval")


def test_code_whose_purpose_is_nowhere_stated_is_not_asked_for():
    api = "def one():\n    return 1\n\n\ndef two():\n    return 2\n\n\n"
    silent = make_source({"m.py": api + "def both():\n    return one() + two()\n"})
    spoken = make_source({"m.py": api + 'def both():\n    """Add one and two up."""\n    return one() + two()\n'})
    assert "programming" not in {item.kind for item in all_drafts(silent)}
    assert "programming" in {item.kind for item in all_drafts(spoken)}


def test_code_that_is_meant_to_fail_is_left_out(shop):
    assert not [item for item in all_drafts(shop) if "raises" in item.facts["code"][0]]


def test_a_program_brings_its_imports(shop):
    found = [item for item in all_drafts(shop) if item.kind == "programming" and item.source_path == "examples/buy.py"]
    assert [item.facts["imports"][0] for item in found] == [
        "from shop import Basket, Catalogue, Product\nfrom shop.report import receipt"
    ]
