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
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2212"
_NAME_BEFORE = re.compile(r"\s[A-Z][\w.]*\s+$")
_NAME_AFTER = re.compile(r"\s+[A-Z]")
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
        if is_specific(name.entity) and is_rare(source, name.entity) and is_hidden(statement, name)
    ]
    has_number = any(map(str.isdigit, statement.text))
    enough = [name for name in names if len({other.entity.entity_id for other in statement.names}) > 1 or has_number]
    return min(enough, key=lambda name: (name.entity.n_passages, name.start), default=None)


def blanked(statement: Statement, name: Name) -> str:
    """A sentence with a name left out, and with it the backticks of code."""
    before, after = _around(statement, name)
    is_code = before.endswith("`") and after.startswith("`")
    return before[:-1] + BLANK + after[1:] if is_code else before + BLANK + after


def is_hidden(statement: Statement, name: Name) -> bool:
    """Whether a name is said once, is no part of a longer one or of a list, and nothing else gives it away."""
    before, after = _around(statement, name)
    written = statement.text[name.start : name.end]
    is_listed = _LISTED_BEFORE.search(before) or _LISTED_AFTER.match(after)
    is_part = written[0].isupper() and (_NAME_BEFORE.search(before) or _NAME_AFTER.match(after))
    is_part_of_code = before.count("`") % 2 == 1 and not (before.endswith("`") and after.startswith("`"))
    is_hyphenated = before.endswith(tuple(_HYPHENS)) or after.startswith(tuple(_HYPHENS))
    if is_listed or is_part or is_part_of_code or is_hyphenated or len(f"{before} {after}".split()) < MIN_REST:
        return False
    shown = words(f"{before} {after}")
    is_told = any(own and own <= shown for own in map(words, (written, *name.entity.surfaces)))
    return not is_told and not words(name.entity.name) & shown


def _around(statement: Statement, name: Name) -> tuple[str, str]:
    return statement.text[: name.start], statement.text[name.end :]


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
