"""What belongs in the blank? Asked only where the rest of the sentence leaves no choice."""

import re
from collections.abc import Iterator

from synth.recipes.base import Draft, Source
from synth.recipes.docs.definitions import definition_of
from synth.recipes.docs.evidence import facts_about
from synth.recipes.docs.naming import is_rare, is_specific, words
from synth.recipes.docs.questions.shared import related, statements_of
from synth.recipes.docs.statements import Name, Statement
from synth.recipes.docs.windows import evidence_of
from synth.schema import content_id

BLANK = "____"
MIN_REST = 8  # words that must be left to tell what is missing
_LISTED_BEFORE = re.compile(r"(?:\b(?:and|or|nor|like|such as|e\.g\.|example)|[,/(:]|\w,? as well as)[\s`\"]*$")
_LISTED_AFTER = re.compile(r"[`\"]*\s*(?:[,/)]|\(|(?:and|or|nor|as well as)\b)")
WORDS = {"person": "person", "place": "place", "organization": "organisation", "term": "term", "theme": "term"}


def drafts_of(source: Source, path: str) -> Iterator[Draft]:
    """Yield a question for each sentence that determines one of its names, and defines none."""
    for statement in statements_of(source, path):
        name = blank_of(source, statement)
        if name is not None and definition_of(statement) is None:
            yield _draft(source, statement, name)


def blank_of(source: Source, statement: Statement) -> Name | None:
    """The name that the rest of a sentence determines: the rarest one that is said once and given away by nothing.

    Something must be left that ties the sentence to its subject: another name, or a number.
    """
    names = [
        name
        for name in statement.names
        if is_specific(name.entity) and is_rare(source, name.entity) and _is_hidden(statement, name)
    ]
    has_number = any(map(str.isdigit, statement.text))
    enough = [name for name in names if len({other.entity.entity_id for other in statement.names}) > 1 or has_number]
    return min(enough, key=lambda name: (name.entity.n_passages, name.start), default=None)


def blanked(statement: Statement, name: Name) -> str:
    """A sentence with a name left out."""
    return statement.text[: name.start] + BLANK + statement.text[name.end :]


def _is_hidden(statement: Statement, name: Name) -> bool:
    """Whether no other word of a sentence gives a name away, be it one of its own or its acronym."""
    rest = f"{statement.text[: name.start]} {statement.text[name.end :]}"
    shown = words(rest)
    aliases = [name.entity.name, *name.entity.aliases, statement.text[name.start : name.end]]
    told = any(own and own <= shown for own in map(words, aliases))
    if _LISTED_BEFORE.search(statement.text[: name.start]) or _LISTED_AFTER.match(statement.text[name.end :]):
        return False
    return not told and not words(name.entity.name) & shown and len(rest.split()) >= MIN_REST


def _draft(source: Source, statement: Statement, name: Name) -> Draft:
    passage = statement.passage
    return Draft(
        unit=f"cloze:{name.entity.entity_id}:{passage.passage_id}:{content_id(statement.text)}",
        kind="extractive_cloze",
        prompt_id="docs.qa_cloze",
        source_path=passage.path,
        evidence=evidence_of(source, [passage]),
        facts=facts_about(source, passage)
        | {
            "subject": [statement.written(name)],
            "word": [WORDS.get(name.entity.kind, "name")],
            "blanked": [blanked(statement, name)],
            "statement": [statement.text],
            "related[]": related(statement, name.entity),
        },
    )
