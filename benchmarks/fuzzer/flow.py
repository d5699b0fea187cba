"""From a source to both graphs as a run goes, with every file accounted for and every table such as can be written."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from synth.config import SourceSettings, TextSettings
from synth.graph.code import link, parse_documents
from synth.graph.text import cut, graph_rows, merge
from synth.schema import FILES
from synth.sources import SKIP_REASONS, list_files, read_documents
from synth.tokens import token_counter

SECONDS = 20  # of a processor, for one document
SETTINGS = SourceSettings(document_seconds=SECONDS, vendored=True, generated=True, max_archive_bytes=50_000_000)


class Unaccounted(AssertionError):
    """A file is in none of the tables that a run ends with, or in two, or something is where nothing may be written."""


def read_tree(root: Path, work: Path, n_files: int | None) -> pa.Table:
    """Go from a source to both graphs as a run does, and return what was listed.

    Raises:
        Unaccounted: some file was lost on the way.
    """
    work.mkdir()
    listed = pa.concat_tables([FILES.empty_table(), *list_files(str(root), SETTINGS, work, set())])
    demand(n_files is None or listed.num_rows == n_files, f"{listed.num_rows} of {n_files} files are listed")
    wanted = listed.filter(pc.equal(listed["skip_reason"], ""))
    documents, skipped = read_documents(wanted, SETTINGS)
    demand(documents.num_rows + skipped.num_rows == wanted.num_rows, "a file was neither read nor skipped")
    reasons = {*listed["skip_reason"].to_pylist(), *skipped["skip_reason"].to_pylist()} - {""}
    demand(reasons <= set(SKIP_REASONS), f"unknown reasons: {reasons - set(SKIP_REASONS)}")
    build(documents)
    return listed


def build(documents: pa.Table) -> None:
    """Both graphs of some documents, whose tables must be such as can be written."""
    facts = parse_documents(documents)
    demand(
        facts.num_rows == pc.sum(pc.not_equal(documents["media"], "prose")).as_py() if documents.num_rows else True,
        "facts are lost",
    )
    for table in link([facts]):
        table.validate(full=True)
    settings = TextSettings(extractor="spacy")
    passages, mentions = cut(documents, settings, token_counter(None))
    entities, links = merge(passages, [mentions], {}, settings)
    for table in (passages, mentions, *graph_rows(passages, entities, links, documents)):
        table.validate(full=True)


def demand(holds: bool, otherwise: str) -> None:
    """Call it a finding unless this holds."""
    if not holds:
        raise Unaccounted(otherwise)
