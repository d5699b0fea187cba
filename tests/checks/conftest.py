"""A small real graph, its context, and a sample about it that passes every check."""

from collections.abc import Mapping
from typing import Any

import pytest

from synth.checks import Context
from synth.config import CheckSettings
from synth.graph.code import link, parse_documents
from synth.graph.view import CodeGraph, Node
from synth.schema import DOCUMENTS, table_from_rows

FILES = {
    "pkg/__init__.py": '"""The package."""\n\nfrom pkg.shapes import Circle, area\n\n__all__ = ["Circle", "area"]\n',
    "pkg/shapes.py": '''"""Shapes."""

import math
from dataclasses import dataclass
from unknown import Mystery


class Shape:
    """Something flat."""

    def __init__(self, name: str, *, colour: str = "red") -> None:
        self.name = name

    def describe(self) -> str:
        """Say what it is in the given context."""
        return self.name


class Circle(Shape):
    """Round."""

    def radius(self) -> float:
        return 1.0


class Odd(Mystery):
    """Nobody knows its bases."""


@dataclass
class Point:
    x: int
    y: int = 0


def area(shape: Shape, scale: float = 1.0) -> float:
    """How large a shape is."""
    return helper(shape) * scale * math.pi


def helper(shape):
    return len(shape.describe())
''',
}


def graph(files: Mapping[str, str] = FILES) -> CodeGraph:
    rows = [
        {
            "doc_id": path,
            "collection": "c",
            "path": path,
            "media": "code",
            "language": "python",
            "text": text,
            "is_test": False,
        }
        for path, text in files.items()
    ]
    return CodeGraph.from_tables(*link([parse_documents(table_from_rows(rows, DOCUMENTS))]))


GRAPH = graph()


def make_context(about: CodeGraph = GRAPH, **settings: Any) -> Context:
    return Context.build(about, CheckSettings(**settings), lambda text: len(text.split()))


@pytest.fixture
def context() -> Context:
    return make_context()


def node(name: str) -> Node:
    return next(item for item in GRAPH.by_qualified_name[name] if item.kind != "file")


def make_sample(question: str = "", answer: str = "", reasoning: str = "", **other: Any) -> dict[str, Any]:
    """An instruction sample about `pkg.shapes.area`; texts that are not given are sound ones."""
    about = node("pkg.shapes.area")
    return {
        "stage": "sft",
        "recipe": "ucd.single_hop",
        "collection": "c",
        "text": None,
        "messages": [
            {"role": "user", "content": question or "What does `pkg.shapes.area` call?"},
            {"role": "assistant", "content": answer or "`pkg.shapes.area` calls `pkg.shapes.helper` on its line 41."},
        ],
        "reasoning": reasoning or "I recall that `area` multiplies what `helper` gives back.",
        "evidence": [{"id": about.node_id, "path": about.path, "start_line": 1, "end_line": 2}],
        "claims": [],
        "fabricated": [],
        "kind": "calls",
        "reference": "",
        "rubric": [],
        "finish_reason": "stop",
        "engine": "template",
        **other,
    }
