"""Which calls are more than calls? `require`, `include`, `private`, `attr_reader`, `describe` and their like."""

from tree_sitter import Node

from synth.graph.code.toolkit.rules import words
from synth.graph.code.toolkit.trees import text_of

GROUPS = words(
    "describe context feature xdescribe fdescribe xcontext fcontext example_group shared_examples shared_examples_for "
    "shared_context"
)
_EXAMPLES = words("it specify example scenario xit fit its test should")
_LETS = words("let let! let_it_be subject subject!")
_HOOKS = words("before after around")
_SETUPS = words("setup teardown")
_CAPTURES = {
    **dict.fromkeys(words("require require_relative autoload load"), "import"),
    **dict.fromkeys(words("include extend prepend"), "base"),
    **dict.fromkeys(
        words("private protected public module_function private_class_method public_class_method private_constant"),
        "bind",
    ),
    **dict.fromkeys(words("attr_accessor attr_reader attr_writer attr"), "variable.attribute"),
    **dict.fromkeys(
        words("cattr_accessor cattr_reader cattr_writer mattr_accessor mattr_reader mattr_writer class_attribute"),
        "variable.class_attribute",
    ),
    **dict.fromkeys(words("define_method define_singleton_method"), "function.defined"),
    "alias_method": "function.alias",
}
_BLOCKS = {
    **dict.fromkeys(GROUPS, "class.group"), **dict.fromkeys(_EXAMPLES, "function.example"),
    **dict.fromkeys(_LETS, "function.let"), **dict.fromkeys(_HOOKS | _SETUPS, "function.hook"),
}  # fmt: skip
"""What a call with a block is."""


def capture_of(node: Node, inside: str) -> str:
    """The capture that a call is by its word; empty where it is only a call.

    Args:
        node: the call.
        inside: the kind of the scope around it.
    """
    word = text_of(node.child_by_field_name("method"))
    capture = _CAPTURES.get(word)
    if capture is not None:
        return capture if node.child_by_field_name("arguments") is not None else ""
    capture = _BLOCKS.get(word, "")
    if not capture or node.child_by_field_name("block") is None:
        return ""
    if capture == "class.group":
        return capture if node.child_by_field_name("arguments") is not None else ""
    if capture == "function.hook":
        return capture if inside == "class" and (word in _SETUPS or _is_in_group(node)) else ""
    return capture


def _is_in_group(node: Node) -> bool:
    """Whether a call stands right in a group of examples."""
    current = node.parent
    while current is not None and current.type in {"body_statement", "block_body", "do_block", "block"}:
        current = current.parent
    return current is not None and text_of(current.child_by_field_name("method")) in GROUPS
