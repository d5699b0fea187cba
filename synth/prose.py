"""From documents to the text graph: cut into passages, name entities, merge. What `synth.graphing` is for code."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from synth.config import Config, TextSettings
from synth.folder import Stage, to_parquet
from synth.graph.text import cut, find_mentions, graph_rows, merge
from synth.graph.text.tables import ENTITIES, LINKS, PASSAGES
from synth.graph.text.view import TextGraph
from synth.graphing import GraphStages
from synth.mapper import Tables
from synth.recipes import RECIPES
from synth.schema import DOCUMENTS
from synth.steps import Run
from synth.store import Place, read_table
from synth.tokens import token_counter


class TextTables(NamedTuple):
    """The text graph of all collections."""

    passages: pa.Table
    entities: pa.Table
    links: pa.Table

    def of(self, collection: str) -> TextGraph:
        """The view of one collection."""
        return TextGraph.from_tables(collection, *self)


NO_TEXT = TextTables(PASSAGES.empty_table(), ENTITIES.empty_table(), LINKS.empty_table())


class TextFiles(NamedTuple):
    """Where the text graph is."""

    passages: tuple[Place, ...] = ()
    entities: tuple[Place, ...] = ()
    links: tuple[Place, ...] = ()

    def read(self) -> TextTables:
        """All of it."""
        return TextTables(*map(_concat, self, NO_TEXT))


class TextStages(NamedTuple):
    """The stages that lead to the text graph; `merged` has one part, also with the rows of the published graph."""

    cut: Stage
    merged: Stage

    def files(self) -> TextFiles:
        """What recipes and checks see of them."""
        merged = (tuple(self.merged.parts(output)) for output in ("entities", "links"))
        return TextFiles(tuple(self.cut.parts("passages")), *merged)


Naming = Callable[[Stage, Any], tuple[Stage, Any]]
"""Has a teacher name the entities of the passages of a stage; from its key to a stage of mentions and the key."""


def wants_text(config: Config) -> bool:
    """Whether any recipe of a run reads prose."""
    return any(config.recipes.of(name) is not None for name in RECIPES if not name.startswith("ucd."))


def build_text(run: Run, graph: GraphStages, key: Any, naming: Naming | None) -> tuple[TextStages, Any]:
    """Cut the documents of a run, name their entities and merge them.

    Args:
        run: the run.
        graph: the stages up to the code graph.
        key: of the code graph.
        naming: asks a teacher; without it spaCy names the entities.

    Returns:
        The stages, and the fingerprint of the last one.
    """
    settings = run.config.text.model_copy(update={"extractor": "teacher" if naming else "spacy"})
    pieces, key = run.stage("cut", [key, settings.identity(), run.config.tokenizer], "passages", "mentions")
    nodes = graph.linked.part("nodes", 0)
    work = partial(cut_documents, settings=settings, tokenizer=run.config.tokenizer, nodes=nodes)
    run.map(pieces, work, [(path,) for path in graph.read.parts("documents")])
    named, key = naming(pieces, key) if naming else (pieces, key)
    merged, key = run.stage("merge", key, "entities", "links", "nodes", "edges")
    with run.timed("merge"):
        if not merged.has(0):
            run.progress("merge", 0, 1)
            merged.commit(0, {name: to_parquet(table) for name, table in _merged(graph, pieces, named, settings)})
            run.progress("merge", 1, 1)
    return TextStages(pieces, merged), key


def cut_documents(documents: pa.Table, settings: TextSettings, tokenizer: str | None, nodes: Place) -> Tables:
    """Cut a batch of documents, as a stage."""
    paths = pa.array(sorted(set(documents["path"].to_pylist())), pa.string())
    definitions = read_table(nodes, filters=pc.field("path").isin(paths)) if documents.num_rows else None
    passages, mentions = cut(documents, settings, token_counter(tokenizer), definitions)
    return {"passages": passages, "mentions": mentions}


def search_names(passages: pa.Table, documents: pa.Table, names: Mapping[str, Sequence[tuple[str, str]]]) -> Tables:
    """Search what a teacher named in a batch of passages, as a stage."""
    return {"mentions": find_mentions(passages, documents, names)}


def _merged(graph: GraphStages, pieces: Stage, named: Stage, settings: TextSettings) -> list[tuple[str, pa.Table]]:
    passages = pieces.table("passages", PASSAGES)
    code = _code_names(read_table(graph.linked.part("nodes", 0), columns=_NAMES))
    entities, links = merge(passages, named.tables("mentions"), code, settings)
    columns = ["doc_id", "collection", "path", "media", "language", "text", "is_test"]
    documents = graph.read.table("documents", DOCUMENTS).select(columns)
    nodes, edges = graph_rows(passages, entities, links, documents)
    return [("entities", entities), ("links", links), ("nodes", nodes), ("edges", edges)]


_NAMES = ["node_id", "collection", "kind", "name", "qualified_name"]


def _code_names(nodes: pa.Table) -> dict[str, list[tuple[str, str]]]:
    """The definitions of the code graph by their full names, and by their last ones."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in nodes.to_pylist():
        if row["kind"] not in {"external", "file", "package"}:
            for name in {row["name"], row["qualified_name"]}:
                found[name].append((row["node_id"], row["collection"]))
    return dict(found)


def _concat(paths: Sequence[Place], empty: pa.Table) -> pa.Table:
    return pa.concat_tables([empty, *map(read_table, paths)])
