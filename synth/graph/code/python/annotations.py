"""What does an annotation name, and which one class does it promise?"""

from tree_sitter import Node

from synth.graph.code.python.collector import Collector, Visit
from synth.graph.code.python.expressions import chain_of, take_apart
from synth.graph.code.python.grammar import parse, string_value, text_of, unwrap

TRANSPARENT = frozenset(
    {"Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "InitVar"}
)
"""Typing forms whose first argument is the type of the value, None aside."""

MAX_DEPTH = 20
MAX_STRING = 500  # characters of a quoted annotation that is still read


def visit_annotation(collector: Collector, visit: Visit) -> None:
    """Record every name in an annotation, quoted ones too; calls in it are left to the ordinary walk."""
    stack: list[tuple[Node, Node]] = [(visit.node, visit.node)]  # a node, and the node in the file that it stands in
    while stack:
        node, place = stack.pop()
        node = unwrap(node)
        if node.type in {"identifier", "attribute"}:
            chain = chain_of(node)
            if chain not in {"", "?"}:
                collector.use(visit, "annotation", chain, node if node is place or place is visit.node else place)
        elif node.type == "string":
            quoted = parse_quoted(node)
            if quoted is not None and place is visit.node:
                stack.append((quoted, node))
        elif node.type == "call":
            if place is visit.node:
                collector.push([visit.at(node)])
        else:
            name = generic_name(node)
            inner = generic_arguments(node) if name in {"Literal", "Annotated"} else node.named_children
            if name == "Literal":
                inner = []
            elif name == "Annotated":
                if place is visit.node:
                    collector.push([visit.at(child) for child in inner[1:]])
                inner = inner[:1]
            stack.extend((child, place) for child in reversed(inner))


def annotated_class(node: Node | None, depth: int = 0) -> str:
    """The chain of the one class that an annotation promises, such as `C` for `Optional["C"]`; else empty."""
    if node is None or depth > MAX_DEPTH:
        return ""
    node = unwrap(node)
    if node.type in {"identifier", "attribute"}:
        return chain_of(node).removesuffix("?")
    if node.type == "string":
        return annotated_class(parse_quoted(node), depth + 1)
    if any(child.type == "|" for child in node.children):
        return _only_class(node.named_children, depth)
    return _generic_class(node, depth)


def _generic_class(node: Node, depth: int) -> str:
    name, arguments = generic_name(node), generic_arguments(node)
    if name == "Union":
        return _only_class(arguments, depth)
    if name in TRANSPARENT:
        return annotated_class(arguments[0], depth + 1) if arguments else ""
    if name and node.type == "subscript":
        return annotated_class(node.child_by_field_name("value"), depth + 1)
    return name


def _only_class(options: list[Node], depth: int) -> str:
    """The class of a union that has one member besides None."""
    classes = [option for option in options if unwrap(option).type != "none"]
    return annotated_class(classes[0], depth + 1) if len(classes) == 1 else ""


def generic_name(node: Node) -> str:
    """`Optional` for `typing.Optional[X]`; empty for anything that is not subscripted."""
    if node.type == "generic_type":
        return text_of(node.named_children[0])
    if node.type == "subscript":
        root, links = take_apart(node)
        if root.type == "identifier" and all(link[0] != "(" for link, _ in links):
            names = [link for link, _ in links if link[0] == "."]
            return names[-1][1:] if names else text_of(root)
    return ""


def generic_arguments(node: Node) -> list[Node]:
    """What stands in the brackets of an annotation; nothing for one without."""
    if not generic_name(node):
        return []
    if node.type == "generic_type":
        return [child for child in node.named_children[-1].named_children if child.type != "comment"]
    return node.children_by_field_name("subscript")


def parse_quoted(node: Node) -> Node | None:
    """The expression in a quoted annotation; None where it is none."""
    text = string_value(node)
    if not text or len(text) > MAX_STRING:
        return None
    root = parse(f"({text})".encode()).root_node
    if root.has_error or root.named_child_count != 1 or root.named_children[0].type != "expression_statement":
        return None
    return root.named_children[0].named_children[0]
