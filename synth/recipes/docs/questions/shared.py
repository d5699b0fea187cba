"""What the kinds of question share: the sentences of a document, and what else a sentence names."""

from collections.abc import Iterator

from synth.graph.text.view import Entity
from synth.recipes.base import Source
from synth.recipes.docs.evidence import is_prose
from synth.recipes.docs.statements import Statement, statements

MAX_RELATED = 3  # entities beside the one in question that a trace names


def statements_of(source: Source, path: str) -> Iterator[Statement]:
    """The sentences of a document that stand alone, in order, each once."""
    seen: set[str] = set()
    for passage in source.text.passages_of(path):
        for statement in statements(source, passage) if is_prose(passage) else ():
            if statement.text not in seen:
                seen.add(statement.text)
                yield statement


def related(statement: Statement, entity: Entity) -> list[str]:
    """The other names of a sentence, as it writes them."""
    names = {name.entity.entity_id: statement.written(name) for name in reversed(statement.names)}
    others = [written for entity_id, written in reversed(names.items()) if entity_id != entity.entity_id]
    return list(dict.fromkeys(others))[:MAX_RELATED]
