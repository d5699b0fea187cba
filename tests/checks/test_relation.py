"""Stated relations are edges."""

from checks.conftest import make_sample, node
from synth.checks.relation import check


def claim(one: str, relation: str, two: str, holds: bool = True) -> dict:
    return {"subject": node(one).node_id, "relation": relation, "object": node(two).node_id, "holds": holds}


def test_an_edge_may_be_stated_and_may_not_be_denied(context):
    facts = ("pkg.shapes.area", "calls", "pkg.shapes.helper")
    assert check(make_sample(claims=[claim(*facts)]), context).passed
    denied = check(make_sample(claims=[claim(*facts, holds=False)]), context)
    assert not denied.passed
    assert denied.detail == "calls pkg.shapes.area pkg.shapes.helper: denied, which is wrong"


def test_what_is_no_edge_may_be_denied_and_may_not_be_stated(context):
    facts = ("pkg.shapes.helper", "calls", "pkg.shapes.area")
    assert check(make_sample(claims=[claim(*facts, holds=False)]), context).passed
    assert not check(make_sample(claims=[claim(*facts)]), context).passed


def test_one_wrong_claim_among_right_ones_is_enough(context):
    right = claim("pkg.shapes.Circle", "inherits", "pkg.shapes.Shape")
    wrong = claim("pkg.shapes.Shape", "inherits", "pkg.shapes.Circle")
    assert not check(make_sample(claims=[right, wrong]), context).passed


def test_an_unknown_node_is_no_edge(context):
    assert not check(
        make_sample(claims=[{**claim("pkg.shapes.area", "calls", "pkg.shapes.helper"), "object": "x"}]), context
    ).passed


def test_no_claim_is_said_to_be_unchecked(context):
    assert check(make_sample(), context).detail.startswith("not checked")
