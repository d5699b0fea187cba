"""Which variables and fields does a node declare?"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from tree_sitter import Node

from synth.graph.code.javascript.naming import EXPORTS, FUNCTIONS, key_text
from synth.graph.code.javascript.patterns import called_with, declared, unpacked
from synth.graph.code.toolkit.syntax import Named
from synth.graph.code.toolkit.trees import text_of


def exported_value(node: Node) -> list[Named]:
    """`export default` of an expression."""
    parent = node.parent
    if parent is None or parent.type != "export_statement":
        return []
    return [Named(parent.children[1], "default", node)]


def _looped(node: Node) -> Iterator[Named]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.child_by_field_name("kind") is None or left is None:
        return
    is_of = text_of(node.child_by_field_name("operator")) == "of"
    for item in unpacked(left, right if is_of else None):
        yield item._replace(link=f"[]{item.link}") if is_of else item


def _assigned(node: Node) -> Iterator[Named]:
    """What a name, `this.x` or an export is given, but for functions."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    if left.type == "identifier":
        yield Named(left, text_of(left), right)
        return
    part, holder = left.child_by_field_name("property"), left.child_by_field_name("object")
    if part is None or holder is None:
        return
    if holder.type == "this":
        if right.type not in FUNCTIONS and not text_of(right).startswith(f"{text_of(left)}.bind("):
            yield Named(part, text_of(part), right)
    elif text_of(left) in EXPORTS or text_of(holder) in EXPORTS:
        yield Named(part, text_of(part), right)


def _fields(node: Node) -> Iterator[Named]:
    name = node.child_by_field_name("property") or node.child_by_field_name("name")
    value = node.child_by_field_name("value")
    if name is not None and (value is None or value.type not in {*FUNCTIONS, "class"}):
        yield Named(name, key_text(name), value, node.child_by_field_name("type"))


VARIABLES: Mapping[str, Callable[[Node], Iterable[Named]]] = {
    "variable_declarator": declared,
    "for_in_statement": _looped,
    "assignment_expression": _assigned,
    "field_definition": _fields,
    "public_field_definition": _fields,
    "property_signature": _fields,
    "identifier": called_with,
    "object_pattern": called_with,
    "array_pattern": called_with,
    "assignment_pattern": called_with,
    "required_parameter": called_with,
}
"""How the variables of each kind of node are read."""
