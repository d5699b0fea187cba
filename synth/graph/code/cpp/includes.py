"""Which file does an `#include` mean, and which files does one see through its includes?"""

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from synth.graph.code.facts import FileFacts
from synth.graph.code.toolkit.rules import words

ROOTS = ("", "include", "src", "source", "lib")
STANDARD = words(
    "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic "
    "stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype unistd fcntl"
)
_FOLDER = re.compile(r"(?:^|\s)-(?:I|isystem|iquote)\s*([^\s]+)")


class Includes:
    """The includes of one collection.

    Args:
        files: all of them.
        manifests: texts of the files that say how the source is laid out, by path.
    """

    def __init__(self, files: Sequence[FileFacts], manifests: Mapping[str, str]) -> None:
        self._paths = {file.path for file in files}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._paths):
            self._by_name[path.rpartition("/")[2]].append(path)
        self._folders = list(dict.fromkeys([*_stated(manifests, self._paths), *_customary(self._paths)]))
        self._included: dict[str, list[str]] = {}
        self._including: dict[str, list[str]] = defaultdict(list)
        for file in files:
            found = [self.find(file.path, item.module) for item in file.imports if item.module]
            self._included[file.path] = [path for path in dict.fromkeys(found) if path]
            for path in self._included[file.path]:
                self._including[path].append(file.path)
        self._seen: dict[str, frozenset[str]] = {}
        self._around: dict[str, frozenset[str]] = {}

    def find(self, path: str, written: str) -> str:
        """The file that an include of another means; empty for one that is outside of the source.

        Args:
            path: of the file that includes.
            written: what it includes, with its quotes or angle brackets.
        """
        name = written[1:-1].strip()
        if written[:1] == '"':
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if beside in self._paths:
                return beside
        for folder in self._folders:
            candidate = posixpath.normpath(posixpath.join(folder, name))
            if candidate in self._paths:
                return candidate
        is_outside = written[:1] == "<" and "/" not in name and ("." not in name or name[:-2] in STANDARD)
        return "" if is_outside else self._by_suffix(path, posixpath.normpath(name).lstrip("./"))

    def _by_suffix(self, path: str, name: str) -> str:
        """The only file whose path ends so, else the one that shares most folders with the file."""
        found = [item for item in self._by_name.get(name.rpartition("/")[2], ()) if f"/{item}".endswith(f"/{name}")]
        if len(found) < 2:
            return found[0] if found else ""
        ranked = sorted(found, key=lambda item: (-common(path, item), item))
        return ranked[0] if common(path, ranked[0]) > common(path, ranked[1]) else ""

    def seen_from(self, path: str) -> frozenset[str]:
        """A file and all that it includes, however far."""
        if path not in self._seen:
            self._seen[path] = _reach([path], self._included)
        return self._seen[path]

    def around(self, path: str) -> frozenset[str]:
        """What files see that include this one, since it may rest on what they include before it."""
        if path not in self._around:
            self._around[path] = _reach(_reach([path], self._including), self._included)
        return self._around[path]


def common(first: str, second: str) -> int:
    """How many folders two paths share from the top."""
    count = 0
    for here, there in zip(first.split("/")[:-1], second.split("/")[:-1], strict=False):
        if here != there:
            break
        count += 1
    return count


def _reach(start: Iterable[str], steps: Mapping[str, Sequence[str]]) -> frozenset[str]:
    found = set(start)
    stack = list(found)
    while stack:
        for path in steps.get(stack.pop(), ()):
            if path not in found:
                found.add(path)
                stack.append(path)
    return frozenset(found)


def _customary(paths: Iterable[str]) -> list[str]:
    """The roots that projects have, then every folder called `include`."""
    folders = {path.rpartition("/")[0] for path in paths}
    above = {
        "/".join(parts[: position + 1])
        for parts in (folder.split("/") for folder in folders)
        for position, part in enumerate(parts)
        if part == "include"
    }
    return [*ROOTS, *sorted(above)]


def _stated(manifests: Mapping[str, str], paths: Iterable[str]) -> list[str]:
    """The folders that compile_commands.json names, relative to the root of the source."""
    known = {path.rpartition("/")[0] for path in paths}
    known |= {"/".join(folder.split("/")[:length]) for folder in known for length in range(1, folder.count("/") + 2)}
    found: dict[str, None] = {}
    for path, text in sorted(manifests.items()):
        if path.rpartition("/")[2] == "compile_commands.json":
            for folder in _named_in(text):
                inside = _inside(folder, known)
                if inside is not None:
                    found[inside] = None
    return list(found)


def _named_in(text: str) -> list[str]:
    """The include directories of a compilation database, each once."""
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found: dict[str, None] = {}
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            arguments = entry.get("arguments")
            command = " ".join(map(str, arguments)) if isinstance(arguments, list) else str(entry.get("command", ""))
            for folder in _FOLDER.findall(command):
                found[posixpath.normpath(posixpath.join(str(entry.get("directory", "")), folder))] = None
    return list(found)


def _inside(folder: str, known: set[str]) -> str | None:
    """The folder of the source that a folder of the machine that compiled is: the longest end of its path."""
    parts = [part for part in folder.split("/") if part]
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        if candidate in known:
            return candidate
    return None
