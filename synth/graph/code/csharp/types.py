"""How are C#'s types written down in the notation that all languages share?

A type with parameters is bound under a name with their number, as the runtime does it: `List<T>` is `` List`1 ``.
"""

from collections.abc import Callable, Mapping

from tree_sitter import Node

from synth.graph.code.toolkit.trees import text_of

MAX_DEPTH = 6  # how deep the arguments of a type are followed
_PLAIN = frozenset({"identifier", "predefined_type"})
_SAYS_NOTHING = frozenset({"var", "void", "dynamic", "object"})
_AROUND = frozenset({"nullable_type", "pointer_type", "ref_type", "scoped_type"})


def written(node: Node, depth: int = 0) -> str:
    """A type without nullability and references; empty for `var`."""
    kind = node.type
    while kind in _AROUND:
        inner = node.child_by_field_name("type") or (node.named_children[0] if node.named_child_count else None)
        if inner is None:
            return ""
        node, kind = inner, inner.type
    if kind in _PLAIN:
        text = text_of(node)
        return "" if text in _SAYS_NOTHING else text.lstrip("@")
    read = _READERS.get(kind)
    return "" if read is None or depth > MAX_DEPTH else read(node, depth + 1)


def _array(node: Node, depth: int) -> str:
    inner = node.child_by_field_name("type")
    element = "" if inner is None else written(inner, depth)
    return f"{element}[]" if element else ""


def _tuple(node: Node, depth: int) -> str:
    items = [child.child_by_field_name("type") for child in node.named_children]
    return f"({','.join('?' if item is None else written(item, depth) or '?' for item in items)})"


def _generic(node: Node, depth: int) -> str:
    listed = node.named_children[-1]
    given = [written(child, depth) or "?" for child in listed.named_children]
    return f"{bound_name(node)}<{','.join(given)}>" if given else bound_name(node)


def _qualified(node: Node, depth: int) -> str:
    """`a.B<C>`, without the alias in `global::a`."""
    parts: list[str] = []
    current: Node | None = node
    while current is not None and current.type == "qualified_name":
        name = current.child_by_field_name("name")
        parts.append("" if name is None else written(name, depth))
        current = current.child_by_field_name("qualifier")
    if current is not None:
        last = current.child_by_field_name("name") if current.type == "alias_qualified_name" else current
        parts.append("" if last is None else written(last, depth))
    head = [part.partition("<")[0] for part in parts[1:]]
    return ".".join([*reversed(head), parts[0]])


def bound_name(node: Node) -> str:
    """The name of a type or function with the number of its type arguments."""
    if node.type != "generic_name":
        return text_of(node).lstrip("@")
    listed = node.named_children[-1]
    count = listed.named_child_count or text_of(listed).count(",") + 1  # `List<>` names no arguments
    return f"{text_of(node.named_children[0])}`{count}"


_READERS: Mapping[str, Callable[[Node, int], str]] = {
    "generic_name": _generic,
    "qualified_name": _qualified,
    "alias_qualified_name": _qualified,
    "array_type": _array,
    "tuple_type": _tuple,
}
