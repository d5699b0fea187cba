"""How are Rust's types written down in the notation that all languages share?"""

from collections.abc import Callable, Mapping

from tree_sitter import Node

from synth.graph.code.toolkit.rules import words
from synth.graph.code.toolkit.trees import text_of

MAX_DEPTH = 6  # how deep the arguments of a type are followed
_NAMES = frozenset({"type_identifier", "primitive_type", "identifier", "self", "crate", "super", "metavariable"})
_POINTERS = frozenset({"reference_type", "pointer_type"})
_BOXES = frozenset({"Box", "Arc", "Rc", "Pin", "Cow", "ManuallyDrop", "NonNull"})
_LISTS = frozenset({"Vec", "VecDeque", "HashSet", "BTreeSet", "BinaryHeap", "LinkedList", "SmallVec", "IndexSet"})
_ITERATORS = frozenset({"Iterator", "IntoIterator", "DoubleEndedIterator", "ExactSizeIterator", "Stream"})
_MARKERS = words(
    "Send Sync Sized Copy Clone Unpin Debug Default Eq PartialEq Ord PartialOrd Hash UnwindSafe RefUnwindSafe"
)


def written(node: Node, depth: int = 0) -> str:
    """A type without its pointers and boxes; lists and iterators are the type of their elements with `[]`."""
    kind = node.type
    while kind in _POINTERS:
        inner = node.child_by_field_name("type")
        if inner is None:
            return ""
        node, kind = inner, inner.type
    if kind in _NAMES:
        return text_of(node)
    if depth > MAX_DEPTH:
        return ""
    read = _READERS.get(kind)
    return "" if read is None else read(node, depth + 1)


def path_of(node: Node) -> str:
    """A path of types with dots: `a::b::C<T>` as `a.b.C`."""
    parts: list[str] = []
    current: Node | None = node
    while current is not None:
        if current.type == "generic_type":
            current = current.child_by_field_name("type")
        elif current.type in {"scoped_type_identifier", "scoped_identifier"}:
            parts.append(text_of(current.child_by_field_name("name")))
            current = current.child_by_field_name("path")
        elif current.type == "bracketed_type":
            parts.append(_bracketed(current))
            break
        else:
            parts.append("mod" if current.type == "self" and parts else text_of(current))
            break
    return ".".join(reversed(parts))


def _bracketed(node: Node) -> str:
    """`<T as Trait>` and `<T>` are what T is."""
    inner = node.named_children[0] if node.named_child_count else None
    if inner is not None and inner.type == "qualified_type":
        inner = inner.child_by_field_name("type")
    return "" if inner is None else path_of(inner)


def _generic(node: Node, depth: int) -> str:
    base = path_of(node)
    listed = node.child_by_field_name("type_arguments")
    given = [child for child in (listed.named_children if listed is not None else ()) if child.type != "lifetime"]
    name = base.rpartition(".")[2]
    if name in _ITERATORS:
        item = next((child.child_by_field_name("type") for child in given if child.type == "type_binding"), None)
        return "" if item is None else f"{written(item, depth)}[]"
    if name == "Future":
        item = next((child.child_by_field_name("type") for child in given if child.type == "type_binding"), None)
        return "" if item is None else written(item, depth)
    arguments = [written(child, depth) or "?" for child in given if child.type != "type_binding"]
    if name in _BOXES and arguments:
        return arguments[-1].strip("?")
    if name in _LISTS and arguments:
        return f"{arguments[0]}[]" if arguments[0] != "?" else ""
    return f"{base}<{','.join(arguments)}>" if arguments else base


def _elements(node: Node, depth: int) -> str:
    element = node.child_by_field_name("element")
    inner = "" if element is None else written(element, depth)
    return f"{inner}[]" if inner else ""


def _tuple(node: Node, depth: int) -> str:
    return f"({','.join(written(child, depth) or '?' for child in node.named_children)})"


def _function(node: Node, depth: int) -> str:
    """`fn(A) -> B` and `Fn(A) -> B`."""
    result = node.child_by_field_name("return_type")
    inner = "" if result is None else written(result, depth)
    return f"=>{inner}" if inner else ""


def _inner(node: Node, depth: int) -> str:
    """`impl Trait` and `dyn Trait`."""
    trait = node.child_by_field_name("trait")
    return "" if trait is None else written(trait, depth)


def bounds_of(node: Node, depth: int = 0) -> str:
    """Of several bounds the first that says what can be done with the type."""
    for child in node.named_children:
        found = "" if child.type == "lifetime" else written(child, depth + 1)
        if found and found.partition("<")[0].rpartition(".")[2] not in _MARKERS:
            return found
    return ""


def _path(node: Node, _depth: int) -> str:
    return path_of(node)


def _in_brackets(node: Node, _depth: int) -> str:
    return _bracketed(node)


def _for_all(node: Node, depth: int) -> str:
    """`for<'a> Fn(&'a T)`."""
    inner = node.child_by_field_name("type")
    return "" if inner is None else written(inner, depth)


_READERS: Mapping[str, Callable[[Node, int], str]] = {
    "scoped_type_identifier": _path,
    "scoped_identifier": _path,
    "generic_type": _generic,
    "generic_type_with_turbofish": _generic,
    "array_type": _elements,
    "slice_type": _elements,
    "tuple_type": _tuple,
    "function_type": _function,
    "abstract_type": _inner,
    "dynamic_type": _inner,
    "bounded_type": bounds_of,
    "trait_bounds": bounds_of,
    "bracketed_type": _in_brackets,
    "higher_ranked_trait_bound": _for_all,
}
