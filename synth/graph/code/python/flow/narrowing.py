"""What does a condition say of the classes of what it tests? `isinstance` and its kind."""

from typing import TYPE_CHECKING

from tree_sitter import Node

from synth.graph.code.python.flow.instructions import Op
from synth.graph.code.python.grammar import field, text_of, unwrap

if TYPE_CHECKING:
    from synth.graph.code.python.flow.expressions import Lowering


def narrow(low: "Lowering", condition: Node, *, holds: bool) -> None:
    """Give names the narrower versions that follow from a condition that holds, or does not."""
    stack = [(condition, holds)]
    while stack:
        node, true = stack.pop()
        node = unwrap(node)
        if node.type == "not_operator":
            stack.append((field(node, "argument"), not true))
        elif node.type == "boolean_operator" and (text_of(field(node, "operator")) == "and") == true:
            stack.extend([(field(node, "left"), true), (field(node, "right"), true)])
        elif node.type == "call" and text_of(field(node, "function")) in {"isinstance", "issubclass"}:
            _narrow_instance(low, node, true)


def _narrow_instance(low: "Lowering", call: Node, true: bool) -> None:
    arguments = [child for child in field(call, "arguments").named_children if child.type != "comment"]
    if len(arguments) != 2:
        return
    subject, classes = arguments
    if subject.type == "attribute" and field(subject, "object").type != "identifier":
        return
    if subject.type not in {"identifier", "attribute"}:
        return
    options = classes.named_children if classes.type == "tuple" else [classes]
    narrow_name(low, subject, [option for option in options if option.type != "comment"], keep=true)


def narrow_name(low: "Lowering", subject: Node, classes: list[Node], *, keep: bool) -> None:
    """Let a name or `name.attribute` hold only objects of these classes, or only others."""
    frame = low.asm.frame
    before = low.value(subject)
    if before < 0:
        before = low.asm.new()  # of an unknown value, it is then known what it is
    if keep:
        parts = [low.result(Op.NARROW, before, low.value(option), 1) for option in classes]
        after = low.asm.merge(parts)
    else:
        after = before
        for option in classes:
            after = low.result(Op.NARROW, after, low.value(option), 0)
    low.asm.sources.pop(after, None)
    frame.narrowed[after] = before
    name = text_of(subject)
    if frame.hidden and name in frame.hidden[-1]:
        frame.hidden[-1][name] = after
    else:
        frame.env[name] = after
