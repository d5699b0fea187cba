"""Edges between two symbols of Python code."""

from synth.graph.code.python.units import Symbol
from synth.graph.code.toolkit.edges import EdgeSet, Position


def link(
    edges: EdgeSet, src: Symbol, dst: Symbol, kind: str, place: Position, *, how: str = "name", exact: bool = True
) -> None:
    """Add an edge between two symbols of the source."""
    confidence = "exact" if exact else "inferred"
    edges.add(src.node_id, dst.node_id, kind, place, target=dst.qualified_name, how=how, confidence=confidence)
