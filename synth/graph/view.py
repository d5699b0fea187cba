"""A read-only view of the node and edge tables that recipes and checks walk."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function; `default` is None where the parameter is required."""

    name: str
    kind: str
    annotation: str | None
    default: str | None


@dataclass(frozen=True, slots=True)
class Node:
    """One row of the node table (see `synth.schema.NODES`)."""

    node_id: str
    collection: str
    kind: str
    variety: str
    name: str
    qualified_name: str
    path: str
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    signature: str
    docstring: str
    language: str
    is_public: bool
    visibility: str
    is_test: bool
    parameters: tuple[Parameter, ...] | None
    decorators: tuple[str, ...]
    bases: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One row of the edge table (see `synth.schema.EDGES`); `dst` is None where the target could not be resolved."""

    src: str
    dst: str | None
    kind: str
    path: str
    line: int
    confidence: str
    how: str
    target: str


class CodeGraph:
    """The graph of one collection or of several, indexed by id, by name and by edge end.

    Edges of confidence `ambiguous` are kept out of `out` and `into`, because nothing may be stated on their strength,
    and so are those that lead out of the source; `unresolved` gives both, the latter without `dst`. What the source
    only uses is in `externals` and not in `nodes`.
    """

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
        self.nodes: dict[str, Node] = {}
        self.externals: dict[str, Node] = {}
        for node in nodes:
            (self.externals if node.kind == "external" else self.nodes)[node.node_id] = node
        self._out: dict[str, list[Edge]] = defaultdict(list)
        self._into: dict[str, list[Edge]] = defaultdict(list)
        self._unresolved: dict[str, list[Edge]] = defaultdict(list)
        for edge in edges:
            if edge.dst in self.externals:
                self._unresolved[edge.src].append(replace(edge, dst=None))
            elif edge.dst is None or edge.confidence == "ambiguous":
                self._unresolved[edge.src].append(edge)
            else:
                self._out[edge.src].append(edge)
                self._into[edge.dst].append(edge)

    @classmethod
    def from_tables(cls, nodes: pa.Table, edges: pa.Table) -> "CodeGraph":
        """Build the view from the node and edge tables."""
        return cls(map(_node, nodes.to_pylist()), map(_edge, edges.drop_columns(["collection"]).to_pylist()))

    def out(self, node_id: str, *kinds: str) -> Iterator[Edge]:
        """Resolved edges that leave a node, of the given kinds or of all, in source order."""
        return (edge for edge in self._out.get(node_id, ()) if not kinds or edge.kind in kinds)

    def into(self, node_id: str, *kinds: str) -> Iterator[Edge]:
        """Resolved edges that reach a node, of the given kinds or of all, in source order."""
        return (edge for edge in self._into.get(node_id, ()) if not kinds or edge.kind in kinds)

    def unresolved(self, node_id: str, *kinds: str) -> Iterator[Edge]:
        """Edges that leave a node for a target that is outside the source or could not be told for certain."""
        return (edge for edge in self._unresolved.get(node_id, ()) if not kinds or edge.kind in kinds)

    def edges(self) -> Iterator[Edge]:
        """Every resolved edge."""
        return (edge for edges in self._out.values() for edge in edges)

    @cached_property
    def by_qualified_name(self) -> Mapping[str, tuple[Node, ...]]:
        """Nodes by qualified name; several where a name is defined again or a module and its file share it."""
        return _group(self.nodes.values(), "qualified_name")

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Node, ...]]:
        """Nodes by their last name."""
        return _group(self.nodes.values(), "name")

    def parent(self, node_id: str) -> Node | None:
        """The node that contains this one, or None for a root."""
        return next((self.nodes[edge.src] for edge in self.into(node_id, "contains")), None)

    def children(self, node_id: str, *kinds: str) -> list[Node]:
        """The nodes that this one contains directly, of the given node kinds or of all."""
        found = (self.nodes[edge.dst] for edge in self.out(node_id, "contains") if edge.dst)
        return [node for node in found if not kinds or node.kind in kinds]

    def bases(self, class_id: str) -> list[Node]:
        """Direct base classes that the source defines, in the order written."""
        return [self.nodes[edge.dst] for edge in self.out(class_id, "inherits") if edge.dst]

    def ancestors(self, class_id: str) -> list[Node]:
        """All base classes that the source defines, nearest first, each once (breadth first)."""
        seen: dict[str, Node] = {}
        queue = self.bases(class_id)
        while queue:
            node = queue.pop(0)
            if node.node_id not in seen and node.node_id != class_id:
                seen[node.node_id] = node
                queue.extend(self.bases(node.node_id))
        return list(seen.values())

    def has_unknown_base(self, class_id: str) -> bool:
        """Whether the class or an ancestor has a base that the source does not define (`object` aside)."""
        return any(
            len(self.bases(node.node_id)) < len([base for base in node.bases if base != "object"])
            for node in [self.nodes[class_id], *self.ancestors(class_id)]
        )

    def member(self, class_id: str, name: str) -> Node | None:
        """The member of this name that the class or its nearest ancestor defines."""
        for node in [self.nodes[class_id], *self.ancestors(class_id)]:
            for child in self.children(node.node_id):
                if child.name == name:
                    return child
        return None


def _node(row: dict[str, Any]) -> Node:
    parameters = row.pop("parameters")
    return Node(
        parameters=None if parameters is None else tuple(Parameter(**item) for item in parameters),
        decorators=tuple(row.pop("decorators") or ()),
        bases=tuple(row.pop("bases") or ()),
        **row,
    )


def _edge(row: dict[str, Any]) -> Edge:
    return Edge(**row)


def _group(nodes: Iterable[Node], attribute: str) -> dict[str, tuple[Node, ...]]:
    groups: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        groups[getattr(node, attribute)].append(node)
    return {name: tuple(group) for name, group in groups.items()}
