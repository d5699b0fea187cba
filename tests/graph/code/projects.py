"""The projects of `tests/projects` as graphs, read as the sources room reads them."""

from pathlib import Path

from conftest import Built

from synth.graph.code import link, parse_documents
from synth.schema import DOCUMENTS, table_from_rows
from synth.sources.languages import is_test, language_of

PROJECTS = Path(__file__).parents[2] / "projects"


def build_texts(texts: dict[str, str]) -> Built:
    """The graph of files that are given as text."""
    rows = [
        {"doc_id": path, "collection": "c", "path": path, "media": "code", "text": text,
         "language": language_of(path, text.encode()[:128]), "is_test": is_test(path)}
        for path, text in texts.items()
    ]  # fmt: skip
    return Built(*link([parse_documents(table_from_rows(rows, DOCUMENTS))]))


def texts_of(folder: str) -> dict[str, str]:
    """The files of a project, by their paths in it."""
    root = PROJECTS / folder
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def build_folder(folder: str) -> Built:
    """The graph of a project."""
    return build_texts(texts_of(folder))


def shortened(built: Built, *kinds: str, prefix: str = "") -> set[str]:
    """Edges as `source -> target`, with ` ~` for inferred, ` ?` for ambiguous ones and `…` where there is no end.

    Args:
        built: the graph.
        kinds: of edges.
        prefix: is taken off names that begin with it.
    """
    names = {row["node_id"]: row["qualified_name"].removeprefix(prefix) for row in built.nodes.to_pylist()}
    marks = {"exact": "", "inferred": " ~", "ambiguous": " ?"}
    return {
        f"{names[row['src']]} -> {names[row['dst']] if row['dst'] else '…' + row['target']}{marks[row['confidence']]}"
        for row in built.rows
        if row["kind"] in kinds
    }


def lines_of(text: str) -> set[str]:
    """The lines of a text, without indentation and empty ones."""
    return {line.strip() for line in text.splitlines() if line.strip()}
