"""What does a piece of code hold, in any language? Its calls, definitions and imports, by the tree-sitter grammars."""

import importlib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from tree_sitter import Language, Node, Parser, Tree

from synth.languages import LANGUAGES, Grammar, Traits
from synth.languages.naming import SEPARATOR, last_name

_SIMPLE = re.compile(r"[\w$@~]+[?!=]?")
_COMMENT = re.compile(r"\bcomment\b|^comment|_comment$")
_NOT_VALUES = frozenset(
    {"function", "constructor", "method", "object", "operand", "expression", "path", "scope", "receiver", "argument",
     "type", "returns", "return_type", "name", "field", "property", "attribute"}
)  # fmt: skip
"""Fields of nodes whose names are called, are looked into, or stand for a type or a member."""
_BINDS_NAME = re.compile(r"declarator|parameter|definition|declaration|assignment|spec$|catch|loop|for")
_BRACKET = re.compile(r"[()\[\]{}]")
_TEXTS = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)
_DIRECTIVES = re.compile(r"^\s*(?:import|using|use|package|#\s*include|#\s*define|require|require_relative)\b")


class Call(NamedTuple):
    """One call: the parts of what is called (a first part `` stands for another expression) and how it is called."""

    chain: tuple[str, ...]
    arity: int
    """Number of arguments, or -1 where it cannot be told."""
    is_scoped: bool
    """Whether the last part is taken by `::`, so that it is no member of an object."""
    is_maker: bool
    """Whether it says itself that it makes an object, as by `new`."""
    line: int
    """Of the piece of code, from 1."""
    column: int
    text: str


class Defined(NamedTuple):
    """A function that a piece of code defines, with all that stands before its body."""

    name: str
    header: str


@cache
def grammar(language: str) -> Language:
    """The grammar of a language, by its name in `LANGUAGES`."""
    settings = LANGUAGES[language].grammar
    return Language(getattr(importlib.import_module(settings.module), settings.function)())


@cache
def keywords(language: str) -> frozenset[str]:
    """The reserved words of a language, as its grammar has them."""
    found = grammar(language)
    kinds = (found.node_kind_for_id(index) for index in range(found.node_kind_count))
    return frozenset(kind for kind in kinds if kind and kind.isidentifier() and _is_token(found, kind))


def _is_token(found: Language, kind: str) -> bool:
    return found.id_for_node_kind(kind, False) is not None


def parses(code: str, language: str) -> bool:
    """Whether a piece of code parses: as a file, or in the place of members, statements or an expression.

    Lines that import come first in any of these. In C and C++ a macro may stand for a semicolon.
    """
    return _read(code, language)[1]


def is_balanced(code: str) -> bool:
    """Whether all brackets of a piece of code, outside of strings and comments, are closed in their order."""
    open_ones: list[str] = []
    for bracket in _BRACKET.findall(_TEXTS.sub(" ", code)):
        if bracket in "([{":
            open_ones.append(bracket)
        elif not open_ones or open_ones.pop() + bracket not in {"()", "[]", "{}"}:
            return False
    return not open_ones


def calls(code: str, language: str) -> Iterator[Call]:
    """The calls of a piece of code, in the order in which they begin."""
    settings = LANGUAGES[language].grammar
    tree, _, lines_before = _read(code, language)
    for node in _walk(tree.root_node):
        if node.type in settings.calls:
            callee = _callee(node, settings.callee)
            yield Call(
                _chain(callee),
                _arity(node, settings),
                "::" in callee,
                node.type in settings.makers,
                node.start_point[0] + 1 - lines_before,
                node.start_point[1],
                _text(node),
            )


def functions(code: str, language: str) -> Iterator[Defined]:
    """The functions and methods that a piece of code defines."""
    for node in _walk(_read(code, language)[0].root_node):
        if node.type in LANGUAGES[language].grammar.functions and (name := _defined_name(node)):
            yield Defined(name, _header(node))


def imports(code: str, language: str) -> list[str]:
    """The import statements at the top of a file, as written."""
    traits = LANGUAGES[language]
    top = _read(code, language)[0].root_node.named_children
    return [_text(node).strip() for node in top if node.type in traits.grammar.imports and _is_import(node, traits)]


def _is_import(node: Node, traits: Traits) -> bool:
    """Whether a statement that may import does so: `const x = require("./x")`, but not `const x = 1`."""
    links = (link.pattern for link in traits.links if link.pattern)
    return "import" in node.type or any(re.search(pattern, _text(node)) for pattern in links)


def values(code: str, language: str) -> frozenset[str]:
    """Names that a piece of code binds or uses as values, apart from what it calls and what it takes members of."""
    return frozenset(
        _text(node)
        for node in _walk(_read(code, language)[0].root_node)
        if node.type in {"identifier", "shorthand_property_identifier_pattern"} and _is_value(node)
    )


def _is_value(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return True
    field = next((name for index, child in enumerate(parent.children) if child == node
                  and (name := parent.field_name_for_child(index))), None)  # fmt: skip
    return field not in _NOT_VALUES or (field == "name" and bool(_BINDS_NAME.search(parent.type)))


@lru_cache(maxsize=64)
def _read(code: str, language: str) -> tuple[Tree, bool, int]:
    """The tree of a piece of code, whether it has no fault, and how many lines were put before it."""
    settings = LANGUAGES[language].grammar
    parser = Parser(grammar(language))
    first = parser.parse(f"{code}\n".encode("utf-8", "replace"))
    if not _has_fault(first, settings.may_lack):
        return first, True, 0
    lines = code.split("\n")
    head = [line for line in lines if _DIRECTIVES.match(line)]
    for top in ([], head) if head else ([],):
        body = "\n".join("" if top and _DIRECTIVES.match(line) else line for line in lines)
        for before, after in settings.wrappers:
            start = "".join(f"{line}\n" for line in top) + before
            tree = parser.parse(f"{start}{body}{after}\n".encode("utf-8", "replace"))
            if not _has_fault(tree, settings.may_lack):
                return tree, True, start.count("\n")
    return first, False, 0


def _has_fault(tree: Tree, may_lack: frozenset[str]) -> bool:
    if not tree.root_node.has_error:
        return False
    return any(node.is_error or (node.is_missing and node.type not in may_lack) for node in _walk(tree.root_node))


def _walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in source order; without recursion, since code may be nested deeply."""
    cursor = node.walk()
    while True:
        if cursor.node is not None:
            yield cursor.node
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _callee(node: Node, fields: tuple[str, ...]) -> str:
    parts = [_text(part) for field in fields if (part := node.child_by_field_name(field)) is not None]
    return _plain("".join(".".join(parts).split()))


def _chain(callee: str) -> tuple[str, ...]:
    names = SEPARATOR.split(callee)
    if all(_SIMPLE.fullmatch(name) for name in names):
        return tuple(names)
    return ("", name[0]) if (name := re.search(r"[\w$]+[?!]?$", callee)) else ()


def _plain(text: str) -> str:
    """A name without type arguments and what takes a pointer's target."""
    before = None
    while before != text:
        before, text = text, re.sub(r"(?<=\w)(?:::)?<[^<>()]*>|(?<=\w)\[[\w.*, ]*\]$", "", text)
    return text.strip("&*")


def _arity(node: Node, settings: Grammar) -> int:
    arguments = node.child_by_field_name("arguments")
    if arguments is None:
        return 0
    given = [item for item in arguments.named_children if not _COMMENT.search(item.type)]
    is_open = any(item.type in settings.spreads for item in given)
    return -1 if is_open or (len(given) == 1 and given[0].type in settings.sole_spreads) else len(given)


def _defined_name(node: Node) -> str:
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    if node.type in {"variable_declarator", "pair", "assignment_expression", "field_definition",
                     "public_field_definition"} and (value is None or "function" not in value.type):  # fmt: skip
        return ""
    for field in ("name", "declarator", "key", "left", "property"):
        part = node.child_by_field_name(field)
        while part is not None and (inner := part.child_by_field_name("declarator")) is not None:
            part = inner
        if part is not None:
            return last_name(_text(part).strip("\"'*& "))
    return ""


def _header(node: Node) -> str:
    value = node.child_by_field_name("value") or node.child_by_field_name("right") or node
    body = node.child_by_field_name("body") or value.child_by_field_name("body")
    text = node.text or b""
    return (text[: body.start_byte - node.start_byte] if body else text).decode("utf-8", "replace")
