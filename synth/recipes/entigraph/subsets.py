"""Which entities are asked about together, and in which order? Pairs and triples, without listing all of them.

EntiGraph asks about every pair in the order of a list, and about triples after listing and shuffling all n(n-1)(n-2)/6
of them (arXiv 2409.07431, section 2.2 and its code). Here both come as streams that may be cut anywhere: every entity
has been in a subset before one is in many, those that passages speak of together come first, each subset comes once.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import zip_longest
from math import comb, gcd

_GOLDEN = 0.618  # of a cycle: steps of this length leave no part of it out for long

Near = Mapping[str, Set[str]]
"""For each name the others that passages speak of together with it."""


def pairs(names: Sequence[str], near: Near) -> Iterator[tuple[str, str]]:
    """Every pair once, in rounds in each of which a name occurs once at the most.

    Args:
        names: those that come first are paired first.
        near: each name is paired with these before others.
    """
    left = {
        one: sorted((other for other in names if other != one), key=lambda other: other not in near[one])
        for one in names
    }
    while any(left.values()):
        free = dict.fromkeys(names)
        for one in names:
            other = next((other for other in left[one] if other in free), None) if one in free else None
            if other is not None:
                for name, partner in ((one, other), (other, one)):
                    left[name].remove(partner)
                    del free[name]
                yield one, other


def triples(names: Sequence[str], near: Near, seed: int) -> Iterator[tuple[str, str, str]]:
    """Every triple once: first those in which one name is near both others, then the rest.

    Args:
        names: those that come first are the first to be the centre of a triple.
        near: which names are connected.
        seed: fixes the order, beside that of the names.
    """
    places = {name: place for place, name in enumerate(names)}
    for turn in zip_longest(*(_around(place, names, places, near, seed) for place in range(len(names)))):
        yield from (triple for triple in turn if triple is not None)
    for index in scattered(comb(len(names), 3), seed):
        one, two, three = (names[place] for place in unrank(index, 3, len(names)))
        if _centre((one, two, three), near) is None:
            yield one, two, three


def _around(
    place: int, names: Sequence[str], places: Mapping[str, int], near: Near, seed: int
) -> Iterator[tuple[str, str, str]]:
    """The triples of which one name is the first that is near both others."""
    others = sorted(places[name] for name in near[names[place]])
    for index in scattered(comb(len(others), 2), seed):
        chosen = sorted([place, *(others[other] for other in unrank(index, 2, len(others)))])
        one, two, three = (names[other] for other in chosen)
        if _centre((one, two, three), near) == names[place]:
            yield one, two, three


def _centre(triple: tuple[str, str, str], near: Near) -> str | None:
    """The first of three names that is near both others."""
    return next((one for one in triple if all(other == one or other in near[one] for other in triple)), None)


def scattered(count: int, seed: int) -> Iterator[int]:
    """Every number below `count` once, any few that follow each other far apart."""
    if count:
        step = max(1, round(count * _GOLDEN))
        while gcd(step, count) > 1:
            step += 1
        yield from ((seed + number * step) % count for number in range(count))


def unrank(index: int, size: int, count: int) -> tuple[int, ...]:
    """The subset of `size` numbers below `count` that has an index, in ascending order.

    The combinatorial number system: subsets in the order of their greatest numbers, then of the next ones.
    """
    chosen: list[int] = []
    for held in range(size, 0, -1):
        place = bisect_right(range(count), index, key=lambda number: comb(number, held)) - 1
        chosen.append(place)
        index -= comb(place, held)
    return tuple(reversed(chosen))
