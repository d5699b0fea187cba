"""How is it called? Signatures on one line, and parameters with their kinds, annotations and defaults."""

from typing import NamedTuple

from tree_sitter import Node

from synth.graph.code.facts import ParameterFact
from synth.graph.code.python.grammar import field, one_line, text_of


class Parameter(NamedTuple):
    """A parameter with the nodes of its annotation and default, which are looked into for uses."""

    name: str
    kind: str  # as in `synth.schema.PARAMETER`
    annotation: Node | None
    default: Node | None

    def __str__(self) -> str:
        stars = {"var_positional": "*", "var_keyword": "**"}.get(self.kind, "")
        annotation = f": {one_line(self.annotation)}" if self.annotation else ""
        equals = " = " if self.annotation else "="
        default = f"{equals}{one_line(self.default)}" if self.default else ""
        return f"{stars}{self.name}{annotation}{default}"


def read_parameters(node: Node) -> list[Parameter] | None:
    """Read the parameters of a function or lambda; None where one is a Python 2 tuple, which has no name."""
    found: list[Parameter] = []
    kind = "positional"
    for child in node.named_children:
        if child.type in {"comment", "line_continuation"}:
            continue
        if child.type == "positional_separator":
            found = [parameter._replace(kind="positional_only") for parameter in found]
        elif child.type == "keyword_separator":
            kind = "keyword_only"
        else:
            parameter = _parameter(child, kind)
            if parameter is None:
                return None
            found.append(parameter)
            if parameter.kind == "var_positional":
                kind = "keyword_only"
    return found


def parameter_fact(definition: int, parameter: Parameter) -> ParameterFact:
    """The parameter as a record of the facts."""
    annotation, default = parameter.annotation, parameter.default
    return ParameterFact(
        definition,
        parameter.name,
        parameter.kind,
        one_line(annotation) if annotation else None,
        one_line(default) if default else None,
    )


def _parameter(node: Node, kind: str) -> Parameter | None:
    target = node
    if node.type in {"default_parameter", "typed_default_parameter"}:
        target = field(node, "name")
    elif node.type == "typed_parameter":
        target = next(child for child in node.named_children if child.type != "comment")
    if target.type == "list_splat_pattern":
        kind = "var_positional"
    elif target.type == "dictionary_splat_pattern":
        kind = "var_keyword"
    if target.type != "identifier":
        target = next((child for child in target.named_children if child.type == "identifier"), node)
        if kind not in {"var_positional", "var_keyword"} or target.type != "identifier":
            return None
    return Parameter(text_of(target), kind, node.child_by_field_name("type"), node.child_by_field_name("value"))


def function_signature(node: Node, parameters: list[Parameter]) -> str:
    """`async def name[T](a, /, b: int = 1, *, c) -> str`, on one line."""
    prefix = "async def" if node.children[0].type == "async" else "def"
    returns = node.child_by_field_name("return_type")
    arrow = f" -> {one_line(returns)}" if returns else ""
    return f"{prefix} {_name(node)}({', '.join(_with_separators(parameters))}){arrow}"


def _with_separators(parameters: list[Parameter]) -> list[str]:
    parts: list[str] = []
    previous = ""
    for parameter in parameters:
        if previous == "positional_only" != parameter.kind:
            parts.append("/")
        if parameter.kind == "keyword_only" and previous not in {"keyword_only", "var_positional"}:
            parts.append("*")
        parts.append(str(parameter))
        previous = parameter.kind
    if previous == "positional_only":
        parts.append("/")
    return parts


def class_signature(node: Node) -> str:
    """`class Name[T](Base, metaclass=Meta)`, on one line."""
    arguments = [one_line(argument) for argument in class_arguments(node)]
    return f"class {_name(node)}({', '.join(arguments)})" if arguments else f"class {_name(node)}"


def class_arguments(node: Node) -> list[Node]:
    """What stands in the parentheses of a class header: bases, keyword arguments and unpacked ones."""
    listed = node.child_by_field_name("superclasses")
    return [child for child in listed.named_children if child.type != "comment"] if listed else []


def _name(node: Node) -> str:
    type_parameters = node.child_by_field_name("type_parameters")
    return text_of(field(node, "name")) + (one_line(type_parameters) if type_parameters else "")
