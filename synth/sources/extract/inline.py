"""What a line of a page says: text without markup, code between backticks, formulas as TeX."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from synth.sources.extract.noise import is_noise

MAX_DEPTH = 120  # of elements; what lies deeper is read as plain text
_CODE = frozenset({"code", "kbd", "samp", "tt", "var"})
_TICKS = re.compile(r"`+")


def children(node: LexborNode) -> Iterator[LexborNode]:
    """The nodes right below one that are no noise."""
    child = node.first_child
    while child is not None:
        if child.tag == "-text" or not is_noise(child):
            yield child
        child = child.next


def flat(text: str) -> str:
    """A text on one line, its words one space apart."""
    return " ".join(text.split())


def inline(node: LexborNode, depth: int) -> str:
    """Inline content; emphasis and targets of links are left out, a line break is a newline."""
    tag = node.tag or ""
    if tag == "-text":
        return re.sub(r"\s+", " ", node.text())
    if tag == "br":
        return "\n"
    if tag == "math":
        return _formula(node)
    if depth > MAX_DEPTH:
        return node.text()
    text = "".join(inline(child, depth + 1) for child in children(node))
    if tag == "sup":
        return _raised(node, text)
    return as_code(text) if tag in _CODE and text.strip() else text


def _raised(node: LexborNode, text: str) -> str:
    """An exponent behind `^`; the number of a footnote, which is a link or in one, is left out."""
    if not re.fullmatch(r"\[?[-+\w*]{1,8}\]?", text.strip()):
        return text
    linked = node.css_first("a") is not None or (node.parent is not None and node.parent.tag == "a")
    return "" if linked else f"^{text}"


def _formula(node: LexborNode) -> str:
    """A formula as TeX where the page has it so, else the characters of it."""
    source = node.css_first("annotation[encoding='application/x-tex']")
    return flat(node.text()) if source is None else f"${flat(source.text())}$"


def as_code(text: str) -> str:
    """Text between backticks, with those of nested elements taken out."""
    return f"`{_TICKS.sub('', text).strip()}`" + (" " if text.endswith(" ") else "")
