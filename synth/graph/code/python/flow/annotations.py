"""What does an annotation promise of a value? Objects of classes, and containers of them."""

from tree_sitter import Node

from synth.graph.code.python.annotations import TRANSPARENT, generic_arguments, generic_name, parse_quoted
from synth.graph.code.python.expressions import chain_of
from synth.graph.code.python.flow.expressions import Lowering, line_of
from synth.graph.code.python.flow.frames import Frame
from synth.graph.code.python.flow.instructions import Op
from synth.graph.code.python.grammar import unwrap

MAX_DEPTH = 12
SEQUENCES = frozenset(
    {
        "list", "List", "Sequence", "MutableSequence", "Iterable", "Iterator", "Collection", "Container", "set", "Set",
        "frozenset", "FrozenSet", "AbstractSet", "MutableSet", "deque", "Deque", "Generator", "AsyncIterator",
        "AsyncIterable", "AsyncGenerator", "Reversible", "KeysView", "ValuesView",
    }
)  # fmt: skip
MAPPINGS = frozenset(
    {
        "dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict", "ChainMap",
        "WeakValueDictionary", "WeakKeyDictionary",
    }
)  # fmt: skip
CLASSES = frozenset({"type", "Type"})


def annotated(low: Lowering, node: Node, frame: Frame, depth: int = 0) -> int:
    """The variable that holds what an annotation promises; -1 where that is nothing that the source defines."""
    node = unwrap(node)
    if depth > MAX_DEPTH:
        return -1
    if node.type in {"identifier", "attribute"}:
        return _named(low, node, frame, Op.TYPE)
    if node.type == "string":
        quoted = parse_quoted(node)
        return annotated(low, quoted, frame, depth + 1) if quoted is not None else -1
    if any(child.type == "|" for child in node.children):
        return low.asm.merge([annotated(low, child, frame, depth + 1) for child in node.named_children])
    name = generic_name(node).rpartition(".")[2]
    arguments = generic_arguments(node)
    if not name or not arguments:
        return -1
    return _generic(low, node, name, arguments, frame, depth)


def _named(low: Lowering, node: Node, frame: Frame, op: Op) -> int:
    chain = chain_of(node)
    if not chain or "?" in chain or "(" in chain:
        return -1
    scope = frame.scope
    return low.result(op, scope, low.asm.name(chain))


def _generic(low: Lowering, node: Node, name: str, arguments: list[Node], frame: Frame, depth: int) -> int:
    if name in TRANSPARENT:
        return annotated(low, arguments[0], frame, depth + 1)
    if name in {"Union", "Optional"}:
        return low.asm.merge([annotated(low, argument, frame, depth + 1) for argument in arguments])
    if name in CLASSES:
        inner = unwrap(arguments[0])
        return _named(low, inner, frame, Op.TYPE_CLASS) if inner.type in {"identifier", "attribute"} else -1
    if name in SEQUENCES:
        return _filled(low, "list", {"*": annotated(low, arguments[0], frame, depth + 1)}, node)
    if name in MAPPINGS and len(arguments) == 2:
        key, value = (annotated(low, argument, frame, depth + 1) for argument in arguments)
        return _filled(low, "dict", {"#": key, "*": value}, node)
    if name in {"tuple", "Tuple"}:
        many = len(arguments) == 2 and arguments[1].type == "ellipsis"
        parts = {
            "*" if many else str(position): annotated(low, argument, frame, depth + 1)
            for position, argument in enumerate(arguments)
        }
        return _filled(low, "tuple", parts, node)
    generic = node.child_by_field_name("value") or node.named_children[0]
    return annotated(low, generic, frame, depth + 1) if generic.type in {"identifier", "attribute"} else -1


def _filled(low: Lowering, kind: str, items: dict[str, int], node: Node) -> int:
    return low.filled(kind, list(items.items()), line_of(node))
