"""What does a file look like with a generated definition in the place of its own?"""

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from synth.graph.view import CodeGraph, Node

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_HEADERS = ("def ", "async def ")


@dataclass(frozen=True)
class Definition:
    """A generated function or method: its lines, dedented, and those of the block's other parts that it uses."""

    code: str
    support: str
    has_decorators: bool
    has_long_strings: bool
    """Whether a string of several lines, other than the docstring, would change if the lines were moved sideways."""


def find_definition(code: str, name: str) -> Definition | None:
    """The outermost function of this name in a piece of Python, also as a method in a class.

    Raises:
        SyntaxError: the code does not parse; ValueError: it holds a null character.
    """
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            support = [_source(code, item) for item in _support(tree, node)]
            strings = _long_strings(code, node)
            has_decorators = bool(node.decorator_list)
            return Definition(_source(code, node), "\n".join(support), has_decorators, any(strings))
    return None


def splice(text: str, node: Node, graph: CodeGraph, new: Definition) -> str:
    """Put a definition in the place of a node, indented as that one was, and what it uses before the outermost owner.

    Decorators are part of a node's lines; they stay where the new definition brings none.

    Args:
        text: of the node's file.
        node: a function or method.
        graph: that holds the node.
        new: what comes in its place.
    """
    lines = text.split("\n")
    start, end = node.start_line - 1, node.end_line
    kept = [] if new.has_decorators else _decorators(lines[start:end])
    body = textwrap.indent(new.code, _indent(lines[start])).split("\n")
    outer = _outermost(node, graph).start_line - 1
    support = textwrap.indent(new.support, _indent(lines[outer])).split("\n") if new.support else []
    return "\n".join([*lines[:outer], *support, *lines[outer:start], *kept, *body, *lines[end:]])


def _source(code: str, node: ast.stmt) -> str:
    """The lines of a statement, dedented."""
    first = node.lineno
    if isinstance(node, _DEFINITIONS):
        first = min([first, *(item.lineno for item in node.decorator_list)])
    return textwrap.dedent("\n".join(code.split("\n")[first - 1 : node.end_lineno]))


def _support(tree: ast.Module, definition: ast.stmt) -> list[ast.stmt]:
    """The other statements of a module that bind a name which the definition uses, or which these use in turn."""
    used, kept = _names(definition), []
    for statement in reversed(tree.body):
        if definition not in ast.walk(statement) and not used.isdisjoint(_bound(statement)):
            kept.append(statement)
            used |= _names(statement)
    return kept[::-1]


def _names(node: ast.AST) -> set[str]:
    return {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement gives to imports, definitions and plain variables."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (item.asname or item.name.partition(".")[0] for item in statement.names)
    elif isinstance(statement, _DEFINITIONS):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (item.id for target in targets for item in ast.walk(target) if isinstance(item, ast.Name))


def _long_strings(code: str, definition: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    first = definition.body[0]
    docstring = first.value if isinstance(first, ast.Expr) else None
    for node in ast.walk(definition):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node is not docstring and node.end_lineno != node.lineno:
            text = ast.get_source_segment(code, node) or ""
            if '"""' in text or "'''" in text:  # else short strings that stand one below another
                yield node


def _outermost(node: Node, graph: CodeGraph) -> Node:
    owner = graph.parent(node.node_id)
    return _outermost(owner, graph) if owner and owner.kind in {"class", "function", "method"} else node


def _decorators(lines: list[str]) -> list[str]:
    """The lines of a definition before its header."""
    header = next((index for index, line in enumerate(lines) if line.lstrip().startswith(_HEADERS)), 0)
    return lines[:header]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
