"""What does reading a document give? The type that all formats share, and what is mended in the text of any of them."""

import re
import unicodedata
from typing import NamedTuple

_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "ft", "\ufb06": "st"}
)
# Seen by nobody: soft hyphens, zero-width spaces and joiners between words, byte order marks, control characters.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_MARK = re.compile(r"#{1,6}\s|>\s|```|~~~")
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x85]")


class Extracted(NamedTuple):
    """A document as text.

    `text` is the file's own where that is text for people already, else Markdown made from it: headings as `#`, lists,
    tables, fenced code. `title` is what its metadata or its first heading says, or empty. `encoding` is that of the
    file, empty where the format has its own.
    """

    text: str
    title: str
    encoding: str = ""


def clean(text: str) -> str:
    """Spell ligatures out, drop what nobody sees, and make one kind of space and of line end of many."""
    text = _BREAKS.sub("\n", text)
    if text.isascii() and _UNSEEN.search(text) is None:
        return text
    text = _UNSEEN.sub("", _SPACES.sub(" ", text.translate(_LIGATURES)))
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())


def one_line(text: str, limit: int = 300) -> str:
    """A heading or title on one line, cut at a word where it is absurdly long."""
    words = " ".join(clean(text).split())
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0]


def finish(blocks: list[str]) -> str:
    """Blocks as one text, a blank line between them."""
    return "\n\n".join(blocks) + "\n" if blocks else ""


def unmarked(text: str) -> str:
    """A paragraph that does not look like a heading, a quotation or code, though it begins with such a mark."""
    return f"\\{text}" if _MARK.match(text) else text


def fenced(code: str, language: str = "") -> str:
    """Code between fences that are longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{code.strip(chr(10))}\n{fence}"
