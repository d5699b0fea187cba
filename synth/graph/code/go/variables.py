"""Which variables does a piece of Go declare, and what are they given?"""

from collections.abc import Iterator

from tree_sitter import Node

from synth.graph.code.go.types import bare_type
from synth.graph.code.toolkit.syntax import Named
from synth.graph.code.toolkit.trees import text_of

_DECLARING = frozenset({"var_spec", "const_spec", "field_declaration", "type_alias", "parameter_declaration"})


def variables_of(node: Node) -> Iterator[Named]:
    """The variables of a declaration, a loop, a field or a type switch."""
    if node.type == "type_case":
        yield from _switched(node)
        return
    declared = node.child_by_field_name("type")
    if node.type in _DECLARING:
        names = node.children_by_field_name("name")
        values = _listed(node.child_by_field_name("value"))
    elif not any(child.type == ":=" for child in node.children):
        return
    else:
        names = _listed(node.child_by_field_name("left"))
        values = _listed(node.child_by_field_name("right"))
    if node.type == "field_declaration" and not names and declared is not None:
        last = _last_name(bare_type(declared))
        yield Named(last, text_of(last), None, declared)
    is_loop = node.type == "range_clause"
    for position, name in enumerate(names):
        if not name.type.endswith("identifier") or text_of(name) == "_":
            continue
        value, link = _value(values, position, len(names), is_loop=is_loop)
        yield Named(name, text_of(name), value, declared, link)


def _listed(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return node.named_children if node.type == "expression_list" else [node]


def _value(values: list[Node], position: int, count: int, *, is_loop: bool) -> tuple[Node | None, str]:
    """What a name is given, and what is applied to it."""
    if is_loop:
        return (values[0], "[]") if values and position == 1 else (None, "")
    if len(values) == count:
        return values[position], ""
    if len(values) == 1:
        several = values[0].type == "call_expression"
        return (values[0], f"#{position}" if several else "") if several or position == 0 else (None, "")
    return None, ""


def _switched(node: Node) -> Iterator[Named]:
    """The name of a type switch is of the type of the case that it is in."""
    parent = node.parent
    alias = parent.child_by_field_name("alias") if parent is not None else None
    types = node.children_by_field_name("type")
    if alias is not None and len(types) == 1:
        name = alias.named_children[0]
        yield Named(name, text_of(name), None, types[0])


def _last_name(node: Node) -> Node:
    if node.type == "generic_type":
        node = node.child_by_field_name("type") or node
    if node.type == "qualified_type":
        return node.child_by_field_name("name") or node
    return node
