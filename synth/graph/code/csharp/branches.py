"""How is a file read whose `#if` stands in the middle of an expression, where the grammar knows none?"""

import re

_DIRECTIVE = re.compile(rb"[ \t]*#[ \t]*(if|elif|else|endif|[:!])")


def without_branches(source: bytes) -> bytes:
    """The text with only the first branch of each `#if`; the rest is blank, so that every byte keeps its place."""
    kept: list[bytes] = []
    seen_else: list[bool] = []  # for each `#if` that is open whether its first branch is over
    for line in source.splitlines(keepends=True):
        match = _DIRECTIVE.match(line)
        word = match[1] if match is not None else b""
        if word == b"if":
            seen_else.append(False)
        elif word in {b"elif", b"else"} and seen_else:
            seen_else[-1] = True
        elif word == b"endif" and seen_else:
            seen_else.pop()
        kept.append(_blank(line) if word or any(seen_else) else line)
    return b"".join(kept)


def _blank(line: bytes) -> bytes:
    """As many spaces as there are bytes, and the end of the line."""
    text = line.rstrip(b"\r\n")
    return b" " * len(text) + line[len(text) :]
