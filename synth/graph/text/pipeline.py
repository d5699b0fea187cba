"""Which words does a text have? spaCy's tokens, from a blank English pipeline or from an installed one with a model."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from synth.errors import UserError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_HYPHEN = re.compile(r"[^\-\u2010\u2011]+")
_INFIXES = (r"\.\.+", r"[—\u2013]|--+", r"(?<=[\w)\]}])[,;:=|<>()\[\]{}](?=\S)", r"(?<=[a-z])\.(?=[A-Z])", r"[\"“”«»]")
MAX_CHARACTERS = 1_000_000
"""Of one text; spaCy refuses longer ones."""

KINDS = {
    "PERSON": "person", "PER": "person", "GPE": "place", "LOC": "place", "FAC": "place", "ORG": "organization",
    "NORP": "organization", "PRODUCT": "thing", "EVENT": "thing", "WORK_OF_ART": "thing", "LAW": "thing",
    "LANGUAGE": "thing", "MISC": "thing",
}  # fmt: skip
"""Kinds of entities by the labels of spaCy's models; numbers, dates and the like are none."""


class Words(NamedTuple):
    """The words and other signs of a text, without white space, and what a model says of them."""

    texts: list[str]
    starts: list[int]
    named: tuple[tuple[int, int, str], ...] = ()
    """Characters of the names that a model finds, and their kinds."""
    chunks: tuple[tuple[int, int], ...] = ()
    """Characters of the noun phrases that a model finds."""


def read_words(texts: Iterable[str], model: str | None) -> Iterator[Words]:
    """The words of each text.

    Args:
        texts: shorter than `MAX_CHARACTERS` each.
        model: an installed spaCy pipeline, or None for one without a model.

    Raises:
        UserError: spaCy or the pipeline is not installed.
    """
    nlp = load_pipeline(model)
    with nlp.memory_zone():  # else spaCy keeps every word that it has ever seen
        if model is None:
            for text in texts:
                yield _words(nlp.tokenizer(text))
        else:
            for doc in nlp.pipe(texts):
                yield _words(doc)


def _words(doc: "Doc") -> Words:
    tokens = [(token.text, token.idx) for token in doc if not token.is_space]
    named = tuple((ent.start_char, ent.end_char, KINDS[ent.label_]) for ent in doc.ents if ent.label_ in KINDS)
    chunks = tuple((chunk.start_char, chunk.end_char) for chunk in doc.noun_chunks) if doc.has_annotation("DEP") else ()
    return Words([text for text, _ in tokens], [start for _, start in tokens], named, chunks)


@cache
def load_pipeline(model: str | None) -> "Language":
    """A spaCy pipeline; hyphens do not part words in it.

    Raises:
        UserError: spaCy is not installed, or no pipeline of that name is.
    """
    try:
        import spacy
        from spacy.util import compile_infix_regex
    except ImportError:
        raise UserError(
            "text.extractor: spaCy is not installed; install the extra docs: pip install 'synth[docs]'"
        ) from None
    if model is None:
        nlp = spacy.blank("en")
        nlp.tokenizer.infix_finditer = compile_infix_regex(_INFIXES).finditer
        return nlp
    try:
        return spacy.load(model)
    except OSError:
        raise UserError(
            f"text.spacy_model: no spaCy pipeline {model!r} is installed; install it (python -m spacy "
            f"download {model}) or leave text.spacy_model out"
        ) from None


def parts_of(word: str, start: int) -> Iterator[tuple[str, int, int]]:
    """The parts of a word between hyphens, and where they start and end."""
    for match in _HYPHEN.finditer(word):
        yield match[0], start + match.start(), start + match.end()
