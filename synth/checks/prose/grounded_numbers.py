"""Does every number, date and version in what a sample says occur in the documents that it rests on?"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed
from synth.checks.markdown import prose
from synth.checks.prose.numbers import Number, forms_in, numbers_in
from synth.checks.prose.reading import MISSING, Reading, reading_of, singular
from synth.checks.prose.texts import is_heading, parts, without_options

NAME = "grounded_numbers"
VERIFIES = "Every number, date and version in it is in its evidence, in digits or words; counting words are no claims."
SMALL = frozenset(map(str, range(11)))
"""Number words that as a rule only count what a text goes on to name."""
BEFORE = 32
"""Characters before a noun in which the evidence may count it."""
_LIST_NUMBER = re.compile(r"^[ \t>]*(?:[-*+][ \t]+)?[*_(\[#]*\d{1,3}(?:\.\d{1,2})*[.):\]][*_)]*(?=\s)", re.MULTILINE)
_LABEL = re.compile(
    r"\b(?:step|part|option|example|point|question|answer|scenario|strategy|reader|speaker|fact|idea|theme|concept|"
    r"student|lesson|exercise|tip|topic|branch|quote|claim|takeaway|stage|phase|case study|Q|A)s?[ \t]?[#(]?\d{1,2}\b",
    re.IGNORECASE,
)
_UNITS = (
    "second minute hour day week month year decade century byte bit kilobyte megabyte gigabyte terabyte percent meter "
    "metre kilometer kilometre mile foot feet inch kilogram gram pound ton dollar euro cent degree times fold time "
    "millisecond microsecond people person volt watt hertz litre liter"
)
_MEASURES = frozenset(_UNITS.split())
_BETWEEN = "more other such of the main key different or and per new"
_FILLERS = frozenset(_BETWEEN.split())
_WORD = re.compile(r"[^\W\d_]+")
_CLAUSE = re.compile(r"[.;:()](?!\d)")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; the score is the share of its numbers that are known."""
    evidence = reading_of(sample, context)
    if evidence is None:
        return not_checked(NAME, MISSING)
    known = _forms(evidence.raw)
    total, unknown = 0, []
    for number, asked in _numbers(sample):
        total += 1
        is_known = number.forms & asked or (number.forms & known and not _is_miscounted(number, evidence))
        if not is_known and not _only_counts(number, evidence):
            unknown.append(number)
    if not total:
        return not_checked(NAME, "it says no number")
    if not unknown:
        return passed(NAME)
    first = unknown[0]
    where = f"{first.text}{first.after.split('.')[0][:30]}".replace("\n", " ").strip()
    return failed(NAME, f"{first.text!r} is not in its evidence: {where}", 1 - len(unknown) / total)


def _numbers(sample: Mapping[str, Any]) -> Iterator[tuple[Number, frozenset[str]]]:
    """Each number of a sample, and the numbers that it may have from the question beside the evidence."""
    texts = parts(sample)
    asked = _forms(texts.get("question", ""))
    for part, text in texts.items():
        said = "\n".join(line for line in prose(text).split("\n") if not is_heading(line))
        said = _LABEL.sub(" ", _LIST_NUMBER.sub(" ", without_options(said) if part == "question" else said))
        for number in numbers_in(said):
            yield number, asked if part in {"reasoning", "answer"} else frozenset()


def _only_counts(number: Number, evidence: Reading) -> bool:
    """Whether a small number word only counts what the text names, and says nothing that the evidence denies."""
    if not number.is_word or not number.forms <= SMALL:
        return False
    noun = _noun(number)
    return noun not in _MEASURES and (number.forms == {"1"} or not _counted(noun, evidence.raw))


def _is_miscounted(number: Number, evidence: Reading) -> bool:
    """Whether a number that the evidence has measures something of which the evidence has other measures only."""
    noun = _noun(number)
    counted = _counted(noun, evidence.raw) if noun in _MEASURES else frozenset()
    return bool(counted) and not number.forms & counted


def _noun(number: Number) -> str:
    """What a number counts, in the singular; empty where no word follows it."""
    if not number.after.startswith((" ", "-", "\n")):
        return ""
    words = (word.lower() for word in _WORD.findall(number.after.split(".")[0])[:3])
    return next((singular(word) for word in words if word not in _FILLERS), "")


@lru_cache(maxsize=1024)
def _counted(noun: str, text: str) -> frozenset[str]:
    """The numbers that stand before a noun in a text, within the same few words."""
    if not noun:
        return frozenset()
    ending = "(?:ys?|ies)" if noun.endswith("y") else "(?:s|es)?"
    near = re.finditer(rf"\b{re.escape(noun.removesuffix('y'))}{ending}\b", text, re.IGNORECASE)
    before = (_CLAUSE.split(text[max(0, match.start() - BEFORE) : match.start()])[-1] for match in near)
    return frozenset(form for piece in before for form in forms_in(piece))


@lru_cache(maxsize=64)
def _forms(text: str) -> frozenset[str]:
    return forms_in(text)
