"""Pairs and triples come once each, the connected and the rare first, and nobody lists all of them."""

from collections import Counter
from collections.abc import Mapping
from itertools import combinations, islice
from math import comb

from hypothesis import given
from hypothesis import strategies as st

from synth.recipes.entigraph.subsets import pairs, scattered, triples, unrank


class Counted(Mapping[str, set[str]]):
    """A mapping that counts how often it is asked."""

    def __init__(self, held):
        self.held, self.asked = held, 0

    def __getitem__(self, name):
        self.asked += 1
        return self.held[name]

    def __iter__(self):
        return iter(self.held)

    def __len__(self):
        return len(self.held)


@st.composite
def graphs(draw):
    names = [f"n{number}" for number in range(draw(st.integers(0, 9)))]
    near = {name: set() for name in names}
    for one, other in combinations(names, 2):
        if draw(st.booleans()):
            near[one].add(other)
            near[other].add(one)
    return names, near


def ring(size, reach):
    names = [f"n{number:03}" for number in range(size)]
    near = {
        name: {names[(place + step) % size] for step in range(-reach, reach + 1) if step}
        for place, name in enumerate(names)
    }
    return names, near


def is_connected(triple, near):
    return sum(other in near[one] for one, other in combinations(triple, 2)) >= 2


@given(graphs())
def test_every_pair_comes_exactly_once(graph):
    names, near = graph
    found = [frozenset(pair) for pair in pairs(names, near)]
    assert len(found) == len(set(found))
    assert set(found) == {frozenset(pair) for pair in combinations(names, 2)}


@given(graphs(), st.integers(0, 2**40))
def test_every_triple_comes_exactly_once_the_connected_ones_first(graph, seed):
    names, near = graph
    found = list(triples(names, near, seed))
    assert len(found) == len(set(map(frozenset, found))) == comb(len(names), 3)
    connected = [is_connected(triple, near) for triple in found]
    assert connected == sorted(connected, reverse=True)


def test_every_name_has_been_in_a_pair_before_one_is_in_two():
    names, near = ring(40, 2)
    first = Counter(name for pair in islice(pairs(names, near), 20) for name in pair)
    assert set(first.values()) == {1}
    assert len(first) == 40


def test_pairs_that_passages_speak_of_together_come_first():
    names, near = ring(40, 2)
    first = list(islice(pairs(names, near), 60))
    assert all(other in near[one] for one, other in first)
    assert names[0] in first[0]


def test_triples_of_five_hundred_names_take_bounded_work():
    for reach in (2, 200):
        names, near = ring(500, reach)
        counted = Counted(near)
        found = list(islice(triples(names, counted, 7), 2000))
        assert len(set(map(frozenset, found))) == 2000
        assert all(is_connected(triple, near) for triple in found)
        assert counted.asked < 40 * 2000, reach


def test_triples_without_any_connection_take_bounded_work_too():
    names = [f"n{number}" for number in range(500)]
    counted = Counted({name: set() for name in names})
    found = list(islice(triples(names, counted, 7), 2000))
    assert len(set(map(frozenset, found))) == 2000
    assert counted.asked < 40 * 2000
    assert len({name for triple in found for name in triple}) == 500


def test_triples_are_spread_over_their_centres():
    names, near = ring(30, 3)
    first = Counter(name for triple in islice(triples(names, near, 1), 30) for name in triple)
    assert len(first) == 30


@given(st.integers(0, 3000), st.integers(0, 2**50))
def test_scattered_numbers_are_all_there_once(count, seed):
    assert sorted(scattered(count, seed)) == list(range(count))


@given(st.integers(2, 12), st.integers(2, 3))
def test_an_index_leads_to_a_subset_of_its_own(count, size):
    found = {unrank(index, size, count) for index in range(comb(count, size))}
    assert found == set(combinations(range(count), size))
