"""What a language must bring: how to read one file, and how to link the files of one collection."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from synth.graph.code.facts import FileFacts


class Edge(NamedTuple):
    """A row of `synth.schema.EDGES` without its collection."""

    src: str
    dst: str | None
    kind: str
    path: str
    line: int
    confidence: str
    how: str
    target: str


NodeRow = dict[str, Any]
"""A row of `synth.schema.NODES`."""

Link = Callable[[Sequence[FileFacts], Mapping[str, str]], tuple[Iterable[NodeRow], Iterable[Edge]]]
"""Joins the files of one collection; it is also given the texts of the collection's manifests by their paths."""


Group = Callable[[pa.Table], list[list[int]]]
"""Parts facts, with the schema `synth.graph.code.facts.FACTS`, into groups of rows that can be linked by themselves."""


class ReadFile(Protocol):
    """Reads the facts of one file."""

    def __call__(self, collection: str, path: str, text: str, *, is_test: bool) -> FileFacts:
        """Read one file; see `synth.graph.code.python.walk.read_file`."""


class Language(NamedTuple):
    """One language; `synth.graph.code.LANGUAGES` registers it under the name that documents give it.

    Languages that share one `link`, such as C and C++, are linked together.
    """

    name: str
    read_file: ReadFile
    link: Link
    group: Group | None = None
    """Parts the rows of its facts into groups that say nothing about each other; None where they may."""
