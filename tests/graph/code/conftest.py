"""A helper that turns a small project, given as strings, into its graph."""

import textwrap
from collections.abc import Callable, Iterable, Mapping

import pyarrow as pa
import pytest

from synth.graph.code import link, parse_documents
from synth.graph.view import CodeGraph, Node
from synth.schema import DOCUMENTS, table_from_rows


def documents_of(files: Mapping[str, str], tests: Iterable[str] = (), collection: str = "c") -> pa.Table:
    """Documents as the sources room would read them."""
    rows = [
        {
            "doc_id": path,
            "collection": collection,
            "path": path,
            "media": "code",
            "language": "python" if path.endswith(".py") else "text",
            "text": textwrap.dedent(text).removeprefix("\n"),
            "is_test": path in set(tests),
        }
        for path, text in files.items()
    ]
    return table_from_rows(rows, DOCUMENTS)


class Built:
    """A graph whose edges are read by qualified name."""

    def __init__(self, nodes: pa.Table, edges: pa.Table) -> None:
        self.nodes, self.rows = nodes, edges.to_pylist()
        self.graph = CodeGraph.from_tables(nodes, edges)

    def node(self, name: str, kind: str | None = None) -> Node:
        """The only node of this name."""
        found = [node for node in self.graph.by_qualified_name[name] if kind in {None, node.kind}]
        assert len(found) == 1, f"{name}: {[node.kind for node in found]}"
        return found[0]

    def names(self, *kinds: str) -> list[str]:
        """Qualified names of the nodes of these kinds, sorted."""
        return sorted(node.qualified_name for node in self.graph.nodes.values() if node.kind in kinds)

    def edges(self, *kinds: str, confidence: str | None = None) -> set[tuple[str, str]]:
        """Resolved edges as pairs of names."""
        return {
            (self._name(row["src"]), self._name(row["dst"]))
            for row in self.rows
            if row["kind"] in kinds and row["dst"] in self.graph.nodes and confidence in {None, row["confidence"]}
        }

    def out(self, src: str, *kinds: str) -> dict[str, str]:
        """Where edges from a node go, with their confidence."""
        return {
            self._name(row["dst"]): row["confidence"]
            for row in self.rows
            if row["kind"] in kinds and row["dst"] in self.graph.nodes and self._name(row["src"]) == src
        }

    def open(self, src: str, *kinds: str) -> dict[str, str]:
        """Targets of the edges from a node that have no end in the source, with their confidence."""
        return {
            row["target"]: row["confidence"]
            for row in self.rows
            if row["kind"] in kinds and row["dst"] not in self.graph.nodes and self._name(row["src"]) == src
        }

    def _name(self, node_id: str) -> str:
        return self.graph.nodes[node_id].qualified_name


Build = Callable[..., Built]


def build_project(files: Mapping[str, str], tests: Iterable[str] = ()) -> Built:
    """The graph of one project."""
    return Built(*link([parse_documents(documents_of(files, tests))]))


@pytest.fixture
def build() -> Build:
    return build_project
