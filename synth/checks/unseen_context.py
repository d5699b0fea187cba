"""Does the sample speak of a text that its reader cannot see?"""

import re
from collections.abc import Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed, turns
from synth.checks.markdown import split, without_code

NAME = "unseen_context"
VERIFIES = "No part of it speaks of a context, document or material that its reader does not see."
_TEXT = r"(?:context|code|text|information|documents?|documentation|materials?|passages?|excerpts?|snippets?|source)"
_PHRASES = re.compile(
    rf"\b(?:provided|supplied|attached|aforementioned) {_TEXT}\b"
    rf"|\b(?:given|above|following|preceding) (?:context|document|documentation|passage|excerpt|snippet|material)s?\b"
    rf"|\b(?:according to|based on|as (?:stated|described|mentioned|shown|seen) in|from|in) (?:the|this|that) "
    r"(?:given |provided |above )?(?:context|passage|excerpt|snippet|provided \w+)\b"
    r"|\bthe (?:text|document|passage|excerpt|snippet|context) (?:says|states|mentions|shows|describes|above)\b"
    r"|\bas (?:shown|seen|mentioned|stated|given|provided) above\b"
    r"|\bI (?:was|am|have been) (?:given|provided|shown)\b"
    r"|\bthe user (?:has )?(?:provided|gave|shared|supplied)\b",
    re.IGNORECASE,
)
_CODE_AHEAD = re.compile(
    r"\b(?:following|this|above) (?:code|function|method|class|test|file|snippet)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"\"[^\"\n]*\"")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; words that it quotes are not its own."""
    if sample["stage"] == "cpt":
        return not_checked(NAME, "the text is source code itself")
    own_words = _docstrings(sample, context)
    for part, text in turns(sample).items():
        words = _QUOTED.sub(" ", without_code(text))
        found = next((m for m in _PHRASES.finditer(words) if m[0].lower() not in own_words), None)
        if found is None and part == "question" and not split(text)[1]:
            found = _CODE_AHEAD.search(words)
        if found:
            return failed(NAME, f"{part}: {found[0]!r}")
    return passed(NAME)


def _docstrings(sample: Mapping[str, Any], context: Context) -> str:
    """What the evidence says of itself: a docstring may well speak of a context."""
    nodes = (context.graph.nodes.get(item["id"]) for item in sample["evidence"])
    return " ".join(" ".join(node.docstring.split()) for node in nodes if node).lower()
