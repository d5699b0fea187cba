"""Plans about documents made by hand, as a dry run sees them: Parquet parts of tasks, and tables of a text graph."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from recipes.documents import library, tasks_of

from synth.config import Config
from synth.graph.text.tables import ENTITIES, LINKS, PASSAGES
from synth.prose import TextTables
from synth.recipes import RECIPES
from synth.recipes.base import Source
from synth.schema import TASKS

NAMES = ("rule", "pattern", "action", "field")
LIBRARY = {
    "guide.md": [
        ("A rule has a pattern. A pattern selects what its rule acts on. " * 5, ["rule", "pattern"]),
        ("An action is what a rule does to a field. " * 5, ["action", "rule", "field"]),
    ],
    "notes.md": [("Each field of a pattern is compared in turn. " * 5, ["field", "pattern"])],
}
IN_ONE = {("guide.md", pair) for pair in combinations(NAMES, 2)} | {("notes.md", ("pattern", "field"))}


def source() -> Source:
    return library(LIBRARY)


def settings(*, engine: str = "openai", tokens: int | None = None, teacher: Any = (), **recipes: Any) -> Config:
    engines = {"openai": {"name": "openai", "model": "m"}, "template": {"name": "template"}}
    return Config.model_validate(
        {"engine": engines[engine], "tokens": tokens, "teacher": dict(teacher), "recipes": recipes}
    )


def planned(folder: Path, config: Config, made_of: Source | None = None) -> list[Path]:
    """The tasks that a teacher is asked first, or that the templates answer, in two parts."""
    held = made_of or source()
    recipes = {name: each.model_dump() for name in RECIPES if (each := config.recipes.of(name))}
    tasks = tasks_of(held, **recipes)
    if config.engine.name != "template":
        tasks = [ask(task, held, config.teacher) if (ask := RECIPES[task["recipe"]].ask) else task for task in tasks]
    return [write(folder / f"{index}.parquet", tasks[index::2]) for index in range(2)]


def write(path: Path, tasks: Sequence[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(tasks), TASKS), path)
    return path


def tables(held: Source) -> TextTables:
    graph = held.text
    said = [
        {"entity_id": entity.entity_id, "passage_id": passage_id, "surface": entity.name, "count": 1}
        for passage_id in graph.passages
        for entity in graph.entities_in(passage_id)
    ]
    return TextTables(
        pa.Table.from_pylist([asdict(passage) for passage in graph.passages.values()], PASSAGES),
        pa.Table.from_pylist([asdict(entity) for entity in graph.entities.values()], ENTITIES),
        pa.Table.from_pylist(said, LINKS),
    )
