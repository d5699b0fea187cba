"""Does a sentence say what something is?"""

import re
from typing import NamedTuple

from synth.graph.text.view import Entity
from synth.recipes.docs.statements import Statement, uncapitalised

_ARTICLE = re.compile(r"(?:(a|an|the)\s+)?`?", re.IGNORECASE)
_SAYS = re.compile(
    r"`?(?P<nouns>(?:\s+[a-z][\w\-]*){0,2})(?P<aside>\s*\([^()]{1,60}\)|,[^,.]{3,60},)?\s+"
    r"(?:(?P<be>is|are)\s+(?:(?:basically|simply|essentially|actually|just|also|usually|generally)\s+)?"
    r"(?P<what>an?\b|the\b|any\b|one of (?:the\b|several\b|many\b)|used (?:to|for|by)\b|defined as\b|another\b|"
    r"software\b|data\b|code\b|those\b)"
    r"|(?P<means>means|refers to|denotes|stands for|is short for|specifies|represents|describes)\s)"
    r"\s*(?P<rest>.+)"
)
_NO_KIND = re.compile(
    r"(?:very |really |quite |most |more |much )?"
    r"(?:good|bad|great|common|problem|matter|must|mistake|shame|lot|bit|few|little|same|only|best|better|worst|case|"
    r"default|following|next|first|last|latter|former|example|exception|no-op|bug|error|result|reason|right|wrong|"
    r"way to go|pain|pity|need|danger|risk|chance|question|exact|usual|recommended|preferred|sole|main|primary|current|"
    r"previous|"
    r"correct|easiest|simplest|key to|subject of|number of|name of the|value of|responsibility|job|work|"
    r"(?:\w+est)\b|total|maximum|minimum|part of|member of|kind of|nice|useful|free|new|separate|different|similar)\b"
)
_NO_NOUN = re.compile(
    r"\s(?:that|which|who|and|or|of|to|in|on|at|for|with|as|by|from|not|there|it|when|if|but|may|might|must|shall|should|"
    r"can|could|will|would|does|do|did|also|only|never|always|often|usually|now|then|is|are|was|were|has|have|had|you)\b"
)


class Definition(NamedTuple):
    """What a sentence defines."""

    entity: Entity
    subject: str
    """As a question can take it up: `the `ls` command`, `a package`."""
    verb: str
    """`is` or `are`; else as the sentence has it, such as `refers to`."""
    rest: str
    """What comes after the verb, to the end of the sentence."""


def definition_of(statement: Statement) -> Definition | None:
    """What a sentence defines, if it says at its beginning of an entity what it is.

    "The package is a collection of ..." speaks of one package that was named before, so a common noun needs another
    article, or none.
    """
    text = statement.text
    article = _ARTICLE.match(text)
    start = article.end() if article else 0
    name = next((name for name in statement.names if name.start == start), None)
    found = _SAYS.match(text, name.end) if name else None
    if name is None or found is None or _NO_NOUN.search(found["nouns"] or "") or not _is_kind(found):
        return None
    # "The package is" speaks of one that was named before; in "the `ls` command is" the noun only says its kind.
    word = ((article and article[1]) or "").lower()
    if word == "the" and _is_common(text[name.start : name.end]) and not found["nouns"]:
        return None
    subject = _subject(text, name.entity, word, start, name.end, found["nouns"] or "")
    rest = text[found.start("what" if found["be"] else "rest") :].rstrip(".")
    return Definition(name.entity, subject, found["be"] or found["means"], rest)


def _is_kind(found: "re.Match[str]") -> bool:
    """Whether what a sentence says is a kind of thing: "is a good idea" is none."""
    return not _NO_KIND.match(found["rest"])


def _is_common(name: str) -> bool:
    return name.islower() and name.isalpha()


def _subject(text: str, entity: Entity, article: str, start: int, end: int, nouns: str) -> str:
    name = uncapitalised(text[start:end], entity)
    ticked = f"`{name}`" if text[start - 1 : start] == "`" else name
    return " ".join(filter(None, (article, ticked, *nouns.split())))
