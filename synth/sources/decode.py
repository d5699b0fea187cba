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
_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([-\w.:]{1,40})""", re.IGNORECASE
)
_HTML_HEAD = 1024  # bytes in which a page has to name its encoding: HTML Living Standard, 4.2.5.4
_AS_IN_BROWSERS = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
MAX_CHAOS = 0.1  # charset-normalizer's measure of disorder, 0 to 1: above this a detection is not trusted
MIN_DETECTED_BYTES = 64  # fewer bytes fit too many encodings


class Undecodable(ValueError):
    """The bytes are in no encoding that can be told for certain."""


def decode(data: bytes, language: str) -> tuple[str, str]:
    """Decode a file.

    A byte order mark decides; then, for Python, the coding comment of PEP 263; then UTF-8 if it fits without error;
    then, for HTML, what the page declares, if it fits; then detection, if it is confident. Line ends become newlines,
    so that line numbers mean the same everywhere.

    Args:
        data: the raw bytes.
        language: of the file; only Python and HTML declare encodings.

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
        return (_declared(data) if language == "html" else None) or _detect(data)


def _declared(data: bytes) -> tuple[str, str] | None:
    """Decode a page as it declares; pages that declare wrongly are many, so that does not end the matter."""
    if (charset := _CHARSET.search(data[:_HTML_HEAD])) is None:
        return None
    name = charset[1].decode("ascii").lower()
    name = _AS_IN_BROWSERS.get(name, name)
    try:
        return _strict(data, name), name
    except Undecodable:
        return None


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
