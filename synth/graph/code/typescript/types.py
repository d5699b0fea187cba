"""How a TypeScript type is written in the notation of `synth.graph.code.toolkit.notation`."""

from collections.abc import Callable, Mapping

from tree_sitter import Node

from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.trees import text_of

MAX_DEPTH = 6  # how deep the arguments of a type are followed
_NAMES = frozenset(
    {"type_identifier", "nested_type_identifier", "identifier", "member_expression", "nested_identifier"}
)
_INNER = frozenset({
    "type_annotation", "parenthesized_type", "readonly_type", "constraint", "default_type", "optional_type",
    "rest_type",
})  # fmt: skip
_PLAIN = {"string": "String", "number": "Number", "boolean": "Boolean", "symbol": "Symbol", "bigint": "BigInt"}
_SAME = frozenset({"Readonly", "Partial", "Required", "NonNullable", "DeepPartial", "NoInfer"})
_PICKING = frozenset({"Omit", "Pick"})
_NOTHING = frozenset({"null", "undefined", "void", "never"})


def written(node: Node, depth: int = 0) -> str:
    """A type by its name with its arguments; empty where it is none that has one."""
    while node.type in _INNER and node.named_child_count:
        node = node.named_children[0]
    if node.type in _NAMES:
        return "".join(text_of(node).split())
    reader = _READERS.get(node.type)
    return reader(node, depth) if reader is not None and depth <= MAX_DEPTH else ""


def _plain(node: Node, depth: int) -> str:
    return _PLAIN.get(text_of(node), "")


def _this(node: Node, depth: int) -> str:
    return "this"


def _array(node: Node, depth: int) -> str:
    inner = written(node.named_children[0], depth + 1)
    return f"{inner}[]" if inner else ""


def _tuple(node: Node, depth: int) -> str:
    return f"({','.join(written(item, depth + 1) or '?' for item in node.named_children)})"


def _function(node: Node, depth: int) -> str:
    result = node.child_by_field_name("return_type")
    inner = "" if result is None else written(result, depth + 1)
    return f"=>{inner}" if inner else ""


def _literal(node: Node, depth: int) -> str:
    kind = node.named_children[0].type if node.named_child_count else node.type
    return {"string": "String", "number": "Number", "template_literal_type": "String"}.get(kind, "")


def _generic(node: Node, depth: int) -> str:
    name, listed = node.child_by_field_name("name"), node.child_by_field_name("type_arguments")
    head = "".join(text_of(name).split())
    given = arguments_of(listed)
    if given and head in _SAME | _PICKING:
        return written(given[0], depth + 1)
    if given and head in {"Array", "ReadonlyArray"}:
        inner = written(given[0], depth + 1)
        return f"{inner}[]" if inner else ""
    return f"{head}<{','.join(written(item, depth + 1) or '?' for item in given)}>"


def _union(node: Node, depth: int) -> str:
    """The one type of a union beside null and undefined."""
    parts: list[Node] = []
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type == "union_type":
            stack.extend(reversed(current.named_children))
        elif text_of(current) not in _NOTHING:
            parts.append(current)
    names = {written(item, depth + 1) for item in parts[:8]}
    return names.pop() if len(names) == 1 else ""


_READERS: Mapping[str, Callable[[Node, int], str]] = {
    "predefined_type": _plain,
    "this_type": _this,
    "generic_type": _generic,
    "array_type": _array,
    "tuple_type": _tuple,
    "union_type": _union,
    "function_type": _function,
    "literal_type": _literal,
}
