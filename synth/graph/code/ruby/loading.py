"""Which file does a `require` load? By load paths: `lib`, what a gemspec names, and the folders of tests."""

import re
from collections.abc import Iterable, Mapping
from posixpath import dirname, join, normpath

from tree_sitter import Node

from synth.graph.code.ruby.titles import literal
from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.trees import text_of

ROOTS = frozenset({"lib", "test", "spec", "app", "ext"})
_PATHS = re.compile(r"\.require_paths?\s*=\s*(.*)")
_QUOTED = re.compile(r"[\"']([^\"'#]+)[\"']")
_HERE = re.compile(r"__FILE__|__dir__")


def loaded(node: Node) -> str:
    """What a call loads: `name` by the load path, `./name` relative to the folder of the file; empty if unknown."""
    word = text_of(node.child_by_field_name("method"))
    given = arguments_of(node.child_by_field_name("arguments"))
    item = given[-1] if given and word == "autoload" else given[0] if given else None
    if item is None:
        return ""
    if item.type == "string":
        text = literal(item)
        return "" if "#{" in text else f"./{text}" if word == "require_relative" else text
    return _expanded(text_of(item)) if item.type == "call" else ""


def _expanded(text: str) -> str:
    """The path in `File.expand_path("../x", __FILE__)` or `File.join(__dir__, "x")`."""
    parts, here = _QUOTED.findall(text), _HERE.search(text)
    if not parts or here is None or "#{" in text:
        return ""
    above = "" if here[0] == "__dir__" or "dirname" in text else "."
    path = "/".join(parts)
    return f"./{path.removeprefix('../')}" if above and path.startswith("../") else f"./{path}"


class LoadPaths:
    """Finds the files of a collection by the names under which they are loaded."""

    def __init__(self, paths: Iterable[str], manifests: Mapping[str, str]) -> None:
        self._paths = frozenset(paths)
        roots = {root for path in self._paths for root in _roots_of(path)}
        for path, text in manifests.items():
            if path.endswith(".gemspec"):
                for line in _PATHS.findall(text):
                    roots.update(normpath(join(dirname(path), item)) for item in _QUOTED.findall(line))
        self._roots = sorted(roots | {""})

    def find(self, name: str, path: str) -> str:
        """The file that a name loads from a file; empty where it is none of the collection."""
        if name.startswith("."):
            return self._file(normpath(join(dirname(path), name)))
        if name.startswith("/"):
            return ""
        found = [file for root in self._roots if (file := self._file(join(root, name)))]
        return max(found, key=lambda file: (_shared(file, path), -len(file))) if found else ""

    def _file(self, stem: str) -> str:
        return stem if stem in self._paths else f"{stem}.rb" if f"{stem}.rb" in self._paths else ""


def _roots_of(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: position + 1]) for position, part in enumerate(parts) if part in ROOTS]


def _shared(one: str, other: str) -> int:
    """How many folders two paths have in common from the top."""
    count = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count
