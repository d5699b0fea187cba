"""Functions and classes: what they are called, what they take, and where they begin and end."""

from tree_sitter import Node

from synth.graph.code.facts import Definition
from synth.graph.code.python.annotations import annotated_class, visit_annotation
from synth.graph.code.python.clauses import open_type_parameters
from synth.graph.code.python.collector import Collector, Visit
from synth.graph.code.python.expressions import chain_of
from synth.graph.code.python.grammar import docstring_of, field, line_of, one_line, text_of
from synth.graph.code.python.signatures import (
    Parameter,
    class_arguments,
    class_signature,
    function_signature,
    parameter_fact,
    read_parameters,
)

IMPLICIT_CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


def visit_decorated(collector: Collector, visit: Visit) -> None:
    """A definition with its decorators."""
    decorators = [child for child in visit.node.named_children if child.type == "decorator"]
    definition = visit.node.child_by_field_name("definition")
    if definition is not None:
        visit_definition(collector, visit.at(definition), decorators)


def visit_definition(collector: Collector, visit: Visit, decorators: list[Node] | None = None) -> None:
    """A function or class; one whose header is damaged is left out with all that is in it."""
    node = visit.node
    decorators = decorators or []
    headers = ("name", "type_parameters", "parameters", "return_type", "superclasses")
    parts = [node.child_by_field_name(name) for name in headers]
    if any(part is not None and part.has_error for part in [*parts, *decorators]):
        return
    if any(child.type == "ERROR" for child in node.children) or node.child_by_field_name("body") is None:
        return
    if node.type == "class_definition":
        _visit_class(collector, visit, decorators)
    else:
        parameters = read_parameters(field(node, "parameters"))
        if parameters is not None:
            _visit_function(collector, visit, decorators, parameters)


def _visit_class(collector: Collector, visit: Visit, decorators: list[Node]) -> None:
    node = visit.node
    arguments = class_arguments(node)
    bases = [one_line(argument) for argument in arguments if argument.type != "keyword_argument"]
    index = _define(collector, visit, decorators, kind="class", signature=class_signature(node), bases=bases)
    inner = open_type_parameters(collector, visit._replace(owner=index), node.child_by_field_name("type_parameters"))
    body = _open_body(collector, inner, "class", index)
    visits = _visit_decorators(collector, visit, decorators, index)
    header = Visit(node, inner, visit.caller, index)
    for argument in arguments:
        chain = chain_of(argument)
        if argument.type == "keyword_argument":
            visits.append(header.at(field(argument, "value")))
        elif chain in {"", "?", "None"} or chain.endswith("()"):
            collector.use(header, "base", "?", argument, one_line(argument))
            visits.append(header.at(argument))
        else:
            collector.use(header, "base", chain, argument, one_line(argument) if "[" in chain else "")
            visits.extend(header.at(part) for part in argument.children_by_field_name("subscript"))
    visits.append(Visit(field(node, "body"), body, index, index))
    collector.push(visits)


def _visit_function(collector: Collector, visit: Visit, decorators: list[Node], parameters: list[Parameter]) -> None:
    node = visit.node
    kind = "method" if collector.scopes[visit.scope].kind == "class" else "function"
    index = _define(collector, visit, decorators, kind=kind, signature=function_signature(node, parameters), bases=[])
    inner = open_type_parameters(collector, visit._replace(owner=index), node.child_by_field_name("type_parameters"))
    body = _open_body(collector, inner, "function", index)
    visits = _visit_decorators(collector, visit, decorators, index)
    header = Visit(node, inner, visit.caller, index)
    receiver = _receiver(collector.definitions[index]) if kind == "method" else "parameter"
    for parameter in parameters:
        collector.parameters.append(parameter_fact(index, parameter))
        positional = parameter.kind in {"positional", "positional_only"}
        role = receiver if positional else "parameter"
        promised = annotated_class(parameter.annotation) if positional or parameter.kind == "keyword_only" else ""
        collector.bind(body, parameter.name, role, field(node, "parameters"), annotation=promised, definition=index)
        if role in {"self", "cls"}:
            collector.selves.add((index, parameter.name))
        receiver = "parameter"
        if parameter.annotation is not None:
            visit_annotation(collector, header.at(parameter.annotation))
        if parameter.default is not None:
            visits.append(Visit(parameter.default, visit.scope, visit.caller, index))
    returns = node.child_by_field_name("return_type")
    if returns is not None:
        visit_annotation(collector, header.at(returns))
    visits.append(Visit(field(node, "body"), body, index, index))
    collector.push(visits)


def _receiver(definition: Definition) -> str:
    """What the first parameter of a method is bound to."""
    if "staticmethod" in definition.decorators:
        return "parameter"
    if "classmethod" in definition.decorators or definition.name in IMPLICIT_CLASS_METHODS:
        return "cls"
    return "self"


def _define(
    collector: Collector, visit: Visit, decorators: list[Node], *, kind: str, signature: str, bases: list[str]
) -> int:
    node = visit.node
    name = text_of(field(node, "name"))
    parent = collector.scopes[visit.scope].definition
    first = decorators[0] if decorators else node
    last = field(node, "body")
    collector.definitions.append(
        Definition(
            kind=kind, variety="", name=name, parent=parent, scope=visit.scope, body=-1, line=line_of(node),
            local_name=f"{collector.definitions[parent].local_name}.{name}" if parent >= 0 else name,
            start_line=line_of(first), end_line=last.end_point[0] + 1,
            start_byte=first.start_byte, end_byte=last.end_byte,
            signature=signature, docstring=docstring_of(last), bases=bases, value="",
            decorators=[one_line(decorator.named_children[0]) for decorator in decorators],
            returns=annotated_class(node.child_by_field_name("return_type")),
            visibility="", returns_self=False, is_async=node.children[0].type == "async", is_generator=False,
        )
    )  # fmt: skip
    index = len(collector.definitions) - 1
    collector.by_node[node.id] = index
    collector.bind(visit.scope, name, "definition", node, definition=index)
    return index


def _open_body(collector: Collector, parent: int, kind: str, index: int) -> int:
    scope = collector.open_scope(parent, kind, index)
    collector.definitions[index] = collector.definitions[index]._replace(body=scope)
    return scope


def _visit_decorators(collector: Collector, visit: Visit, decorators: list[Node], index: int) -> list[Visit]:
    """Record what decorates the definition, and give the arguments that are still to be visited."""
    visits: list[Visit] = []
    owned = visit._replace(owner=index)
    for decorator in decorators:
        expression = next(child for child in decorator.named_children if child.type != "comment")
        chain = chain_of(expression).removesuffix("()")
        if chain in {"", "?", "None"}:
            visits.append(owned.at(expression))
            continue
        collector.use(owned, "decorator", chain, expression)
        if expression.type == "call":
            visits.append(owned.at(field(expression, "arguments")))
    return visits
