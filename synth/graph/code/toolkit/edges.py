"""Where edges gather: one for each source, target and kind, on the first line that shows it."""

from synth.graph.code.language import Edge
from synth.graph.code.toolkit.units import Symbol

_RANK = {"exact": 0, "inferred": 1, "ambiguous": 2}

Position = tuple[str, int]  # path and line of the evidence


def confidence_of(how: str) -> str:
    """How sure an edge is that was found in a way that `synth.schema.HOW` names."""
    if how == "unique_name":
        return "ambiguous"
    return "exact" if how in {"syntax", "name", "self"} else "inferred"


class EdgeSet:
    """The edges of one collection so far."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str, str], Edge] = {}

    def add(
        self, src: str, dst: str | None, kind: str, place: Position, *, target: str, how: str = "name",
        confidence: str = "",
    ) -> None:  # fmt: skip
        """Add an edge; of equal ones the surest is kept, then the first."""
        edge = Edge(src, dst, kind, *place, confidence or confidence_of(how), how, target)
        key = (src, dst or f"?{target}", kind)
        known = self._edges.get(key)
        if known is None or _order(edge) < _order(known):
            self._edges[key] = edge

    def link(self, src: Symbol, dst: Symbol, kind: str, place: Position, *, how: str = "name") -> None:
        """Add an edge between two symbols of the source."""
        dst = dst.main
        self.add(src.main.node_id, dst.node_id, kind, place, target=dst.qualified_name, how=how)

    def rows(self) -> list[Edge]:
        """All edges, in the order of paths and lines; those of one line as they were added, so bases stay in order."""
        return sorted(self._edges.values(), key=lambda edge: (edge.path, edge.line))


def _order(edge: Edge) -> tuple[int, int, str, str]:
    return _RANK[edge.confidence], edge.line, edge.path, edge.target
