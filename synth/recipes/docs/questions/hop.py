"""What does one place say of the thing that another place leaves to be found? Two steps over an entity of both."""

from collections.abc import Iterator

from synth.graph.text.view import Entity
from synth.recipes.base import Draft, Source
from synth.recipes.docs.definitions import definition_of
from synth.recipes.docs.evidence import beside, facts_about, full_name, is_prose, section, short_name
from synth.recipes.docs.naming import words
from synth.recipes.docs.questions.cloze import BLANK, WORDS, blank_of, blanked
from synth.recipes.docs.questions.shared import statements_of
from synth.recipes.docs.statements import Name, Statement, statements_on
from synth.recipes.docs.windows import evidence_of
from synth.schema import content_id

SUBJECT = 5  # characters before the subject of a sentence at the most: an article
MAX_READ = 20  # passages on the entity that are searched for the second step


def drafts_of(source: Source, path: str) -> Iterator[Draft]:
    """Yield a question for each entity that a sentence determines and another passage speaks of, once an entity."""
    asked: set[str] = set()
    for first in statements_of(source, path):
        name = blank_of(source, first)
        if name is None or name.entity.entity_id in asked or definition_of(first) is not None:
            continue
        second = _second(source, first, name.entity)
        if second is not None:
            asked.add(name.entity.entity_id)
            yield _draft(source, first, name, second)


def _second(source: Source, first: Statement, entity: Entity) -> Statement | None:
    """The sentence that another section has about an entity; that of another document, and a definition, come first."""
    here = first.passage
    mentions = beside(source, source.text.mentions(entity.entity_id), here.path)
    others = [item for item in mentions if is_prose(item) and (item.path, item.headings) != (here.path, here.headings)]
    others.sort(key=lambda passage: passage.path == here.path)
    found = [
        item
        for item in statements_on(source, entity, others[:MAX_READ])
        if item.of(entity.entity_id)[0].start <= SUBJECT and not _says_same(item, first)
    ]
    return min(found, key=lambda item: (item.passage.path == here.path, definition_of(item) is None), default=None)


def _says_same(one: Statement, other: Statement) -> bool:
    """Whether two sentences share most of their words."""
    first, second = words(one.text), words(other.text)
    return len(first & second) > min(len(first), len(second)) / 2


def _draft(source: Source, first: Statement, name: Name, second: Statement) -> Draft:
    is_same = first.passage.path == second.passage.path
    return Draft(
        unit=f"hop:{name.entity.entity_id}:{content_id(first.text, second.text)}",
        kind="extractive_hop",
        prompt_id="docs.qa_hop",
        source_path=first.passage.path,
        evidence=evidence_of(source, [first.passage, second.passage]),
        facts=facts_about(source, first.passage)
        | {
            "subject": [first.written(name)],
            "word": [WORDS.get(name.entity.kind, "name")],
            "blank": [BLANK],
            "blanked": [blanked(first, name)],
            "first": [first.text],
            "second": [second.text],
            "other_document": [full_name(source, second.passage.path)],
            "other_title": [short_name(source, second.passage.path)],
            "other_section": [section(second.passage)],
            "is_same": ["yes" if is_same else ""],
        },
        difficulty=2,
    )
