"""Which variables does a declaration, a parameter or an assignment bind, and to what part of its value?"""

from collections.abc import Iterator

from tree_sitter import Node

from synth.graph.code.javascript.naming import VALUES, key_text
from synth.graph.code.javascript.steps import required
from synth.graph.code.toolkit.syntax import Named
from synth.graph.code.toolkit.trees import text_of

MAX_NESTING = 8  # patterns inside of patterns


def declared(node: Node) -> Iterator[Named]:
    """The variables of a declarator, but for functions, classes and modules, which are no variables."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or (value is not None and (is_named_value(value) or is_required(node))):
        return
    parent = node.parent
    is_wide = parent is not None and parent.type == "variable_declaration"
    for item in unpacked(name, value, node.child_by_field_name("type")):
        yield item._replace(is_function_wide=is_wide)


def is_named_value(value: Node) -> bool:
    """Whether a value is a function or class that takes the name of what it is assigned to."""
    while value.type == "assignment_expression":
        right = value.child_by_field_name("right")
        if right is None:
            return False
        value = right
    while value.type in {"parenthesized_expression", "as_expression", "satisfies_expression"}:
        value = value.named_children[0]
    return value.type in VALUES


def is_required(declarator: Node) -> bool:
    """Whether all that a declaration does is to import: `const x = require("x")`, `const {a} = require("x").y`."""
    value, name = declarator.child_by_field_name("value"), declarator.child_by_field_name("name")
    if value is None or name is None:
        return False
    if value.type == "await_expression" and value.named_child_count:
        value = value.named_children[0]
    if value.type == "member_expression" and name.type == "identifier":
        value = value.child_by_field_name("object") or value
    if value.type != "call_expression" or not required(value):
        return False
    return name.type == "identifier" or (name.type == "object_pattern" and all(map(_is_plain, name.named_children)))


def _is_plain(item: Node) -> bool:
    value = item.child_by_field_name("value")
    is_pair = item.type == "pair_pattern" and value is not None and value.type == "identifier"
    return item.type == "shorthand_property_identifier_pattern" or is_pair


def called_with(parameter: Node) -> Iterator[Named]:
    """The names of a parameter; those of a callback of an array or promise hold an element or the result of it."""
    pattern = parameter.child_by_field_name("pattern") or parameter
    if parameter.child_by_field_name("type") is not None:
        return
    function = parameter.parent if parameter.parent is not None else parameter
    function = function.parent if function.type == "formal_parameters" and function.parent is not None else function
    call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
    callee = call.child_by_field_name("function") if call is not None else None
    holder = callee.child_by_field_name("object") if callee is not None else None
    listed = function.child_by_field_name("parameters")
    first = listed.named_children[0] if listed is not None and listed.named_child_count else parameter
    if first != parameter:
        holder = None
    link = ".!" if callee is not None and text_of(callee.child_by_field_name("property")) == "then" else "[]"
    for item in unpacked(pattern, holder):
        yield item._replace(link=f"{link}{item.link}") if item.value is not None and holder is not None else item


def unpacked(
    pattern: Node, value: Node | None, declared_type: Node | None = None, link: str = "", depth: int = 0
) -> Iterator[Named]:
    """The names in a pattern, each with what is applied to the value; a type counts as the value of its parts."""
    kind = pattern.type
    if kind in {"identifier", "shorthand_property_identifier_pattern"}:
        yield Named(pattern, text_of(pattern), value, None if link else declared_type, link)
        return
    if depth > MAX_NESTING:
        return
    source = declared_type if declared_type is not None else value
    if kind == "object_pattern" and declared_type is not None and (listed := _listed(declared_type)) is not None:
        yield from _typed(pattern, listed, depth)
        return
    if kind in {"assignment_pattern", "object_assignment_pattern"}:
        left = pattern.child_by_field_name("left")
        if left is not None:
            given = value if value is not None or link else pattern.child_by_field_name("right")
            yield from unpacked(left, given, declared_type, link, depth + 1)
    elif kind == "object_pattern":
        for item in pattern.named_children:
            yield from _property(item, source, link, depth)
    elif kind == "array_pattern":
        is_result = source is not None and source.type in {"call_expression", "await_expression", "type_annotation"}
        for position, place in enumerate(_places(pattern)):
            if place is not None:
                here = f"{link}#{position}" if is_result and not link else f"{link}[]"
                yield from unpacked(place, source, None, here, depth + 1)
    elif kind == "rest_pattern" and pattern.named_child_count:
        yield from unpacked(pattern.named_children[0], None, None, "", depth + 1)


def _listed(annotation: Node) -> Node | None:
    """The type of an annotation, where it is written out: `{a: A}`."""
    inner = annotation.named_children[0] if annotation.named_child_count else None
    return inner if inner is not None and inner.type == "object_type" else None


def _typed(pattern: Node, listed: Node, depth: int) -> Iterator[Named]:
    types = {
        key_text(item.child_by_field_name("name")): item.child_by_field_name("type")
        for item in listed.named_children
        if item.type == "property_signature"
    }
    for item in pattern.named_children:
        key = item.child_by_field_name("key") or item.child_by_field_name("left") or item
        given = item.child_by_field_name("value") or item
        inner = given.child_by_field_name("left") or given
        if inner.type != "rest_pattern":
            yield from unpacked(inner, None, types.get(key_text(key)), "", depth + 1)


def _property(item: Node, source: Node | None, link: str, depth: int) -> Iterator[Named]:
    if item.type == "pair_pattern":
        key, inner = item.child_by_field_name("key"), item.child_by_field_name("value")
        name = key_text(key)
        if inner is not None:
            yield from unpacked(inner, source if name.isidentifier() else None, None, f"{link}.{name}", depth + 1)
        return
    name_node = item.child_by_field_name("left") if item.type == "object_assignment_pattern" else item
    if name_node is not None:
        name = text_of(name_node)
        yield from unpacked(name_node, source, None, f"{link}.{name}" if item.type != "rest_pattern" else "", depth + 1)


def _places(pattern: Node) -> Iterator[Node | None]:
    """The items of an array pattern, None where one is left out."""
    item: Node | None = None
    for child in pattern.children[1:-1]:
        if child.type == ",":
            yield item
            item = None
        elif child.is_named:
            item = child
    yield item
