"""Graphs made by hand: what a recipe or a check needs of a language, whoever reads that language."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from synth.graph.view import CodeGraph, Edge, Node, Parameter
from synth.recipes.base import Source


class Part(NamedTuple):
    """A node; its first line is the first that begins with `starts`, its last the next that begins with `ends`."""

    name: str
    kind: str
    variety: str = ""
    path: str = ""
    starts: str = ""
    ends: str = ""
    signature: str = ""
    docstring: str = ""
    parameters: str | None = None
    """`name type = default`, parted by `; `; None where the kind takes none."""
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    last: str = ""
    """The last name, where it is not what stands after the last separator."""
    is_test: bool = False
    key: str = ""
    """What edges call it, where its name has overloads."""


def make(
    language: str, files: Mapping[str, str], parts: Sequence[Part], edges: Sequence[tuple[str, str, str, str]]
) -> Source:
    """A source with a graph of these parts.

    Args:
        language: of all files.
        files: texts by path.
        parts: the nodes beside one for each file.
        edges: kind, source, target and a text that the edge's line holds, the first in the source's lines; after an
            `@` the path, where it is another one.
    """
    nodes = [_file(path, text, language) for path, text in files.items()]
    nodes += [_node(part, files, language) for part in parts]
    by_name = {node.node_id.removeprefix("file:"): node for node in nodes}
    found = [_edge(by_name[one], kind, by_name[two], text, files) for kind, one, two, text in edges]
    return Source("shop", CodeGraph(nodes, found), dict(files), 0, lambda text: len(text.split()), lambda _: "train")


def _line(text: str, starts: str, after: int = 0) -> int:
    found = (number for number, line in enumerate(text.split("\n"), 1) if number > after and line.startswith(starts))
    return next(found)


def _row(**values: Any) -> Node:
    plain = {"collection": "shop", "docstring": "", "signature": "", "variety": "", "is_public": True,
             "visibility": "public", "is_test": False, "parameters": None, "decorators": (), "bases": (), "value": "",
             "start_byte": 0, "end_byte": 0}  # fmt: skip
    return Node(**{**plain, **values})


def _file(path: str, text: str, language: str) -> Node:
    return _row(
        node_id=f"file:{path}", kind="file", name=path.rpartition("/")[2], qualified_name=path, path=path,
        start_line=1, end_line=text.count("\n"), language=language,
    )  # fmt: skip


def _node(part: Part, files: Mapping[str, str], language: str) -> Node:
    text = files.get(part.path, "")
    start = _line(text, part.starts) if part.starts else 0
    end = _line(text, part.ends, start) if part.ends else start
    lines = text.split("\n")
    first = sum(len(line.encode()) + 1 for line in lines[: max(0, start - 1)])
    size = len("\n".join(lines[max(0, start - 1) : end]).encode())
    return _row(
        node_id=part.key or part.name, kind=part.kind,
        variety=part.variety, name=part.last or part.name.replace("::", ".").replace("#", ".").rpartition(".")[2],
        qualified_name=part.name, path=part.path, start_line=start, end_line=end, start_byte=first,
        end_byte=first + size, signature=part.signature, docstring=part.docstring, language=language,
        parameters=_parameters(part.parameters), bases=part.bases, decorators=part.decorators, is_test=part.is_test,
    )  # fmt: skip


def _parameters(text: str | None) -> tuple[Parameter, ...] | None:
    if text is None:
        return None
    found = []
    for item in filter(None, text.split("; ")):
        declared, _, default = item.partition(" = ")
        name, _, annotation = declared.partition(" ")
        kind = "var_positional" if annotation.startswith("...") else "positional"
        found.append(Parameter(name, kind, annotation.removeprefix("...") or None, default or None))
    return tuple(found)


def _edge(one: Node, kind: str, two: Node, text: str, files: Mapping[str, str]) -> Edge:
    text, _, path = text.partition("@")
    lines = files[path or one.path or two.path].split("\n")
    is_inside = one.start_line and not path
    inside = range(one.start_line, one.end_line + 1) if is_inside else range(1, len(lines) + 1)
    line = next(number for number in inside if text in lines[number - 1])
    path = path or one.path or two.path
    return Edge(one.node_id, two.node_id, kind, path, line, "exact", "name", two.name)
