"""What is a text called? What its front matter says, else its first heading: Markdown, reStructuredText, plain."""

import re
from itertools import groupby, pairwise

from synth.sources.extract.base import one_line

_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)\n(.*?)\n\1\s*\n", re.DOTALL)
_FIELD = re.compile(r"^title\s*[:=]\s*(.+)$", re.MULTILINE | re.IGNORECASE)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$")
_HTML_HEADING = re.compile(r"<h[1-3][^>]*>(.*?)</h[1-3]>", re.IGNORECASE)
_MARKUP = re.compile(
    r"<[^>\n]{1,300}>|!?\[([^\]\n]*)\]\([^)\n]*\)|[*`]{1,3}|(?<!\w)_{1,2}|_{1,2}(?!\w)|\{[#.:][^}\n]*\}"
)
_ADORNMENT = re.compile(r"^([=\-~^\"'`#*+.:_])\1{2,}\s*$")
_ROLE = re.compile(r":[\w:.+\-]+:`[~!]?([^`<]+?)\s*(<[^`]*)?`")
_ESCAPED = re.compile(r"\\([^a-zA-Z0-9\s])")
_HEAD = 80  # lines; a heading further down is not that of the whole
_FIRST_PAGE = 30  # lines of it that may hold a title in the middle
_MAX_LINES = 4
_PAGE_WIDTH = 72  # characters of a page of an RFC: RFC 7994, section 4
_OFF_CENTRE = 5


def markdown_title(text: str) -> str:
    """The title of a Markdown text."""
    if (matter := _FRONT_MATTER.match(text)) and (field := _FIELD.search(matter[2])):
        return one_line(field[1].strip().strip("\"'"))
    fence = ""
    lines = text[matter.end() if matter else 0 :].split("\n")
    for line, below in pairwise([*lines, ""]):
        if mark := _FENCE.match(line):
            fence = "" if fence and line.strip().startswith(fence) else fence or mark[1]
        elif not fence and (found := _heading(line, below)):
            return found
    return ""


def _heading(line: str, below: str) -> str:
    """What a line says if it is a heading of Markdown or HTML, or underlined as one."""
    if found := _ATX.match(line) or _HTML_HEADING.search(line):
        return plain_heading(found[1])
    if (
        line.strip()
        and re.fullmatch(r"={3,}|-{3,}", below.strip())
        and not line.startswith(("    ", "-", "|", ">", "#"))
    ):
        return plain_heading(line)
    return ""


def plain_heading(heading: str) -> str:
    """What a heading of Markdown says, without its marks."""
    return one_line(_MARKUP.sub(lambda found: found[1] or "", heading))


def rst_title(text: str) -> str:
    """The title of a reStructuredText document: its first line that is underlined at its full length."""
    for line, below in pairwise(text.split("\n")):
        title = line.strip()
        if not title or not _ADORNMENT.match(below) or _ADORNMENT.match(title):
            continue
        if len(below.rstrip()) >= len(title) and not title.startswith(".."):
            return one_line(_ESCAPED.sub(r"\1", _ROLE.sub(r"\1", title).replace("``", "").replace("**", "")))
    return ""


def plain_title(text: str) -> str:
    """The title of a plain text: an underlined line near its top, else lines of their own in the middle of the page."""
    head = text.split("\n", _HEAD)[:_HEAD]
    if found := rst_title("\n".join(head)):
        return found
    for filled, group in groupby(head[:_FIRST_PAGE], key=lambda line: bool(line.strip())):
        lines = list(group)
        if filled and len(lines) <= _MAX_LINES and all(map(_is_centred, lines)) and not lines[-1].endswith("."):
            return one_line(" ".join(lines))
    return ""


def _is_centred(line: str) -> bool:
    words = line.strip()
    left, right = len(line) - len(line.lstrip()), _PAGE_WIDTH - len(line.rstrip())
    return left >= 3 and abs(left - right) <= _OFF_CENTRE and "  " not in words and any(map(str.isalpha, words))
