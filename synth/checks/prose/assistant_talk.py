"""Is what a teacher wrote the text that was asked for, or talk about it?"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed
from synth.checks.markdown import split, without_code
from synth.checks.prose.texts import is_heading, is_written, parts

NAME = "assistant_talk"
VERIFIES = (
    "Where a teacher wrote it: no refusal, no chat about the task, no instruction, JSON or placeholder, no empty frame."
)
_HELP = (
    r"(?:help|assist|provide|fulfil|fulfill|complete|comply|answer|generate|create|produce|rewrite|write|continue|access|"
    r"do (?:that|this)|browse|find any|discuss|engage|process|summari[sz]e|offer)"
)
_WORK = (
    r"(?:rewrite|rewritten|rewriting|rephras\w+|paraphras\w+|summary|version|text|passage|document|article|answer|"
    r"response|question|discussion|analysis|explanation|list|output|json|mind map|case study|dialogue|section|overview|"
    r"breakdown|example)"
)
_WROTE = (
    r"(?:rewritten|rewrote|rephras\w+|paraphras\w+|summari[sz]ed|organi[sz]ed|tried to|aimed to|attempted to|"
    r"focus(?:ed)? on|created|written|produced|generated|crafted)"
)
_PATTERNS = {
    "a refusal": (
        rf"\bI(?:'m| am)? (?:cannot|can['\u2019]t|can not|won['\u2019]t|will not|unable to|not able to) {_HELP}\b",
        r"\bI(?:'m| am)(?: really| very)? (?:sorry|afraid),? but\b|\bI apologi[sz]e\b|\bmy apologies\b",
        r"\bas an? (?:AI|artificial intelligence|(?:large )?language model|LLM|assistant|chatbot)\b(?! to| for)",
        r"\bI(?:'m| am) (?:just )?an? (?:AI|language model|assistant)\b",
        r"\bI do(?:n['\u2019]t| not) have (?:access to|enough (?:information|context)|the ability)",
        r"\bmy (?:training data|knowledge cut-?off)\b",
    ),
    "chat about the task": (
        r"\blet me know\b|\bfeel free to (?:ask|reach|let)\b|\bI hope (?:this|that|it) (?:helps|is helpful|meets)\b",
        r"\b(?:would you like me to|is there anything else|happy to help|glad to help)\b",
        r"\bif you(?:['\u2019]d| would) like(?:,| me| to see)",
        r"\bin this (?:rewrite|rewriting|rewritten|rephrased|rephrasing|paraphrased?|revised)\b",
        rf"\b(?:this|the|my|above) (?:rewritten|rephrased|paraphrased|revised) {_WORK}\b",
        rf"\bI(?:['\u2019]ve| have|['\u2019]ll| will)? {_WROTE} (?:the|this|a|an|your|it)\b",
        r"\bas (?:you )?requested\b|\b(?:as )?per your\b|\byour (?:request|prompt|instructions)\b",
        r"\b(?:word count|note to (?:the )?(?:user|reader|editor))\s*:|\bI(?:['\u2019]ll| will) now\b",
        r"\blet(?:['\u2019]s| us) (?:begin|start|get started) (?:by|with) (?:rewriting|summari[sz]ing|analy[sz]ing) ",
    ),
    "leaked instructions": (
        r"<\|\w+\|>|\[/?INST\]|<</?SYS>>|</?think(?:ing)?>",
        r"</?(?:document|passage|instructions?|output|answer|entities)>",
        r"\b(?:system prompt|(?:my|these) instructions)\b",
        r"\bthe user(?:['\u2019]s (?:request|prompt)| (?:wants|asks|asked) (?:me|us|for))\b",
        r"^[^\w\n]{0,8}(?:instructions?|system|user|human|assistant|prompt|task|output format|response) ?:(?=\s)",
    ),
    "a placeholder": (
        r"\[(?:insert|your|fill in|placeholder|name of|title of|specify|enter)\b[^\]\n]{0,200}\](?![(\[:])",
        r"\[(?:document )?(?:title|name|author|date|topic|entity(?: ?\w)?|company|year|place|city|location|subject|"
        r"example|x+|blank|details?|link|url|source|citation needed|continued?|section|number)\](?![(\[:])",
        r"<(?:insert|your|title|name|entity|topic|document title)[^<>\n]{0,40}>|\blorem ipsum\b",
        r"(?<![\w`])(?:TODO|TBD|FIXME|XXX+)(?![\w`])|\((?:to be )?continued\)",
        r"\{(?:title|entity\d?|name|document|text)\}",
    ),
}
_FOUND = {fault: re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE) for fault, patterns in _PATTERNS.items()}
_OPENINGS = (
    r"(?:sure|certainly|of course|absolutely|okay|ok|great|alright|got it|understood|no problem)\b(?: thing)?[,!.:]",
    rf"(?:here(?:['\u2019]s| is| are)|below (?:is|are)) (?:the|a|an|your|my|some|one)\b[^.\n]{{0,80}}\b{_WORK}\b",
    r"here(?:['\u2019]s| is| are) [^.\n]{0,100}:\s*$",
    r"(?:title|(?:rewritten|rephrased|paraphrased) (?:text|passage|document|version))\s*:",
    r"(?:thank you|thanks) for (?:the|your|providing|sharing)\b",
    r"(?:based on|according to|given|from) the (?:provided|given|above) \w+",
)
_OPENS = re.compile(rf"\W*(?:{'|'.join(_OPENINGS)})", re.IGNORECASE | re.MULTILINE)
_JSON = re.compile(r'[\[{]\s*(?:"[^"\n]*"\s*[:,\]]|\{)')
_RULE = re.compile(r"[-*_=~]*")
_LEVEL = re.compile(r"[ \t]*(#{1,6})")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample by its answer, or its text; what the evidence says itself is no talk."""
    if not is_written(sample):
        return not_checked(NAME, "no teacher wrote it")
    own = " ".join(without_code(" ".join(context.evidence(sample))).lower().split())
    for part, text in parts(sample).items():
        if part in {"text", "answer"} and (fault := _frame(text)):
            return failed(NAME, f"{part}: {fault}")
        for fault, words in _talk(text):
            if " ".join(words.lower().split()) not in own:
                return failed(NAME, f"{part}: {fault}: {words.strip()[:80]!r}")
    return passed(NAME)


def _talk(text: str) -> Iterator[tuple[str, str]]:
    """What is wrong in the prose of a text, with the words that tell."""
    rest = without_code(text)
    if opening := _OPENS.match(rest):
        yield "chat about the task", opening[0]
    for fault, pattern in _FOUND.items():
        for match in pattern.finditer(rest):
            yield fault, match[0]


def _frame(text: str) -> str:
    """What is wrong with the shape of a text: it is JSON, or has headings with nothing under them."""
    rest, fenced = split(text)
    whole = fenced[0].code if len(fenced) == 1 and not rest.strip() else text
    if _JSON.match(whole.strip()) and (whole is not text or _is_json(whole)):
        return "JSON"
    lines = [line for line in text.split("\n") if not _RULE.fullmatch(line.strip())]
    for line, after in pairwise([*lines, ""]):
        if (level := _LEVEL.match(line)) and is_heading(line) and not _goes_on(after, len(level[1])):
            return f"nothing under the heading {line.strip('# ')[:80]!r}"
    return ""


def _goes_on(after: str, level: int) -> bool:
    """Whether a line after a heading belongs to it: text, or a heading below it."""
    heading = _LEVEL.match(after) if is_heading(after) else None
    return bool(after) and (heading is None or len(heading[1]) > level)


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return bool(re.match(r'\s*\{\s*"[^"\n]*"\s*:', text))
