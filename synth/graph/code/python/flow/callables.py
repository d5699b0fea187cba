"""What do definitions and calls do to values? Functions, classes, their decorators, arguments and parameters."""

from functools import partial

from tree_sitter import Node

from synth.graph.code.python.flow.annotations import annotated
from synth.graph.code.python.flow.expressions import Lowering, line_of
from synth.graph.code.python.flow.frames import Frame
from synth.graph.code.python.flow.instructions import PARAMETER_KINDS, Op
from synth.graph.code.python.flow.statements import block, give_back
from synth.graph.code.python.grammar import field, text_of
from synth.graph.code.python.signatures import Parameter, class_arguments, read_parameters

BUILTIN_WRAPPERS = frozenset({"property", "staticmethod", "classmethod"})


def lower_decorated(low: Lowering, node: Node) -> None:
    """A definition with its decorators, innermost first."""
    inner = node.child_by_field_name("definition")
    if inner is None or inner.id not in low.definitions:
        return
    decorators = [child for child in node.named_children if child.type == "decorator"]
    if any(text_of(item.named_children[0]).rpartition(".")[2] == "overload" for item in decorators):
        return
    callees = [low.value(item.named_children[0]) for item in decorators]
    value = _define(low, inner)
    for item, callee in reversed(list(zip(decorators, callees, strict=True))):
        name = text_of(item.named_children[0])
        if name in BUILTIN_WRAPPERS:
            value = low.result(Op.WRAP, low.asm.name(name), value)
        elif callee >= 0:
            value = low.result(Op.DECORATE, callee, low.owner, line_of(item), value)
    low.asm.assign(text_of(field(inner, "name")), value)


def lower_definition(low: Lowering, node: Node) -> None:
    """A function or class without decorators."""
    if node.id in low.definitions:
        low.asm.assign(text_of(field(node, "name")), _define(low, node))


def _define(low: Lowering, node: Node) -> int:
    index = low.definitions[node.id]
    if node.type == "class_definition":
        return _define_class(low, node, index)
    parameters = read_parameters(field(node, "parameters")) or []
    frame = low.asm.open("function", low.facts[index].body, index, low.asm.frame)
    if low.facts[index].kind == "method" and "staticmethod" not in low.facts[index].decorators:
        frame.receiver = parameters[0].name if parameters else ""
    _open_parameters(low, frame, parameters, typed=low.asm.frame)
    returns = node.child_by_field_name("return_type")
    promised = annotated(low, returns, low.asm.frame) if returns is not None else -1
    if promised >= 0 and low.facts[index].is_generator:
        low.result(Op.YIELD_FROM, index, promised, line_of(field(node, "name")))
    elif promised >= 0:
        low.asm.emit(Op.RETURN, index, promised)
    low.waiting.append(partial(_read_body, low, frame, field(node, "body")))
    return low.result(Op.FUNCTION, index)


def _open_parameters(low: Lowering, frame: Frame, parameters: list[Parameter], typed: Frame) -> None:
    """Bind the parameters of a function; defaults and annotations belong to the code around it."""
    asm = low.asm
    for parameter in parameters:
        variable = asm.new()
        promised = annotated(low, parameter.annotation, typed) if parameter.annotation is not None else -1
        default = low.value(parameter.default)
        if parameter.kind.startswith("var_"):
            promised = -1
        kind = PARAMETER_KINDS.index(parameter.kind)
        asm.emit(Op.PARAMETER, frame.owner, variable, kind, asm.name(parameter.name), promised)
        low.copy_into(variable, default)
        frame.env[parameter.name] = variable
        frame.versions[parameter.name] = [variable]
        frame.parameters.append(parameter.name)
        frame.parameter_vars.append(variable)
        frame.declared.append(asm.merge((promised, default)))


def _read_body(low: Lowering, frame: Frame, body: Node) -> None:
    low.asm.frame = frame
    low.depth = 0
    if body.type == "block":
        block(low, body)
    else:
        give_back(low, low.value(body))


def lower_lambda(low: Lowering, node: Node) -> int:
    """A lambda is a function whose body is one expression."""
    index = low.definitions.get(node.id)
    if index is None:
        return -1
    outer = low.asm.frame
    frame = low.asm.open("function", low.scopes[node.id], index, outer)
    if outer.hidden:
        frame.hidden = [{name: variable for names in outer.hidden for name, variable in names.items()}]
    listed = node.child_by_field_name("parameters")
    parameters = (read_parameters(listed) or []) if listed is not None else []
    _open_parameters(low, frame, parameters, typed=outer)
    if frame.hidden:
        frame.hidden[0] = {name: var for name, var in frame.hidden[0].items() if name not in frame.env}
    low.waiting.append(partial(_read_body, low, frame, field(node, "body")))
    return low.result(Op.FUNCTION, index)


def _define_class(low: Lowering, node: Node, index: int) -> int:
    outer = low.asm.frame
    for argument in class_arguments(node):
        low.value(field(argument, "value") if argument.type == "keyword_argument" else argument)
    frame = low.asm.open("class", low.facts[index].body, index, outer)
    frame.mangles = low.facts[index].name.lstrip("_")
    low.asm.frame = frame
    block(low, field(node, "body"))
    for name, variable in frame.env.items():
        if variable >= 0 and name.isidentifier():
            low.asm.emit(Op.CLASS_NAME, index, low.asm.name(low.asm.mangled(name)), variable)
    low.finished.append(frame)
    low.asm.frame = outer
    return low.result(Op.CLASS, index)


def lower_call(low: Lowering, node: Node) -> int:
    """A call: its callee, then its arguments."""
    function = field(node, "function")
    arguments = field(node, "arguments")
    if function.type == "identifier" and text_of(function) == "super":
        found = _super(low, arguments)
        if found >= 0:
            return found
    callee = low.value(function)
    positional: list[int] = []
    named: list[tuple[str, int]] = []
    star = double_star = -1
    items = [arguments] if arguments.type == "generator_expression" else arguments.named_children
    for item in items:
        if item.type == "keyword_argument":
            named.append((text_of(field(item, "name")), low.value(field(item, "value"))))
        elif item.type == "list_splat":
            star = low.asm.merge((star, low.value(item.named_children[0])))
        elif item.type == "dictionary_splat":
            double_star = low.asm.merge((double_star, low.value(item.named_children[0])))
        elif item.type != "comment":
            positional.append(low.value(item))
    if callee < 0:
        return -1
    return _call(low, callee, line_of(function), positional, named, star, double_star)


def _call(
    low: Lowering, callee: int, line: int, positional: list[int], named: list[tuple[str, int]], star: int,
    double_star: int,
) -> int:  # fmt: skip
    asm = low.asm
    keywords = [part for name, value in named for part in (asm.name(name), value)]
    result = low.result(
        Op.CALL, callee, low.owner, line, len(positional), len(named), star, double_star, *positional, *keywords
    )
    asm.callees[result] = callee
    return result


def _super(low: Lowering, arguments: Node) -> int:
    """`super()`, and `super(C, self)` in the class C, which means the same."""
    listed = [child for child in arguments.named_children if child.type != "comment"]
    frame = low.asm.frame
    while frame.parent is not None and not (frame.parent.kind == "class" and frame.kind == "function"):
        frame = frame.parent
    if frame.parent is None or not frame.parameters:
        return -1
    cls = frame.parent.owner
    if len(listed) == 2 and text_of(listed[0]) != low.facts[cls].name:
        return -1
    receiver = low.value(listed[1]) if len(listed) == 2 else frame.parameter_vars[0]
    return low.result(Op.SUPER, cls, receiver)
