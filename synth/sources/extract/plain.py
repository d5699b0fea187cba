"""Markdown, reStructuredText and plain text stay as written; only texts laid out for a printer lose their pages."""

import re

from synth.sources.decode import decode
from synth.sources.extract.base import Extracted
from synth.sources.extract.data import is_data
from synth.sources.extract.paging import MIN_PAGES, running_lines
from synth.sources.extract.titles import markdown_title, plain_title, rst_title
from synth.sources.skips import Skip

TITLES = {"markdown": markdown_title, "rst": rst_title, "text": plain_title}
_FOOTER = re.compile(r"^\S.*\[Page \w{1,5}\][ \t]*\n", re.MULTILINE)
_LEADER = re.compile(r"(?:\. ?){4,}[ \t]*[\divxlc]{1,6}[ \t]*$")  # of a table of contents, up to the number of a page
_SENTENCE_END = re.compile(r"[.:;!?)\]\"']$")


def extract(data: bytes, language: str) -> Extracted:
    """Read a file of text.

    Raises:
        Skip: it is data and no text for people.
        Undecodable: no encoding could be told.
    """
    text, encoding = decode(data, language)
    if language == "text":
        if is_data(text):
            raise Skip("data")
        text = without_contents(without_pages(text))
    return Extracted(text, TITLES[language](text), encoding)


def without_contents(text: str) -> str:
    """A text without the lines that lead by dots to the number of a page."""
    if "...." not in text and ". . . ." not in text:
        return text
    return "\n".join(line for line in text.split("\n") if not _LEADER.search(line))


def without_pages(text: str) -> str:
    """A text without the breaks, headers and footers of its pages, if form feeds or footers divide it into some.

    A paragraph that goes on over a break is made whole. Where form feeds only part sections, they alone are removed.
    Footers of RFCs end pages without form feeds too.
    """
    if "\f" not in text and len(_FOOTER.findall(text)) >= MIN_PAGES:
        text = _FOOTER.sub("\\g<0>\f", text)
    pages = [page.split("\n") for page in text.split("\f")]
    if len(pages) == 1:
        return text
    gone = running_lines(pages)
    if sum(map(bool, gone)) < MIN_PAGES:
        return text.replace("\f", "")
    lines: list[str] = []
    for page, dropped in zip(pages, gone, strict=True):
        kept = _trimmed([line for index, line in enumerate(page) if index not in dropped])
        if lines and kept and not _goes_on(lines[-1], kept[0]):
            lines.append("")
        lines += kept
    return "\n".join(lines) + "\n"


def _trimmed(lines: list[str]) -> list[str]:
    """Lines without the blank ones at both ends."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _goes_on(last: str, first: str) -> bool:
    """Whether a line is the next one of the same paragraph: as deep, in mid-sentence."""
    same_depth = len(last) - len(last.lstrip()) == len(first) - len(first.lstrip())
    return same_depth and not _SENTENCE_END.search(last.rstrip()) and first.lstrip()[:1].islower()
