"""Which variables does a declaration, a pattern or a lambda bind, and what do they hold?"""

from collections.abc import Iterator

from tree_sitter import Node

from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.syntax import Named
from synth.graph.code.toolkit.trees import text_of


def type_in(node: Node) -> Node | None:
    """The declared type, unless it is `var`."""
    declared = node.child_by_field_name("type")
    return None if declared is None or declared.type == "implicit_type" else declared


def declared_in(node: Node) -> Iterator[Named]:
    """The variables of `T a = x, b;` and `var (a, b) = x;`."""
    declared = type_in(node)
    for item in node.named_children:
        if item.type != "variable_declarator":
            continue
        name = item.child_by_field_name("name")
        inner = [child for child in item.named_children if child != name and child.type != "bracketed_argument_list"]
        value = inner[-1] if inner else None
        if name is not None:
            yield Named(name, text_of(name).lstrip("@"), value, declared)
        elif inner and inner[0].type == "tuple_pattern":
            yield from parts_of(inner[0], value, "")


def parts_of(pattern: Node, value: Node | None, link: str) -> Iterator[Named]:
    """The names of `(a, b)`, each with its part of the value."""
    for position, name in enumerate(pattern.children_by_field_name("name")):
        yield Named(name, text_of(name), value, None, f"{link}#{position}")


def lambda_parameters(node: Node) -> Iterator[Named]:
    """What a lambda takes whose parameters have no types: what the method that it is given to hands out."""
    listed = node.child_by_field_name("parameters")
    argument = node.parent
    given = argument.parent if argument is not None and argument.type == "argument" else None
    called = given.parent if given is not None else None
    function = called.child_by_field_name("function") if called is not None else None
    if listed is None or given is None or argument is None or function is None:
        return
    place = arguments_of(given).index(argument)
    holder, method = function.child_by_field_name("expression"), function.child_by_field_name("name")
    if function.type != "member_access_expression" or method is None:
        return
    names = [listed] if listed.type != "parameter_list" else listed.named_children
    bare = text_of(method.named_children[0] if method.type == "generic_name" else method)
    for position, item in enumerate(names):
        name = item.child_by_field_name("name") if item.type == "parameter" else item
        if name is not None and item.child_by_field_name("type") is None:
            yield Named(name, text_of(name), holder, None, f".{bare}|{place}|{position}")
