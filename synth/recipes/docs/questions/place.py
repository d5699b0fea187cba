"""Where is it treated? Asked only where one section of a document says all that the document says of it."""

from collections.abc import Iterator, Sequence

from synth.graph.text.view import Entity, Passage
from synth.recipes.base import Draft, Source
from synth.recipes.docs.evidence import facts_about, is_apparatus, is_prose, passages_on, section
from synth.recipes.docs.naming import is_specific
from synth.recipes.docs.statements import Statement, occurrences, statements_on
from synth.recipes.docs.windows import evidence_of, shown

MIN_SECTIONS = 4  # of a document; with fewer there is nothing to know
MIN_SAID = 2  # how often a section names what it treats


def drafts_of(source: Source, path: str) -> Iterator[Draft]:
    """Yield a question for each entity that one section of a document alone speaks of."""
    passages = [item for item in source.text.passages_of(path) if is_prose(item) and not is_apparatus(item)]
    if len({passage.headings for passage in passages if section(passage)}) < MIN_SECTIONS:
        return
    text = shown(source, path, passages).lower()
    on = passages_on(source, path)
    for entity in source.text.entities_of(path):
        there = on.get(entity.entity_id, [])
        if there and is_specific(entity) and _is_one_section(there):
            whole = [passage for passage in passages if passage.headings == there[0].headings]
            said = occurrences(shown(source, path, whole).lower(), entity)
            statement = next(statements_on(source, entity, there), None)
            if statement is not None and MIN_SAID <= said == occurrences(text, entity):
                yield _draft(source, entity, there, statement)


def _is_one_section(passages: Sequence[Passage]) -> bool:
    first = passages[0]
    return (
        bool(section(first))
        and all(passage.headings == first.headings for passage in passages)
        and not is_apparatus(first)
    )


def _draft(source: Source, entity: Entity, there: Sequence[Passage], statement: Statement) -> Draft:
    return Draft(
        unit=f"place:{entity.entity_id}:{there[0].passage_id}",
        kind="extractive_place",
        prompt_id="docs.qa_place",
        source_path=there[0].path,
        evidence=evidence_of(source, there),
        facts=facts_about(source, there[0])
        | {
            "subject": [statement.written(statement.of(entity.entity_id)[0])],
            "heading": [section(there[0]).rpartition(" > ")[2]],
            "above": [section(there[0]).rpartition(" > ")[0]],
            "statement": [statement.text],
        },
    )
