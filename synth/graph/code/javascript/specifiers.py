"""How the texts that say where modules are, are read: JSON with comments, paths and patterns with a `*`."""

import json
import re
from collections.abc import Iterator, Mapping

_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|//[^\n]*', re.DOTALL)
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_CONDITIONS = ("source", "development", "types", "import", "module", "browser", "node", "default", "require")
MAX_NESTING = 8  # conditions inside of conditions


def read_json(text: str) -> dict[str, object]:
    """JSON with comments and trailing commas; empty where it is none."""
    plain = _TRAILING.sub(lambda match: match[1] or "", _COMMENT.sub(lambda match: match[1] or "", text))
    try:
        read = json.loads(plain)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def join(folder: str, path: str) -> str | None:
    """A path from a folder, with `.` and `..` worked out; None where it leaves the source."""
    parts = [part for part in folder.split("/") if part]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def upwards(folder: str) -> Iterator[str]:
    """A folder and those above it."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def substitute(specifier: str, patterns: Mapping[str, list[str]]) -> Iterator[str]:
    """What a specifier is mapped to, where a `*` stands for anything; the longest pattern first."""
    for pattern in sorted(patterns, key=lambda item: (-len(item.partition("*")[0]), item)):
        before, star, after = pattern.partition("*")
        if not star and pattern == specifier:
            yield from patterns[pattern]
        elif star and specifier.startswith(before) and specifier.endswith(after):
            middle = specifier[len(before) : len(specifier) - len(after)]
            if len(specifier) >= len(before) + len(after):
                yield from (target.replace("*", middle) for target in patterns[pattern])


def targets_of(value: object, depth: int = 0) -> Iterator[str]:
    """The targets in a value of `exports`, in the order in which source is likeliest."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < MAX_NESTING:
        for item in value:
            yield from targets_of(item, depth + 1)
    elif isinstance(value, dict) and depth < MAX_NESTING:
        for key in sorted(value, key=lambda key: (_CONDITIONS.index(key) if key in _CONDITIONS else -1, key)):
            yield from targets_of(value[key], depth + 1)
