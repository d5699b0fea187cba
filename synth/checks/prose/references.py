"""Does prose speak of a text that its reader does not see: "the document", "the passage above", "this section"?

What a teacher writes from a document is read without it, so whatever points at the document has to name it. A document
may be about documents: what the evidence says itself may be said, but for words that can only mean the page one reads.
"""

import re
from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context
from synth.checks.markdown import prose
from synth.checks.prose.grounded_quotations import without_quotations
from synth.checks.prose.texts import is_written, parts, sentences

_TEXT = (
    r"(?:documents?|passages?|texts?|excerpts?|articles?|sections?|chapters?|paragraphs?|snippets?|materials?|essays?|"
    r"source (?:text|material|document)|reading|handout|transcript)"
)
_GIVEN = (
    r"(?:given|provided|supplied|attached|original|source|present|current|above|preceding|following|aforementioned)"
)
_SAID = (
    r"(?:mentioned|described|discussed|noted|seen|stated|shown|explained|outlined|defined|listed|introduced|given|"
    r"pointed out)"
)
_AS_A_THING = r"(?! (?:of|for|in|to|on|editor|file|format|mode|type|string)s?\b)"
_POINTS = re.compile(
    rf"\b(?:the|this|that|these) (?:{_GIVEN} )?{_TEXT}\b{_AS_A_THING}"
    r"|\bthe (?:author|writer|narrator)s?\b(?! of\b)"
    rf"|\b(?:provided|given|supplied|attached) (?:context|information|{_TEXT}|content)\b",
    re.IGNORECASE,
)
"""What may be a thing that a document speaks of."""
_PAGE = r"(?:page|figure|table|example|question|answer)"
_DEICTICS = (
    rf"\bas (?:\w+ )?{_SAID} (?:above|earlier|before|previously|below|later)\b",
    rf"\b(?:above|afore)[- ]?{_SAID}\b|\bas (?:previously|earlier|already) {_SAID}\b",
    rf"\b{_SAID} (?:above|earlier (?:in|on)|previously in|below)\b",
    rf"\b(?:the|a) (?:previous|next|preceding|last|earlier|later|above) (?:{_TEXT}|{_PAGE})\b",
    r"\bthis (?:section|chapter|paragraph|page|excerpt|passage|document|text|article|appendix|manual|guide|book)\b",
    rf"\b(?:see|refer to) (?:above|below)\b|\b(?:the {_TEXT}|texts?|lists?|{_PAGE}s?) (?:above|below)\b",
    r"\b(?:I was|I am|we are|we were) (?:given|provided|shown)\b",
    r"\b(?:reference|hidden) (?:text|context|material|document)s?\b",
    r"\bthe (?:context|prompt) (?:says|states|mentions|provided|given)\b|\b(?:in|from) the (?:context|prompt)[,.]",
)
_DEICTIC = re.compile("|".join(_DEICTICS), re.IGNORECASE)
"""What can only mean the page that its reader has before them."""
_NAMES_NEXT = re.compile(
    r"\s*(?:,|\(|:|titled|entitled|called|named|known as)?\s*(?:titled|entitled|called|named|known as)?\s*"
    r"(?:[\"\u201c\u00ab*_`]|[A-Z0-9])"
)


def unnamed(sample: Mapping[str, Any], context: Context) -> str:
    """The first words of a sample that point at a text which they do not name; empty where there are none."""
    own = " ".join(" ".join(context.evidence(sample)).lower().split())
    titles = _titles(sample, context)
    for text in parts(sample).values():
        for sentence in sentences(text):
            if fault := _fault(sentence, own, titles, is_written(sample)):
                return fault
    return ""


def names_subject(sample: Mapping[str, Any], context: Context) -> bool | None:
    """Whether a question names its document or an entity of its evidence; None where none of their names is known."""
    graph = context.prose.get(sample["collection"])
    passages = context.passages(sample)
    if graph is None or not passages:
        return None
    question = parts(sample)["question"].lower()
    entities = (entity for passage in passages for entity in graph.entities_in(passage.passage_id))
    names = {*_titles(sample, context), *(surface.lower() for entity in entities for surface in entity.surfaces)}
    names |= {name.lower() for name in sample["fabricated"] or ()}
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question) for name in names)


def _titles(sample: Mapping[str, Any], context: Context) -> set[str]:
    names = {passage.title for passage in context.passages(sample)} | {item["path"] for item in sample["evidence"]}
    return {name.lower() for name in names if name}


def _fault(sentence: str, own: str, titles: set[str], written: bool) -> str:
    said = without_quotations(prose(sentence))
    is_named = any(title in sentence.lower() for title in titles)
    for pattern in (_DEICTIC, _POINTS):
        for match in pattern.finditer(said):
            if "below" in match[0].lower() and said.rstrip().endswith(":"):
                continue  # what is meant comes next
            is_copy = not written and match[0].lower() in own
            names = _NAMES_NEXT.match(said, match.end()) is not None
            may_be_meant = names or is_named or _is_subject(match[0], own)
            if not is_copy and not (names and is_named if pattern is _DEICTIC else may_be_meant):
                return match[0]
    return ""


def _is_subject(words: str, own: str) -> bool:
    """Whether the evidence speaks of such things: `the document` where it says what a document is."""
    noun = words.lower().rpartition(" ")[2].rstrip("s")
    said = rf"\b(?:an?|each|every|any|one|some|no|your|the) (?:\w+ )?{noun}\b|\b{noun}s\b"
    return re.search(said, own) is not None
