"""What checks share: the verdict, what is known of the source, and how names are looked up in it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from synth.checks.benchmark_overlap import Benchmark
from synth.config import CheckSettings
from synth.graph.view import CodeGraph, Node

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
    paths: frozenset[str] = field(repr=False)
    roots: frozenset[str] = field(repr=False)
    """First parts of the qualified names: the top-level packages and modules."""
    externals: frozenset[str] = field(repr=False)
    """Top-level names of the modules that the source imports from elsewhere."""
    relations: frozenset[tuple[str, str, str]] = field(repr=False)
    """Source id, kind and destination id of every edge that is not ambiguous."""

    @classmethod
    def build(
        cls,
        graph: CodeGraph,
        settings: CheckSettings,
        count_tokens: Callable[[str], int],
        benchmark: Benchmark = Benchmark(),  # noqa: B008 - frozen and empty
    ) -> "Context":
        """Index a graph for the checks."""
        words: set[str] = set()
        for node in graph.nodes.values():
            texts = (node.name, node.signature, node.docstring, node.value, *node.decorators, *node.bases)
            for text in texts:
                words.update(_WORD.findall(text))
            words.update(_WORD.findall(node.qualified_name))
            for edge in graph.unresolved(node.node_id):
                words.update(_WORD.findall(edge.target))
        return cls(
            graph=graph,
            settings=settings,
            count_tokens=count_tokens,
            benchmark=benchmark,
            words=frozenset(words),
            paths=frozenset(node.path for node in graph.nodes.values() if node.path),
            roots=frozenset(node.qualified_name.partition(".")[0] for node in graph.nodes.values()) - {""},
            externals=frozenset(
                edge.target.partition(".")[0]
                for node_id in graph.nodes
                for edge in graph.unresolved(node_id, "imports")
                if edge.target
            ),
            relations=frozenset((edge.src, edge.kind, edge.dst or "") for edge in graph.edges()),
        )

    def named(self, qualified_name: str, collection: str) -> list[Node]:
        """The nodes of a collection that have this qualified name."""
        found = self.graph.by_qualified_name.get(qualified_name, ())
        return [node for node in found if node.collection == collection]


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
