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
    def inner(argument: Node) -> int:
        return annotated(low, argument, frame, depth + 1)

    if name in TRANSPARENT or name in {"Union", "Optional"}:
        options = arguments if name in {"Union", "Optional"} else arguments[:1]
        return low.asm.merge([inner(option) for option in options])
    if name in CLASSES:
        cls = unwrap(arguments[0])
        return _named(low, cls, frame, Op.TYPE_CLASS) if cls.type in {"identifier", "attribute"} else -1
    if name in SEQUENCES:
        return low.filled("list", [("*", inner(arguments[0]))], line_of(node))
    if name in MAPPINGS and len(arguments) == 2:
        return low.filled("dict", [("#", inner(arguments[0])), ("*", inner(arguments[1]))], line_of(node))
    if name in {"tuple", "Tuple"}:
        many = len(arguments) == 2 and arguments[1].type == "ellipsis"
        parts = [("*" if many else str(position), inner(argument)) for position, argument in enumerate(arguments)]
        return low.filled("tuple", parts, line_of(node))
    generic = node.child_by_field_name("value") or node.named_children[0]
    return inner(generic) if generic.type in {"identifier", "attribute"} else -1
