"""Does the sample speak of a text that its reader cannot see?

A teacher sees the source; what it writes must read as recall. In UCD-Training's released traces 46 to 96 % speak of
material that the student is not given.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.markdown import split, without_code
from synth.languages import LANGUAGES

NAME = "unseen_context"
VERIFIES = "No part of it speaks of a context, document or material that its reader does not see, or of being asked."
_TEXT = r"(?:context|code|text|information|documents?|documentation|materials?|passages?|excerpts?|snippets?|source)"
_SHEET = rf"(?:{_TEXT}|code ?base|listing|implementation|repository|repo|reference)"
_CODE = (
    r"(?:files?|functions?|class(?:es)?|methods?|modules?|tests?|definitions?|signatures?|examples?|usages?|structs?"
    r"|headers?|packages?|traits?)"
)
_TITLES = "|".join(re.escape(traits.title.lower()) for traits in LANGUAGES.values())
_ANY = rf"(?:(?:source|{_TITLES}|test|relevant|actual|code) )?(?:{_SHEET}|{_CODE})"
_SHOWS = r"(?:shows?|says?|states?|defines?|contains?|indicates?|reveals?|mentions?|tells|confirms?|makes clear|above)"
_PARTS = (
    rf"\b(?:provided|supplied|attached|aforementioned) {_TEXT}\b",
    r"\b(?:given|above|following|preceding) (?:context|document|documentation|passage|excerpt|snippet|material)s?\b",
    r"\b(?:according to|based on|as (?:stated|described|mentioned|shown|seen) in|from|in) (?:the|this|that) "
    r"(?:given |provided |above )?(?:context|passage|excerpt|snippet|provided \w+)\b",
    r"\bthe (?:text|document|passage|excerpt|snippet|context) (?:says|states|mentions|shows|describes|above)\b",
    r"\bas (?:shown|seen|mentioned|stated|given|provided) above\b",
    r"\bI (?:was|am|have been) (?:given|provided|shown)\b",
    r"\bthe user (?:has )?(?:provided|gave|shared|supplied)\b",
    # What was handed over: `the provided implementation`, `the code I was given`, `the file provided`.
    rf"\b(?:provided|supplied|attached|shown|included|pasted) (?:{_SHEET}|definitions?|tests?|reference \w+)\b",
    rf"\bthe (?:above|shown|displayed|quoted|preceding) {_ANY}\b",
    rf"\bthe {_ANY} (?:that )?(?:(?:is|was|has been) )?(?:provided|supplied|attached|given|shown|quoted|pasted)"
    r"(?= ?[.,;:)\u2014-]|\s*$| (?:here|above|below|to me|is|it|we|I|has|does|shows|defines|makes)\b)",
    rf"\bthe {_ANY} (?:that )?(?:I|we)(?:'m|'ve|'re| was| were| am| are| have| have been)+ "
    r"(?:been )?(?:given|shown|provided|handed|looking at)\b",
    rf"\b{_ANY} (?:that )?you(?:'ve| have| had)? (?:provided|gave|given|shared|posted|pasted|attached|showed|shown)\b",
    r"\b(?:I'm|I've been|we're|we are|we were|we've been|we have been) (?:given|provided with|shown|handed)\b",
    r"\b(?:given|shown|provided|supplied|handed) to (?:me|us)\b",
    # Where it is read: `looking at the code`, `in the given file`, `from the listing`.
    r"\b(?:look(?:ing|s|ed)?(?: back| closely| again)?|glanc(?:e|ing)) (?:at|through|over) "
    rf"(?:the|this|that) {_ANY}\b",
    r"\blook(?:ing)? (?:at|through|over) (?:the|this) (?:provided|given|above|shown) \w+",
    r"\blet (?:me|us) (?:re-?read|read|check|examine|scan|inspect|review|search|see|find it in)"
    rf"(?: (?:through|over|again|what))* (?:the|this) {_ANY}\b",
    r"\b(?:according to|based on|judging by|as (?:\w+ )?in|I (?:can )?see in) (?:the|this) "
    rf"(?:given|above|shown|provided) {_ANY}\b",
    rf"(?:^|(?<=[.!?:;\n] ))\s*(?:in|from) the (?:given|shown|provided|above) {_ANY},",
    rf"\bthe (?:given|provided|attached|supplied) {_ANY} {_SHOWS}\b",
    rf"\baccording to the {_ANY} (?:provided|given|above|shown)\b",
    rf"\bthe {_ANY} (?:above|below)\b",
    rf"\bI (?:can )?see (?:in|from|that) (?:the|this) {_ANY}\b",
    r"\b(?:in|from|per) (?:the|this) listing\b",
    r"\b(?:lines?|parts?) (?:that (?:is|are|was|were) )?(?:shown|provided|given|visible) (?:here|above|to me)\b",
    # What an answer is measured by: `the reference answer`, `the ground truth`.
    r"\b(?:reference|gold(?:en)?|model|expected) (?:answers?|solutions?)\b",
    r"\breference (?:materials?|texts?|documents?|context|code)\b",
    r"\bthe reference (?:says|states|gives|mentions|shows|is)\b",
    # Who asks, and how it should look: `the user is asking`, `as if from memory`.
    r"\bthe user(?: is asking|'s (?:question|request|query))\b",
    r"\bthe user (?:asks|asked) (?:me|us|about|how|what|why|which|whether|where|if|for an?)\b",
    r"\bthe user wants (?:me|us|to (?:know|understand|see|learn)|an? (?:answer|explanation|implementation))\b",
    r"\bthe (?:prompt|user|instructions?|task|system prompt|system message|question) (?:say|state|give|ask|want|tell|"
    r"require|instruct)s? (?:me|us|that I|that we)\b",
    r"\bthe (?:prompt|instructions?|system prompt|system message) (?:says?|states?|mentions?|specif(?:y|ies))\b",
    r"\bas (?:instructed|requested|per (?:the|your|my) instructions?)\b|\bper (?:the|your|my) instructions?\b",
    r"\b(?:my|these|those) instructions\b",
    r"\bI(?:'m|'ve been| am| was| have been) (?:asked|told|instructed|supposed) to\b",
    r"\bas (?:if|though) (?:I|from memory|by heart|recall\w*|remember\w*)\b",
    r"\bwithout (?:mentioning|referring to|referencing|revealing|citing|quoting) (?:the|that|any) (?:\w+ )?"
    rf"(?:{_SHEET}|files?|prompt|I)\b|\bwithout saying that I\b",
    r"\b(?:should not|shouldn't|must not|mustn't|cannot|can't|don't|do not|not to|never) "
    rf"(?:mention|refer to|reveal|cite) (?:the|that|any|having|this) (?:\w+ )?"
    rf"(?:{_SHEET}|files?|prompt|instructions?|I|seen)\b",
    r"\b(?:(?:I|we)(?:'ll| will| should| must| can| need to| have to)?|let's|let me|must|should) pretend\b"
    r"|\bpretend (?:that )?(?:I|we)\b|\bpretend(?:ing)? (?:not to|to (?:recall|remember|know))\b",
)
_PHRASES = re.compile("|".join(_PARTS), re.IGNORECASE | re.MULTILINE)
_OF_A_TEACHER = {
    "prompt": re.compile(r"\bin (?:the|this|my) (?:system )?prompt\b", re.IGNORECASE),
    "rubric": re.compile(r"\brubrics?\b", re.IGNORECASE),
    "truth": re.compile(r"\bground[- ]truth\b", re.IGNORECASE),
}
"""Phrases that tell nothing in a source whose own words they are."""
_CODE_AHEAD = re.compile(
    r"\b(?:following|this|above) (?:code|function|method|class|test|file|snippet)\b", re.IGNORECASE
)
_VISIBLE = re.compile(
    r"\b(?:tests?|examples?|usages?|assertions?|snippets?)\b|\b(?:code|definition|listing) (?:above|below)\b",
    re.IGNORECASE,
)
"""What the question itself may show, or the answer."""
_QUOTED = re.compile(r"\"[^\"\n]*\"")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; words that it quotes are not its own."""
    if sample["stage"] == "cpt":
        return not_checked(NAME, "the text is source code itself")
    own_words = _docstrings(sample, context)
    parts = turns(sample)
    for part, text in parts.items():
        shows_code = bool(split(parts["question"])[1] or split(text)[1])
        found = next((found for found in _found(text, context) if not _is_innocent(found, own_words, shows_code)), "")
        if not found and part == "question" and not split(text)[1]:
            ahead = _CODE_AHEAD.search(_words(text))
            found = ahead[0] if ahead else ""
        if found:
            return failed(NAME, f"{part}: {found!r}")
    return passed(NAME)


def _words(text: str) -> str:
    return _QUOTED.sub(" ", without_code(text)).replace("\u2019", "'")


def _found(text: str, context: Context) -> Iterator[str]:
    words = _words(text)
    yield from (match[0] for match in _PHRASES.finditer(words))
    for word, pattern in _OF_A_TEACHER.items():
        if word not in context.words and (match := pattern.search(words)):
            yield match[0]


def _is_innocent(phrase: str, own_words: str, shows_code: bool) -> bool:
    return phrase.strip().lower() in own_words or (shows_code and bool(_VISIBLE.search(phrase)))


def _docstrings(sample: Mapping[str, Any], context: Context) -> str:
    """What the evidence says of itself: a docstring may well speak of a context."""
    nodes = (context.graph.nodes.get(item["id"]) for item in sample["evidence"])
    return " ".join(" ".join(node.docstring.split()) for node in nodes if node).lower()
