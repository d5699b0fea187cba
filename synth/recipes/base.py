"""What recipes share: the source that they draw on, the draft of a question, and how evidence becomes words."""

import ast
import hashlib
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from synth.graph.view import CodeGraph, Edge, Node

Item = TypeVar("Item")
MAX_SUMMARY = 200
_WORD = re.compile(r"\w+")
_ROLE = re.compile(r":[a-zA-Z:]+:`(~?)\.?([^`<]*?)(?:\s*<[^`>]*>)?`")  # in reStructuredText, `~` shows the last part
_RULE = re.compile(r"([=\-~^*#+])\1{2,}")  # the line below, or above, a heading
_SENTENCE_END = re.compile(r"(?<=[a-z)\]'\"])\.(?:\s|$)")


@dataclass(frozen=True)
class Draft:
    """One question before it is worded: its evidence, the facts for the templates, and what it states.

    `facts` maps a name to strings; a name that ends in `[]` holds a list. `unit` names what the draft covers and is the
    same in every run.
    """

    unit: str
    kind: str
    prompt_id: str
    source_path: str
    evidence: Sequence[dict[str, Any]]
    facts: Mapping[str, Sequence[str]]
    claims: Sequence[dict[str, Any]] = ()
    fabricated: Sequence[str] = ()
    difficulty: int = 1


@dataclass(frozen=True)
class Source:
    """One collection as recipes see it: its graph, and the texts of its files by path."""

    collection: str
    graph: CodeGraph
    texts: Mapping[str, str]
    seed: int
    count_tokens: Callable[[str], int]
    split_of: Callable[[str], str]
    """Names the split of a file; a window of files never mixes splits."""
    _lines: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _imports: dict[str, list[ast.Import | ast.ImportFrom]] = field(default_factory=dict, repr=False)

    def lines(self, path: str) -> list[str]:
        """The lines of a file, without their ends."""
        if path not in self._lines:
            self._lines[path] = self.texts[path].split("\n")
        return self._lines[path]

    def imports(self, path: str) -> list[ast.Import | ast.ImportFrom]:
        """The import statements at the top level of a file, without those of `__future__`."""
        if path not in self._imports:
            try:
                body = ast.parse(self.texts[path]).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                body = []
            found = [item for item in body if isinstance(item, ast.Import | ast.ImportFrom)]
            self._imports[path] = [item for item in found if getattr(item, "module", None) != "__future__"]
        return self._imports[path]

    def code(self, node: Node) -> str:
        """The source lines of a definition, dedented."""
        return textwrap.dedent("\n".join(self.lines(node.path)[node.start_line - 1 : node.end_line])).rstrip()

    def names(self, edge: Edge, target: Node) -> bool:
        """Whether the code says the target's own name where an edge is, not an alias or an attribute that holds it.

        That is on the edge's line, or for a test anywhere in its body: a fixture may do the rest.
        """
        user = self.graph.nodes[edge.src]
        lines = self.lines(edge.path)
        place = lines[user.start_line - 1 : user.end_line] if edge.kind == "tests" else [lines[edge.line - 1]]
        return target.name in _WORD.findall("\n".join(place))

    def shuffled(self, items: Iterable[Item], key: Callable[[Item], str]) -> list[Item]:
        """Items in an order that the seed alone fixes."""
        return sorted(items, key=lambda item: hashlib.blake2b(f"{self.seed}:{key(item)}".encode()).digest())

    def choose(self, options: Sequence[Item], key: str) -> Item:
        """One of the options, fixed by the seed and the key."""
        digest = hashlib.blake2b(f"{self.seed}:{key}".encode(), digest_size=8).digest()
        return options[int.from_bytes(digest, "big") % len(options)]

    @cached_property
    def definitions(self) -> list[Node]:
        """Classes, functions and methods, in file order."""
        kinds = {"class", "function", "method"}
        nodes = (node for node in self.graph.nodes.values() if node.kind in kinds)
        return sorted(nodes, key=lambda node: (node.path, node.start_byte))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the source and of its paths, lower case."""
        texts = (*self.texts, *self.texts.values())
        return frozenset(word for text in texts for word in _WORD.findall(text.lower()))


def span(node: Node) -> dict[str, Any]:
    """A definition as a piece of evidence."""
    return {"id": node.node_id, "path": node.path, "start_line": node.start_line, "end_line": node.end_line}


def claim(subject: str, relation: str, target: str, holds: bool = True) -> dict[str, Any]:
    """A statement about two nodes; see `synth.schema.CLAIM`."""
    return {"subject": subject, "relation": relation, "object": target, "holds": holds}


def summary(docstring: str) -> str:
    """The first sentence of a docstring as plain words without markup, or an empty string if none is good."""
    lines = [line for line in docstring.strip().split("\n") if not _RULE.fullmatch(line.strip())]
    paragraph = " ".join("\n".join(lines).strip().split("\n\n")[0].split())
    paragraph = _ROLE.sub(lambda match: match[2].rpartition(".")[2] if match[1] else match[2], paragraph)
    paragraph = paragraph.replace("``", "").replace("`", "").replace("*", "")
    sentence = _SENTENCE_END.split(paragraph, maxsplit=1)[0].strip().rstrip(".:")
    return sentence if 8 <= len(sentence) <= MAX_SUMMARY and sentence.count("|") + sentence.count("<") == 0 else ""


def describe(prefix: str, node: Node) -> dict[str, list[str]]:
    """The facts about a node that templates use, each named `<prefix>_<what>`; the qualified name is `<prefix>`."""
    values = {
        "": node.qualified_name,
        "_name": node.name,
        "_kind": node.kind,
        "_signature": node.signature,
        "_summary": summary(node.docstring),
        "_path": node.path,
        "_place": f"lines {node.start_line}-{node.end_line}"
        if node.end_line > node.start_line
        else f"line {node.start_line}",
    }
    return {prefix + key: [value] for key, value in values.items()}


def imports_for(source: Source, path: str, code: str) -> str:
    """The import statements at the top of a file that bind a name which `code` uses, as written.

    A file that CPython cannot parse gives none.
    """
    used = set(_WORD.findall(code))
    lines = source.lines(path)
    found = []
    for statement in source.imports(path):
        kept = [name for name in statement.names if (name.asname or name.name.split(".")[0]) in used]
        if len(kept) == len(statement.names):
            found.append("\n".join(lines[statement.lineno - 1 : statement.end_lineno]))
        elif kept:
            found.append(ast.unparse(_narrowed(statement, kept)))
    return "\n".join(found)


def _narrowed(statement: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.stmt:
    if isinstance(statement, ast.ImportFrom):
        return ast.ImportFrom(statement.module, names, statement.level)
    return ast.Import(names)


def humanise(name: str) -> str:
    """An identifier as words: `test_redirect_withNoHost` becomes `redirect with no host`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.removeprefix("test").replace("_", " "))
    return " ".join(spaced.split()).lower()
