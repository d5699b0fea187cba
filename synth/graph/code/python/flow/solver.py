"""Which values reach which variable of one file? Its constraints, worked through until nothing changes.

An inclusion-based analysis (Andersen's) with difference propagation: each variable holds a set of objects, copies pass
on what is new, and instructions that need an object (reading its attribute, calling it) run once for each object that
arrives. Places that files share are variables too; what arrives there from this file is put into `outbox`.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from synth.graph.code.python.flow import objects as kinds
from synth.graph.code.python.flow.world import Key, World
from synth.graph.code.python.units import Unit

PLAIN_STAYS = kinds.PLAIN - {kinds.EXTERNAL}

_NOTHING: frozenset[int] = frozenset()

Watcher = Callable[[int], None]
"""Runs once for each object that reaches a variable."""


CONVERSION = "conversion"
"""How a special method is called that nothing in the text asks for: the value may as well be of another kind."""

Place = tuple[int, str]


class Site(NamedTuple):
    """A call as it is written."""

    place: Place  # in the file, the same for all that may be called there: a variable, and the method that is meant
    result: int
    owner: int
    line: int
    positional: tuple[int, ...]
    named: tuple[tuple[str, int], ...]
    star: int
    double_star: int


class Called(NamedTuple):
    """A call that was found: who is called from where, and how that was told."""

    place: Place
    owner: int
    target: str  # node id; empty for something that the source does not define
    how: str


class FileSolver:
    """The variables and constraints of one file."""

    def __init__(self, world: World, unit: Unit) -> None:
        self.world = world
        self.unit = unit
        self.objects = world.objects
        self.values: dict[int, set[int]] = {}  # of the variables that anything has reached
        self.outbox: dict[Key, set[int]] = {}
        self.asked: set[Key] = set()
        self.called: dict[Called, int] = {}
        self._constants: dict[int, int] = {}
        self.literals: dict[int, str] = {}  # variables that hold a string literal and nothing else
        self._count = 0
        self._next: dict[int, list[int]] = {}
        self._linked: set[int] = set()  # pairs of variables, as one number each
        self._watchers: dict[int, list[Watcher]] = {}
        self._shared: dict[int, Key] = {}
        self._places: dict[Key, int] = {}
        self._pending: dict[int, set[int]] = {}
        self._late: list[tuple[Watcher, set[int]]] = []  # watchers that came after what they watch for
        self._once: set[tuple[object, ...]] = set()
        self.receive: Callable[[Key], Iterable[int]] = lambda _: ()

    # Variables

    def new(self) -> int:
        """A fresh variable."""
        self._count += 1
        return self._count - 1

    def reserve(self, count: int) -> None:
        """Make the variables that the file's code numbers."""
        self._count += count

    def constant(self, item: int) -> int:
        """A variable that holds one object."""
        variable = self._constants.get(item)
        if variable is None:
            variable = self._constants[item] = self.new()
            self.add(variable, (item,))
        return variable

    def add(self, variable: int, items: Iterable[int]) -> None:
        """Let objects reach a variable."""
        held = self.values.get(variable)
        if held is None:
            fresh = set(items)
            if not fresh:
                return
            self.values[variable] = set(fresh)
        else:
            fresh = {item for item in items if item not in held}
            if not fresh:
                return
            held |= fresh
        key = self._shared.get(variable)
        if key is not None:
            known = self.objects.known
            kept = PLAIN_STAYS if key.kind in {"name", "member"} else kinds.PLAIN
            told = {item for item in fresh if known[item][0] not in kept}
            if told:
                self.outbox.setdefault(key, set()).update(told)
        waiting = self._pending.get(variable)
        if waiting is None:
            self._pending[variable] = fresh
        else:
            waiting |= fresh

    def link(self, source: int, target: int) -> None:
        """Let all that reaches a variable reach another."""
        if source < 0 or target < 0 or source == target:
            return
        pair = source << 32 | target
        if pair in self._linked:
            return
        self._linked.add(pair)
        self._next.setdefault(source, []).append(target)
        held = self.values.get(source)
        if held:
            self.add(target, held)

    def watch(self, variable: int, watcher: Watcher) -> None:
        """Run a function for each object that has reached or will reach a variable."""
        if variable < 0:
            return
        self._watchers.setdefault(variable, []).append(watcher)
        held = self.values.get(variable)
        if held:
            there = held - self._pending.get(variable, _NOTHING)
            if there:
                self._late.append((watcher, there))

    def first_time(self, *what: object) -> bool:
        """Whether this has not been asked before."""
        if what in self._once:
            return False
        self._once.add(what)
        return True

    def run(self) -> None:
        """Pass on what is new until nothing is."""
        pending, late = self._pending, self._late
        while pending or late:
            while late:
                watcher, there = late.pop()
                for item in there:
                    watcher(item)
            if not pending:
                return
            variable, fresh = pending.popitem()
            for following in self._next.get(variable, ()):
                self.add(following, fresh)
            for watcher in tuple(self._watchers.get(variable, ())):
                for item in fresh:
                    watcher(item)

    def hold(self, result: int, container: int, item: int) -> None:
        """Let a container reach a variable as soon as something of the source reaches one of its items."""

        def fill(found: int) -> None:
            if self.objects.known[found][0] not in kinds.PLAIN:
                self.link(container, result)

        self.watch(item, fill)

    # Places that files share

    def place(self, key: Key) -> int:
        """The variable of a shared place."""
        variable = self._places.get(key)
        if variable is None:
            variable = self.new()
            self.adopt(key, variable)
        return variable

    def adopt(self, key: Key, variable: int) -> None:
        """Make a variable that of a shared place."""
        self._places[key] = variable
        self.asked.add(key)
        self.deliver(key, self.receive(key))
        self._shared[variable] = key

    def deliver(self, key: Key, items: Iterable[int]) -> None:
        """Take in what other files have put into a shared place."""
        variable = self._places[key]
        self._shared.pop(variable, None)
        self.add(variable, items)
        self._shared[variable] = key

    def flow_from(self, sources: Iterable[int | Key], target: int) -> None:
        """Let objects and the contents of shared places reach a variable."""
        for source in sources:
            if isinstance(source, Key):
                self.link(self.place(source), target)
            else:
                self.add(target, (source,))

    def close(self) -> None:
        """Let go of the watchers: each holds its solver, so that both would outlive their use."""
        self._watchers.clear()

    # What was found

    def record(self, site: Site, target: str, how: str) -> None:
        """Note that a definition calls a function or makes an object of a class."""
        self.called[Called(site.place, site.owner, target, how)] = site.line

    def record_other(self, place: Place, owner: int) -> None:
        """Note that what is called at a place may also be nothing of the source."""
        self.called[Called(place, owner, "", "")] = 0

    def class_of(self, item: int) -> str | None:
        """The class of an object, where it is one of the source."""
        known = self.objects.known[item]
        return known[1] if known[0] in {kinds.INSTANCE, kinds.TYPED} else None
