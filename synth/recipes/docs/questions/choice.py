"""Which of these is it? One option is right by a sentence; none of the others can be."""

import re
from collections.abc import Iterator, Sequence

from synth.graph.text.view import Entity
from synth.recipes.base import Draft, Source
from synth.recipes.docs.definitions import definition_of
from synth.recipes.docs.evidence import beside, facts_about, text_of
from synth.recipes.docs.naming import is_rare, is_specific, sampled, words
from synth.recipes.docs.questions.cloze import WORDS, blank_of, blanked, is_hidden
from synth.recipes.docs.questions.shared import related, statements_of
from synth.recipes.docs.statements import Statement, names_entity
from synth.recipes.docs.windows import evidence_of
from synth.schema import content_id

LETTERS = "ABCD"
_PUNCTUATION = re.compile(r"[^\w\s]|_")
MAX_TRIED = 100  # entities of the document, and of the others, that are tried as distractors for one question


def drafts_of(source: Source, path: str) -> Iterator[Draft]:
    """Yield a question for each sentence that defines or determines an entity and has three wrong options."""
    for statement in statements_of(source, path):
        found = definition_of(statement)
        name = statement.of(found.entity.entity_id)[0] if found else blank_of(source, statement)
        if name is None or not (is_specific(name.entity) and is_rare(source, name.entity)):
            continue
        stem = blanked(statement, name)
        right = statement.written(name)
        wrong = _distractors(source, statement, name.entity, right, stem) if is_hidden(statement, name) else []
        if len(wrong) == len(LETTERS) - 1:
            yield _draft(source, statement, name.entity, stem, right, wrong)


def _distractors(source: Source, statement: Statement, entity: Entity, right: str, stem: str) -> list[str]:
    """Names of the same kind that are no answer: those of the document come first.

    An entity that any passage speaks of beside the right one may be a part of it, a kind of it or another word for it,
    so it is none; nor is one that shares a word with it, or that the passage or the question names.
    """
    path = statement.passage.path
    own = [other for other in source.text.entities_of(path) if other.kind == entity.kind][:MAX_TRIED]
    near = source.text.neighbours(entity.entity_id)
    passage = text_of(source, statement.passage)
    shared = words(right) | words(stem)
    found: list[str] = []
    mixed = source.shuffled(own, lambda item: f"{item.entity_id}:{statement.text}")
    for other in [*mixed, *sampled(source, entity.kind, statement.text, MAX_TRIED)]:
        fits = (
            other.entity_id not in near
            and is_specific(other)
            and _looks_like(other.name, right)
            and not words(other.name) & shared
            and not names_entity(passage, other)
            and beside(source, source.text.mentions(other.entity_id)[:1], path)
        )
        if fits and other.name not in found and len(found) < len(LETTERS) - 1:
            found.append(other.name)
            shared |= words(other.name)
    return [f"`{name}`" if right.startswith("`") else name for name in found]


def _looks_like(name: str, right: str) -> bool:
    """Whether a name does not stand out beside the right one: by its length, its capitals or its punctuation."""
    right = right.strip("`")
    return (
        abs(len(name.split()) - len(right.split())) <= 1
        and name[:1].isupper() == right[:1].isupper()
        and (name.isupper(), name.islower()) == (right.isupper(), right.islower())
        and name[:1].isalnum() == right[:1].isalnum()
        and set(_PUNCTUATION.findall(name)) == set(_PUNCTUATION.findall(right))
    )


def _draft(source: Source, statement: Statement, entity: Entity, stem: str, right: str, wrong: Sequence[str]) -> Draft:
    passage = statement.passage
    options = source.shuffled([right, *wrong], lambda option: f"{option}:{statement.text}")
    return Draft(
        unit=f"choice:{entity.entity_id}:{passage.passage_id}:{content_id(statement.text)}",
        kind="extractive_choice",
        prompt_id="docs.qa_choice",
        source_path=passage.path,
        evidence=evidence_of(source, [passage]),
        facts=facts_about(source, passage)
        | {
            "subject": [right],
            "word": [WORDS.get(entity.kind, "name")],
            "stem": [stem],
            "options[]": [f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=True)],
            "letter": [LETTERS[options.index(right)]],
            "statement": [statement.text],
            "related[]": related(statement, entity),
        },
    )
