"""How is an input spoilt? Changes of bytes, of text, of JSON values and of the parts of an archive, each from a seed.

Every function is given its own source of chance first, so that one number gives the same input on any machine.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

LARGEST = 100_000  # bytes of an input: what breaks a reader is seldom larger
DEPTHS = (40, 40, 40, 400, 400, 4_000, 20_000)
_TOKEN = re.compile(rb"\w+|\s+|.", re.DOTALL)
_HOSTILE = (
    b"\0", b"\0" * 100, b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80", b"\x1b[2J",
    "\u202e\u2066".encode(), "\u200b\u200d\ufeff".encode(), "\u2028\u2029\x85".encode(), "e\u0301".encode() * 200,
    "\U0001f469\u200d\U0001f52c".encode(), b"\r", b"\r\n", b"\n\r", b"\x0b\x0c", b"\t" * 200, b"\n" * 2000,
    b"{{ 7 * 7 }}", b"{% for x in y %}", b"${jndi:ldap://x/a}", b"<script>alert(1)</script>", b"]]>", b"-->", b"*/",
    b'"""', b"'''", b"`" * 40, b"\\", b"\\u", b"%s%n", b"../../../etc/passwd", b"$(touch x)", b"; rm -rf /",
    b"9" * 5_000, b"1e999", b"-0", b"0x" + b"f" * 400, b"NaN", b"a" * 30_000, b"a " * 15_000, b"-----BEGIN RSA PRIV",
    b"-----BEGIN RSA PRIVATE KEY-----\n", b"password = '", b"https://user:pw@host/", b"eyJ", b"<!ENTITY a 'b'>",
    b"# -*- coding: utf-7 -*-\n", b"# coding: rot13\n", b"#!/usr/bin/env python\n", b"<<<<<<< HEAD\n=======\n",
)  # fmt: skip
_NESTS = (
    (b"(", b")"), (b"[", b"]"), (b"{", b"}"), (b"a(", b")"), (b"{a:", b"}"), (b"if (x) {\n", b"}\n"), (b"- ", b""),
    (b"class A {\n", b"}\n"), (b"namespace a {\n", b"}\n"), (b"f(function () {\n", b"});\n"), (b"a.", b"b"),
    (b"!", b"x"), (b"a + ", b"b"), (b"x ? ", b" : y"), (b"not ", b"x"), (b"a<", b">"), (b"*", b"p"), (b"lambda: ",
    b"x"),
    (b"#if A\n", b"#endif\n"), (b'f"{', b'}"'), (b"`${", b"}`"), (b"module A\n", b"end\n"), (b"if x then\n", b"end\n"),
    (b"<div>", b"</div>"), (b"<b>", b"</b>"), (b"<ul><li>", b"</ul>"), (b"<table><tr><td>", b"</table>"), (b"> ", b""),
    (b"**", b"**"), (b"[![", b"](x)](y)"), (b"&(", b")"), (b"await ", b"x"), (b"else if (x) {} ", b""), (b"@a\n", b""),
    (b"fn f() {\n", b"}\n"), (b"Box<", b">"), (b"<a><b>", b""), (b"x = ", b"y"), (b"case 1:\n", b""), (b"/*", b"*/"),
)  # fmt: skip
Change = Callable[[Random, bytes, Sequence[bytes]], bytes]


def spoil(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change a file in one or a few ways, not knowing what it is; `others` are files of the same kind."""
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        data = draw.choice(_CHANGES)(draw, data, others)[:LARGEST]
    return data


def spoil_json(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Put values of other types, of absurd size or depth into a JSON text; spoil its bytes where it is none."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return spoil(draw, data, others)
    for _ in range(draw.choice((1, 1, 2, 4))):
        value = _change_value(draw, value)
    try:
        text = json.dumps(value, ensure_ascii=draw.random() < 0.5, indent=draw.choice((None, 1)))
    except (RecursionError, ValueError):
        return spoil(draw, data, others)
    return text.encode("utf-8", draw.choice(("replace", "surrogatepass")))[:LARGEST]


def spoil_archive(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Spoil one part of a ZIP archive, or its name, and pack it again; sometimes spoil the packed bytes instead."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except Exception:  # noqa: BLE001 - a spoilt archive from the pool may fail in any way; its bytes will do
        return spoil(draw, data, others)
    if not parts or draw.random() < 0.3:
        return spoil(draw, data, others)
    place = draw.randrange(len(parts))
    name, part = parts[place]
    if draw.random() < 0.8:
        parts[place] = (name, spoil(draw, part, [body for _, body in parts]))
    else:
        parts.insert(place, (odd_name(draw), part))
    return zipped(parts, draw)


def zipped(parts: Sequence[tuple[str, bytes]], draw: Random) -> bytes:
    """A ZIP archive, now and then with a link or another method."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, body in parts:
            info = zipfile.ZipInfo(name.replace("\0", "") or "x")
            info.compress_type = draw.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2))
            info.external_attr = draw.choice((0, 0, 0, 0o120777 << 16, 0o10644 << 16))
            archive.writestr(info, body)
    return stream.getvalue()


def odd_name(draw: Random) -> str:
    """A name that a careless program would follow, run or show."""
    return draw.choice((
        "../../slip.py", "/absolute.py", "a/../../../b.py", "C:\\windows\\x.py", "..\\..\\x.py", "nul", "con.py",
        "a" * 300 + ".py",
        "$(touch pwned).py", "`touch pwned`.py", "; touch pwned;.py", "<img src=x onerror=alert(1)>.py", "a\nb.py",
        ".", "..",
        "\u202egnp.py", "x/" * 400 + "y.py", "{{ 7*7 }}.py", "-rf.py", "a//b.py", "./c.py", "d/.", " .py", ".py",
        "%2e%2e/e.py",
        "\ud83d\ude00.py".encode("utf-16", "surrogatepass").decode("utf-16"), "a\x1b[31m.py", "LICENSE", "x/METADATA",
        "PKG-INFO",
        "x.dist-info/METADATA", "pyproject.toml", "package.json", "go.mod", "Cargo.toml", "pom.xml", ".gitignore",
        "x/__init__.py",
    ))  # fmt: skip


def odd_value(draw: Random, depth: int = 0) -> Any:
    """A JSON value that nobody expects."""
    plain = (
        None, True, False, 0, 1.0, -1, 10**30, 1e308, float("nan"), float("inf"), "", " ", "\0", "\ud800", "\u202e",
        "a" * 5_000,
        "<script>alert(1)</script>", "{{ 7 * 7 }}", "</recall>", "<think>", "```python\nx\n```", "\x1b[31m", "2.5",
        [], {},
    )  # fmt: skip
    kind = draw.random()
    if depth > 3 or kind < 0.7:
        return draw.choice(plain)
    if kind < 0.8:
        return nested(draw.choice((5, 60, 900)), draw.choice(("list", "dict")))
    if kind < 0.9:
        return [odd_value(draw, depth + 1) for _ in range(draw.randrange(4))]
    return {str(odd_value(draw, depth + 2)): odd_value(draw, depth + 1) for _ in range(draw.randrange(4))}


def nested(depth: int, kind: str) -> Any:
    """Lists in lists, or objects in objects."""
    value: Any = 1
    for _ in range(depth):
        value = [value] if kind == "list" else {"cells": value}
    return value


def _change_value(draw: Random, value: Any) -> Any:
    """A value with something in it replaced, left out, said twice or wrapped."""
    if isinstance(value, dict) and value and draw.random() < 0.85:
        key = draw.choice(list(value))
        if draw.random() < 0.1:
            return {name: item for name, item in value.items() if name != key}
        return {**value, key: _change_value(draw, value[key])}
    if isinstance(value, list) and value and draw.random() < 0.85:
        place = draw.randrange(len(value))
        return [*value[:place], _change_value(draw, value[place]), *value[place + draw.choice((0, 1, 1)) :]]
    if isinstance(value, str) and draw.random() < 0.5:
        return spoil(draw, value.encode("utf-8", "replace"), ()).decode(
            "utf-8", draw.choice(("replace", "surrogateescape"))
        )
    return draw.choice((odd_value(draw), [value], {"x": value}))


def _flip(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(data), draw.choice((1, 1, 4, 40)))):
        changed[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(changed)


def _cut(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _span(draw, data)
    return draw.choice((data[:start], data[start:], data[:start] + data[end:]))


def _repeat(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _span(draw, data)
    return data[:end] + data[start:end] * draw.choice((1, 3, 20)) + data[end:]


def _insert(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    place = draw.choice((0, len(data), draw.randint(0, len(data))))
    return data[:place] + draw.choice(_HOSTILE) * draw.choice((1, 1, 1, 30)) + data[place:]


def _nest(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    opening, closing = draw.choice(_NESTS)
    depth = min(draw.choice(DEPTHS), LARGEST // (len(opening) + len(closing)))
    start, end = _span(draw, data)
    closings = draw.choice((depth, depth, depth - 1, 0))
    return data[:start] + opening * depth + data[start:end][:2000] + closing * closings + data[end:]


def _splice(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = draw.choice(others) if others else data
    lines, more = data.split(b"\n"), other.split(b"\n")
    place, start = draw.randint(0, len(lines)), draw.randrange(len(more))
    return b"\n".join([*lines[:place], *more[start : start + draw.choice((1, 5, 60))], *lines[place:]])


def _swap_tokens(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Put words of another file, or of this one, in place of words: most of it stays as the grammar wants it."""
    tokens = _TOKEN.findall(data)
    more = _TOKEN.findall(draw.choice(others)) if others and draw.random() < 0.5 else tokens
    for _ in range(draw.choice((1, 5, 40)) if tokens and more else 0):
        tokens[draw.randrange(len(tokens))] = draw.choice(more)
    return b"".join(tokens)


def _lines(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Other line ends, no line ends, lines in another order or at another depth."""
    lines = data.split(b"\n")
    place = draw.randrange(len(lines))
    return draw.choice((
        data.replace(b"\n", b"\r\n"), data.replace(b"\n", b"\r"), data.replace(b"\n", b" "), data.replace(b" ", b"\t"),
        b"\n".join(draw.sample(lines, len(lines))), b"\n".join([*lines[:place],
        *(b"  " + line for line in lines[place:])]),
    ))  # fmt: skip


def _encode(draw: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(draw.choice(("utf-16", "utf-32", "latin-1", "utf-8-sig", "cp1252", "shift_jis")), "replace")


def _span(draw: Random, data: bytes) -> tuple[int, int]:
    start = draw.randint(0, len(data))
    return start, min(len(data), start + draw.choice((1, 10, 300, 5_000)))


_CHANGES: tuple[Change, ...] = (
    _flip, _cut, _repeat, _insert, _insert, _nest, _nest, _splice, _splice, _swap_tokens, _swap_tokens, _lines, _encode
)  # fmt: skip
