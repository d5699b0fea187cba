"""How Go's types are written in facts."""

from tree_sitter import Node

from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.trees import text_of

MAX_DEPTH = 6  # how deep the arguments of a type are followed
_WRAPPERS = frozenset({"pointer_type", "parenthesized_type", "type_elem", "type_constraint", "negated_type"})


def type_name(node: Node, depth: int = 0) -> str:
    """A type without its pointers; the type of its elements for a map, slice, array or channel."""
    node = bare_type(node)
    if node.type in {"type_identifier", "qualified_type", "package_identifier", "identifier", "selector_expression"}:
        return text_of(node)
    return _composed(node, depth) if depth <= MAX_DEPTH else ""


def bare_type(node: Node) -> Node:
    """The type that a pointer or a wrapper is about."""
    while node.type in _WRAPPERS and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def _composed(node: Node, depth: int) -> str:
    kind = node.type
    if kind in {"slice_type", "array_type", "implicit_length_array_type", "map_type", "channel_type"}:
        element = node.child_by_field_name("value" if kind in {"map_type", "channel_type"} else "element")
        inner = "" if element is None else type_name(element, depth + 1)
        return f"{inner}[]" if inner else ""
    if kind == "generic_type":
        base, listed = node.child_by_field_name("type"), node.child_by_field_name("type_arguments")
        inner = ",".join(type_name(item, depth + 1) or "?" for item in arguments_of(listed))
        return f"{text_of(base)}<{inner}>"
    if kind == "function_type":
        result = node.child_by_field_name("result")
        inner = "" if result is None else type_name(result, depth + 1)
        return f"=>{inner}" if inner else ""
    return _results(node, depth) if kind == "parameter_list" else ""


def _results(node: Node, depth: int) -> str:
    """One result alone, several in brackets."""
    found: list[str] = []
    for child in node.named_children:
        declared = child.child_by_field_name("type")
        if declared is not None:
            written = type_name(declared, depth + 1) or "?"
            found += [written] * max(1, len(child.children_by_field_name("name")))
    return found[0] if len(found) == 1 else f"({','.join(found)})" if found else ""
