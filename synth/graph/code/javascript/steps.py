"""How the expressions of JavaScript and TypeScript are taken apart."""

from collections.abc import Mapping

from tree_sitter import Node

from synth.graph.code.toolkit.steps import add_call, arguments_of, inside, root
from synth.graph.code.toolkit.syntax import Spine, Step, Syntax
from synth.graph.code.toolkit.trees import text_of

_EMPTY_THIS = frozenset({"this", "null", "undefined"})
_DOT = "\N{ONE DOT LEADER}"


def required(node: Node) -> str:
    """The module that `require("x")` or `import("x")` names, else an empty string."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None or arguments.type != "arguments" or not arguments.named_child_count:
        return ""
    first = arguments.named_children[0]
    is_import = function.type == "import" or (function.type == "identifier" and text_of(function) == "require")
    return text_of(first)[1:-1] if is_import and first.type == "string" else ""


def module_root(module: str) -> str:
    """The name by which chains speak of a module that is required where it is used."""
    return f"require {module.replace('.', _DOT)}"


def _call(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None:
        spine.add("?", node)
        return None
    kind = function.type
    if kind in {"identifier", "import"} and (module := required(node)):
        spine.add(module_root(module), node)
        return None
    if kind == "member_expression" and _is_bound(function, arguments):
        return function.child_by_field_name("object")
    if arguments.type == "arguments":
        add_call(syntax, spine, node, arguments)
    else:
        spine.add("()", arguments)
    if kind == "super":
        spine.add("constructor", function)
    return function


def _is_bound(function: Node, arguments: Node) -> bool:
    """Whether a function is only tied to its object, as in `f.bind(this)`."""
    if text_of(function.child_by_field_name("property")) != "bind" or not arguments.named_child_count:
        return False
    return text_of(arguments.named_children[0]) in _EMPTY_THIS


def _member(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    holder, part = node.child_by_field_name("object"), node.child_by_field_name("property")
    if holder is not None and holder.type == "identifier" and text_of(node) == "module.exports":
        spine.add("exports", node)
        return None
    spine.add(text_of(part) or "?", part or node)
    return holder


def _index(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    key = node.child_by_field_name("index")
    name = text_of(key)[1:-1] if key is not None and key.type == "string" else ""
    spine.add(name if name.isidentifier() else "[]", node)
    return node.child_by_field_name("object")


def _new(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    made = node.child_by_field_name("constructor")
    written = "" if made is None or made.type not in {"identifier", "member_expression"} else syntax.type_of(made)
    arguments = node.child_by_field_name("type_arguments")
    if written and arguments is not None:
        written += f"<{','.join(syntax.type_of(item, 1) or '?' for item in arguments_of(arguments))}>"
    spine.add(f"{written}{{}}" if written else "?", made or node)
    return None


def _first(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    return node.named_children[0]


def _await(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    spine.add("!", node)
    return node.named_children[0] if node.named_child_count else None


def _either(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`a || new B()` is a B; of other alternatives the first counts."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if text_of(node.child_by_field_name("operator")) not in {"||", "??"}:
        spine.add("?", node)
        return None
    return right if right is not None and right.type == "new_expression" else left


def _as(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`x as T` is a T, where T says anything."""
    parts = node.named_children
    if node.type == "type_assertion":
        parts = [*parts[1:], *arguments_of(parts[0])]
    written = syntax.type_of(parts[1]) if len(parts) > 1 else ""
    if not written:
        return parts[0]
    spine.add(f"{written}{{}}", parts[1])
    return None


def _typed(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    written = syntax.type_of(node)
    spine.add(f"{written}{{}}" if written else "?", node)
    return None


def _literal(name: str) -> Step:
    def step(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
        spine.add(f"'{name}", node)
        return None

    return step


def _element(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`<List items={…} />` calls a component; an element in small letters is none."""
    name = node.child_by_field_name("name")
    if name is None or (name.type != "member_expression" and not text_of(name)[:1].isupper()):
        spine.add("?", node)
        return None
    spine.add("()", node)
    return name


STEPS: Mapping[str, Step] = {
    "identifier": root,
    "shorthand_property_identifier": root,
    "this": root,
    "super": root,
    "call_expression": _call,
    "member_expression": _member,
    "subscript_expression": _index,
    "new_expression": _new,
    "await_expression": _await,
    "parenthesized_expression": inside(),
    "non_null_expression": inside(),
    "instantiation_expression": _first,
    "satisfies_expression": _first,
    "as_expression": _as,
    "type_assertion": _as,
    "assignment_expression": inside("right"),
    "binary_expression": _either,
    "string": _literal("String"),
    "template_string": _literal("String"),
    "array": _literal("Array"),
    "regex": _literal("RegExp"),
    "type_annotation": _typed,
    "jsx_opening_element": _element,
    "jsx_self_closing_element": _element,
}
