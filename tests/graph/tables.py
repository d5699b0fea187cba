"""Small node and edge tables, made by hand: a column that a test does not name has a plausible value."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from synth.schema import EDGES, NODES, table_from_rows


def node(name: str, kind: str = "function", /, **columns: Any) -> dict[str, Any]:
    """A row of the node table; its id is its qualified name."""
    row = {
        "node_id": name, "collection": "c", "kind": kind, "variety": "", "name": name.rpartition(".")[2],
        "qualified_name": name, "path": "m.py", "start_line": 1, "end_line": 2, "start_byte": 0, "end_byte": 9,
        "signature": "", "docstring": "", "language": "python", "is_public": True, "visibility": "public",
        "is_test": False, "parameters": None, "decorators": [], "bases": [], "value": "",
    }  # fmt: skip
    return {**row, **columns}


def edge(src: str, dst: str | None, kind: str = "calls", **columns: Any) -> dict[str, Any]:
    """A row of the edge table; without a `dst` it leads to something that has no node."""
    row = {"path": "m.py", "line": 1, "confidence": "exact", "how": "name", "target": dst or "os.path.join"}
    return {"src": src, "dst": dst, "kind": kind, "collection": "c", **row, **columns}


def tables(nodes: Iterable[dict[str, Any]], edges: Iterable[dict[str, Any]] = ()) -> tuple[pa.Table, pa.Table]:
    """Both tables, with the schemas that the graph room writes."""
    return table_from_rows(nodes, NODES), table_from_rows(edges, EDGES)
