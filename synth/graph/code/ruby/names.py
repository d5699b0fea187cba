"""Which names does a Ruby statement give: locals, constants, attributes, and marks of visibility?

A mark is a binding whose name begins with `!`: `!private` for what follows, `!private name` for one name. The file's
facts are settled by them in `synth.graph.code.ruby.reading`; `!return` notes what the block of a `let` gives.
"""

from collections.abc import Callable, Iterator, Mapping

from tree_sitter import Node

from synth.graph.code.ruby.titles import literal
from synth.graph.code.toolkit.rules import words
from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.syntax import Named
from synth.graph.code.toolkit.trees import text_of

_VARIABLES = frozenset({"identifier", "constant", "instance_variable", "class_variable", "scope_resolution"})
_LISTS = frozenset({"left_assignment_list", "destructured_left_assignment", "rest_assignment", "splat_parameter"})
ITERATORS = words(
    "each map select reject find detect filter filter_map flat_map collect each_with_index each_with_object any? all? "
    "none? find_all partition sort_by group_by min_by max_by sum count find_index index_by take_while drop_while "
    "reverse_each each_entry uniq delete_if keep_if map! select! reject! to_h"
)
"""Methods whose block is given one element after the other."""


def named_by(node: Node) -> Iterator[Named]:
    """The variables, attributes or marks that a node gives."""
    yield from _READERS.get(node.type, _matched)(node)


def _assigned(node: Node) -> Iterator[Named]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return
    if left.type in _VARIABLES:
        yield Named(
            left, text_of(left).rpartition("::")[2] if left.type == "scope_resolution" else text_of(left), right
        )
        return
    values = right.named_children if right is not None and right.type == "right_assignment_list" else []
    for position, child in enumerate(left.named_children):
        if child.type in _LISTS:
            yield from (Named(name, text_of(name)) for name in _leaves(child))
        elif child.type in _VARIABLES and values:
            yield Named(child, text_of(child), values[position] if position < len(values) else None)
        elif child.type in _VARIABLES:
            yield Named(child, text_of(child), right, None, f"#{position}")


def _leaves(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type in _VARIABLES:
            yield current
        elif current.type in _LISTS:
            stack.extend(current.named_children)


def _called(node: Node) -> Iterator[Named]:
    """Attributes by their names, or a mark for each name that a word such as `private` is given."""
    method = node.child_by_field_name("method")
    word = text_of(method)
    is_attribute = word.startswith("attr") or word.endswith(("_accessor", "_reader", "_writer", "_attribute"))
    suffix = "=" if word.endswith("_writer") else ""
    for item in _symbols(node):
        if is_attribute:
            yield Named(item, f"{literal(item)}{suffix}")
        elif method is not None:
            yield Named(method, f"!{word} {_name_given(item)}")


def _symbols(node: Node) -> Iterator[Node]:
    """The arguments that name something, those of lists and of a call inside too."""
    stack = list(reversed(arguments_of(node.child_by_field_name("arguments"))))
    while stack:
        item = stack.pop()
        if item.type in {"symbol_array", "splat_argument", "array", "string_array"}:
            stack.extend(reversed(item.named_children))
        elif item.type == "call":
            stack.extend(reversed(arguments_of(item.child_by_field_name("arguments"))))
        elif item.type in {"simple_symbol", "string", "bare_symbol", "bare_string", "method", "singleton_method"}:
            yield item


def _name_given(item: Node) -> str:
    return text_of(item.child_by_field_name("name")) if item.type.endswith("method") else literal(item)


def _given(block: Node) -> Iterator[Named]:
    """What the last statement of a block gives."""
    body = block.child_by_field_name("body")
    statements = [child for child in body.named_children if child.type != "comment"] if body is not None else []
    if statements:
        yield Named(block.children[0], "!return", statements[-1])


def _marked(node: Node) -> Iterator[Named]:
    yield Named(node, f"!{text_of(node)}")


def _field(node: Node) -> Iterator[Named]:
    yield Named(node, literal(node))


def _looped(node: Node) -> Iterator[Named]:
    pattern = node.child_by_field_name("pattern")
    if pattern is not None and pattern.type == "identifier":
        yield Named(pattern, text_of(pattern))


def _elements(parameters: Node) -> Iterator[Named]:
    """The first parameter of a block that goes through what its call is applied to."""
    call = parameters.parent.parent if parameters.parent is not None else None
    receiver = call.child_by_field_name("receiver") if call is not None else None
    if call is not None and receiver is not None and text_of(call.child_by_field_name("method")) in ITERATORS:
        name = parameters.named_children[0]
        yield Named(name, text_of(name), receiver, None, "[]")


def _rescued(node: Node) -> Iterator[Named]:
    variable, classes = node.child_by_field_name("variable"), node.child_by_field_name("exceptions")
    name = variable.named_children[0] if variable is not None and variable.named_children else None
    listed = classes.named_children if classes is not None else []
    if name is not None and name.type == "identifier":
        yield Named(name, text_of(name), None, listed[0] if len(listed) == 1 else None)


def _matched(node: Node) -> Iterator[Named]:
    """The names that a pattern binds, without those of the patterns inside."""
    if node.type == "keyword_pattern":
        key = node.child_by_field_name("key")
        if key is not None and node.child_by_field_name("value") is None:
            yield Named(key, text_of(key).rstrip(":"))
        return
    if node.type == "as_pattern":
        items = node.children_by_field_name("name")
    elif node.type in {"in_clause", "match_pattern"}:
        items = node.children_by_field_name("pattern")
    else:
        items = node.named_children
    for item in items:
        name = item.child_by_field_name("name") if item.type == "splat_parameter" else item
        if name is not None and name.type == "identifier":
            yield Named(name, text_of(name))


_READERS: Mapping[str, Callable[[Node], Iterator[Named]]] = {
    "assignment": _assigned, "operator_assignment": _assigned, "call": _called, "identifier": _marked,
    "simple_symbol": _field, "block": _given, "do_block": _given, "block_parameters": _elements, "rescue": _rescued,
    "for": _looped,
}  # fmt: skip
