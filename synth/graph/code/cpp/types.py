"""How the types of C and C++ are written in the notation of the toolkit."""

from collections.abc import Callable

from tree_sitter import Node

from synth.graph.code.cpp.declarators import bare_of, is_global, layers_of, parts_of, returns_function
from synth.graph.code.toolkit.rules import words
from synth.graph.code.toolkit.trees import text_of

MAX_DEPTH = 5  # how deep the arguments of a type are followed
LISTS = words(
    "vector list deque set multiset unordered_set array span initializer_list queue stack priority_queue "
    "forward_list valarray flat_set QList QVector small_vector InlinedVector"
)
MAPS = words("map multimap unordered_map unordered_multimap flat_map flat_hash_map QMap QHash")
_PLAIN = frozenset({"type_identifier", "primitive_type", "namespace_identifier", "identifier", "field_identifier"})
_SIGNS = frozenset({"signed", "unsigned", "const"})
_TEMPLATES = frozenset({"template_type", "template_function"})
_NAMED = frozenset({"struct_specifier", "class_specifier", "union_specifier", "enum_specifier"})


def type_text(node: Node | None, depth: int = 0) -> str:
    """A type without pointers, references and qualifiers; of a container only its keys and elements."""
    if node is None or depth > MAX_DEPTH:
        return ""
    kind = node.type
    if kind in _PLAIN:
        return text_of(node)
    if kind in _NAMED:
        return type_text(node.child_by_field_name("name"), depth)
    if kind in _TEMPLATES:
        return _template(node, text_of(node.child_by_field_name("name")), depth)
    if kind in {"dependent_type", "dependent_name"}:
        return type_text(node.named_children[0] if node.named_children else None, depth)
    reader = _READERS.get(kind)
    return "" if reader is None else reader(node, depth)


def _described(node: Node, depth: int) -> str:
    """A type as an argument of a template or in a cast, with its arrays."""
    declarator = node.child_by_field_name("declarator")
    inner = type_text(node.child_by_field_name("type"), depth)
    is_function = declarator is not None and declarator.type == "abstract_function_declarator"
    if is_function or returns_function(declarator):
        return f"=>{inner}" if inner else ""
    return inner + "[]" * layers_of(declarator) if inner else ""


def _sized(node: Node, depth: int) -> str:
    """`unsigned long` as `long`."""
    return next((word for word in text_of(node).split() if word not in _SIGNS), "int")


def _qualified(node: Node, depth: int) -> str:
    parts = parts_of(node)
    last = parts[-1]
    names = [text_of(bare_of(part)) for part in parts]
    if any(name.startswith("decltype") for name in names):
        return ""
    if is_global(node):
        names.insert(0, "::")
    if last.type not in _TEMPLATES:
        return ".".join(names)
    return _template(last, ".".join(names), depth)


def _template(node: Node, name: str, depth: int) -> str:
    listed = node.child_by_field_name("arguments")
    inner = [type_text(item, depth + 1) or "?" for item in listed.named_children] if listed is not None else []
    word = name.rpartition(".")[2]
    inner = inner[: 2 if word in MAPS else 1] if word in LISTS | MAPS else inner
    if inner and word == "function":
        return f"=>{inner[0].removeprefix('=>')}"
    return f"{name}<{','.join(inner)}>" if inner else name


_READERS: dict[str, Callable[[Node, int], str]] = {
    "qualified_identifier": _qualified,
    "type_descriptor": _described,
    "sized_type_specifier": _sized,
}
