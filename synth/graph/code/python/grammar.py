"""The tree-sitter grammar for Python, and how the parts of its trees are read as text."""

import ast
import inspect
import warnings
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Tree

COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
LITERALS = frozenset(
    {
        "string", "concatenated_string", "integer", "float", "true", "false", "none", "ellipsis",
        "list", "tuple", "set", "dictionary", *COMPREHENSIONS,
    }
)  # fmt: skip


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))


def parse(source: bytes) -> Tree:
    """Parse UTF-8 source text; never fails, errors are nodes of the tree."""
    return _parser().parse(source)


def text_of(node: Node) -> str:
    """The source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def line_of(node: Node) -> int:
    """The 1-based line on which a node starts."""
    return node.start_point[0] + 1


def field(node: Node, name: str) -> Node:
    """A child that the grammar promises."""
    child = node.child_by_field_name(name)
    assert child is not None, f"{node.type} without {name}"
    return child


def unwrap(node: Node) -> Node:
    """Strip parentheses and the `type` wrapper of annotations."""
    while node.type in {"parenthesized_expression", "type"}:
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) != 1:
            break
        node = inner[0]
    return node


def one_line(node: Node) -> str:
    """The text of a node on one line: comments and line breaks outside of strings are taken out."""
    text = text_of(node)
    if not any(mark in text for mark in ("\n", "\r", "\t", "\x0c", "#", "\\", "  ")):
        return text
    pieces: list[str] = []
    end = node.start_byte
    for leaf in _leaves(node):
        if leaf.type in {"comment", "line_continuation"}:
            continue
        piece = _string_on_one_line(leaf) if leaf.type in {"string", "concatenated_string"} else text_of(leaf)
        opening = bool(pieces) and pieces[-1] in {"(", "[", "{"}
        if leaf.start_byte > end and pieces and not opening and piece not in {")", "]", "}", ","}:
            pieces.append(" ")
        pieces.append(piece)
        end = leaf.end_byte
    return "".join(pieces)


def _leaves(node: Node) -> list[Node]:
    leaves, stack = [], [node]
    while stack:
        current = stack.pop()
        if current.child_count == 0 or current.type in {"string", "concatenated_string"}:
            leaves.append(current)
        else:
            stack.extend(reversed(current.children))
    return leaves


def _string_on_one_line(node: Node) -> str:
    text = text_of(node)
    if "\n" not in text and "\r" not in text:
        return text
    value = string_value(node)
    return "..." if value is None else repr(value)


def string_value(node: Node) -> str | None:
    """The value of a string literal or of adjacent ones; None where it is bytes, an f-string or malformed."""
    text = text_of(node)
    if "\\" not in text and node.type == "string" and text[:1] in {'"', "'"} and "\r" not in text:
        quotes = 3 if text[:3] in {'"""', "'''"} else 1
        return text[quotes:-quotes]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape such as "\d" is the source's business
            value = ast.literal_eval(f"({text.replace(chr(13), '')})")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def docstring_of(body: Node) -> str:
    """The cleaned docstring of a module or block, or an empty string."""
    for child in body.named_children:
        if child.type == "comment":
            continue
        if child.type != "expression_statement" or child.named_child_count != 1:
            break
        literal = unwrap(child.named_children[0])
        if literal.type in {"string", "concatenated_string"}:
            return inspect.cleandoc(string_value(literal) or "")
        break
    return ""
