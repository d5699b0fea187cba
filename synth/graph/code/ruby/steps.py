"""How are Ruby's expressions taken apart? Calls with and without a receiver, paths of constants, `super`."""

import re
from collections.abc import Mapping

from tree_sitter import Node

from synth.graph.code.toolkit.steps import add_call, arguments_of, index, inside, root
from synth.graph.code.toolkit.syntax import Spine, Step, Syntax
from synth.graph.code.toolkit.trees import text_of

PATH = re.compile(r"(::)?[A-Z]\w*(::[A-Z]\w*)*$")
SPREADS = frozenset({"splat_argument", "hash_splat_argument", "block_argument", "pair", "forward_argument"})
METHODS = frozenset({"method", "singleton_method"})
_SENDS = frozenset({"send", "public_send", "__send__"})
_LITERALS = {
    "string": "String", "chained_string": "String", "heredoc_beginning": "String", "subshell": "String",
    "array": "Array", "string_array": "Array", "symbol_array": "Array", "hash": "Hash", "integer": "Integer",
    "float": "Float", "simple_symbol": "Symbol", "delimited_symbol": "Symbol", "regex": "Regexp", "lambda": "Proc",
}  # fmt: skip


def _call(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A call; `Path.new` makes an object, `x.class` gives a class, and `send(:name)` calls `name`."""
    method, arguments = node.child_by_field_name("method"), node.child_by_field_name("arguments")
    receiver = node.child_by_field_name("receiver")
    if method is not None and method.type == "super":
        add_call(syntax, spine, node, arguments)
        return _super(syntax, method, spine)
    name = text_of(method) if method is not None else "call"
    if receiver is not None:
        if name == "new" and receiver.type in {"constant", "scope_resolution"} and PATH.match(text_of(receiver)):
            spine.add(f"{text_of(receiver)}{{}}", receiver)
            return None
        if name == "class" and arguments is None:
            spine.add(name, method or node)
            return receiver
    sent = _sent(name, arguments)
    if sent:
        spine.add("()", arguments or node)
    else:
        add_call(syntax, spine, node, arguments)
    spine.add(sent or name, method or node)
    return receiver


def _sent(name: str, arguments: Node | None) -> str:
    """The method that is called by its name as a symbol."""
    first = arguments_of(arguments)[:1] if name in _SENDS else []
    return text_of(first[0])[1:] if first and first[0].type == "simple_symbol" else ""


def _super(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """The method of the same name above; without arguments it is given those of the method."""
    if not spine.links:
        spine.add("()", node)
    current = node.parent
    while current is not None and current.type not in METHODS:
        current = current.parent
    if current is None:
        spine.add("?", node)
        return None
    spine.add(text_of(current.child_by_field_name("name")), node)
    spine.add("super", node)
    return None


def _path(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A path of constants is one name; else a constant of what an expression gives."""
    text = text_of(node)
    if PATH.match(text):
        spine.add(text, node)
        return None
    part = node.child_by_field_name("name")
    spine.add(text_of(part) or "?", part or node)
    return node.child_by_field_name("scope")


def _literal(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """An object of a class that Ruby has."""
    spine.add(f"'{_LITERALS[node.type]}", node)
    return None


STEPS: Mapping[str, Step] = {
    **dict.fromkeys(("identifier", "constant", "instance_variable", "class_variable", "global_variable", "self"), root),
    **dict.fromkeys(_LITERALS, _literal),
    "call": _call,
    "super": _super,
    "scope_resolution": _path,
    "element_reference": index("object"),
    "parenthesized_statements": inside(),
    "assignment": inside("right"),
    "operator_assignment": inside("right"),
}


def chain_of_assigned(syntax: Syntax, node: Node) -> str:
    """The chain of the method that `a.b = value` calls, `a.b=`; empty where it is none."""
    spine = Spine()
    current: Node | None = node
    while current is not None:
        step = STEPS.get(current.type)
        if step is None:
            return ""
        current = step(syntax, current, spine)
    return spine_text(spine)


def spine_text(spine: Spine) -> str:
    """The links of a setter's call as a chain, without the call itself."""
    links = spine.links[:0:-1]
    joined = "".join(link if link[0] in "([" or not position else f".{link}" for position, link in enumerate(links))
    return f"{joined}="
