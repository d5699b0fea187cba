"""Documents made of strings, and the text graph of a few of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from synth.config import TextSettings
from synth.graph.text import cut, merge
from synth.graph.text.view import TextGraph
from synth.schema import DOCUMENTS, table_from_rows

LANGUAGES = {".md": "markdown", ".rst": "rst", ".txt": "text", ".py": "python", ".c": "c"}


def words(text: str) -> int:
    """Tokens, as these tests count them."""
    return len(text.split())


def documents_of(files: Mapping[str, str], collection: str = "c", **columns: Any) -> pa.Table:
    """Documents as the sources room would read them; a document's id is its path."""
    rows = []
    for path, text in files.items():
        language = LANGUAGES["." + path.rpartition(".")[2]]
        media = "code" if language in {"python", "c"} else "prose"
        row = {"doc_id": path, "collection": collection, "path": path, "media": media, "language": language}
        rows.append({**row, "title": "", "text": text, "is_test": False, **columns})
    return table_from_rows(rows, DOCUMENTS)


def passages_in(path: str, text: str, limit: int = 100, title: str = "") -> list[dict[str, Any]]:
    """The passages of one document, each with its text."""
    settings = TextSettings(passage_tokens=max(32, limit), extractor="teacher")
    found, _ = cut(documents_of({path: text}, title=title), settings, words)
    return [{**row, "text": text_of(text, row)} for row in found.to_pylist()]


def text_of(text: str, passage: Mapping[str, Any]) -> str:
    return text.encode()[passage["start_byte"] : passage["end_byte"]].decode()


class Graph:
    """The text graph of a few documents."""

    def __init__(
        self, files: Mapping[str, str], code: Mapping[str, Sequence[tuple[str, str]]] | None = None, **settings: Any
    ) -> None:
        self.documents = documents_of(files)
        chosen = TextSettings(**settings)
        self.passages, self.mentions = cut(self.documents, chosen, words)
        self.entities, self.links = merge(self.passages, [self.mentions], code or {}, chosen)
        self.view = TextGraph.from_tables("c", self.passages, self.entities, self.links)

    def names(self, path: str | None = None) -> set[str]:
        """The names of all entities, or of those of one document."""
        found = self.view.entities.values() if path is None else self.view.entities_of(path)
        return {entity.name for entity in found}

    def entity(self, surface: str) -> Any:
        """The only entity that is written so."""
        (found,) = self.view.by_surface.get(surface.lower(), ())
        return found
