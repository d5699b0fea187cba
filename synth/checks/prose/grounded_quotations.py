"""Does everything that a sample quotes stand in the documents that it rests on, word for word?"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed
from synth.checks.markdown import prose
from synth.checks.prose.reading import MISSING, read, reading_of, says
from synth.checks.prose.texts import parts, tokens, without_marks, without_options, without_tags

NAME = "grounded_quotations"
VERIFIES = "Whatever it quotes, in quotation marks or as a block, is in its evidence, but for case and punctuation."
MIN_WORDS = 3
"""Shorter quotations are words that are talked about."""
ATTRIBUTED_WORDS = 5
"""Shorter ones may be a manner of speaking, unless somebody is said to say them."""
_PAIRS = (("\u201c", "\u201d"), ("\u00ab", "\u00bb"), ("\u201e", "\u201c"), ("\u300c", "\u300d"))
_PATTERNS = [rf"{a}((?:(?!\n[ \t]*\n)[^{a}{b}]){{3,}}?){b}" for a, b in _PAIRS]
# Marks that open and close alike tell by what stands round them which they do.
_QUOTED = re.compile("|".join([*_PATTERNS, r'(?<![\w"])"(?=\S)((?:(?!\n[ \t]*\n)[^"]){3,}?)(?<=\S)"(?!\w)']))
_INLINE = re.compile(r"`[^`\n]+`")
_BLOCK = re.compile(r"^[ \t]*>[ \t]?(.*(?:\n[ \t]*>.*)*)", re.MULTILINE)
_GAP = re.compile(r"\[\s*(?:\.{3}|\u2026)\s*\]|\.{3}|\u2026|\[[^\]\n]{1,40}\]")
_SAID = re.compile(
    r"\b(?:sa(?:y|id|ys)|stat|call|wr[io]t|not[ei]|put|describ|refer|quot|word|phras|term|claim|declar|warn|advis|promis|"
    r"explain|ask|read|tell|told|nam|titl|express|speak|spoke|mention|as)\w*\b[^.!?]*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"\?[\"\u201d)*]*\s*$")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; the score is the share of its quotations that are found."""
    evidence = reading_of(sample, context)
    if evidence is None:
        return not_checked(NAME, MISSING)
    texts = parts(sample)
    question = read((texts.get("question", ""),))
    total, unknown = 0, []
    for part, text in texts.items():
        streams = [evidence.stream] if part == "question" else [evidence.stream, question.stream]
        for quotation in quotations(without_options(text) if part == "question" else text):
            total += 1
            if not all(any(says(stream, piece) for stream in streams) for piece in _pieces(quotation)):
                unknown.append(" ".join(quotation.split()))
    if not total:
        return not_checked(NAME, "it quotes nothing")
    return failed(NAME, f"it quotes {unknown[0][:120]!r}", 1 - len(unknown) / total) if unknown else passed(NAME)


def quotations(text: str) -> Iterator[str]:
    """What a text quotes: `MIN_WORDS` or more in quotation marks or as a block; not questions, which it puts itself."""
    rest = _INLINE.sub(lambda match: match[0].replace('"', ""), without_tags(prose(text)))
    for match in _BLOCK.finditer(rest):
        quoted = re.sub(r"^[ \t]*>[ \t]?", "", match[1], flags=re.MULTILINE)
        inner = next(
            (quoted[found.start() + 1 : found.end() - 1] for found in [_QUOTED.search(quoted)] if found), quoted
        )
        if len(tokens(inner)) >= MIN_WORDS:
            yield inner
    rest = _BLOCK.sub("", rest)
    for match in _QUOTED.finditer(rest):
        quoted = next(filter(None, match.groups()))
        length = len(tokens(quoted))
        is_said = length >= ATTRIBUTED_WORDS or _SAID.search(rest[max(0, match.start() - 60) : match.start()])
        if length >= MIN_WORDS and is_said and not _QUESTION.search(quoted):
            yield quoted


def without_quotations(text: str) -> str:
    """A text with nothing between its quotation marks, and no block quotes."""
    return _QUOTED.sub('""', _BLOCK.sub(" ", text))


def _pieces(quotation: str) -> Iterator[list[str]]:
    """The words of a quotation, parted where it leaves something out or puts something in."""
    for piece in _GAP.split(without_marks(quotation)):
        if words := tokens(piece):
            yield words
