"""How do the files of a collection exchange what they found? In rounds, until nothing is new.

In a round each file works through its own constraints with what the shared places held at the end of the round before.
What it adds to them is handed on when all files are done. So the outcome depends neither on the order of the files nor
on how they are spread, and what a file contributes in a round is a function of its text and of what it was given.
"""

from collections import defaultdict
from collections.abc import Sequence

from synth.graph.code.python.flow.constraints import open_solver
from synth.graph.code.python.flow.objects import CONTAINER, Objects
from synth.graph.code.python.flow.solver import Called, FileSolver
from synth.graph.code.python.flow.world import Key, World
from synth.graph.code.python.resolver import Resolver
from synth.graph.code.python.units import Unit

MAX_CONTAINERS = 4
MAX_OBJECTS = 16
"""A place that more objects reach from other files is one that anything may pass through: what more comes is dropped,
since it would only be told as one of many."""

MAX_ROUNDS = 6
"""Values travel through at most so many files; real code needs about ten."""


def solve(units: Sequence[Unit], resolver: Resolver) -> dict[str, dict[Called, int]]:
    """Find who calls whom in a collection.

    Returns:
        For the path of each file, the calls that it makes with the first line of each.
    """
    world = World(units, resolver)
    store: dict[Key, set[int]] = {}
    subscribers: dict[Key, list[str]] = defaultdict(list)
    solvers: dict[str, FileSolver] = {}
    for unit in units:
        solvers[unit.path] = solver = open_solver(world, unit, lambda key: store.get(key, set()))
        solver.run()
    news = _hand_on(world.objects, solvers, store, subscribers)
    for _ in range(MAX_ROUNDS):
        if not news:
            break
        for path in sorted(news):
            for key, items in news[path].items():
                solvers[path].deliver(key, items)
            solvers[path].run()
        news = _hand_on(world.objects, {path: solvers[path] for path in sorted(news)}, store, subscribers)
    for solver in solvers.values():
        solver.close()
    return {path: solver.called for path, solver in solvers.items()}


def _hand_on(
    objects: Objects, solvers: dict[str, FileSolver], store: dict[Key, set[int]], subscribers: dict[Key, list[str]]
) -> dict[str, dict[Key, set[int]]]:
    """Put what files found into the shared places; returns what is new for whom."""
    late: dict[str, set[Key]] = {}
    for path, solver in solvers.items():
        for key in solver.asked:
            subscribers[key].append(path)
        late[path] = solver.asked
        solver.asked = set()
    fresh: dict[Key, dict[str, set[int]]] = defaultdict(dict)
    for path, solver in solvers.items():
        for key, items in solver.outbox.items():
            new = items - store.get(key, _NOTHING)
            if new:
                fresh[key][path] = new
        solver.outbox = {}
    news: dict[str, dict[Key, set[int]]] = defaultdict(dict)
    for key, parts in fresh.items():
        everything = _admitted(objects, store.setdefault(key, set()), set().union(*parts.values()))
        store[key].update(everything)
        for path in subscribers[key]:
            rest = everything - parts.get(path, set())
            if rest:
                news[path][key] = rest
    return news


_NOTHING: frozenset[int] = frozenset()


def _admitted(objects: Objects, held: set[int], more: set[int]) -> set[int]:
    """Of what is new in a place, what it still has room for."""
    if len(held) + len(more) <= MAX_CONTAINERS:
        return more
    containers = {item for item in more if objects.known[item][0] == CONTAINER}
    others = more - containers
    if containers and sum(objects.known[item][0] == CONTAINER for item in held | containers) > MAX_CONTAINERS:
        containers = set()
    return containers | (others if len(held) + len(others) <= MAX_OBJECTS else set())
