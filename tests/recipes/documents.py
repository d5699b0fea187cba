"""Text graphs made by hand: documents as lists of passages, each with the entities that it speaks of."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from synth.config import Config, EngineSettings, Recipes
from synth.graph.text.view import Entity, Passage, TextGraph
from synth.graph.view import CodeGraph
from synth.recipes.base import Source
from synth.recipes.plan import plan

TEACHER = Config(engine=EngineSettings(name="openai"))
Said = tuple[str, Sequence[str]]
"""What a passage says, and the names of the entities that it speaks of."""


def library(
    documents: Mapping[str, Sequence[Said]],
    split_of: Callable[[str], str] = lambda _: "train",
    seed: int = 0,
    aliases: Mapping[str, Sequence[str]] | None = None,
    least: int = 32,
) -> Source:
    """A source of these documents; each passage stands under a heading of its own.

    Args:
        documents: passages by the path of their document, whose title is the path without its ending.
        split_of: the split of a path.
        seed: of the source.
        aliases: other names of entities.
        least: tokens of a passage, beside one for each word.
    """
    texts, passages = {}, {}
    links: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for path, said in documents.items():
        texts[path], found = _document(path, said, least)
        passages |= {passage.passage_id: passage for passage in found}
        for passage, (_, names) in zip(found, said, strict=True):
            links[passage.passage_id] = [(f"e:{name}", 1) for name in names]
    entities = _entities(documents, aliases or {})
    graph = TextGraph(passages, entities, links)
    return Source("library", CodeGraph([], []), texts, seed, lambda text: len(text.split()), split_of, graph)


def tasks_of(source: Source, **recipes: Any) -> list[dict[str, Any]]:
    """The tasks that a plan gives for a teacher."""
    documents = {(source.collection, path): {"revision": "r1", "license": "MIT"} for path in source.texts}
    return list(plan([source], Recipes.model_validate(recipes), documents, TEACHER))


def _document(path: str, said: Sequence[Said], least: int) -> tuple[str, list[Passage]]:
    text, found = "", []
    for number, (words, _) in enumerate(said, 1):
        text += f"## Part {number}\n\n"
        start, line = len(text.encode()), text.count("\n") + 1
        text += f"{words}\n\n"
        end = start + len(words.encode())
        found.append(
            Passage(f"{path}#{number}", f"d:{path}", "library", path, path.rpartition(".")[0], (f"Part {number}",),
                    "markdown", line, line + words.count("\n"), start, end, least + len(words.split()))
        )  # fmt: skip
    return text, found


def _entities(documents: Mapping[str, Sequence[Said]], aliases: Mapping[str, Sequence[str]]) -> dict[str, Entity]:
    places: dict[str, list[str]] = defaultdict(list)
    for path, said in documents.items():
        for _, names in said:
            for name in names:
                places[name].append(path)
    return {
        f"e:{name}": Entity(f"e:{name}", "library", name, "term", tuple(aliases.get(name, ())), len(paths),
                            len(set(paths)), "")
        for name, paths in sorted(places.items())
    }  # fmt: skip
