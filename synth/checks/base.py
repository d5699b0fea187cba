"""What checks share: the verdict, what is known of the source, and how names are looked up in it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from synth.checks.benchmark_overlap import Benchmark
from synth.config import CheckSettings
from synth.graph.text.view import Passage, TextGraph
from synth.graph.view import CodeGraph, Node
from synth.languages.naming import last_name, split_name

_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Verdict:
    """What a check found: `score` from 0 to 1, and in `detail` the fault, or why the sample could not be judged."""

    name: str
    score: float
    passed: bool
    detail: str = ""


@dataclass(frozen=True)
class Context:
    """What is known of the sources that samples speak of."""

    graph: CodeGraph
    settings: CheckSettings
    count_tokens: Callable[[str], int]
    benchmark: Benchmark
    words: frozenset[str] = field(repr=False)
    """Identifiers that the source defines, imports, calls, annotates with or documents."""
    code_words: frozenset[str] = field(repr=False)
    """Those of `words` that its code holds, not its docstrings alone."""
    targets: frozenset[str] = field(repr=False)
    """What its code imports, calls or refers to, as the edges have it: dotted names, also of what is elsewhere."""
    paths: frozenset[str] = field(repr=False)
    roots: frozenset[str] = field(repr=False)
    """First parts of the qualified names: the top-level packages and modules."""
    externals: frozenset[str] = field(repr=False)
    """Names under which the source may know what it imports from elsewhere; of Python only the top-level ones."""
    imported: frozenset[str] = field(repr=False)
    """Names that some module of the source imports from elsewhere."""
    relations: frozenset[tuple[str, str, str]] = field(repr=False)
    """Source id, kind and destination id of every edge that is not ambiguous."""
    modules: Mapping[tuple[str, str], Node] = field(repr=False)
    """The module of each file of code, by collection and path."""
    files: Mapping[tuple[str, str], list[Node]] = field(repr=False)
    """What stands for a whole file of code: its file, and its module where it has one."""
    documents: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)
    """The texts of documents by collection and path; it may read each when it is asked for."""
    prose: Mapping[str, TextGraph] = field(default_factory=dict, repr=False)
    """The text graph of each collection that has prose."""

    @classmethod
    def build(
        cls,
        graph: CodeGraph,
        settings: CheckSettings,
        count_tokens: Callable[[str], int],
        benchmark: Benchmark = Benchmark(),  # noqa: B008 - frozen and empty
        documents: Mapping[tuple[str, str], str] | None = None,
        prose: Mapping[str, TextGraph] | None = None,
    ) -> "Context":
        """Index a graph for the checks; samples about prose need the texts of its documents and its text graphs."""
        nodes = graph.nodes.values()
        edges = [*graph.edges(), *(edge for node in nodes for edge in graph.unresolved(node.node_id))]
        targets = {edge.target for edge in edges}
        imported = [(node, edge.target) for node in nodes for edge in graph.unresolved(node.node_id, "imports")]
        texts = {text for node in nodes for text in (node.signature, node.value, *node.decorators, *node.bases)}
        names = {name for node in nodes for name in (node.name, node.qualified_name)}
        code_words = _words(names | texts | targets)
        return cls(
            graph=graph,
            settings=settings,
            count_tokens=count_tokens,
            benchmark=benchmark,
            words=code_words | _words({node.docstring for node in nodes}),
            code_words=code_words,
            targets=frozenset(targets),
            paths=frozenset(node.path for node in graph.nodes.values() if node.path),
            roots=frozenset(
                part for node in nodes if node.kind != "file" for part in split_name(node.qualified_name)[:1]
            ),
            externals=frozenset(part for node, target in imported for part in _heads(node, target)),
            imported=frozenset(last_name(target) for _, target in imported),
            relations=frozenset((edge.src, edge.kind, edge.dst or "") for edge in graph.edges()),
            modules={(node.collection, node.path): node for node in nodes if node.kind == "module"},
            files=_files(nodes),
            documents=documents or {},
            prose=prose or {},
        )

    def evidence(self, sample: Mapping[str, Any]) -> list[str]:
        """The lines of each piece of a sample's evidence; empty where the texts of documents are not at hand."""
        return [
            "\n".join(_lines(text)[item["start_line"] - 1 : item["end_line"]])
            for item in sample["evidence"]
            if (text := self.documents.get((sample["collection"], item["path"]))) is not None
        ]

    def passages(self, sample: Mapping[str, Any]) -> list[Passage]:
        """The passages that a sample's evidence touches."""
        graph = self.prose.get(sample["collection"])
        return [
            passage
            for item in sample["evidence"]
            for passage in (graph.passages_of(item["path"]) if graph else ())
            if passage.start_line <= item["end_line"] and item["start_line"] <= passage.end_line
        ]

    def named(self, qualified_name: str, collection: str) -> list[Node]:
        """The nodes of a collection that have this qualified name."""
        found = self.graph.by_qualified_name.get(qualified_name, ())
        return [node for node in found if node.collection == collection]

    def is_member(self, name: str, collection: str) -> bool:
        """Whether a full name leads to a node, or to a member that a class inherits or a module imports."""
        if self.named(name, collection):
            return True
        last = last_name(name)
        owner = name.removesuffix(last).rstrip(".:#/")
        graph = self.graph
        for node in self.named(owner, collection):
            if node.kind == "class" and (graph.member(node.node_id, last) or graph.has_unknown_base(node.node_id)):
                return True
            if node.kind == "module" and any(
                last_name(edge.target) == last or (edge.dst and graph.nodes[edge.dst].name == last)
                for edge in [*graph.out(node.node_id, "imports"), *graph.unresolved(node.node_id, "imports")]
            ):
                return True
        return False


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def _heads(user: Node, target: str) -> list[str]:
    """The names under which code may speak of what it imports from elsewhere."""
    parts = split_name(target)
    return parts[:1] if user.language == "python" else parts


def _files(nodes: Iterable[Node]) -> dict[tuple[str, str], list[Node]]:
    found: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in nodes:
        if node.kind in {"file", "module"}:
            found[node.collection, node.path].append(node)
    return found


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(text))


def passed(name: str, detail: str = "") -> Verdict:
    """The verdict of a sample in which nothing is wrong."""
    return Verdict(name, 1.0, passed=True, detail=detail)


def not_checked(name: str, why: str) -> Verdict:
    """The verdict of a sample that the check cannot judge; it is kept, and counted as undecided."""
    return Verdict(name, 1.0, passed=True, detail=f"not checked: {why}")


def failed(name: str, detail: str, score: float = 0.0) -> Verdict:
    """The verdict of a sample that is turned down."""
    return Verdict(name, score, passed=False, detail=detail)


def turns(sample: Mapping[str, Any]) -> dict[str, str]:
    """The texts of an instruction sample: `question`, `reasoning` and `answer`."""
    contents = {message["role"]: message["content"] for message in sample["messages"]}
    return {
        "question": contents.get("user", ""),
        "reasoning": sample["reasoning"] or "",
        "answer": contents.get("assistant", ""),
    }
