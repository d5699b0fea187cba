"""How well do the calls that a tool names agree with those that were observed?

A call to a method of a base class stands for its overrides. A called class stands for the constructors that the live
class runs. What a decorated function is bound to is called by its name: where such a call was observed, so was the call
of the function by name.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from graph.packages import Observed
from graph.source import Definition

Edge = tuple[str, str]
Claim = tuple[str, frozenset[str]]
"""A caller, and the functions any of which it is said to call."""

DIRECT = ("direct", "constructor", "super")
OTHERS = ("property", "protocol", "value")
CONSTRUCTORS = ("__init__", "__new__")


class Tally(NamedTuple):
    """Observed calls that a tool found, of how many; and its claims that were seen to be true, and to be false."""

    found: dict[str, tuple[int, int]]
    true: int
    false: int

    def plus(self, other: "Tally") -> "Tally":
        """The tally of both together."""
        found = {
            how: (self.found[how][0] + one, self.found[how][1] + total) for how, (one, total) in other.found.items()
        }
        return Tally(found, self.true + other.true, self.false + other.false)

    def recall(self, *hows: str) -> float:
        return sum(self.found[how][0] for how in hows) / max(1, sum(self.found[how][1] for how in hows))

    @property
    def precision(self) -> float:
        return self.true / max(1, self.true + self.false)


NOTHING = Tally(dict.fromkeys((*DIRECT, *OTHERS), (0, 0)), 0, 0)


class Truth:
    """What was observed of one package, by the names of its definitions."""

    def __init__(self, observed: Observed) -> None:
        self.defined = observed.tree.by_name()
        self.trace = observed.trace
        self.covered = set(self.trace["covered"])
        self.deferred = set(self.trace["deferred"])
        self.named = {(caller, name) for caller, _, _, name, how, _ in self.trace["calls"] if how not in DIRECT}

    @cached_property
    def calls(self) -> dict[Edge, set[str]]:
        """How each function was seen to call another."""
        calls: dict[Edge, set[str]] = {}
        for caller, callee, _, _, how, _ in self.trace["calls"]:
            if caller in self.defined and callee in self.defined:
                calls.setdefault((caller, callee), set()).add(how)
        return calls

    @cached_property
    def reached(self) -> set[Edge]:
        """All observed calls, also through code outside the package, with the base methods that stand for them."""
        pairs = [*self.calls, *((caller, callee) for caller, callee in self.trace["through"])]
        return {(caller, name) for caller, callee in pairs for name in self.stand_ins(callee)}

    def stand_ins(self, callee: str) -> Iterable[str]:
        """The callee, and the methods of base classes that it overrides."""
        holder, _, name = callee.rpartition(".")
        bases = self.trace["classes"].get(holder, {"order": []})["order"]
        return {callee, *(f"{base}.{name}" for base in bases if f"{base}.{name}" in self.defined)}

    def settle(self, edges: Iterable[Edge]) -> set[Claim]:
        """Bring the edges of any tool into these terms, and leave out those that leave the package."""
        claims = set()
        for caller, callee in edges:
            one, two = self.caller(caller), self.defined.get(callee)
            called = self.callees(two) if two else frozenset()
            if one and called:
                claims.add((one.name, called))
        return claims

    def caller(self, name: str) -> Definition | None:
        """The function or module whose code it is: what lambdas and class bodies call is called by what holds them."""
        found = self.defined.get(name)
        while found and found.kind in ("class", "lambda"):
            found = self.defined[found.holder]
        return found

    def callees(self, callee: Definition) -> frozenset[str]:
        if callee.kind == "class":
            live = self.trace["classes"].get(callee.name)
            makers = live["makers"] if live else [f"{callee.name}.{name}" for name in CONSTRUCTORS]
            return frozenset(maker for maker in makers if maker in self.defined)
        if callee.kind != "function":
            return frozenset()
        holder, _, name = callee.name.rpartition(".")
        names = CONSTRUCTORS if name in CONSTRUCTORS else (name,)
        return frozenset(found for name in names if (found := f"{holder}.{name}") in self.defined)

    def is_seen(self, claim: Claim) -> bool:
        caller, callees = claim
        by_name = (name for name in callees if self.defined[name].is_decorated)
        return any((caller, name) in self.reached for name in callees) or any(
            (caller, name.rpartition(".")[2]) in self.named for name in by_name
        )

    def is_refuted(self, claim: Claim) -> bool:
        """Whether all of the caller was run and the call was not seen; that a generator is made is never seen."""
        caller, callees = claim
        return caller in self.covered and self.deferred.isdisjoint(callees) and not self.is_seen(claim)

    def missing(self, edges: Iterable[Edge], *hows: str) -> list[Edge]:
        """Observed calls of these kinds that a tool does not name."""
        named = {(caller, name) for caller, callees in self.settle(edges) for name in callees}
        wanted = (pair for pair, seen in self.calls.items() if not seen.isdisjoint(hows))
        return [pair for pair in wanted if all((pair[0], name) not in named for name in self.stand_ins(pair[1]))]

    def tally(self, edges: Iterable[Edge]) -> Tally:
        """Score a tool's edges; a pair that was seen in several ways counts once, as the first of them."""
        edges = list(edges)
        claims = self.settle(edges)
        missing = set(self.missing(edges, *DIRECT, *OTHERS))
        found = dict(NOTHING.found)
        for pair, seen in self.calls.items():
            how = next((how for how in (*DIRECT, *OTHERS) if how in seen), None)
            if how:
                one, total = found[how]
                found[how] = one + (pair not in missing), total + 1
        return Tally(found, sum(map(self.is_seen, claims)), sum(map(self.is_refuted, claims)))
