"""Which words does a text have? spaCy's tokens, without a model or from an installed pipeline."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from synth.errors import UserError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_PREFIX = re.compile(r"^(?:[^\w\s#@$/.~+\-]|[-/.~+#@$](?=\W|$))")
_SUFFIX = re.compile(r"(?:['\u2019]s|[^\w\s+#/*]|(?<![\w+#])[+#/*])$")
_INFIX = re.compile(r"\.\.+|[\u2013\u2014]|--+|(?<=[\w)\]}])[,;:=|<>()\[\]{}](?=\S)|(?<=[a-z])\.(?=[A-Z])|[\"“”«»]")
_MAX_VOCABULARY = 400_000
"""Words that a pipeline remembers; it is made afresh when it knows more."""

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
    if model is None:
        blank = load_blank()
        if len(blank.vocab) > _MAX_VOCABULARY:
            load_blank.cache_clear()
        for text in texts:
            places = blank.tokenizer(text).to_array(["IDX", "LENGTH"]).tolist()
            words = [(text[start : start + length], start) for start, length in places if not text[start].isspace()]
            yield Words([word for word, _ in words], [start for _, start in words])
        return
    nlp = load_pipeline(model)
    with nlp.memory_zone():  # else spaCy keeps every word that it has ever seen
        for doc in nlp.pipe(texts):
            yield _words(doc)


def _words(doc: "Doc") -> Words:
    tokens = [(token.text, token.idx) for token in doc if not token.is_space]
    named = tuple((ent.start_char, ent.end_char, KINDS[ent.label_]) for ent in doc.ents if ent.label_ in KINDS)
    chunks = tuple((chunk.start_char, chunk.end_char) for chunk in doc.noun_chunks) if doc.has_annotation("DEP") else ()
    return Words([text for text, _ in tokens], [start for _, start in tokens], named, chunks)


@cache
def load_blank() -> "Language":
    """A pipeline without a model, whose tokenizer is made for technical prose: no sign inside a word parts it.

    Raises:
        UserError: spaCy is not installed.
    """
    try:
        import spacy
        from spacy.vocab import Vocab
    except ImportError:
        raise _missing() from None
    nlp = spacy.blank(
        "en", vocab=Vocab(lex_attr_getters={})
    )  # no attribute of a word is asked for, and each costs time
    tokenizer: Any = nlp.tokenizer
    tokenizer.rules, tokenizer.token_match, tokenizer.url_match = {}, None, None
    tokenizer.prefix_search, tokenizer.suffix_search = _PREFIX.search, _SUFFIX.search
    tokenizer.infix_finditer = _INFIX.finditer
    return nlp


@cache
def load_pipeline(model: str) -> "Language":
    """An installed spaCy pipeline.

    Raises:
        UserError: spaCy is not installed, or no pipeline of that name is.
    """
    try:
        import spacy
    except ImportError:
        raise _missing() from None
    try:
        return spacy.load(model)
    except OSError:
        raise UserError(
            f"text.spacy_model: no spaCy pipeline {model!r} is installed; install it (python -m spacy "
            f"download {model}) or leave text.spacy_model out"
        ) from None


def _missing() -> UserError:
    return UserError("text.extractor: spaCy is not installed; install the extra docs: pip install 'synth[docs]'")
