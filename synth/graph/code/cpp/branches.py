"""Which branches of `#if` tear a declaration apart? Of those only the first is read; all others are kept."""

import re
from itertools import pairwise
from typing import NamedTuple

_DIRECTIVE = re.compile(
    rb"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b(?:[^\n\\]|\\\r?\n|\\.)*", re.MULTILINE
)
_NOISE = re.compile(
    rb"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)+'|^[ \t]*#(?:[^\n\\]|\\\r?\n|\\.)*",
    re.DOTALL | re.MULTILINE,
)
_LINKAGE = re.compile(rb'extern\s*"C(?:\+\+)?"\s*\{')
_CLOSING = re.compile(rb"\}")
_NEVER = re.compile(rb"[ \t]*#[ \t]*if[ \t]+0\s*(?://.*|/\*.*)?$")
_LETTERS = re.compile(rb"[^\r\n]")


_WHOLE = frozenset({b"", b";", b"{", b"}", b":"})  # what whole statements end with
_OPEN = frozenset({b",", b"(", b"=", b"+", b"-", b"|", b"&", b"?", b"<"})  # what no statement ends with
NEAR = 400  # bytes before an `#if` that are looked at


class Directive(NamedTuple):
    """A preprocessor line of an `#if`."""

    start: int
    end: int
    word: bytes


def blank_branches(source: bytes) -> bytes:
    """Blank the directives of every `#if` with a branch that does not balance, and its branches after the first.

    `extern "C" {` that only C++ sees is blanked too, and so is what stands in `#if 0`.
    """
    if b"#" not in source:
        return source
    text = bytearray(source)
    for directives in _regions(source):
        for start, end in _cuts(text, directives):
            text[start:end] = _LETTERS.sub(b" ", text[start:end])
    return bytes(text)


def _regions(source: bytes) -> list[list[Directive]]:
    """The directives of every complete `#if`, inner ones first."""
    found: list[list[Directive]] = []
    stack: list[list[Directive]] = []
    for match in _DIRECTIVE.finditer(source):
        item = Directive(match.start(), match.end(), match[1])
        if item.word.startswith(b"if"):
            stack.append([item])
        elif stack:
            stack[-1].append(item)
            if item.word == b"endif":
                found.append(stack.pop())
    return found


def _cuts(text: bytearray, directives: list[Directive]) -> list[tuple[int, int]]:
    """What is blanked of one `#if`."""
    lines = [(item.start, item.end) for item in directives]
    inner = [(here.end, after.start) for here, after in pairwise(directives)]
    first = bytes(text[slice(*inner[0])])
    if _NEVER.match(text, *lines[0]):
        rest = [_is_torn(text[start:end]) for start, end in inner[1:]]
        return [inner[0], *lines] if any(rest) else [inner[0]]
    if b"__cplusplus" in text[slice(*lines[0])] and len(inner) == 1:
        found = _LINKAGE.search(first) or (_CLOSING.search(first) if code_of(first) == b"}" else None)
        if found is not None:
            start = inner[0][0]
            return [*lines, (start + found.start(), start + found.end())]
    torn = [_is_torn(text[start:end]) for start, end in inner]
    if not any(torn) and code_of(text[max(0, lines[0][0] - NEAR) : lines[0][0]])[-1:] not in _OPEN:
        return []
    others = [place for place, is_torn in zip(inner[1:], torn[1:], strict=True) if is_torn]
    is_list = all(code_of(text[start:end])[-1:] in {b",", b""} for start, end in inner)
    return lines if is_list else [*lines, *others]


def _is_torn(branch: bytes | bytearray) -> bool:
    """Whether a branch is no row of whole statements."""
    code = code_of(branch)
    return code.count(b"{") != code.count(b"}") or code[-1:] not in _WHOLE


def without_noise(text: bytes) -> bytes:
    """A text with spaces in the place of comments, strings and directives."""
    return _NOISE.sub(lambda match: _LETTERS.sub(b" ", match.group()), text)


def code_of(text: bytes | bytearray) -> bytes:
    """A text without comments, strings and directives."""
    return _NOISE.sub(b"", text).strip()
