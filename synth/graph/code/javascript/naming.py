"""What is a function or class called that has no name of its own? By what it is assigned to, or by its test's title."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tree_sitter import Node

from synth.graph.code.toolkit.trees import text_of

FUNCTIONS = frozenset({
    "arrow_function", "function_expression", "generator_function", "function_declaration",
    "generator_function_declaration",
})  # fmt: skip
VALUES = frozenset({"arrow_function", "function_expression", "generator_function", "class"})
EXPORTS = frozenset({"exports", "module.exports"})
_WRAPPERS = frozenset({"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"})
_MAX_TITLE = 120  # characters of a test's title that become its name


class Target(NamedTuple):
    """Where a definition gets its name from."""

    node: Node | None  # the name
    name: str
    holder: str = ""  # what it is a member of, as written: `app`, `exports`, `View.prototype`
    is_key: bool = False  # whether it is a key of a literal or class, and so no name in the scope around


NAMELESS = Target(None, "")


def target_of(node: Node) -> Target:
    """What a function or class expression, method or field is called by."""
    own = node.child_by_field_name("name")
    if node.type == "method_definition" or node.type.endswith("_signature"):
        return Target(own, key_text(own), object_holder(node), is_key=True)
    parent = _around(node) if node.type in VALUES else None
    if parent is None:
        return Target(own, text_of(own)) if node.type not in VALUES else NAMELESS
    reader = _TARGETS.get(parent.type)
    return Target(own, text_of(own), is_key=True) if reader is None else reader(parent, own)


def _declared(declarator: Node, own: Node | None) -> Target:
    name = declarator.child_by_field_name("name")
    return Target(name, text_of(name)) if name is not None and name.type == "identifier" else NAMELESS


def _keyed(pair: Node, own: Node | None) -> Target:
    key = pair.child_by_field_name("key")
    return Target(key, key_text(key), object_holder(pair), is_key=True)


def _field(field: Node, own: Node | None) -> Target:
    key = field.child_by_field_name("property") or field.child_by_field_name("name")
    return Target(key, key_text(key), is_key=True)


def _exported(statement: Node, own: Node | None) -> Target:
    if own is not None:
        return Target(own, text_of(own))
    return Target(statement.children[min(1, statement.child_count - 1)], "default")


def _assigned(assignment: Node, own: Node | None) -> Target:
    """`x = …`, `a.b = …`; a variable that is declared with the assignment as its value comes first."""
    parent = assignment.parent
    if parent is not None and parent.type == "variable_declarator":
        name = parent.child_by_field_name("name")
        return Target(name, text_of(name))
    left = assignment.child_by_field_name("left")
    written = text_of(left)
    if left is None or left.type not in {"identifier", "member_expression"}:
        return NAMELESS
    if written in EXPORTS:
        return Target(own or left, text_of(own) or "exports", "" if own is not None else "=")
    if left.type == "identifier":
        return Target(left, written, is_key=True)
    name = left.child_by_field_name("property")
    holder = text_of(left.child_by_field_name("object"))
    if name is None or not _is_plain(holder):
        return NAMELESS
    return Target(name, text_of(name), "exports" if holder in EXPORTS else holder)


_TARGETS: Mapping[str, Callable[[Node, Node | None], Target]] = {
    "variable_declarator": _declared,
    "assignment_expression": _assigned,
    "pair": _keyed,
    "field_definition": _field,
    "public_field_definition": _field,
    "export_statement": _exported,
}
"""How a name is read off what stands around a function or class."""


def object_holder(member: Node) -> str:
    """What a key of an object literal belongs to, where the literal is `module.exports` or a prototype."""
    literal = member.parent
    parent = literal.parent if literal is not None and literal.type == "object" else None
    if parent is None:
        return ""
    if parent.type == "assignment_expression":
        holder = text_of(parent.child_by_field_name("left"))
        return "exports" if holder in EXPORTS else holder if _is_plain(holder) else ""
    if parent.type == "arguments" and parent.named_child_count > 1 and parent.named_children[0] != literal:
        holder = text_of(parent.named_children[0])
        callee = text_of(parent.prev_sibling)
        return holder if callee.endswith((".assign", "extend")) and holder.endswith(".prototype") else ""
    return ""


def _is_plain(holder: str) -> bool:
    return bool(holder) and holder.replace(".", "").replace("_", "").replace("$", "").isalnum()


def _around(node: Node) -> Node | None:
    parent = node.parent
    while parent is not None and parent.type in _WRAPPERS:
        parent = parent.parent
    return parent


def key_text(key: Node | None) -> str:
    """A key as a name: without quotes, brackets kept."""
    return text_of(key).strip("'\"") if key is not None and key.type == "string" else text_of(key)


def title_of(call: Node) -> str:
    """The title of a test, without its quotes, on one line."""
    arguments = call.child_by_field_name("arguments")
    first = arguments.named_children[0] if arguments is not None and arguments.named_child_count else None
    text = text_of(first)
    if first is not None and first.type in {"string", "template_string"}:
        text = text[1:-1]
    return " ".join(text.split())[:_MAX_TITLE]


def statement_of(node: Node) -> Node:
    """The statement that a definition is: its declaration or assignment, with `export` and `declare`."""
    current = node
    if node.type in VALUES:
        while current.parent is not None and current.parent.type in {
            *_WRAPPERS, "variable_declarator", "assignment_expression", "pair", "field_definition",
            "public_field_definition",
        }:  # fmt: skip
            current = current.parent
    parent = current.parent
    if current.type == "variable_declarator" and parent is not None:
        if sum(child.type == "variable_declarator" for child in parent.named_children) > 1:
            return current
        current, parent = parent, parent.parent
    while parent is not None and parent.type in {"export_statement", "ambient_declaration", "expression_statement"}:
        current, parent = parent, parent.parent
    return current


def root_name(callee: Node | None) -> str:
    """The name that a callee begins with, such as `test` of `test.each(…)(…)`."""
    while callee is not None and callee.type in {"member_expression", "call_expression"}:
        callee = callee.child_by_field_name("object") or callee.child_by_field_name("function")
    return text_of(callee)
