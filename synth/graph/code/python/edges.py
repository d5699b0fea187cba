"""Where edges gather: one for each source, target and kind, on the first line that shows it."""

from synth.graph.code.language import Edge
from synth.graph.code.python.units import Symbol

_RANK = {"exact": 0, "inferred": 1, "ambiguous": 2}


Place = tuple[str, int]  # path and line of the evidence


class EdgeSet:
    """The edges of one collection so far."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str, str], Edge] = {}

    def add(
        self, src: str, dst: str | None, kind: str, place: Place, *, target: str, how: str = "name",
        confidence: str = "exact",
    ) -> None:  # fmt: skip
        """Add an edge; of equal ones the surest is kept, then the first."""
        edge = Edge(src, dst, kind, *place, confidence, how, target)
        key = (src, dst or f"?{target}", kind)
        known = self._edges.get(key)
        if known is None or _order(edge) < _order(known):
            self._edges[key] = edge

    def link(self, src: Symbol, dst: Symbol, kind: str, place: Place, *, how: str = "name", exact: bool = True) -> None:
        """Add an edge between two symbols of the source."""
        confidence = "exact" if exact else "inferred"
        self.add(src.node_id, dst.node_id, kind, place, target=dst.qualified_name, how=how, confidence=confidence)

    def rows(self) -> list[Edge]:
        """All edges, in the order of paths and lines; those of one line as they were added, so bases stay in order."""
        return sorted(self._edges.values(), key=lambda edge: (edge.path, edge.line))


def _order(edge: Edge) -> tuple[int, int, str]:
    return _RANK[edge.confidence], edge.line, edge.target
