"""How are Rust's expressions taken apart?"""

from collections.abc import Mapping

from tree_sitter import Node

from synth.graph.code.rust.macros import macro_of
from synth.graph.code.rust.types import path_of, written
from synth.graph.code.toolkit.notation import LITERAL
from synth.graph.code.toolkit.rules import words
from synth.graph.code.toolkit.steps import add_call, arguments_of, inside
from synth.graph.code.toolkit.syntax import Spine, Step, Syntax
from synth.graph.code.toolkit.trees import text_of

_WRAPPED = words("Box::new Arc::new Rc::new Box::pin Arc::clone Rc::clone Pin::new Cow::Borrowed Cow::Owned")
"""Calls that give what they are given: the types that they put around it are not written down either."""


def _root(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    name = text_of(node).removeprefix("r#")
    spine.add(macro_of(name) or name, node)
    return None


def _field(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`a.b`, and `a.0` for a part of a tuple."""
    part = node.child_by_field_name("field")
    name = text_of(part).removeprefix("r#")
    spine.add(f"#{name}" if name.isdigit() else name or "?", part or node)
    return node.child_by_field_name("value")


def _call(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A call; boxes are left out, as they are of types."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    given = arguments_of(arguments)
    if function is not None and len(given) == 1 and text_of(function) in _WRAPPED:
        return given[0]
    name = text_of(function)
    if "::" in name or macro_of(name):
        spine.add("()", arguments or node)  # the first argument may be the object; a macro takes what it likes
    else:
        add_call(syntax, spine, node, arguments)
    return function


def _path(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`a::b`; `self::b` begins with the module and not with the object."""
    name = node.child_by_field_name("name")
    text = text_of(name).removeprefix("r#")
    spine.add(macro_of(text) or text or "?", name or node)
    path = node.child_by_field_name("path")
    if path is not None and path.type == "self":
        spine.add("mod", path)
        return None
    if path is not None and path.type in {"bracketed_type", "generic_type"}:
        for part in reversed(path_of(path).split(".") or ["?"]):
            spine.add(part or "?", path)
        return None
    if path is None:
        spine.add("crate", node)
    return path


def _macro(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    path = node.child_by_field_name("macro")
    spine.add("()", node)
    if path is None or path.type != "scoped_identifier":
        spine.add(f"{text_of(path)}!", path or node)
        return None
    name = path.child_by_field_name("name")
    spine.add(f"{text_of(name)}!", name or node)
    return path.child_by_field_name("path")


def _first(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """An element of what stands before the brackets."""
    spine.add("[]", node)
    return node.named_children[0] if node.named_child_count else None


def _try(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`a?` gives what `a.unwrap()` would."""
    spine.add("?", node)
    return node.named_children[0] if node.named_child_count else None


def _made(field: str) -> Step:
    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        part = node.child_by_field_name(field)
        chain = "" if part is None else written(part)
        spine.add(f"{chain}{{}}" if chain else "?", part or node)
        return None

    return step


def _attribute(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    return node.named_children[0] if node.named_child_count else None


def _literal(kind: str) -> Step:
    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        spine.add(f"{LITERAL}{kind}", node)
        return None

    return step


STEPS: Mapping[str, Step] = {
    "identifier": _root,
    "self": _root,
    "crate": _root,
    "super": _root,
    "metavariable": _root,
    "type_identifier": _root,
    "field_expression": _field,
    "call_expression": _call,
    "scoped_identifier": _path,
    "scoped_type_identifier": _path,
    "generic_function": inside("function"),
    "generic_type": inside("type"),
    "index_expression": _first,
    "try_expression": _try,
    "await_expression": inside(),
    "parenthesized_expression": inside(),
    "reference_expression": inside("value"),
    "unary_expression": inside(),
    "struct_expression": _made("name"),
    "type_cast_expression": _made("type"),
    "macro_invocation": _macro,
    "attribute": _attribute,
    "string_literal": _literal("str"),
    "raw_string_literal": _literal("str"),
    "char_literal": _literal("char"),
    "boolean_literal": _literal("bool"),
    "integer_literal": _literal("usize"),
    "float_literal": _literal("f64"),
}
