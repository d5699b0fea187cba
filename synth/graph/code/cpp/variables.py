"""Which variables, parameters and imported names does a node of C or C++ declare, and of which types?"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from synth.graph.code.cpp.declarators import (
    bare_of,
    function_in,
    is_global,
    layers_of,
    name_in,
    parts_of,
    returns_function,
)
from synth.graph.code.cpp.names import STATEMENTS, declarator_of, name_of_namespace, name_of_tag
from synth.graph.code.cpp.steps import INLINE
from synth.graph.code.cpp.types import type_text
from synth.graph.code.facts import Import
from synth.graph.code.toolkit.syntax import Named, Parameter
from synth.graph.code.toolkit.trees import line_of, one_line, text_of

ELEMENT = ".begin(0).!"  # what a loop goes through
_ALONE = frozenset({"enumerator", "alias_declaration", "concept_definition", "preproc_def"})


def named_in(node: Node) -> Iterator[Named]:
    """The variables of a declaration, loop, lambda capture or enumeration, and aliases."""
    if node.type in _ALONE:
        yield from _named_alone(node)
    elif node.type == "lambda_capture_initializer":
        name = node.child_by_field_name("left")
        if name is not None:
            yield Named(name, text_of(name), node.child_by_field_name("right"))
    elif node.type in STATEMENTS or node.type == "for_range_loop":
        for declarator in node.children_by_field_name("declarator"):
            yield from _named(node, declarator)
    elif node.parent is not None:
        yield from _named(node.parent, node)


def _named(holder: Node, declarator: Node) -> Iterator[Named]:
    """What one declarator declares."""
    is_loop = holder.type == "for_range_loop"
    value = holder.child_by_field_name("right") if is_loop else _value(holder, declarator)
    parts = next((step for step in declarator.children if step.type == "structured_binding_declarator"), declarator)
    if parts.type == "structured_binding_declarator":
        for position, part in enumerate(parts.named_children):
            half = ("first", "second")[position] if is_loop and position < 2 else ""
            yield Named(part, text_of(part), value, None, f"{ELEMENT}.{half}" if half else f"#{position}")
        return
    name = name_in(declarator)
    if name is not None:
        bare = bare_of(parts_of(name)[-1])
        written = _written(holder, declarator)
        yield Named(bare, text_of(bare), value, None, ELEMENT if is_loop else "", annotation=written)


def _value(holder: Node, declarator: Node) -> Node | None:
    """What a variable is given."""
    if declarator.type == "init_declarator":
        return declarator.child_by_field_name("value")
    given = holder.child_by_field_name("default_value") or holder.child_by_field_name("value")
    return given if given is not None and given == declarator.next_named_sibling else None


def _written(holder: Node, declarator: Node) -> str:
    """The type of what a declarator declares."""
    written = type_text(holder.child_by_field_name("type"))
    is_alias = holder.type == "type_definition" and function_in(declarator) is not None
    if not written or is_alias or returns_function(declarator):
        return f"=>{written}" if written else ""
    return written + "[]" * layers_of(declarator)


def _named_alone(node: Node) -> Iterator[Named]:
    name = node.child_by_field_name("name")
    if name is None:
        return
    if node.type == "enumerator":
        body = node.parent
        tag = body.parent if body is not None else None
        owner = name_of_tag(tag)[1] if tag is not None else ""
        yield Named(name, text_of(name), node.child_by_field_name("value"), annotation=owner)
    elif node.type == "alias_declaration":
        yield Named(name, text_of(name), None, node.child_by_field_name("type"))
    else:
        yield Named(name, text_of(name), node.child_by_field_name("value"))


def parameters_of(node: Node) -> list[Parameter]:
    """The parameters of a function, a lambda or a macro, with their whole types."""
    if node.type == "preproc_function_def":
        return _macro_parameters(node.child_by_field_name("parameters"))
    is_lambda = node.type == "lambda_expression"
    function = function_in(node.child_by_field_name("declarator") if is_lambda else declarator_of(node))
    if function is not None and function.type == "operator_cast":
        function = function.child_by_field_name("declarator")
    listed = function.child_by_field_name("parameters") if function is not None else None
    found = [_parameter(child) for child in (listed.children if listed is not None else ())]
    kept = [item for item in found if item is not None]
    return [] if len(kept) == 1 and kept[0].written == "void" and kept[0].node is None else kept


def _macro_parameters(listed: Node | None) -> list[Parameter]:
    found: list[Parameter] = []
    for child in listed.children if listed is not None else ():
        if child.type == "identifier":
            found.append(Parameter(text_of(child), child))
        elif child.type == "...":
            found.append(Parameter("...", None, "var_positional"))
    return found


def _parameter(node: Node) -> Parameter | None:
    if node.type in {"...", "variadic_parameter"}:
        return Parameter("...", None, "var_positional")
    if "parameter_declaration" not in node.type:
        return None
    declarator = node.child_by_field_name("declarator")
    default = node.child_by_field_name("default_value")
    name = name_in(declarator)
    many = node.type == "variadic_parameter_declaration"
    kept = [child for child in node.children if default is None or child.end_byte <= default.start_byte]
    written = one_line(kept).rstrip(" =")
    if name is not None:
        written = _without(written, text_of(name))
    kind = "var_positional" if many else "positional"
    return Parameter(
        text_of(name) or "_", name, kind, node.child_by_field_name("type"), default, False, written or "?"
    )  # fmt: skip


def _without(text: str, name: str) -> str:
    """A parameter without its name: only the type is left."""
    found = list(re.finditer(rf"\b{re.escape(name)}\b", text))
    return (text[: found[-1].start()] + text[found[-1].end() :]).rstrip() if found else text


def imports_in(node: Node, scope: int) -> Iterator[Import]:
    """An included file; names and namespaces that `using` brings, which have no module."""
    line = line_of(node)
    if node.type == "preproc_include":
        path = node.child_by_field_name("path")
        if path is not None and path.type in {"string_literal", "system_lib_string"}:
            yield Import(scope, line, text_of(path), "", "")
    elif node.type == "using_declaration":
        yield from _using(node, scope)
    elif node.type == "namespace_definition":
        name = name_of_namespace(node)[1]
        if name:
            yield Import(scope, line, "", INLINE, name, "both")
    else:
        alias = text_of(node.child_by_field_name("name"))
        yield Import(scope, line, "", _dotted(node.named_children[-1]), alias, _reach(scope))


def _using(node: Node, scope: int) -> Iterator[Import]:
    """`using namespace a::b;` and `using a::f;`."""
    target = node.named_children[-1] if node.named_children else None
    if target is None:
        return
    line, dotted = line_of(node), _dotted(target)
    if any(child.type == "namespace" for child in node.children):
        yield Import(scope, line, "", "*", f"*{dotted}", _reach(scope))
    elif target.type == "qualified_identifier":
        yield Import(scope, line, "", dotted, dotted.rpartition(".")[2], _reach(scope))


def _reach(scope: int) -> str:
    """What a namespace uses is part of it; what a file uses is not seen in others, which share the global namespace."""
    return "both" if scope else "in"


def _dotted(node: Node) -> str:
    names = [text_of(bare_of(part)) for part in parts_of(node)]
    text = ".".join(names) if node.type == "qualified_identifier" else "".join(text_of(node).split()).replace("::", ".")
    return f"::.{text}" if is_global(node) else text
