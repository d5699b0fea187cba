"""Where facts gather while one file is walked, and the stack of what is still to be visited.

The walk keeps its own stack, because generated files nest deeper than Python's recursion goes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node

from synth.graph.code.facts import Binding, Definition, Import, ParameterFact, Scope, Use
from synth.graph.code.python.grammar import line_of

MAX_TEXT = 200  # characters of an expression that are kept as written


class Visit(NamedTuple):
    """A node to visit, and what it belongs to.

    A default value or a decorator's argument is evaluated by the surrounding code, which thereby makes the calls in it,
    but stands in the definition, which thereby names what it names: so there are a caller and an owner.
    """

    node: Node
    scope: int
    caller: int  # the definition that makes the calls, -1 for the module
    owner: int  # the definition that the text is part of, -1 for the module

    def at(self, node: Node) -> "Visit":
        """The same place for another node."""
        return Visit(node, self.scope, self.caller, self.owner)


@dataclass(slots=True)
class Collector:
    """The facts of one file so far."""

    scopes: list[Scope] = field(default_factory=lambda: [Scope(-1, "module", -1)])
    definitions: list[Definition] = field(default_factory=list)
    parameters: list[ParameterFact] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    uses: dict[tuple[int, int, str, str], tuple[int, Use]] = field(default_factory=dict)  # first place of each
    stack: list[Visit] = field(default_factory=list)
    exports: list[str] | None = None
    exports_from: list[str] = field(default_factory=list)
    exports_complete: bool = True
    variables: set[tuple[int, str]] = field(default_factory=set)  # scope and name of those that are defined
    selves: set[tuple[int, str]] = field(default_factory=set)  # methods, and the name of their first parameter
    lambdas: dict[int, int] = field(default_factory=dict)  # how many each definition holds
    by_node: dict[int, int] = field(default_factory=dict)  # definitions by the id of the node that defines them
    lambda_scopes: dict[int, int] = field(default_factory=dict)  # by the id of the node
    generators: set[int] = field(default_factory=set)  # definitions that yield
    gives_self: dict[int, bool] = field(
        default_factory=dict
    )  # methods that return: whether always their first parameter

    def push(self, visits: Iterable[Visit]) -> None:
        """Visit these next, in this order."""
        self.stack.extend(reversed(list(visits)))

    def push_children(self, visit: Visit) -> None:
        """Visit the named children of a node next."""
        scope, caller, owner = visit[1:]
        self.stack.extend([Visit(child, scope, caller, owner) for child in reversed(visit.node.named_children)])

    def open_scope(self, parent: int, kind: str, definition: int = -1) -> int:
        """Add a scope and return its index."""
        self.scopes.append(Scope(parent, kind, definition))
        return len(self.scopes) - 1

    def bind(
        self,
        scope: int,
        name: str,
        kind: str,
        node: Node,
        *,
        value: str = "",
        annotation: str = "",
        definition: int = -1,
    ) -> None:
        """Record that a scope binds a name."""
        self.bindings.append(Binding(scope, name, kind, line_of(node), value, annotation, definition))

    def use(self, visit: Visit, role: str, chain: str, node: Node, text: str = "") -> None:
        """Record that something is named; `node` ends on the line of the evidence."""
        owner = visit.caller if role == "call" else visit.owner
        if role == "call" and visit.caller >= 0 and self.definitions[visit.caller].variety == "lambda":
            self.use(visit, "load", chain, node, text)  # the code around a lambda names what it calls
        key = (visit.scope, owner, role, chain if chain[:1] != "?" else f"{chain} {text}")
        known = self.uses.get(key)
        if known is None or node.end_byte < known[0]:
            self.uses[key] = (node.end_byte, Use(visit.scope, owner, role, chain, node.end_point[0] + 1, -1, text))

    def class_scope_of(self, scope: int) -> int:
        """The nearest class scope around a scope, -1 where there is none."""
        while scope >= 0 and self.scopes[scope].kind != "class":
            scope = self.scopes[scope].parent
        return scope


Handler = Callable[[Collector, Visit], None]
