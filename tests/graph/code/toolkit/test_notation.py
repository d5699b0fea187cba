"""Chains and types are written so that they can be read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.graph.code.toolkit.notation import TypeName, arity_of, join_links, parse_type, split_chain

NAMES = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_!?=]{0,5}\Z")
LINKS = st.one_of(NAMES, st.sampled_from(["()", "(0)", "(12)", "[]", "#0", "#3", "!"]))


@pytest.mark.parametrize(
    ("chain", "links"),
    [
        ("a", ("a",)),
        ("a.b(2).c", ("a", "b", "(2)", "c")),
        ("f(1)#1[].g()", ("f", "(1)", "#1", "[]", "g", "()")),
        ("Map<a.K,V>{}.get(1)", ("Map<a.K,V>{}", "get", "(1)")),
        ("T[]{}[].f", ("T[]{}", "[]", "f")),
        ("x.!.y", ("x", "!", "y")),
        ("self.#secret", ("self", "#secret")),
        ("'String.length(0)", ("'String", "length", "(0)")),
        ("user.save!(0)", ("user", "save!", "(0)")),
    ],
)
def test_a_chain_is_its_root_and_links(chain, links):
    assert split_chain(chain) == links
    assert join_links(list(links)) == chain


@given(NAMES, st.lists(LINKS, max_size=8))
def test_joining_and_splitting_undo_each_other(root, links):
    assert list(split_chain(join_links([root, *links]))) == [root, *links]


def test_a_call_may_not_say_how_many_arguments_it_has():
    assert (arity_of("(3)"), arity_of("(0)"), arity_of("()")) == (3, 0, -1)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("", None),
        ("a.B", TypeName("a.B")),
        ("T[][]", TypeName("T", (), 2)),
        ("Map<K,List<V>[]>", TypeName("Map", (TypeName("K"), TypeName("List", (TypeName("V"),), 1)))),
        ("(A,b.C)", TypeName("", (TypeName("A"), TypeName("b.C")))),
        ("=>T", TypeName("", (TypeName("T"),), is_function=True)),
        ("Box<?>", TypeName("Box", (TypeName("?"),))),
        ("<A>", None),
        ("List<A", TypeName("List", (TypeName("A"),))),
    ],
)
def test_a_type_is_its_name_arguments_and_layers(text, parsed):
    assert parse_type(text) == parsed


@given(st.text(alphabet="AB.,<>()[]=?", max_size=12))
def test_no_text_is_too_odd_for_a_type(text):
    parse_type(text)
