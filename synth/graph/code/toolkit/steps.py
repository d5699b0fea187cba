"""How expressions are taken apart: ready-made steps for the kinds of expressions that most languages have."""

from tree_sitter import Node

from synth.graph.code.toolkit.syntax import Spine, Step, Syntax
from synth.graph.code.toolkit.trees import text_of


def root(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A name by itself."""
    spine.add(text_of(node), node)
    return None


def member(holder: str, name: str) -> Step:
    """`a.b`, by the names of the two fields."""

    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        part = node.child_by_field_name(name)
        spine.add(text_of(part) if part is not None else "?", part or node)
        return node.child_by_field_name(holder)

    return step


def call(callee: str, arguments: str) -> Step:
    """`f(x)`, by the names of the two fields."""

    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        add_call(syntax, spine, node, node.child_by_field_name(arguments))
        return node.child_by_field_name(callee)

    return step


def method_call(holder: str, name: str, arguments: str) -> Step:
    """`a.f(x)` or `f(x)` where the grammar makes one node of both, by the names of the three fields."""

    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        add_call(syntax, spine, node, node.child_by_field_name(arguments))
        part = node.child_by_field_name(name)
        spine.add(text_of(part) if part is not None else "?", part or node)
        return node.child_by_field_name(holder)

    return step


def index(holder: str) -> Step:
    """`a[i]`, by the name of the field of `a`."""

    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        spine.add("[]", node)
        return node.child_by_field_name(holder)

    return step


def inside(name: str = "") -> Step:
    """What changes nothing, such as parentheses or `&a`: goes on in a field, or in the only named child."""

    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        inner = node.child_by_field_name(name) if name else _only(node)
        if inner is None:
            spine.add("?", node)
        return inner

    return step


def make(name: str = "type") -> Step:
    """An object of a type: a constructor call, a literal, a cast or an assertion, by the field of the type."""

    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        part = node.child_by_field_name(name)
        written = syntax.type_of(part) if part is not None else ""
        spine.add(f"{written}{{}}" if written else "?", part or node)
        return None

    return step


def literal(name: str) -> Step:
    """A literal of a type."""

    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        spine.add(f"'{name}", node)
        return None

    return step


def add_call(syntax: Syntax, spine: Spine, node: Node, arguments: Node | None) -> None:
    """Add the link of a call."""
    given = arguments_of(arguments)
    spread = any(item.type in syntax.spreads for item in given) if syntax.spreads else False
    spine.add("()" if spread else f"({len(given)})", arguments or node)


def arguments_of(arguments: Node | None) -> list[Node]:
    """The arguments of a call."""
    if arguments is None or not arguments.named_child_count:
        return []
    return [child for child in arguments.named_children if "comment" not in child.type]


def _only(node: Node) -> Node | None:
    inner = [child for child in node.named_children if "comment" not in child.type]
    return inner[0] if len(inner) == 1 else None
