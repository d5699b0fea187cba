"""How does a person explore the graph? Writes one self-contained page: search, file tree, drawing, details.

The page loads nothing and works from a file. What comes from a source is only ever data: it travels as compressed JSON
in base64, the scripts show it as text and never parse it, characters that cannot be seen are spelt out, and a content
security policy names the page's own scripts by their hashes, so that no other can run.
"""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from synth import __version__
from synth.errors import UserError
from synth.graph.export import whole_file
from synth.graph.measures import count_dependants, find_cycles
from synth.hostile import clip, show_hidden

MAX_TEXT = 1_500
"""Characters that the page holds of one docstring or value: the file itself is where to read on."""

_HERE = Path(__file__).parent / "page"
_LIBRARIES = ("graphology.umd.min.js", "sigma.min.js")
_SCRIPTS = (
    "data.js", "dom.js", "state.js", "search.js", "tree.js", "lists.js", "around.js", "layout.js", "details.js",
    "stage.js", "map.js", "near.js", "canvas.js", "main.js",
)  # fmt: skip
_NODE_COLUMNS = (
    "node_id", "kind", "variety", "name", "qualified_name", "path", "start_line", "end_line", "signature", "docstring",
    "language", "visibility", "is_test", "value",
)  # fmt: skip
_LISTS = ("decorators", "bases")
_EDGE_COLUMNS = ("kind", "path", "line", "confidence", "how")
_SEEN_NEWLINES = str.maketrans("", "", "\n\t")


def check_page(path: Path) -> None:
    """Make sure that the page has a place, before the work of reading a source is done.

    Raises:
        UserError: a folder has its name.
    """
    if path.is_dir():
        raise UserError(f"--html {path} is a folder; name a file in it, such as {path / 'graph.html'}")


def write_page(nodes: pa.Table, edges: pa.Table, path: Path) -> int:
    """Write the page of a graph and return its size in bytes.

    Raises:
        UserError: the file cannot be written.
    """
    page = render_page(nodes, edges).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as stream:
            stream.write(page)
    except OSError as error:
        raise UserError(f"--html {path} cannot be written: {error.strerror}; choose another file") from None
    return len(page)


def render_page(nodes: pa.Table, edges: pa.Table) -> str:
    """Render the page of a graph.

    Args:
        nodes: a table with the schema `synth.schema.NODES`, of one collection or of several.
        edges: the edges between them, with the schema `synth.schema.EDGES`.
    """
    css = (_HERE / "page.css").read_text(encoding="utf-8")
    scripts = [*map(_library, _LIBRARIES), _own_script()]
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; style-src {_hash(css)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    packed = gzip.compress(json.dumps(page_data(nodes, edges), separators=(",", ":")).encode(), mtime=0)
    environment = Environment(  # noqa: S701 - all that is filled in is our own, or base64
        loader=FileSystemLoader(_HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html.j2").render(
        version=__version__, css=css, policy=policy, scripts=scripts, data=base64.b64encode(packed).decode()
    )


def page_data(nodes: pa.Table, edges: pa.Table) -> dict[str, Any]:
    """What the page holds, as JSON values: columns of nodes and edges, ends as row numbers, and the measures."""
    collections = pc.unique(nodes["collection"]).to_pylist()
    several = len(collections) > 1
    node_columns = {name: _column(_placed(nodes, name, several)) for name in _NODE_COLUMNS}
    node_columns |= {name: nodes[name].fill_null([]).to_pylist() for name in _LISTS}
    node_columns["dependants"] = count_dependants(nodes, edges)
    node_columns["dependants_without_tests"] = count_dependants(nodes, edges, with_tests=False)
    ids = nodes["node_id"].combine_chunks()
    edge_columns = {name: _column(_placed(edges, name, several)) for name in _EDGE_COLUMNS}
    for end in ("src", "dst"):
        edge_columns[end] = pc.index_in(edges[end], value_set=ids).fill_null(-1).to_pylist()
    known = pc.is_in(edges["dst"], value_set=ids)
    edge_columns["target"] = _column(pc.if_else(known, None, edges["target"]))
    cycles = [cycle._asdict() for cycle in find_cycles(nodes, edges)]
    title = ", ".join(map(_shown, collections))
    return {"title": title, "nodes": node_columns, "edges": edge_columns, "cycles": cycles}


def _placed(table: pa.Table, name: str, several: bool) -> pa.ChunkedArray:
    """A column; where there are several collections, a path is preceded by the name of its own."""
    column = table[name]
    if name != "path" or not several:
        return column
    inside = pc.not_equal(column.fill_null(""), "")
    return pc.if_else(inside, pc.binary_join_element_wise(table["collection"], column, "/"), column)


def _column(column: pa.ChunkedArray) -> Any:
    """Texts once each, beside their codes; numbers as they are; truth values as 0 and 1."""
    if pa.types.is_string(column.type):
        encoded = column.combine_chunks().dictionary_encode()
        codes = encoded.indices.fill_null(-1).to_pylist()
        return {"values": list(map(_shown, encoded.dictionary.to_pylist())), "codes": codes}
    return column.cast(pa.int32()).fill_null(0).to_pylist()


def _shown(text: str) -> str:
    text = clip(text, MAX_TEXT)
    return text if text.translate(_SEEN_NEWLINES).isprintable() and text.isascii() else show_hidden(text)


def _library(name: str) -> str:
    """A bundled library under its licence, without the reference to a file that the page does not have."""
    licence = (_HERE / "vendor" / f"LICENSE-{name.partition('.')[0]}.txt").read_text(encoding="utf-8")
    script = (_HERE / "vendor" / name).read_text(encoding="utf-8")
    return f"/*! {licence.strip()} */\n" + re.sub(r"\n//# sourceMappingURL=\S+", "", script)


def _own_script() -> str:
    """The page's own scripts as one, whose names nothing else sees."""
    parts = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
