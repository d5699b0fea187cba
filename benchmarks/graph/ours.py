"""What does synth's graph say is called? The one place that knows how its edges answer that question."""

from collections.abc import Iterator

import pyarrow as pa

from graph.source import Tree
from synth.graph.code import link, parse_documents

CALLS = ("calls", "instantiates")


def our_tables(tree: Tree) -> tuple[pa.Table, pa.Table]:
    """The node and edge tables of a tree; no file is skipped for what it holds, such as one that another repeats."""
    rows = [
        {
            "collection": "tree", "path": path, "language": "python", "is_test": False,
            "text": (tree.root / path).read_text(encoding="utf-8-sig", errors="replace"),
        }
        for path in tree.paths
    ]  # fmt: skip
    return link([parse_documents(pa.Table.from_pylist(rows))])


def our_edges(nodes: pa.Table, edges: pa.Table, *, possible: bool = False) -> Iterator[tuple[str, str]]:
    """Caller and callee of every call that the graph states, by their qualified names.

    A called class stands for its constructor and a class that calls for the code that its body is run by: the scorer
    sees to both, for every tool alike.

    Args:
        nodes: of the graph.
        edges: of the graph.
        possible: whether calls that are one of several count too; what only a unique name suggests never does.
    """
    name = {row["node_id"]: row["qualified_name"] for row in nodes.to_pylist() if row["path"]}
    rows = edges.to_pylist()
    holder = {edge["dst"]: edge["src"] for edge in rows if edge["kind"] == "contains"}
    for edge in rows:
        one, two = edge["src"], edge["dst"]
        if edge["kind"] == "decorates":  # who holds what is decorated calls the decorator
            one, two = holder.get(two), one
        elif edge["kind"] not in CALLS and (edge["kind"], edge["how"]) != ("references", "protocol"):
            continue
        guessed = edge["confidence"] == "ambiguous" and (edge["how"] == "unique_name" or not possible)
        if not guessed and one in name and two in name:
            yield name[one], name[two]
