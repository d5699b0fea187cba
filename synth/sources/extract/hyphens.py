"""Which words were broken at the end of a line? Told by the other words of the same document, whatever its language."""

import re
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W\d_]+)[-\u2010]$")
_ADDRESS = re.compile(r"(://\S*[/.?=&_#]|\s/\S+/|@\S+\.)$")  # or a path, cut where it may be: after a separator
_REST = re.compile(r"^[^\W\d_]+")


def words_of(lines: Iterable[str]) -> frozenset[str]:
    """The words of a document in lower case, compounds such as `well-known` too; no half of one cut at a line's end."""
    found: set[str] = set()
    broken = False
    for line in lines:
        whole = _REST.sub("", line.strip(), count=1) if broken else line.strip()
        broken = _BROKEN.search(whole) is not None
        for word in _WORD.findall(_BROKEN.sub("", whole).lower()):
            found.add(word.replace("\u2010", "-"))
            found.update(re.split(r"[-\u2010]", word))
    return frozenset(found)


def join(lines: Sequence[str], words: frozenset[str]) -> str:
    """The lines of a paragraph as one line, with broken words made whole.

    Args:
        lines: of one paragraph.
        words: of the whole document, from `words_of`.
    """
    text = lines[0].rstrip() if lines else ""
    for line in map(str.strip, lines[1:]):
        broken, rest = _BROKEN.search(text), _REST.match(line)
        if broken is None or rest is None or not rest[0][0].islower():
            text += line if _ADDRESS.search(text) and line[:1].islower() else f" {line}"
        elif _is_compound(broken[1].lower(), rest[0].lower(), words):
            text += line
        else:
            text = text[:-1] + line
    return text


def _is_compound(first: str, second: str, words: frozenset[str]) -> bool:
    """Whether the hyphen is part of the word: the document writes it so, or knows both halves but not their union."""
    if f"{first}-{second}" in words:
        return True
    return first + second not in words and first in words and second in words
