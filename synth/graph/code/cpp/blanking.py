"""Which macros hide what a file declares? They are blanked out before the grammar sees the text.

A grammar knows no macros: `FOO_API void f();` reads as a variable of type `FOO_API`, and `BEGIN_NAMESPACE` before a
class makes an error of it. One file does not say what its macros stand for, but they are written in capitals, and they
stand in places where no type, value or call can. Every byte keeps its place, and the names of what is found are still
read from the text as it is.
"""

import re
from functools import partial

from synth.graph.code.cpp import shapes
from synth.graph.code.cpp.branches import blank_branches

MAX_PREFIXES = 3  # macros before one declaration
_LETTERS = re.compile(rb"[^\r\n]")
_ENDS = frozenset({b"", b";", b"{", b"}", b":", b">"})  # what the statement before a macro may end with
_BEGINS = re.compile(rb"[A-Za-z_~\[]|$")  # what the one after it may begin with
_OPEN = frozenset({b"(", b",", b"=", b".", b"|", b"&", b"+", b"?", b"<", b"!", b"-"})
_SPECIFIERS = frozenset(
    b"static inline extern virtual constexpr const explicit return else new throw case friend struct union enum "
    b"class".split()
)

_ACCESSES = (b"signals", b"Q_SIGNALS", b"PRIVATE", b"PUBLIC", b"PROTECTED")
_PLAIN: tuple[tuple[re.Pattern[bytes], tuple[bytes, ...]], ...] = (
    (shapes.CONDITION, ()),
    (shapes.HAS, (b"__has_", b"HAS_")),
    (shapes.ENABLING, (b"ENABLE_IF", b"REQUIRES", b"CONSTRAINT", b"SFINAE")),
    (shapes.CASE, (b'("',)),
    (shapes.HEAD, ()),
    (shapes.FORWARD, ()),
    (shapes.BLOCK, ()),
    (shapes.SLOTS, (b"slots", b"Q_SLOTS")),
    (shapes.TYPENAME, (b"= typename", b"return typename")),
)
"""Shapes of which one group is blanked, and words without which a text has none."""


def blank_macros(source: bytes, *, is_cpp: bool) -> bytes:
    """The text without macros that hide what is declared, and with one of two branches that do not balance."""
    text = shapes.VENDOR.sub(_blank_outside, _blank_own(source))
    if not shapes.ANY.search(text):
        return blank_branches(text)
    if is_cpp and shapes.CATCH.search(text):
        text = shapes.TRY.sub(partial(_as_word, word=b"try"), shapes.CATCH.sub(partial(_as_word, word=b"catch"), text))
    for shape, words in _PLAIN:
        text = shape.sub(_blank_group, text) if _has(text, words) else text
    text = shapes.SUITE.sub(partial(_as_word, word=b"namespace"), text) if _has(text, (b"TEST_SUITE",)) else text
    text = shapes.MADE.sub(partial(_blank_made, is_cpp=is_cpp), text)
    text = shapes.WRAPPED.sub(_unwrap, text)
    text = _open_namespaces(text) if is_cpp else text
    text = shapes.LINE.sub(partial(_blank_line, is_cpp=is_cpp), text)
    text = _blank_before_declarations(text)
    text = shapes.ACCESS.sub(_as_access, text) if is_cpp and _has(text, _ACCESSES) else text
    return blank_branches(shapes.SUFFIX.sub(_blank_suffix, text))


def _has(text: bytes, words: tuple[bytes, ...]) -> bool:
    """Whether a text has one of some words, so that it is worth looking for a shape."""
    return not words or any(word in text for word in words)


def spaces(part: bytes) -> bytes:
    """As many spaces as a text has bytes; line breaks stay."""
    return _LETTERS.sub(b" ", part)


def _blank_own(text: bytes) -> bytes:
    """Blank the macros that the file itself says stand for nothing, or for words about a declaration."""
    names = {match[1] for match in shapes.EMPTY.finditer(text)}
    if not names:
        return text
    uses = re.compile(rb"\b(?:" + b"|".join(sorted(names)) + rb")\b(?=[ \t\r\n]+[\w\[~:])")
    return uses.sub(_blank_outside, text)


def _blank_before_declarations(text: bytes) -> bytes:
    for _ in range(MAX_PREFIXES):
        changed = shapes.PREFIX.sub(_blank_prefix, text)
        if changed == text:
            break
        text = changed
    names = {match[1] for match in shapes.CLASS.finditer(text)}
    text = shapes.CONSTRUCTOR.sub(partial(_blank_constructor, names=names), text)
    if _has(text, (b"UNUSED", b"__unused")):
        text = shapes.UNUSED.sub(_blank_group_outside, text)
    text = shapes.CALLING.sub(_blank_group_outside, text)
    return shapes.BETWEEN.sub(_blank_between, text)


def _blank_group(match: re.Match[bytes]) -> bytes:
    whole, start = match.group(), match.start()
    first, last = match.start("blank") - start, match.end("blank") - start
    return whole[:first] + spaces(whole[first:last]) + whole[last:]


def _blank_group_outside(match: re.Match[bytes]) -> bytes:
    return match.group() if _is_directive(match.string, match.start()) else _blank_group(match)


def _blank_outside(match: re.Match[bytes]) -> bytes:
    """Blank all, but not in a preprocessor line."""
    return match.group() if _is_directive(match.string, match.start()) else spaces(match.group())


def _unwrap(match: re.Match[bytes]) -> bytes:
    """`FOO_PUBLIC(int)` as `int`."""
    whole, start = match.group(), match.start()
    first, last, close = match.start("macro") - start, match.end("macro") - start, match.start("close") - start
    return whole[:first] + spaces(whole[first:last]) + whole[last:close] + b" " + whole[close + 1 :]


def _blank_made(match: re.Match[bytes], *, is_cpp: bool) -> bytes:
    """Blank what the macro is given; for C its first letter becomes the type of the function that the rest names."""
    whole, start = match.group(), match.start()
    first, last = match.start("arguments") - start, match.end("arguments") - start
    shown = whole[:first] + spaces(whole[first:last]) + whole[last:]
    return shown if is_cpp else shown[:1] + b" " + shown[2:]


def _open_namespaces(text: bytes) -> bytes:
    """Let macros that begin and end a namespace do so, where each one has its counterpart."""
    lines = list(shapes.LINE.finditer(text))
    begins = [match for match in lines if shapes.BEGIN.match(match["macro"]) and len(match.group().strip()) > 12]
    ends = [match for match in lines if shapes.END.match(match["macro"])]
    if not begins or len(begins) != len(ends):
        return text
    shown = bytearray(text)
    for match in begins:
        start, end = match.start("macro"), match.end("arguments" if match["arguments"] else "macro")
        shown[start:end] = b"namespace " + b"N" * (end - start - 11) + b"{"
    for match in ends:
        start, end = match.start("macro"), match.end("arguments" if match["arguments"] else "macro")
        shown[start:end] = b"}".ljust(end - start)
    return bytes(shown)


def _blank_line(match: re.Match[bytes], *, is_cpp: bool) -> bytes:
    """Blank a macro by itself between statements; in C one with arguments becomes a statement that names it."""
    text, whole = match.string, match.group()
    before = _code_before(text, match.start())
    if before[-1:] not in _ENDS and not shapes.LINE.match(before):
        return whole
    if not _BEGINS.match(_code_after(text, match.end())):
        return whole
    if not match["arguments"]:
        return spaces(whole)
    if is_cpp and not shapes.LOOSE.search(match["arguments"].strip()):
        return whole
    first, last = match.start("arguments") - match.start(), match.end("arguments") - match.start()
    return whole[:first] + spaces(whole[first : last - 1]) + b";" + whole[last:]


def _blank_prefix(match: re.Match[bytes]) -> bytes:
    text, start = match.string, match.start()
    if _is_directive(text, start):
        return match.group()
    begin = text.rfind(b"\n", 0, start) + 1
    before = text[begin:start].strip() or _code_before(text, begin)
    return match.group() if match["arguments"] and before[-1:] in _OPEN else spaces(match.group())


def _blank_constructor(match: re.Match[bytes], *, names: set[bytes]) -> bytes:
    last = shapes.LAST.search(match["scope"]) if match["scope"] else None
    is_one = match["name"] in names if last is None else last[1] == match["name"]
    if not is_one or _is_directive(match.string, match.start()):
        return match.group()
    return spaces(match["macro"]) + match.group()[len(match["macro"]) :]


def _blank_between(match: re.Match[bytes]) -> bytes:
    start = match.start()
    before = match.string[max(0, start - 40) : start].split()[-1]
    is_type = match["path"] is not None or not before.isupper()  # of two words in capitals one is the type
    is_kept = before in _SPECIFIERS or not is_type or _is_directive(match.string, start)
    return match.group() if is_kept else spaces(match.group())


def _blank_suffix(match: re.Match[bytes]) -> bytes:
    text, start = match.string, match.start()
    line = text[text.rfind(b"\n", 0, start) + 1 : start].rstrip()
    after = text[match.end() : match.end() + 1]
    if _is_directive(text, start) or not _is_suffix(line, match["macros"], after):
        return match.group()
    return match["gap"] + spaces(match["macros"])


def _is_suffix(line: bytes, macros: bytes, after: bytes) -> bool:
    """Whether macros belong to the declaration before them, and are no statement of their own.

    Args:
        line: the text before them on their line.
        macros: themselves.
        after: the byte that follows.
    """
    if shapes.STATEMENT.search(line):
        return False
    if shapes.DECLARES.match(line):
        return True
    if shapes.TRAILING.search(macros):
        return line.endswith(b")") or (len(line.split()) > 1 and after != b"{" and b"(" in macros)
    return line.endswith(b")") and after in {b"{", b"c", b"o", b"n", b"f"}


def _as_word(match: re.Match[bytes], *, word: bytes) -> bytes:
    return word.ljust(len(match.group()))


def _as_access(match: re.Match[bytes]) -> bytes:
    access = (match["access"] or b"public").lower()
    return match.group()[: match.start("word") - match.start()] + access.ljust(len(match["word"]))


def _is_directive(text: bytes, position: int) -> bool:
    """Whether a place is in a preprocessor line or one that goes on with it."""
    start = text.rfind(b"\n", 0, position) + 1
    while start >= 2 and text[start - 2 : start - 1] == b"\\":
        start = text.rfind(b"\n", 0, start - 1) + 1
    return text[start:position].lstrip()[:1] == b"#"


def _code_before(text: bytes, position: int) -> bytes:
    """The last line of code before a place, empty at the beginning and after a preprocessor line."""
    end = position
    while end > 0:
        start = text.rfind(b"\n", 0, end - 1) + 1
        line = text[start:end].strip()
        end = start
        if not line or line.startswith((b"//", b"*", b"/*")) or line.endswith(b"*/"):
            continue
        return b"" if line.startswith(b"#") else line.partition(b"//")[0].rstrip() or line
    return b""


def _code_after(text: bytes, position: int) -> bytes:
    """The first line of code after a place."""
    start = position
    while start < len(text):
        end = text.find(b"\n", start + 1)
        end = len(text) if end < 0 else end
        line = text[start:end].strip()
        start = end
        if line and not line.startswith((b"//", b"/*", b"*", b"#")):
            return line
    return b""
