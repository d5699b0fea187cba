"""What the source uses of others: one node for each package and name that it imports, calls or extends."""

from collections.abc import Callable, Iterator

from synth.graph.code.language import NodeRow
from synth.schema import content_id


class Outside:
    """The external nodes of one collection."""

    def __init__(self, collection: str, family: str, last_name: Callable[[str], str]) -> None:
        self._collection = collection
        self._family = family
        self._last_name = last_name
        self._ids: dict[str, str] = {}

    def node_id(self, name: str) -> str | None:
        """The node of what is called so; None for what only hangs on a result, which has no name of its own."""
        if "()" in name or name.startswith("?") or not self._last_name(name):
            return None
        if name not in self._ids:
            self._ids[name] = content_id(self._collection, "external", name, self._family, "0")
        return self._ids[name]

    def rows(self) -> Iterator[NodeRow]:
        """Rows with the columns of `synth.schema.NODES`, in the order of names."""
        for name in sorted(self._ids):
            yield {
                "node_id": self._ids[name], "collection": self._collection, "kind": "external", "variety": "",
                "name": self._last_name(name), "qualified_name": name, "path": "",
                "start_line": 0, "end_line": 0, "start_byte": 0, "end_byte": 0, "signature": "", "docstring": "",
                "language": self._family, "is_public": True, "visibility": "public", "is_test": False,
                "parameters": None, "decorators": [], "bases": [], "value": "",
            }  # fmt: skip
