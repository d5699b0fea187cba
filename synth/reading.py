"""The stages up to the graph: plain functions from one batch of rows to the next, whatever they run on."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synth.config import SourceSettings
from synth.graph.code import FACTS, link, parse_documents, text_digest
from synth.mapper import Tables
from synth.schema import DOCUMENTS, FILES
from synth.sources import read_documents

SKIPPED = pa.schema([field for field in FILES if field.name != "locator"])
"""Files that were skipped, without where on this machine they lay."""


def read(files: pa.Table, *earlier: pa.Table, settings: SourceSettings) -> Tables:
    """Read a batch of files into documents and skipped files.

    Args:
        files: to read, with the schema `synth.schema.FILES`.
        earlier: tables of documents and of skipped files that were read with the same settings; what they hold of the
            same bytes is taken from there.
        settings: of reading.
    """
    names = ("collection", "path", "sha256", "revision", "license")
    kept: dict[str, pa.Table] = {}
    for output, schema in (("documents", DOCUMENTS), ("skipped", SKIPPED)):
        tables = [_settled(table) for table in earlier if table.schema.equals(schema)]
        kept[output] = _matching(pa.concat_tables([schema.empty_table(), *tables]), files, names)
    done = {row for table in kept.values() for row in _rows(table, names)}
    wanted = [row not in done for row in _rows(files, names)]
    documents, skipped = read_documents(files.filter(pa.array(wanted, pa.bool_())), settings)
    read = {"documents": documents, "skipped": skipped.drop_columns(["locator"])}
    return {output: _in_order(pa.concat_tables([kept[output], table]), files) for output, table in read.items()}


def parse(documents: pa.Table, *earlier: pa.Table) -> Tables:
    """Parse a batch of documents into the facts that linking needs.

    Args:
        documents: to parse.
        earlier: facts of documents that were parsed before; what they hold of the same texts is taken from there.
    """
    names = ("collection", "path", "language", "is_test", "digest")
    digests = pa.array([text_digest(text) for text in documents["text"].to_pylist()], pa.string())
    told = documents.append_column("digest", digests)
    kept = _matching(pa.concat_tables([FACTS.empty_table(), *earlier]), told, names)
    done = set(_rows(kept, names))
    wanted = pa.array([row not in done for row in _rows(told, names)], pa.bool_())
    return {"facts": _in_order(pa.concat_tables([kept, parse_documents(documents.filter(wanted))]), documents)}


def link_facts(facts: pa.Table) -> Tables:
    """Link the facts of whole groups into nodes and edges."""
    nodes, edges = link([facts])
    return {"nodes": nodes, "edges": edges}


def _settled(table: pa.Table) -> pa.Table:
    """What another reading would not change: what is missing on this machine may have been installed since."""
    if "skip_reason" not in table.schema.names:
        return table
    return table.filter(pc.not_equal(table["skip_reason"], "needs_docs_extra"))


def _rows(table: pa.Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _matching(table: pa.Table, wanted: pa.Table, names: Sequence[str]) -> pa.Table:
    """The rows of a table that agree with a wanted one in these columns."""
    rows = set(_rows(wanted, names))
    return table.filter(pa.array([row in rows for row in _rows(table, names)], pa.bool_()))


def _in_order(table: pa.Table, files: pa.Table) -> pa.Table:
    """The rows of a table in the order of the files that they are about."""
    places = ("collection", "path")
    position = {place: number for number, place in enumerate(_rows(files, places))}
    order = [position[place] for place in _rows(table, places)]
    return table.take(pa.array(sorted(range(len(order)), key=order.__getitem__), pa.int64()))
