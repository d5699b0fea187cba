"""From the text of one file to its facts, in one pass over what the queries capture.

Captures come in the order of the text, outer nodes before inner ones.
"""

from collections.abc import Callable
from functools import cache

from tree_sitter import Node

from synth.graph.code.facts import FileFacts
from synth.graph.code.language import ReadFile
from synth.graph.code.toolkit.binding import read_assignment, read_binding, read_parameters
from synth.graph.code.toolkit.chains import caller_of
from synth.graph.code.toolkit.comments import Comment, above, clean
from synth.graph.code.toolkit.defining import define, define_attributes, read_bases, read_return
from synth.graph.code.toolkit.reading import Frame, Reading, open_scope
from synth.graph.code.toolkit.recovery import parse_soundly
from synth.graph.code.toolkit.settling import settle_uses
from synth.graph.code.toolkit.syntax import Syntax
from synth.graph.code.toolkit.trees import line_of, text_of
from synth.graph.code.toolkit.using import read_expression, read_key, read_type


def read_file(syntax: Syntax, collection: str, path: str, text: str, *, is_test: bool) -> FileFacts:
    """Read the facts of one file.

    Args:
        syntax: of its language.
        collection: the source that the file belongs to.
        path: its path relative to the source root.
        text: its decoded text; what cannot be parsed is left out and its lines are reported.
        is_test: whether it holds tests.
    """
    source = text.encode()
    tree, error_lines = parse_soundly(syntax, source)
    reading = Reading(syntax, source, [Frame(len(source) + 1, 0, -1, -1, "module")])
    for start, node, role in syntax.grammar.captures(tree.root_node):
        _read(reading, start, node, role)
    for index, docs in reading.inner_docs.items():
        if index >= 0:
            fact = reading.definitions[index]
            reading.definitions[index] = fact._replace(docstring=fact.docstring or clean("\n".join(docs)))
    return FileFacts(
        collection=collection, path=path, language=syntax.name, is_test=is_test,
        n_lines=source.count(b"\n") + (not source.endswith(b"\n") and bool(source)), n_bytes=len(source),
        package=reading.package, docstring=reading.docstring or clean("\n".join(reading.inner_docs.get(-1, ()))),
        error_lines=error_lines, exports=None, exports_from=[], exports_complete=True,
        scopes=reading.scopes, definitions=reading.definitions, parameters=reading.parameters,
        bindings=reading.bindings, imports=reading.imports, uses=settle_uses(reading),
        manifest="", code=[], names=[],
    )  # fmt: skip


def _read(reading: Reading, start: int, node: Node, role: str) -> None:
    stack = reading.stack
    while stack[-1].end <= start:
        stack.pop()
    if start < reading.blank_until:
        return
    if role in reading.syntax.placed:
        role = reading.syntax.role(node, role, stack[-1].kind)
    if role == "expression":
        if start not in reading.silent:
            read_expression(reading, node)
    elif role == "type":
        if start not in reading.silent:
            read_type(reading, node)
    elif role in HANDLERS:
        HANDLERS[role](reading, node)
    elif role and node.id not in reading.seen:
        reading.seen.add(node.id)
        define(reading, node, *role.partition(".")[::2])


def _read_comment(reading: Reading, node: Node) -> None:
    start, column = node.start_byte, node.start_point[1]
    if reading.syntax.trailing_marks and text_of(node).startswith(reading.syntax.trailing_marks):
        _read_trailing(reading, node)
        return
    if column and not reading.source[start - column : start].isspace():
        return
    text = text_of(node).rstrip()
    end_line = node.start_point[0] + 1 + text.count("\n")
    reading.comments[end_line] = Comment(node.start_point[0] + 1, end_line, text)


def _read_trailing(reading: Reading, node: Node) -> None:
    """Document what the line begins with; further comments of this kind on the lines below go on with it."""
    line = line_of(node)
    known = reading.definitions[-1] if reading.definitions else None
    if known is None or line not in {known.end_line, reading.trailing_line + 1}:
        return
    words = clean(text_of(node).replace("<", "", 1))
    reading.trailing_line = node.end_point[0] + 1
    reading.definitions[-1] = known._replace(docstring="\n".join(filter(None, (known.docstring, words))))


def _read_hidden(reading: Reading, node: Node) -> None:
    reading.silent.add(node.start_byte)


def _read_ignored(reading: Reading, node: Node) -> None:
    reading.blank_until = node.end_byte


def _read_import(reading: Reading, node: Node) -> None:
    reading.imports.extend(reading.syntax.imports(node, reading.stack[-1].scope))


def _read_package(reading: Reading, node: Node) -> None:
    reading.package = reading.syntax.package(node)
    reading.docstring = above(reading.comments, line_of(node))


def _read_inner_doc(reading: Reading, node: Node) -> None:
    reading.inner_docs.setdefault(reading.stack[-1].owner, []).append(text_of(node).rstrip())


def _open_region(reading: Reading, node: Node, kind: str) -> None:
    if kind == "lambda" and node.id in reading.seen:
        return
    frame = reading.stack[-1]
    scope = open_scope(reading, node, kind, frame.owner, frame.caller)
    if kind == "lambda":
        read_parameters(reading, reading.syntax.parameters(node), scope, -1, caller_of(reading, node))


HANDLERS: dict[str, Callable[[Reading, Node], None]] = {
    "comment": _read_comment,
    "hidden": _read_hidden,
    "key": read_key,
    "ignored": _read_ignored,
    "bind": read_binding,
    "import": _read_import,
    "base": read_bases,
    "package": _read_package,
    "doc": _read_inner_doc,
    "attribute": define_attributes,
    "return": read_return,
    "scope": lambda reading, node: _open_region(reading, node, "block"),
    "scope.lambda": lambda reading, node: _open_region(reading, node, "lambda"),
    "scope.object": lambda reading, node: _open_region(reading, node, "class"),
    "assign": read_assignment,
}
"""What is done with each capture; every other one is a definition, as `kind.variety`."""


def reader_of(make_syntax: Callable[[], Syntax]) -> ReadFile:
    """The function that reads files of a language, for its `Language`; the grammar is loaded at the first file."""
    load = cache(make_syntax)

    def read(collection: str, path: str, text: str, *, is_test: bool) -> FileFacts:
        return read_file(load(), collection, path, text, is_test=is_test)

    return read
