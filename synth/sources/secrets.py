"""Credentials are hidden before anything else sees a text: found by detect-secrets, replaced by what kind they were.

The scanner's plugins are called directly on lines: its own entry points read files, keep global settings and spend
most of their time on lines that cannot match. Here a search of the whole text decides which plugins see any line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.filters import heuristic
from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector
from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString, HexHighEntropyString
from detect_secrets.plugins.keyword import DENYLIST, KeywordDetector

_LEFT_OUT = {"Public IP (ipv4)", "Private Key"}  # an address is no credential; keys span lines and are found below
_NAMED = re.compile("|".join(DENYLIST), re.IGNORECASE)
_SPEAKS_OF_ONE = re.compile(r"token|key|secret|passw|pwd|auth|cred|private|signature", re.IGNORECASE)
_LONG_STRING = re.compile(r"['\"][A-Za-z0-9+/=_\-]{16,}['\"]")
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(.{1,20000}?)(?:-----END [A-Z0-9 ]*PRIVATE KEY|\Z)", re.DOTALL
)
_KEY_MATERIAL = re.compile(r"[A-Za-z0-9+/=]{8,}")
_LABEL = re.compile(  # several words, or one that speaks of credentials itself: the name of one, not its value
    r"[A-Za-z]+(?:[_\-. /]+[A-Za-z]+)+\d?[\-_/]?|[A-Za-z]*(?:pass|pwd|secret|token|key)[A-Za-z]*\d?", re.IGNORECASE
)
_NAME = re.compile(r"\W?[A-Za-z]*(?:pass|pwd|secret|token|key)[A-Za-z]*\d?", re.IGNORECASE)
_TOKEN_END = re.compile(r"[^\w\-.+/=]|$")
MIN_LENGTH = 6  # a shorter value is a placeholder or an example
MAX_VALUE = 1000  # a credential that ends further behind its name is none
MIN_UNMISTAKABLE = 8  # a shorter value may occur by chance


@dataclass(frozen=True)
class Redaction:
    """A credential that was hidden: what kind it was, and its line."""

    kind: str
    line: int


def redact(text: str, path: str) -> tuple[str, list[Redaction]]:
    """Hide the credentials in a text; the number of lines stays.

    Args:
        text: the decoded file.
        path: its path; some detectors are stricter about the syntax of a credential in source code.

    Returns:
        The text with `<redacted:kind>` in place of each credential, and what was found, without the values.
    """
    found: list[Redaction] = []
    text = _redact_keys(text, found)
    lines = text.split("\n")
    values: dict[str, str] = {}
    for number, kind, value in _scan(text, lines, path):
        found.append(Redaction(kind, number))
        values[value] = f"<redacted:{kind}>"
    for value in sorted(values, key=len, reverse=True):
        text = _occurrences(value).sub(values[value], text)
    return text, sorted(set(found), key=lambda item: (item.line, item.kind))


def _occurrences(value: str) -> re.Pattern[str]:
    """Where a credential stands; one that could be a name of the code counts only between quotes or in a URL."""
    if len(value) >= MIN_UNMISTAKABLE and not value.isidentifier():
        return re.compile(re.escape(value))
    return re.compile(rf"(?<=['\"=:/@ ]){re.escape(value)}(?=['\"@:&\s]|$)", re.MULTILINE)


def _redact_keys(text: str, found: list[Redaction]) -> str:
    """Hide the body of each private key but keep its frame, so that code which builds one from strings still parses."""
    if "PRIVATE KEY" not in text:
        return text

    def hide(match: re.Match[str]) -> str:
        start, end = match.start(1) - match.start(), match.end(1) - match.start()
        body, count = _KEY_MATERIAL.subn("<redacted:private_key>", match[1])
        if count:
            found.append(Redaction("private_key", text.count("\n", 0, match.start()) + 1))
        return match[0][:start] + body + match[0][end:]

    return _PEM.sub(hide, text)


def _scan(text: str, lines: list[str], path: str) -> Iterator[tuple[int, str, str]]:
    """Yield line number, kind and value of each credential."""
    for plugin in _patterns():
        for pattern in plugin.denylist:
            if pattern.search(text):
                for number, line in enumerate(lines, 1):
                    yield from ((number, _kind(plugin), value) for value in _matches(pattern, line))
    if _NAMED.search(text):
        keyword = KeywordDetector()
        for number, line in enumerate(lines, 1):
            for piece in _pieces(line):
                yield from ((number, _kind(keyword), value) for value in _values(keyword, path, number, piece))
    if _LONG_STRING.search(text):
        for number, line in enumerate(lines, 1):
            if _LONG_STRING.search(line) and _SPEAKS_OF_ONE.search(line):
                for entropy in (Base64HighEntropyString(), HexHighEntropyString()):
                    yield from ((number, _kind(entropy), value) for value in _values(entropy, path, number, line))


def _matches(pattern: re.Pattern[str], line: str) -> Iterator[str]:
    """What a pattern finds in a line: its groups where they hold the credential, else all that it matches.

    The detectors' own method gives the groups alone, which for some are no more than a prefix such as `ghp`.
    """
    for match in pattern.finditer(line):
        whole = match[0]
        if whole.startswith("eyJ"):  # the pattern of JSON web tokens stops short of the last part
            whole = line[match.start() : _end_of_token(line, match.end())]
        groups = [group for group in match.groups() if group and len(group) >= MIN_LENGTH]
        # What has the form of a credential as a whole may be letters alone by chance, and is no row of words.
        label = _LABEL if groups else _NAME
        for value in groups or [whole]:
            if len(value) >= MIN_LENGTH and not label.fullmatch(value) and not heuristic.is_templated_secret(value):
                yield value


def _pieces(line: str) -> Iterator[str]:
    """Parts of a line, each with a name of credentials first: the detector sees no second one, nor a value far away."""
    start = 0
    for name in _NAMED.finditer(line):
        yield line[start : name.end() + MAX_VALUE]
        start = name.end()


def _end_of_token(line: str, start: int) -> int:
    found = _TOKEN_END.search(line, start)
    return found.start() if found else len(line)


def _values(plugin: BasePlugin, path: str, number: int, line: str) -> Iterator[str]:
    """Values that a general detector finds in a line, without those that only look like credentials."""
    for secret in plugin.analyze_line(filename=path, line=line, line_number=number):
        value = secret.secret_value
        if (
            value
            and len(value) >= MIN_LENGTH
            and not _LABEL.fullmatch(value)
            and "<redacted" not in value
            and not heuristic.is_sequential_string(value)
            and not heuristic.is_potential_uuid(value)
            and not heuristic.is_templated_secret(value)
            and not heuristic.is_prefixed_with_dollar_sign(value)
            and not heuristic.is_not_alphanumeric_string(value)
            and not heuristic.is_indirect_reference(line)
        ):
            yield value


@cache
def _patterns() -> tuple[RegexBasedDetector, ...]:
    """The detectors of credentials that have a form of their own, such as GitHub tokens."""
    classes: dict[str, Any] = get_mapping_from_secret_type_to_class()
    return tuple(
        classes[name]()
        for name in sorted(classes)
        if name not in _LEFT_OUT and issubclass(classes[name], RegexBasedDetector)
    )


def _kind(plugin: BasePlugin) -> str:
    return "".join(char if char.isalnum() else "_" for char in plugin.secret_type.lower()).strip("_")
