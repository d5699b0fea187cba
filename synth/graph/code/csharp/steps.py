"""How are C#'s expressions taken apart?"""

from collections.abc import Mapping

from tree_sitter import Node

from synth.graph.code.csharp.types import bound_name, written
from synth.graph.code.toolkit.overloads import NULL
from synth.graph.code.toolkit.steps import add_call, index, inside, literal, make
from synth.graph.code.toolkit.syntax import Spine, Step, Syntax
from synth.graph.code.toolkit.trees import text_of

CONSTRUCTOR = "<init>"  # the member that `: base(…)` and `: this(…)` call
ATTRIBUTE = "@"  # stands before the name of an attribute, which may leave `Attribute` out
UNKNOWN_TYPE = "?{}"


def _root(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    spine.add(text_of(node).lstrip("@"), node)
    return None


def _generic_root(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A type with arguments, or a method that is called with them."""
    above = node.parent
    is_called = above is not None and above.type == "invocation_expression"
    spine.add(text_of(node.named_children[0]) if is_called else bound_name(node), node)
    return None


def _access(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`a.B`, `a.B<C>`."""
    part = node.child_by_field_name("name")
    if part is not None and part.type == "generic_name":
        above = node.parent
        is_called = above is not None and above.type == "invocation_expression"
        spine.add(text_of(part.named_children[0]) if is_called else bound_name(part), part)
    else:
        spine.add(text_of(part).lstrip("@") or "?", part or node)
    return node.child_by_field_name("expression")


def _call(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    function = node.child_by_field_name("function")
    add_call(syntax, spine, node, node.child_by_field_name("arguments"))
    return function


def _conditional(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`a?.B`: the part after the mark says where it hangs."""
    return node.named_children[-1] if node.named_child_count > 1 else None


def _bound_member(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`.B` or `[i]` after a question mark: hangs on what stands before the mark."""
    if node.type == "member_binding_expression":
        part = node.child_by_field_name("name")
        first = part.named_children[0] if part is not None and part.type == "generic_name" else part
        spine.add(text_of(first) or "?", part or node)
    else:
        spine.add("[]", node)
    above = node.parent
    inner = node
    while above is not None and (above.type != "conditional_access_expression" or above.named_children[0] == inner):
        inner, above = above, above.parent
    return above.child_by_field_name("condition") if above is not None else None


def _argument(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """The expression, without the name that it may be given."""
    if node.named_child_count:
        return node.named_children[-1]
    spine.add("?", node)
    return None


def _await(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    spine.add("!", node)
    return node.named_children[0] if node.named_child_count else None


def _implicit(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`new()` makes what is declared."""
    wanted = wanted_type(node)
    spine.add(f"{wanted}{{}}" if wanted else "?", node)
    return None


def wanted_type(node: Node) -> str:
    """The type of the variable, property or result that an expression is for."""
    above = node.parent
    while above is not None and above.type in _BETWEEN:
        above = above.parent
    if above is None:
        return ""
    part = above.child_by_field_name("type") or above.child_by_field_name("returns")
    return written(part) if part is not None and above.type in _DECLARING else ""


_BETWEEN = frozenset(
    {"parenthesized_expression", "variable_declarator", "return_statement", "arrow_expression_clause", "block"}
)
_DECLARING = frozenset({"variable_declaration", "property_declaration", "method_declaration", "parameter"})


def _array(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    part = node.child_by_field_name("type")
    made = "" if part is None else written(part)
    spine.add(f"{made}{{}}" if made else "?", part or node)
    return None


def _explicit(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`: base(…)` and `: this(…)` of a constructor."""
    listed = next((child for child in node.named_children if child.type == "argument_list"), None)
    add_call(syntax, spine, node, listed)
    spine.add(CONSTRUCTOR, node)
    return next((child for child in node.children if child.type in {"base", "this"}), None)


def _qualified(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    part = node.child_by_field_name("name")
    spine.add("?" if part is None else bound_name(part), part or node)
    return node.child_by_field_name("qualifier")


def _attribute(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    name = node.child_by_field_name("name")
    if name is not None and name.type == "qualified_name":
        return name
    spine.add(f"{ATTRIBUTE}{'' if name is None else bound_name(name)}", name or node)
    return None


def _number(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    text = text_of(node).lower()
    kind = "int" if node.type == "integer_literal" else "double"
    if text[-1:] == "l":
        kind = "long"
    elif text[-1:] in {"f", "m"} and not text.startswith("0x"):
        kind = "float" if text[-1] == "f" else "decimal"
    spine.add(f"'{kind}", node)
    return None


STEPS: Mapping[str, Step] = {
    "identifier": _root,
    "this": _root,
    "base": _root,
    "predefined_type": _root,
    "generic_name": _generic_root,
    "qualified_name": _qualified,
    "alias_qualified_name": inside("name"),
    "member_access_expression": _access,
    "conditional_access_expression": _conditional,
    "member_binding_expression": _bound_member,
    "element_binding_expression": _bound_member,
    "invocation_expression": _call,
    "element_access_expression": index("expression"),
    "object_creation_expression": make(),
    "implicit_object_creation_expression": _implicit,
    "array_creation_expression": _array,
    "cast_expression": make(),
    "as_expression": make("right"),
    "parenthesized_expression": inside(),
    "postfix_unary_expression": inside(),
    "checked_expression": inside(),
    "await_expression": _await,
    "constructor_initializer": _explicit,
    "attribute": _attribute,
    "argument": _argument,
    "string_literal": literal("string"),
    "verbatim_string_literal": literal("string"),
    "raw_string_literal": literal("string"),
    "interpolated_string_expression": literal("string"),
    "character_literal": literal("char"),
    "boolean_literal": literal("bool"),
    "integer_literal": _number,
    "real_literal": _number,
    "null_literal": literal(NULL),
}
