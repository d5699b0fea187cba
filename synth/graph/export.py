"""How does the graph reach other tools? Writes the node and edge tables as Parquet, JSON lines or GraphML.

Rows are written in batches as they come, so that memory does not grow with the graph, and a file appears whole or not
at all. JSON lines and Parquet hold every column of every row. GraphML has no lists and no open ends: lists become JSON
text there, and edges whose target is not known are left out and counted.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synth.errors import UserError

BATCH_ROWS = 4_096

GRAPHML_TYPES = {"string": "string", "int32": "int", "bool": "boolean"}
"""What GraphML calls the types of columns; a column of another type is written as JSON text."""

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Export(NamedTuple):
    """What was written, and how many edges the format could not hold."""

    paths: tuple[Path, ...]
    n_left_out: int


def check_format(form: str) -> None:
    """Make sure that a format is known, before the work of reading a source is done.

    Raises:
        UserError: it is not.
    """
    if form not in FORMATS:
        raise UserError(f"--format {form} is not known; choose {', '.join(FORMATS)}")


def export_graph(nodes: pa.Table, edges: pa.Table, folder: Path, form: str) -> Export:
    """Write a graph into a folder, which is made where it does not exist.

    Args:
        nodes: a table with the schema `synth.schema.NODES`.
        edges: a table with the schema `synth.schema.EDGES`.
        folder: where the files go; files of other names in it stay.
        form: one of `FORMATS`.

    Raises:
        UserError: the format is not known, or the folder cannot be written.
    """
    check_format(form)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FORMATS[form](nodes, edges, folder)
    except OSError as error:
        raise UserError(f"--out {folder} cannot be written: {error.strerror}; choose another folder") from None


def _write_parquet(nodes: pa.Table, edges: pa.Table, folder: Path) -> Export:
    tables = {folder / "nodes.parquet": nodes, folder / "edges.parquet": edges}
    for path, table in tables.items():
        with whole_file(path) as stream:
            pq.write_table(table, stream, compression="zstd")
    return Export(tuple(tables), 0)


def _write_jsonl(nodes: pa.Table, edges: pa.Table, folder: Path) -> Export:
    tables = {folder / "nodes.jsonl": nodes, folder / "edges.jsonl": edges}
    for path, table in tables.items():
        with whole_file(path) as stream:
            for batch in table.to_batches(max_chunksize=BATCH_ROWS):
                lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist()]
                stream.write("".join(lines).encode())
    return Export(tuple(tables), 0)


def _write_graphml(nodes: pa.Table, edges: pa.Table, folder: Path) -> Export:
    path = folder / "graph.graphml"
    closed = edges.filter(pc.is_in(edges["dst"], value_set=nodes["node_id"].combine_chunks()))
    labels = nodes["qualified_name"]
    node_columns = nodes.drop_columns(["node_id"]).append_column("label", labels)  # the name that Gephi shows
    edge_columns = closed.drop_columns(["src", "dst"])
    with whole_file(path) as stream:
        stream.write(
            b'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        )
        stream.write((_keys("node", node_columns.schema) + _keys("edge", edge_columns.schema)).encode())
        stream.write(b'<graph id="synth" edgedefault="directed">\n')
        for heads, data in _elements("node", nodes.select(["node_id"]), node_columns):
            stream.write("".join(f"<node id={i}>{d}</node>\n" for (i,), d in zip(heads, data, strict=True)).encode())
        for heads, data in _elements("edge", closed.select(["src", "dst"]), edge_columns):
            lines = (f"<edge source={s} target={t}>{d}</edge>\n" for (s, t), d in zip(heads, data, strict=True))
            stream.write("".join(lines).encode())
        stream.write(b"</graph>\n</graphml>\n")
    return Export((path,), edges.num_rows - closed.num_rows)


def _keys(of: str, schema: pa.Schema) -> str:
    """Declare the columns of nodes or edges."""
    lines = (
        f'<key id="{of}.{field.name}" for="{of}" attr.name="{field.name}" attr.type="{_graphml_type(field.type)}"/>\n'
        for field in schema
    )
    return "".join(lines)


def _graphml_type(column_type: pa.DataType) -> str:
    return GRAPHML_TYPES.get(str(column_type), "string")


def _elements(of: str, heads: pa.Table, columns: pa.Table) -> Iterator[tuple[Iterator[tuple[str, ...]], Iterator[str]]]:
    """The ids of nodes or the ends of edges, quoted, beside the data of each, batch by batch."""
    for start in range(0, columns.num_rows, BATCH_ROWS):
        ids = heads.slice(start, BATCH_ROWS)
        quoted = zip(*([quoteattr(_clean(item)) for item in column.to_pylist()] for column in ids.columns), strict=True)
        batch = columns.slice(start, BATCH_ROWS)
        cells = zip(*(_cells(of, field, batch[field.name]) for field in batch.schema), strict=True)
        yield quoted, map("".join, cells)


def _cells(of: str, field: pa.Field, column: pa.ChunkedArray) -> list[str]:
    """One column as `<data>` elements; a null has none."""
    opening = f'<data key="{of}.{field.name}">'
    return ["" if value is None else f"{opening}{_value(value)}</data>" for value in column.to_pylist()]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return escape(_clean(value), {"\r": "&#13;"})  # a reader takes a bare one for a newline
    return str(value) if isinstance(value, int) else escape(_clean(json.dumps(value, ensure_ascii=False)))


def _clean(text: str) -> str:
    """Spell out what no XML file may hold, such as `⟨U+0000⟩`."""
    return _NO_XML.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its name only once all of it is written."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as stream:
            yield stream
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # a full disk is not made fuller


FORMATS: dict[str, Callable[[pa.Table, pa.Table, Path], Export]] = {
    "parquet": _write_parquet,
    "jsonl": _write_jsonl,
    "graphml": _write_graphml,
}
"""How a graph can be written."""
