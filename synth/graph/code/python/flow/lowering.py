"""From the tree of one file to its code: what its statements do to values."""

from collections.abc import Mapping, Sequence

from tree_sitter import Node

from synth.graph.code.facts import Binding, Definition, Import
from synth.graph.code.python.flow.callables import lower_call, lower_decorated, lower_definition, lower_lambda
from synth.graph.code.python.flow.expressions import EXPRESSIONS, Lowering
from synth.graph.code.python.flow.frames import Assembler
from synth.graph.code.python.flow.instructions import Op
from synth.graph.code.python.flow.statements import STATEMENTS, block

EXPRESSIONS["call"] = lower_call
EXPRESSIONS["lambda"] = lower_lambda
STATEMENTS["decorated_definition"] = lower_decorated
STATEMENTS["function_definition"] = STATEMENTS["class_definition"] = lower_definition


def lower_file(
    root: Node, bindings: list[Binding], imports: list[Import], definitions: Sequence[Definition],
    by_node: Mapping[int, int], lambda_scopes: Mapping[int, int],
) -> tuple[list[int], list[str]]:  # fmt: skip
    """Lower a module and everything in it.

    Args:
        root: the tree's root.
        bindings: what the scopes of the file bind, from its facts.
        imports: likewise.
        definitions: likewise.
        by_node: the definitions by the ids of the nodes that define them.
        lambda_scopes: the scopes of lambdas by the ids of their nodes.

    Returns:
        The number of variables and the instructions, and the names that they speak of.
    """
    assembler = Assembler(bindings, imports)
    low = Lowering(assembler, definitions, by_node, lambda_scopes)
    module = assembler.open("module", 0, -1, None)
    assembler.frame = module
    block(low, root)
    for name, variable in module.env.items():
        if variable >= 0 and name.isidentifier():
            assembler.emit(Op.MODULE_NAME, assembler.name(name), variable)
    frames = [module]
    position = 0
    while position < len(low.waiting):
        low.waiting[position]()
        frames.append(assembler.frame)
        position += 1
    for frame in [*frames, *low.finished]:
        assembler.close(frame)
    return [assembler.variables, *assembler.code], list(assembler.names)
