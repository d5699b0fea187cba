"""What does a node of C or C++ declare, by its declarator and by where it stands?"""

import re

from tree_sitter import Node

from synth.graph.code.cpp.declarators import function_in, name_in, parts_of
from synth.graph.code.cpp.macros import macro_function
from synth.graph.code.cpp.names import TAGGED, aliases, name_of_tag, tag_of
from synth.graph.code.toolkit.trees import text_of

PLACED = frozenset(
    {
        "declared", "declarator", "qualified", "arguments", "class", "class.struct", "class.union", "class.enum",
        "variable.macro", "module.namespace",
    }
)  # fmt: skip
_STANDING = frozenset(
    {"translation_unit", "declaration_list", "template_declaration", "linkage_specification", "compound_statement"}
)
_MACRO_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,}$")


def role_of(node: Node, role: str, inside: str) -> str:
    """The capture that a node of `PLACED` is, in a scope of this kind; empty where it is nothing of its own."""
    if role in {"declared", "declarator"}:
        return _role_of_statement(node, role, inside)
    if role == "qualified":
        last = parts_of(node)[-1].type
        return "type" if last in {"type_identifier", "template_type", "dependent_type"} else "expression"
    if role == "module.namespace":
        return "" if node.children[0].type == "inline" else role
    if role == "variable.macro":
        return "" if is_guard(node) else role
    if role == "arguments":
        definition = node.parent.parent if node.parent is not None else None
        return "ignored" if definition is not None and macro_function(definition) is not None else ""
    return _role_of_tag(node, role)


def _role_of_statement(node: Node, role: str, inside: str) -> str:
    if node.type == "function_definition":
        is_known = function_in(node.child_by_field_name("declarator")) is not None or macro_function(node) is not None
        return "function" if is_known and inside != "function" else "scope"
    if role == "declared":
        first = node.child_by_field_name("declarator")
        return "" if has_body(node.child_by_field_name("type")) else _role_of_declarator(node, first, inside)
    parent = node.parent
    if parent is None or not has_body(parent.child_by_field_name("type")):
        return ""
    return _role_of_declarator(parent, node, inside)


def _role_of_tag(node: Node, role: str) -> str:
    """A type with a body is defined, one that stands alone is declared; all others are uses."""
    if has_body(node):
        return "" if node.type == "enum_specifier" and not name_of_tag(node)[1] else role
    parent = node.parent
    if parent is None:
        return ""
    if parent.type == "type_definition":
        return role if text_of(node.child_by_field_name("name")) in aliases(parent) else ""
    if parent.type == "field_declaration":
        return role if parent.child_by_field_name("declarator") is None else ""
    return role if parent.type in _STANDING or parent.type.startswith("preproc_") else ""


def _role_of_declarator(node: Node, first: Node | None, inside: str) -> str:
    if node.type == "type_definition":
        return "" if tag_of(node.child_by_field_name("type")) in aliases(node) else "variable.type_alias"
    if first is None or (node.parent is not None and node.parent.type == "friend_declaration"):
        return ""
    function = function_in(first)
    if is_invocation(node, first, function, inside):
        return "expression"
    if inside == "function" or function is not None:
        return "bind" if inside == "function" else "function"
    name = name_in(first)
    is_known = name is not None and name.type == "qualified_identifier"  # it was declared in its class
    return "" if is_known else "variable.field" if inside == "class" else "variable"


def has_body(node: Node | None) -> bool:
    """Whether it is a type that is defined here."""
    return node is not None and node.type in TAGGED and node.child_by_field_name("body") is not None


def is_guard(node: Node) -> bool:
    """Whether a macro without a value only says that its header was read: it stands above all that the header has."""
    parent = node.parent
    if node.child_by_field_name("value") is not None or parent is None or parent.type != "preproc_ifdef":
        return False
    is_alone = parent.named_child_count == 2  # `#ifndef X`, `#define X`, `#endif` gives a default
    return not is_alone and text_of(parent.child_by_field_name("name")) == text_of(node.child_by_field_name("name"))


def is_invocation(node: Node, declarator: Node, function: Node | None, inside: str) -> bool:
    """Whether a macro is called here, which reads as a function without a type or a field in brackets."""
    declared = node.child_by_field_name("type")
    if declared is None and function is not None and inside != "function":
        name = name_in(declarator)
        return (
            name is not None
            and name.type in {"identifier", "field_identifier"}
            and bool(_MACRO_NAME.match(text_of(name)))
        )
    return (
        inside == "class"
        and declared is not None
        and declarator.type == "parenthesized_declarator"
        and declared.type == "type_identifier"
        and bool(_MACRO_NAME.match(text_of(declared)))
    )
