"""One question an edge, the public first, and questions about what does not exist."""

import itertools
import re

import pytest

from recipes.conftest import make_source, tasks_of
from synth.config import SingleHopSettings
from synth.recipes.ucd.single_hop import drafts


def positives(source, **settings):
    return [item for item in drafts(source, SingleHopSettings(**settings)) if not item.kind.startswith("negative")]


def test_each_edge_is_asked_about_once(shop):
    found = positives(shop)
    assert len({item.unit for item in found}) == len(found)
    kinds = {item.kind for item in found}
    assert {
        "contains",
        "inherits",
        "overrides",
        "calls",
        "instantiates",
        "tests",
        "uses_type",
        "imports",
        "depends_on",
    } <= kinds


def test_public_code_comes_before_the_rest_and_new_nodes_before_known_ones(shop):
    found = positives(shop)
    nodes = shop.graph.nodes

    def is_public(item):
        ends = [nodes[item.claims[0][end]] for end in ("subject", "object")]
        return all(node.is_public and not node.is_test for node in ends)

    order = [is_public(item) for item in found]
    assert order == sorted(order, reverse=True)
    covered: set[str] = set()
    new = []
    for item in itertools.takewhile(is_public, found):
        ends = {item.claims[0]["subject"], item.claims[0]["object"]}
        new.append(not ends <= covered)
        covered |= ends
    assert new == sorted(new, reverse=True)


def test_every_public_symbol_is_covered(shop):
    wanted = {
        node.qualified_name
        for node in shop.graph.nodes.values()
        if node.is_public and node.kind in {"class", "function", "method"} and not node.is_test
    }
    covered = {shop.graph.nodes[span["id"]].qualified_name for item in positives(shop) for span in item.evidence}
    assert len(wanted) > 25
    assert wanted <= covered


def test_nothing_is_asked_twice_before_all_is_asked_once(shop):
    tasks = tasks_of([shop], single_hop={"repeats": 2, "negatives": 0})
    units = [(task["kind"], task["claims"][0]["subject"], task["claims"][0]["object"]) for task in tasks]
    half = len(units) // 2
    assert len(set(units[:half])) == half
    assert units[:half] == units[half:]
    first, second = tasks[:half], tasks[half:]
    assert all(one["question"] != two["question"] for one, two in zip(first, second, strict=True))


def test_questions_name_their_subjects_in_full(shop):
    for task in tasks_of([shop], single_hop={"repeats": 3}):
        names = set()
        for item in task["evidence"]:
            node = shop.graph.nodes[item["id"]]
            names |= {f"`{node.qualified_name}`", f"`{node.path}`"}
        assert any(name in task["question"] for name in names), task["question"]
        assert "shop" in task["question"]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5])
def test_negatives_have_their_share(shop, share):
    found = list(drafts(shop, SingleHopSettings(negatives=share)))
    negative = [item for item in found if item.kind.startswith("negative")]
    most = share * (len(found) - len(negative))
    assert len(negative) <= most
    assert bool(negative) == bool(share)


def test_made_up_names_are_nowhere_in_the_source(shop):
    found = [item for item in drafts(shop, SingleHopSettings(negatives=1)) if item.kind == "negative_entity"]
    words = set(re.findall(r"\w+", " ".join([*shop.texts, *shop.texts.values()]).lower()))
    assert found
    for item in found:
        assert item.fabricated[0] not in words
        assert item.fabricated[0].isidentifier()


def test_classes_that_may_have_any_member_are_not_asked_about():
    source = make_source(
        {
            "m.py": "from lib import Base\n\n\nclass Known:\n    def run_it(self):\n        return 1\n\n\n"
            "class Odd(Base):\n    def walk(self):\n        return 1\n\n\n"
            "class Any:\n    def __getattr__(self, n):\n        return 1\n\n    def sit(self):\n        return 1\n\n\n"
            "class Below(Any):\n    pass\n"
        }
    )
    found = [item for item in drafts(source, SingleHopSettings(negatives=1)) if item.kind == "negative_entity"]
    assert {item.facts["subject"][0] for item in found} <= {"m.Known"}


def test_a_denied_call_is_no_edge(shop):
    found = [item for item in drafts(shop, SingleHopSettings(negatives=1)) if item.kind == "negative_relation"]
    edges = {
        (edge.src, edge.dst) for edge in shop.graph.edges() if edge.kind in {"calls", "instantiates", "references"}
    }
    assert found
    for item in found:
        denied = [claim for claim in item.claims if not claim["holds"]]
        assert len(denied) == 1
        assert (denied[0]["subject"], denied[0]["object"]) not in edges


def test_a_line_that_does_not_say_the_name_makes_no_question():
    source = make_source(
        {
            "m.py": "class Thing:\n    def run(self):\n        return 1\n\n\nclass Maker:\n    kind = Thing\n\n"
            "    def make(self):\n        return self.kind()\n\n\ndef direct():\n    return Thing()\n"
        }
    )
    made = {item.facts["subject"][0] for item in positives(source) if item.kind == "instantiates"}
    assert made == {"m.direct"}
