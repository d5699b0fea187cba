"""How Go's expressions are taken apart."""

from collections.abc import Mapping

from tree_sitter import Node

from synth.graph.code.toolkit.steps import add_call, arguments_of, index, inside, make, member, root
from synth.graph.code.toolkit.syntax import Spine, Step, Syntax
from synth.graph.code.toolkit.trees import text_of


def _call(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A call; `new(T)` makes a T, and `make([]T, n)` a slice of them."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is not None and function.type == "identifier" and text_of(function) in {"new", "make"}:
        given = arguments_of(arguments)
        written = syntax.type_of(given[0]) if given else ""
        spine.add(f"{written}{{}}" if written else "?", given[0] if given else node)
        return None
    add_call(syntax, spine, node, arguments)
    return function


def _unary(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`&x` and `*x` are about x; `<-pipe` is an element of it."""
    if node.children and node.children[0].type == "<-":
        spine.add("[]", node)
    return _operand(syntax, node, spine)


_operand = inside("operand")

STEPS: Mapping[str, Step] = {
    "identifier": root,
    "selector_expression": member("operand", "field"),
    "call_expression": _call,
    "index_expression": index("operand"),
    "slice_expression": inside("operand"),
    "parenthesized_expression": inside(),
    "unary_expression": _unary,
    "composite_literal": make(),
    "type_assertion_expression": make(),
    "type_conversion_expression": make(),
    "type_instantiation_expression": inside("type"),
}
