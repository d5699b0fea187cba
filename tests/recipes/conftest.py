"""The sample project as recipes see it, and small sources made of strings."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from corpora import SHOP

from synth.config import Recipes
from synth.graph.code import link, parse_documents
from synth.graph.view import CodeGraph
from synth.recipes.base import Source
from synth.recipes.plan import plan
from synth.schema import DOCUMENTS, table_from_rows
from synth.sources.languages import is_test


def make_source(
    files: Mapping[str, str],
    collection: str = "c",
    seed: int = 0,
    split_of: Callable[[str], str] = lambda _: "train",
) -> Source:
    """A source with a real graph; tokens are words."""
    rows = [
        {"doc_id": path, "collection": collection, "path": path, "media": "code", "language": "python", "text": text,
         "is_test": is_test(path)}
        for path, text in files.items()
    ]  # fmt: skip
    graph = CodeGraph.from_tables(*link([parse_documents(table_from_rows(rows, DOCUMENTS))]))
    return Source(collection, graph, dict(files), seed, lambda text: len(text.split()), split_of)


def shop_files() -> dict[str, str]:
    paths = sorted(path for path in SHOP.rglob("*.py") if "__pycache__" not in path.parts)
    return {path.relative_to(SHOP).as_posix(): path.read_text() for path in paths}


def tasks_of(sources: list[Source], **recipes: Any) -> list[dict[str, Any]]:
    """The tasks that a plan gives; recipes are named without `ucd.`."""
    documents = {
        (source.collection, path): {"revision": "", "license": ""} for source in sources for path in source.texts
    }
    return list(plan(sources, Recipes.model_validate(recipes), documents))


@pytest.fixture(scope="session")
def shop() -> Source:
    return make_source(shop_files(), "shop")
