"""From bytes to text: encodings are declared or detected, never guessed in silence."""

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
MAX_CHAOS = 0.1  # charset-normalizer's measure of disorder, 0 to 1: above this a detection is not trusted
MIN_DETECTED_BYTES = 64  # fewer bytes fit too many encodings


class Undecodable(ValueError):
    """The bytes are in no encoding that can be told for certain."""


def decode(data: bytes, language: str) -> tuple[str, str]:
    """Decode a file.

    A byte order mark decides; then, for Python, the coding comment of PEP 263; then UTF-8 if it fits without error;
    then detection, if it is confident. Line ends become newlines, so that line numbers mean the same everywhere.

    Args:
        data: the raw bytes.
        language: of the file; only Python declares encodings in comments.

    Returns:
        The text without byte order mark, and the name of its encoding.

    Raises:
        Undecodable: no encoding could be told.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data, encoding), encoding.removesuffix("-sig")
    if language == "python":
        for line in data.split(b"\n", 2)[:2]:
            if cookie := _COOKIE.match(line):
                name = cookie[1].decode("ascii", "replace")
                return _strict(data, name), name.lower()
    try:
        return _strict(data, "utf-8"), "utf-8"
    except Undecodable:
        return _detect(data)


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise Undecodable(f"not {encoding}: {error}") from None
    if not isinstance(text, str) or any("\ud800" <= char <= "\udfff" for char in _suspects(text)):
        raise Undecodable(f"{encoding} gives no valid text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _suspects(text: str) -> str:
    """Only what is outside ASCII may be a surrogate: most files have none, and need no slow loop."""
    return "" if text.isascii() else text


def _detect(data: bytes) -> tuple[str, str]:
    if len(data) < MIN_DETECTED_BYTES:
        raise Undecodable("not UTF-8, and too short to tell its encoding")
    best = from_bytes(data).best()
    if best is None or best.chaos > MAX_CHAOS:
        raise Undecodable("not UTF-8, and no other encoding fits")
    return _strict(data, best.encoding), best.encoding
