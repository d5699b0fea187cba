"""How Java's expressions are taken apart."""

from collections.abc import Mapping

from tree_sitter import Node

from synth.graph.code.toolkit.overloads import NULL
from synth.graph.code.toolkit.steps import add_call, index, inside, literal, make, member, method_call, root
from synth.graph.code.toolkit.syntax import Spine, Step, Syntax
from synth.graph.code.toolkit.trees import text_of

CONSTRUCTOR = "<init>"  # the member that `super(…)` and `this(…)` call

_plain_call = method_call("object", "name", "arguments")
_plain_access = member("object", "field")


def _call(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A call; `I.super.f()` calls what the interface I has."""
    holder = node.child_by_field_name("object")
    if holder is not None and any(child.type == "super" for child in node.children) and holder.type != "super":
        _plain_call(syntax, node, spine)
        spine.add(f"{text_of(holder)}{{}}", holder)
        return None
    return _plain_call(syntax, node, spine)


def _access(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A field; `A.this` is an object of A."""
    part, holder = node.child_by_field_name("field"), node.child_by_field_name("object")
    if part is not None and part.type == "this" and holder is not None:
        spine.add(f"{text_of(holder)}{{}}", holder)
        return None
    return _plain_access(syntax, node, spine)


def _reference(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`A::f`, or `A::new`, which names the class."""
    parts = [child for child in node.named_children if child.type != "type_arguments"]
    if len(parts) > 1:
        spine.add(text_of(parts[-1]), parts[-1])
    if parts[0].type in syntax.steps:
        return parts[0]
    spine.add(syntax.type_of(parts[0]).partition("<")[0] or "?", parts[0])
    return None


def _array(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    part = node.child_by_field_name("type")
    written = "" if part is None else syntax.type_of(part)
    layers = sum(text_of(child).count("[") for child in node.children_by_field_name("dimensions"))
    spine.add(f"{written}{'[]' * layers}{{}}" if written else "?", part or node)
    return None


def _explicit(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`super(…)` and `this(…)` in a constructor."""
    add_call(syntax, spine, node, node.child_by_field_name("arguments"))
    part = node.child_by_field_name("constructor")
    spine.add(CONSTRUCTOR, part or node)
    return part


def _integer(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    spine.add("'long" if text_of(node)[-1:] in {"l", "L"} else "'int", node)
    return None


def _sum(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """What is joined to a string is one."""
    part: Node | None = node
    while part is not None and part.type == "binary_expression":
        if any(child.type == "string_literal" for child in part.children):
            spine.add("'String", node)
            return None
        part = part.child_by_field_name("left")
    spine.add("?", node)
    return None


STEPS: Mapping[str, Step] = {
    "identifier": root,
    "type_identifier": root,
    "this": root,
    "super": root,
    "method_invocation": _call,
    "field_access": _access,
    "scoped_identifier": member("scope", "name"),
    "array_access": index("array"),
    "object_creation_expression": make(),
    "array_creation_expression": _array,
    "cast_expression": make(),
    "parenthesized_expression": inside(),
    "method_reference": _reference,
    "explicit_constructor_invocation": _explicit,
    "annotation": inside("name"),
    "marker_annotation": inside("name"),
    "decimal_integer_literal": _integer,
    "hex_integer_literal": _integer,
    "decimal_floating_point_literal": literal("double"),
    "string_literal": literal("String"),
    "text_block": literal("String"),
    "character_literal": literal("char"),
    "true": literal("boolean"),
    "false": literal("boolean"),
    "null_literal": literal(NULL),
    "class_literal": literal("Class"),
    "unary_expression": inside("operand"),
    "binary_expression": _sum,
}
