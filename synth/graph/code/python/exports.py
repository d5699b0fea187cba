"""What does a module's `__all__` hold?"""

from tree_sitter import Node

from synth.graph.code.python.collector import Collector, Visit
from synth.graph.code.python.expressions import chain_of
from synth.graph.code.python.grammar import field, string_value, text_of, unwrap


def read_exports(collector: Collector, visit: Visit, target: Node, value: Node | None) -> None:
    """Read `__all__ = …` or `__all__ += …` at module level."""
    if value is not None and target.type == "identifier" and text_of(target) == "__all__" and visit.scope == 0:
        _add(collector, value)


def read_exports_call(collector: Collector, visit: Visit) -> None:
    """Read `__all__.append(…)`, `.extend(…)` or `.remove(…)` at module level."""
    node = visit.node
    function = field(node, "function")
    if visit.scope != 0 or function.type != "attribute" or text_of(field(function, "object")) != "__all__":
        return
    method = text_of(field(function, "attribute"))
    arguments = [child for child in field(node, "arguments").named_children if child.type != "comment"]
    if method == "extend" and len(arguments) == 1:
        _add(collector, arguments[0])
    elif method == "append" and len(arguments) == 1:
        _add_item(collector, arguments[0])
    else:
        collector.exports_complete = False


def _add(collector: Collector, value: Node) -> None:
    stack = [value]
    while stack:
        node = unwrap(stack.pop())
        if node.type in {"list", "tuple", "expression_list", "set"}:
            for item in node.named_children:
                _add_item(collector, item)
        elif node.type == "binary_operator" and text_of(field(node, "operator")) == "+":
            stack.extend([field(node, "right"), field(node, "left")])
        else:
            _add_module(collector, node)
    if collector.exports is None:
        collector.exports = []


def _add_item(collector: Collector, item: Node) -> None:
    if item.type == "comment":
        return
    text = string_value(item) if item.type in {"string", "concatenated_string"} else None
    if text is not None:
        collector.exports = [*(collector.exports or []), text]
    elif item.type == "list_splat":
        _add_module(collector, unwrap(item.named_children[0]))
    else:
        collector.exports_complete = False


def _add_module(collector: Collector, node: Node) -> None:
    """Take over the `__all__` of another module, given as `module.__all__` or `list(module.__all__)`."""
    if node.type == "call" and text_of(field(node, "function")) in {"list", "tuple"}:
        arguments = field(node, "arguments").named_children
        node = arguments[0] if len(arguments) == 1 else node
    chain = chain_of(node)
    if chain.endswith(".__all__"):
        collector.exports_from.append(chain.removesuffix(".__all__"))
        collector.exports = collector.exports or []
    else:
        collector.exports_complete = False
