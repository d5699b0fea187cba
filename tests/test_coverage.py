"""Coverage: different pairs, triples and links that a plan asks about, of those that there are."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import IN_ONE, planned, source, tables, write
from plans import settings as configured
from recipes.documents import library

from synth.coverage import Coverage, coverage, describe

documents = st.dictionaries(
    st.sampled_from(["a.md", "b.md", "c.md"]),
    st.lists(
        st.tuples(st.just("It says so."), st.lists(st.sampled_from("uvwxyz"), unique=True)), min_size=1, max_size=3
    ),
    min_size=1,
)


def test_a_plan_of_all_pairs_covers_all(tmp_path):
    parts = planned(tmp_path, configured(**{"entigraph.pair": {}}))
    text = tables(source())
    (row,) = coverage(parts, text.passages, text.links)
    assert row == Coverage("library", "pairs", len(IN_ONE), len(IN_ONE), 6)


def test_a_plan_cut_short_covers_less(tmp_path):
    parts = planned(tmp_path, configured(**{"entigraph.pair": {"samples": 3}, "entigraph.triple": {"samples": 1}}))
    text = tables(source())
    assert coverage(parts, text.passages, text.links) == [
        Coverage("library", "pairs", 3, 7, 6),
        Coverage("library", "triples", 1, 4, 4),
    ]


def test_what_is_asked_about_twice_counts_once(tmp_path):
    once, *_ = planned(tmp_path, configured(**{"entigraph.pair": {}}))
    text = tables(source())
    assert coverage([once, once], text.passages, text.links) == coverage([once], text.passages, text.links)


def test_links_lead_from_one_document_to_another(tmp_path):
    parts = planned(tmp_path, configured(**{"entigraph.cross_document": {}}))
    text = tables(source())
    # `pattern` and `field` are in both documents.
    assert coverage(parts, text.passages, text.links) == [Coverage("library", "links", 2, 2, 2)]


def test_a_plan_that_combines_nothing_covers_nothing(tmp_path):
    text = tables(source())
    assert coverage([write(tmp_path / "0.parquet", [])], text.passages, text.links) == []


@settings(max_examples=25, deadline=None)
@given(documents)
def test_what_is_possible_is_what_a_list_would_hold(tmp_path_factory, said):
    held = library(said)
    folder = tmp_path_factory.mktemp("plan")
    text = tables(held)
    parts = planned(folder, configured(**{"entigraph.pair": {}, "entigraph.triple": {}}), held)
    found = {row.what: row for row in coverage(parts, text.passages, text.links)}
    names = {path: {name for _, spoken in passages for name in spoken} for path, passages in said.items()}
    for what, size in (("pairs", 2), ("triples", 3)):
        listed = [subset for there in names.values() for subset in combinations(sorted(there), size)]
        assert (what in found) == bool(listed)
        if listed:
            assert found[what].planned == found[what].possible == len(listed)
            assert found[what].everywhere == len(list(combinations(set().union(*names.values()), size)))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            Coverage("gawk", "pairs", 400, 1000, 10**6),
            "gawk: 400 of 1,000 pairs in one document (40%), of 1,000,000 of all (0.04%)",
        ),
        (Coverage("gawk", "triples", 1, 10**9, 10**10), "1 of 1,000,000,000 triples in one document (under 0.01%)"),
        (Coverage("gawk", "links", 5, 50, 50), "gawk: 5 of 50 links across documents (10%)"),
    ],
)
def test_it_is_said_in_one_line(row, said):
    (line,) = describe([row])
    assert said in line
