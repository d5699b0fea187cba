"""Does every name in what a sample says occur in the documents that it rests on?"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed
from synth.checks.prose.names import Name, names_in, speakers
from synth.checks.prose.reading import MISSING, STOP_WORDS, Reading, read, reading_of, says, singular
from synth.checks.prose.texts import parts, tokens, without_options

NAME = "grounded_entities"
VERIFIES = (
    "Every name in it (with capitals, in backticks, an acronym) is in its evidence, or an alias of what is there."
)
MAX_BETWEEN = 2
"""Words that the evidence may have between two words of a name: a middle name, a title."""
MAX_APART = 8
"""Words of a name that may be looked for with others between them."""
MAX_INITIALS = 8
MANY_CAPITALS = 0.25
"""Share of words with a capital in mid-sentence above which they are no names: the language writes all nouns so."""
_IDENTIFIER = re.compile(r"\w+")


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample; the score is the share of its names that are known."""
    evidence = reading_of(sample, context)
    if evidence is None:
        return not_checked(NAME, MISSING)
    total, unknown = 0, []
    for name, known in _names(sample, evidence):
        total += 1
        if not any(_is_known(name, reading) for reading in known) and not _is_entity(name, sample, context):
            unknown.append(name.text)
    if not total:
        return not_checked(NAME, "it names nothing")
    return failed(NAME, f"{unknown[0]!r} is not in its evidence", 1 - len(unknown) / total) if unknown else passed(NAME)


def _names(sample: Mapping[str, Any], evidence: Reading) -> Iterator[tuple[Name, list[Reading]]]:
    """Each name of a sample, and where it may be known from; an answer may speak of what it was asked about."""
    texts = parts(sample)
    question = read((texts.get("question", ""),))
    for part, text in texts.items():
        labels = read((), tuple(sorted(speakers(text))))
        known = [evidence, labels] if part in {"question", "text"} else [evidence, labels, question]
        for name in names_in(without_options(text) if part == "question" else text):
            if name.kind != "name" or not _has_many_capitals(evidence.raw):
                yield name, known


def _is_known(name: Name, reading: Reading) -> bool:
    if name.kind == "code":
        return _is_code(name.text.lower(), reading)
    words = [singular(word) for word in tokens(name.text) if word != "s"]
    if says(reading.singular, words) or _stands_apart(words, reading):
        return True
    if name.text.rstrip("s").isupper() and len(words) == 1 and words[0]:
        return name.text.rstrip("s").lower().replace("-", "") in _initials(reading.raw)
    return name.opens and len(words) > 1 and _may_open(words[0], reading) and _is_known(name.rest(), reading)


def _is_code(text: str, reading: Reading) -> bool:
    """Whether the evidence has an identifier or path as a whole, or all words of a longer piece of code."""
    if (text.strip("`'\"()<>$*,;:- ") or text) in reading.lowered:
        return True
    is_whole = not re.search(r"[\s=<>,;|&]", text)
    return not is_whole and all(word in reading.identifiers for word in _IDENTIFIER.findall(text) if len(word) > 1)


def _may_open(word: str, reading: Reading) -> bool:
    """Whether a word can have its capital from beginning a sentence alone."""
    return word in STOP_WORDS or word in reading.lower or word not in reading.capital


def _stands_apart(words: list[str], reading: Reading) -> bool:
    """Whether the evidence has the words in this order with few others between them."""
    if not 2 <= len(words) <= MAX_APART or not all(says(reading.singular, [word]) for word in words):
        return False
    between = rf" (?:[^ |]+ ){{0,{MAX_BETWEEN}}}"
    return re.search(f" {between.join(map(re.escape, words))} ", reading.singular) is not None


def _is_entity(name: Name, sample: Mapping[str, Any], context: Context) -> bool:
    """Whether a question speaks of another entity of the collection, as choices that are wrong on purpose do."""
    graph = context.prose.get(sample["collection"])
    asks = sample["stage"] == "sft" and name.text in parts(sample)["question"]
    return bool(graph and asks and name.text.lower() in graph.by_surface)


@lru_cache(maxsize=32)
def _initials(text: str) -> frozenset[str]:
    """What the names of a text with capitals can be shortened to: `Free Software Foundation` to FSF, FS and SF."""
    found: set[str] = set()
    for name in names_in(text):
        letters = "".join(word[0] for word in re.split(r"[ -]", name.text) if word[:1].isupper()).lower()
        longest = range(2, MAX_INITIALS + 1)
        found |= {letters[start : start + length] for start in range(len(letters)) for length in longest}
    return frozenset(found)


@lru_cache(maxsize=32)
def _has_many_capitals(text: str) -> bool:
    inside = re.findall(r"(?<=[a-z,] )[^\W\d_]{3,}", text)
    return len(inside) >= 20 and sum(word[0].isupper() for word in inside) > MANY_CAPITALS * len(inside)
