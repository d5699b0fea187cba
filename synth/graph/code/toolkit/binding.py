"""Which names does a scope bind, and to what? Variables and parameters."""

from tree_sitter import Node

from synth.graph.code.facts import Binding, ParameterFact, Scope
from synth.graph.code.toolkit.chains import chain_of
from synth.graph.code.toolkit.reading import Reading
from synth.graph.code.toolkit.syntax import Named, Parameter
from synth.graph.code.toolkit.trees import line_of, one_line


def read_binding(reading: Reading, node: Node) -> None:
    """Bind local variables, in a scope of what follows where the node speaks of what they hide."""
    if node.id in reading.seen:
        return
    items = list(reading.syntax.named(node))
    anew = reading.syntax.binds_after(node) and any(_mentions(item.value, item.name) for item in items)
    frame = reading.stack[-1]
    if anew:
        reading.scopes.append(Scope(frame.scope, "block", -1))
        reading.stack[-1] = frame._replace(scope=len(reading.scopes) - 1)
    for named in items:
        _bind_local(reading, named)
    if anew:
        reading.stack.append(frame._replace(end=node.end_byte))


def _mentions(value: Node | None, name: str) -> bool:
    return value is not None and name.encode() in (value.text or b"")


def _bind_local(reading: Reading, named: Named) -> None:
    scope = reading.stack[-1].scope
    while named.is_function_wide and reading.scopes[scope].kind == "block":
        scope = reading.scopes[scope].parent
    reading.declared.add((scope, named.name))
    bind(reading, named, scope, "annotated" if named.type is not None else "assign", -1)


def bind(reading: Reading, named: Named, scope: int, kind: str, definition: int) -> None:
    """Bind a name to what it is given and declared as."""
    reading.silent.add(named.node.start_byte)
    annotation = named.annotation if named.type is None else reading.syntax.type_of(named.type)
    value = "" if named.value is None or annotation else chain_of(reading, named.value)
    if value and named.link:
        value = f"{value}{named.link}"
    reading.bindings.append(Binding(scope, named.name, kind, line_of(named.node), value, annotation, definition))


def read_assignment(reading: Reading, node: Node) -> None:
    """What a variable is given later counts like what it was declared with."""
    for named in reading.syntax.named(node):
        scope = reading.stack[-1].scope
        while scope >= 0 and (scope, named.name) not in reading.declared:
            scope = reading.scopes[scope].parent
        if scope >= 0 and named.value is not None and (value := chain_of(reading, named.value)):
            reading.bindings.append(
                Binding(scope, named.name, "assign", line_of(named.node), f"{value}{named.link}", "", -1)
            )


def read_parameters(
    reading: Reading, parameters: list[Parameter], scope: int, definition: int, caller: str = ""
) -> None:
    """Bind parameters; those of a definition are kept for its node too.

    Args:
        reading: the file.
        parameters: of a function.
        scope: in which they are bound.
        definition: the function's, -1 for a lambda.
        caller: the chain of what calls a lambda, and which argument that is, as `list.map.^0`; else empty.
    """
    for index, parameter in enumerate(parameters):
        annotation = "" if parameter.annotation is None else reading.syntax.type_of(parameter.annotation)
        if definition >= 0:
            reading.parameters.append(
                ParameterFact(
                    definition, parameter.name, parameter.kind,
                    parameter.written or (None if parameter.annotation is None else one_line([parameter.annotation])),
                    None if parameter.default is None else one_line([parameter.default]),
                )
            )  # fmt: skip
        if parameter.node is not None:
            reading.silent.add(parameter.node.start_byte)
            annotation = f"{annotation}[]" if parameter.many and annotation else annotation
            value = "" if parameter.default is None or annotation else chain_of(reading, parameter.default)
            value = f"{caller}^{index}" if caller and not annotation and not value else value
            reading.bindings.append(
                Binding(scope, parameter.name, "parameter", line_of(parameter.node), value, annotation, definition)
            )
