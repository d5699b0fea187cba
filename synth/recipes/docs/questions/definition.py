"""What is it? Asked only where a sentence says so."""

from collections.abc import Iterator

from synth.recipes.base import Draft, Source
from synth.recipes.docs.definitions import Definition, definition_of
from synth.recipes.docs.evidence import facts_about
from synth.recipes.docs.questions.shared import related, statements_of
from synth.recipes.docs.statements import Statement
from synth.recipes.docs.windows import evidence_of


def drafts_of(source: Source, path: str) -> Iterator[Draft]:
    """Yield a question for each entity that a document defines, by the first sentence that does."""
    asked: set[str] = set()
    for statement in statements_of(source, path):
        found = definition_of(statement)
        if found is not None and found.entity.entity_id not in asked:
            asked.add(found.entity.entity_id)
            yield _draft(source, statement, found)


def _draft(source: Source, statement: Statement, found: Definition) -> Draft:
    passage = statement.passage
    return Draft(
        unit=f"definition:{found.entity.entity_id}:{passage.passage_id}",
        kind="extractive_definition",
        prompt_id="docs.qa_definition",
        source_path=passage.path,
        evidence=evidence_of(source, [passage]),
        facts=facts_about(source, passage)
        | {
            "subject": [found.subject],
            "verb": [found.verb],
            "asks": ["who" if found.entity.kind == "person" else "what"],
            "rest": [found.rest],
            "statement": [statement.text],
            "after": [statement.after],
            "related[]": related(statement, found.entity),
        },
    )
