"""What do the checks of prose read? The parts of a sample, their sentences and their words."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from synth.checks.base import turns
from synth.checks.markdown import prose
from synth.graph.text.sentences import sentences as spans

EXTRACTIVE = frozenset({"docs.passage", "docs.dossier", "docs.pair"})
"""Recipes whose texts are the documents' own words."""
TEMPLATE = "template"
"""The engine that writes nothing of its own."""
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # kana and Han have no spaces: a character is a word
_TOKEN = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")
# Lengths are bounded wherever a pattern could otherwise look for its end from every place of a long text.
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,500}\)")
_ADDRESS = re.compile(r"\b(?:https?|ftp)://\S+|\bwww\.\S+|[\w.+-]{1,64}@[\w.-]{1,255}")
_TAG = r"<[/!]?[A-Za-z][^<>\n]*>"
_MARKS = re.compile(rf"\*+|~~|(?<!\w)_+|_{{1,3}}(?!\w)|{_TAG}")
_MARKED = re.compile(r"[*_~<\[@]|://|www\.")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]")
_BOLD_LINE = re.compile(r"[ \t]*\*\*[^*\n]+\*\*:?[ \t]*")
_BULLET = re.compile(r"[ \t]*(?:[-*+\u2022>|]|\(?(?:\d{1,3}|[A-Za-z])[.)])[ \t]+")
_OPTION = re.compile(r"^[ \t]*(?:[-*][ \t]+)?\**\(?[A-H][.):]\**[ \t].*$", re.MULTILINE)


def is_written(sample: Mapping[str, Any]) -> bool:
    """Whether a teacher wrote the sample, and no template put it together from the documents' own words."""
    return sample["recipe"] not in EXTRACTIVE and sample["engine"] != TEMPLATE


def parts(sample: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a sample: `text`, or `question`, `reasoning` and `answer`."""
    return {"text": sample["text"] or ""} if sample["stage"] == "cpt" else turns(sample)


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation; of scripts without spaces the characters."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


def without_options(text: str) -> str:
    """A question without the lines of its choices, most of which are wrong on purpose."""
    return _OPTION.sub("", text)


def without_marks(text: str) -> str:
    """A text without addresses and the marks of emphasis and links."""
    if not _MARKED.search(text):  # as most sentences, for which one search is cheaper than three replacements
        return text
    return _MARKS.sub("", _ADDRESS.sub(" ", _LINK.sub(r"\1", text)))


def without_tags(text: str) -> str:
    """A text without the tags of HTML."""
    return re.sub(_TAG, "", text)


def is_heading(line: str) -> bool:
    """Whether a line is a heading, or in bold as a whole and so stands for one."""
    return bool(_HEADING.match(line) or _BOLD_LINE.fullmatch(line))


def blocks(text: str) -> Iterator[str]:
    """The paragraphs, list items and table rows of a text, each on one line; not its headings and blocks of code."""
    lines: list[str] = []
    for line in [*prose(text).split("\n"), ""]:
        if lines and (not line.strip() or is_heading(line) or _BULLET.match(line)):
            yield " ".join(lines)
            lines = []
        if line.strip() and not is_heading(line):
            bullet = _BULLET.match(line)
            lines.append(line[bullet.end() if bullet else 0 :].strip())


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, of list items and table rows too; not its headings and blocks of code."""
    return tuple(block[start:end] for block in blocks(text) for start, end in spans(block))
