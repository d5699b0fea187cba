"""What recipes share: the source that they draw on, the draft of a question, and how evidence becomes words."""

import hashlib
import json
import re
import textwrap
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from synth.graph.text.view import TextGraph
from synth.graph.view import CodeGraph, Edge, Node
from synth.languages import LANGUAGES
from synth.recipes.wording import PLACES, can_be_written, full_name, is_spread, word

Item = TypeVar("Item")
MAX_SUMMARY = 200
_WORD = re.compile(r"\w+")
_ROLE = re.compile(r":[a-zA-Z:]+:`(~?)\.?([^`<]*?)(?:\s*<[^`>]*>)?`")  # in reStructuredText, `~` shows the last part
_RULE = re.compile(r"([=\-~^*#+])\1{2,}")  # the line below, or above, a heading
_OTHERS_AFTER = re.compile(r"[\s;,)\]}]*(?!#|//|/\*)[^\s;,)\]}]")
_TAGS = re.compile(
    r"</?(?:summary|remarks|para|see|seealso|paramref|c|code|p|b|i|em|tt|strong|a)\b(?:[^<>]*?[\"\'](?:\w:)?"
    r"([\w.]+)[\"\'])?[^<>]*>"
)  # of C# and Java
_INLINE_TAG = re.compile(r"\{@\w+\s+#?([^{}\s]+)[^{}]*\}")
_FIRST_TAG = re.compile(r"(?:^|\s)[@\\](?!brief|summary|short)[a-z]+\b.*", re.DOTALL)  # of Javadoc and Doxygen
_BRIEF = re.compile(r"^[@\\](?:brief|summary|short)\s+")
_LINKED = re.compile(r"\[`([^`\]]+)`\](?:\([^)]*\))?|\[([^\]]+)\]\([^)]*\)")  # of Rust and Markdown
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
    text: TextGraph = field(default_factory=lambda: TextGraph({}, {}, {}))
    """Its prose: passages and entities."""
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    """What recipes have worked out about the graph already."""
    _lines: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _encoded: dict[str, bytes] = field(default_factory=dict, repr=False)

    def lines(self, path: str) -> list[str]:
        """The lines of a file, without their ends."""
        if path not in self._lines:
            self._lines[path] = self.texts[path].split("\n")
        return self._lines[path]

    def line(self, path: str, number: int) -> str:
        """One line of a file, counted from 1; empty where the source has no such line."""
        return "\n".join(self.lines(path)[max(0, number - 1) : number]) if path in self.texts else ""

    def code(self, node: Node) -> str:
        """The source lines of a definition, dedented; without another one that shares its first or last line."""
        lines = "\n".join(self.lines(node.path)[node.start_line - 1 : node.end_line])
        own = self._bytes(node.path)[node.start_byte : node.end_byte].decode("utf-8", "replace")
        before, found, after = lines.partition(own)
        indent = before.rpartition("\n")[2]
        if found and ({"{", "}", ";"} & set(indent) or _OTHERS_AFTER.match(after)):
            lines = " " * len(indent) + own
        return dedent(lines, node.language).rstrip()

    def _bytes(self, path: str) -> bytes:
        if path not in self._encoded:
            self._encoded[path] = self.texts[path].encode("utf-8", "surrogatepass")
        return self._encoded[path]

    def names(self, edge: Edge, target: Node) -> bool:
        """Whether the code says the target's own name where an edge is, not an alias or an attribute that holds it.

        That is on the edge's line, or for a test anywhere in its body: a fixture may do the rest. A property that is
        read is named, but nobody says of it that it is called.
        """
        if edge.kind == "calls" and edge.how == "protocol":
            return False
        user = self.graph.nodes[edge.src]
        if edge.kind != "tests":
            return says(self.line(edge.path, edge.line), target.name)
        return says("\n".join(self.lines(user.path)[user.start_line - 1 : user.end_line]), target.name)

    def shuffled(self, items: Iterable[Item], key: Callable[[Item], str]) -> list[Item]:
        """Items in an order that the seed alone fixes."""
        return sorted(items, key=lambda item: hashlib.blake2b(f"{self.seed}:{key(item)}".encode()).digest())

    def choose(self, options: Sequence[Item], key: str) -> Item:
        """One of the options, fixed by the seed and the key."""
        digest = hashlib.blake2b(f"{self.seed}:{key}".encode(), digest_size=8).digest()
        return options[int.from_bytes(digest, "big") % len(options)]

    @cached_property
    def definitions(self) -> list[Node]:
        """Classes, functions and methods whose names can be written, in file order."""
        kinds = {"class", "function", "method"}
        nodes = (node for node in self.graph.nodes.values() if node.kind in kinds and can_be_written(node))
        return sorted(nodes, key=lambda node: (node.path, node.start_byte))

    @cached_property
    def starts(self) -> Mapping[str, set[int]]:
        """The lines on which definitions begin, by path."""
        found: dict[str, set[int]] = defaultdict(set)
        for node in self.definitions:
            found[node.path].add(node.start_line)
        return found

    @cached_property
    def modules(self) -> frozenset[str]:
        """The paths of files that are modules."""
        nodes = (node for node in self.graph.nodes.values() if node.kind == "module" and not is_spread(node))
        return frozenset(node.path for node in nodes)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the source and of its paths, lower case."""
        texts = (*self.texts, *self.texts.values())
        return frozenset(word for text in texts for word in _WORD.findall(text.lower()))


Task = Mapping[str, Any]
"""A row of `synth.schema.TASKS`."""


class Recipe(NamedTuple):
    """One recipe; `synth.recipes.RECIPES` registers it under its name."""

    name: str
    stage: str
    """`cpt` or `sft`."""
    drafts: Callable[[Source, Any], Iterator[Draft]]
    """Yields one draft a unit of evidence, the units that cover something new first."""
    problem: str = ""
    """The prompt by which a teacher writes questions; empty where it writes none."""
    needs_teacher: bool = False
    """Whether it has nothing to say without one."""
    ask: Callable[[Task, Source, Any], dict[str, Any]] | None = None
    """Turns a planned task into what a teacher is asked first, given `TeacherSettings`; None for the frame of code."""
    pose: Callable[[Task, str, Any], Iterator[dict[str, Any]]] | None = None
    """From a task of the round `problem`, the answer to it and `TeacherSettings` to the tasks that follow; raises
    `ValueError` for an answer of another shape. None where the problems are those of `synth.recipes.teacher`."""

    @classmethod
    def of(cls, module: ModuleType) -> "Recipe":
        """The recipe of a module that says its `NAME`, `STAGE`, `drafts` and, where a teacher asks, `PROBLEM`."""
        return cls(module.NAME, module.STAGE, module.drafts, getattr(module, "PROBLEM", ""))


def dedent(code: str, language: str) -> str:
    """Code moved to the left; what a preprocessor reads stands there already."""
    lines = code.split("\n")
    directives = {} if LANGUAGES[language].comment == "#" else {
        index: line for index, line in enumerate(lines) if line.startswith("#")
    }  # fmt: skip
    moved = textwrap.dedent("\n".join("" if index in directives else line for index, line in enumerate(lines)))
    return "\n".join(directives.get(index, line) for index, line in enumerate(moved.split("\n")))


def says(text: str, name: str) -> bool:
    """Whether a text holds a name as a word of its own."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


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
    paragraph = _LINKED.sub(lambda match: match[1] or match[2], _BRIEF.sub("", _FIRST_TAG.sub("", paragraph)))
    paragraph = _INLINE_TAG.sub(r"\1", _TAGS.sub(lambda match: match[1] or "", paragraph))
    paragraph = _ROLE.sub(lambda match: match[2].rpartition(".")[2] if match[1] else match[2], paragraph)
    paragraph = paragraph.replace("``", "").replace("`", "").replace("*", "")
    sentence = _SENTENCE_END.split(paragraph, maxsplit=1)[0].strip().rstrip(".:")
    return sentence if 8 <= len(sentence) <= MAX_SUMMARY and sentence.count("|") + sentence.count("<") == 0 else ""


def describe(prefix: str, node: Node) -> dict[str, list[str]]:
    """The facts about a node that templates use, each named `<prefix>_<what>`; the full name is `<prefix>`."""
    values = {
        "": full_name(node),
        "_name": node.name,
        "_kind": word(node),
        "_signature": node.signature,
        "_summary": summary(node.docstring),
        "_path": "" if is_spread(node) else node.path,
        "_place": _place(node),
        "_is_place": "yes" if node.kind in PLACES else "",
    }
    return {prefix + key: [value] for key, value in values.items()}


def _place(node: Node) -> str:
    if is_spread(node):
        return ""
    if node.end_line > node.start_line:
        return f"lines {node.start_line}-{node.end_line}"
    return f"line {node.start_line}"


def humanise(name: str) -> str:
    """An identifier as words: `test_redirect_withNoHost` becomes `redirect with no host`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.removeprefix("test").replace("_", " "))
    return " ".join(spaced.split()).lower()


def load_json(text: str) -> Any:
    """Read a teacher's answer.

    Raises:
        ValueError: it is no JSON, or nested too deeply to be read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
