"""Imports, `except`, `match`, `global` and the scopes of lambdas and comprehensions."""

from tree_sitter import Node

from synth.graph.code.facts import Definition, Import
from synth.graph.code.python.annotations import annotated_class, visit_annotation
from synth.graph.code.python.bindings import UNKNOWN, Assigned, bind_target, define_variable
from synth.graph.code.python.collector import MAX_TEXT, Collector, Visit
from synth.graph.code.python.expressions import chain_of
from synth.graph.code.python.grammar import field, line_of, one_line, text_of
from synth.graph.code.python.signatures import parameter_fact, read_parameters


def visit_import(collector: Collector, visit: Visit) -> None:
    """`import a.b, c as d`."""
    for node in visit.node.children_by_field_name("name"):
        name, alias = _imported(node)
        collector.imports.append(Import(visit.scope, line_of(node), name, "", alias))


def visit_import_from(collector: Collector, visit: Visit) -> None:
    """`from .a import b as c, d` and `from a import *`."""
    module = _dotted(field(visit.node, "module_name"))
    names = visit.node.children_by_field_name("name")
    for node in names:
        name, alias = _imported(node)
        collector.imports.append(Import(visit.scope, line_of(node), module, name, alias or name))
    if not names and any(child.type == "wildcard_import" for child in visit.node.named_children):
        collector.imports.append(Import(visit.scope, line_of(visit.node), module, "*", ""))


def _imported(node: Node) -> tuple[str, str]:
    if node.type == "aliased_import":
        return _dotted(field(node, "name")), text_of(field(node, "alias"))
    return _dotted(node), ""


def _dotted(node: Node) -> str:
    return "".join(text_of(node).split()).replace("\\", "")


def visit_except(collector: Collector, visit: Visit) -> None:
    """`except (A, B) as error`, and `except A, error` of Python 2."""
    values = visit.node.children_by_field_name("value")
    caught = values[0] if values else None
    alias = values[1] if len(values) > 1 else None
    if caught is not None and caught.type == "as_pattern":
        alias = caught.child_by_field_name("alias")
        caught = caught.named_children[0]
    visits = [visit.at(child) for child in visit.node.named_children if child.type == "block"]
    if caught is not None:
        options = caught.named_children if caught.type == "tuple" else [caught]
        for option in options:
            chain = chain_of(option)
            if chain in UNKNOWN or chain.endswith(")"):
                visits.insert(0, visit.at(option))
            else:
                collector.use(visit, "except", chain, option)
        if alias is not None:
            chain = chain_of(caught)
            bind_target(collector, visit.at(alias), Assigned("?" if chain in UNKNOWN else f"{chain}()"))
    collector.push(visits)


def visit_scope_statement(collector: Collector, visit: Visit) -> None:
    """`global a, b` and `nonlocal a, b`."""
    kind = visit.node.type.removesuffix("_statement")
    for child in visit.node.named_children:
        collector.bind(visit.scope, text_of(child), kind, child)


def visit_lambda(collector: Collector, visit: Visit) -> None:
    """A function without a name, which makes the calls in it; its defaults are evaluated outside of it."""
    scope = collector.open_scope(visit.scope, "lambda")
    index = define_lambda(collector, visit, scope)
    listed = visit.node.child_by_field_name("parameters")
    parameters = read_parameters(listed) or [] if listed is not None else []
    for parameter in parameters:
        collector.bind(scope, parameter.name, "parameter", visit.node)
        collector.parameters.append(parameter_fact(index, parameter))
    defaults = [visit.at(parameter.default) for parameter in parameters if parameter.default is not None]
    body = Visit(field(visit.node, "body"), scope, index, visit.owner)
    collector.push([*defaults, body])


def define_lambda(collector: Collector, visit: Visit, scope: int) -> int:
    """Add the definition of a lambda; those of one definition are counted through, as `f.<lambda1>`."""
    node, parent = visit.node, visit.caller
    collector.lambdas[parent] = collector.lambdas.get(parent, 0) + 1
    name = f"<lambda{collector.lambdas[parent]}>"
    collector.definitions.append(
        Definition(
            kind="function", variety="lambda", name=name, parent=parent, scope=visit.scope, body=scope,
            local_name=f"{collector.definitions[parent].local_name}.{name}" if parent >= 0 else name,
            line=line_of(node), start_line=line_of(node), end_line=node.end_point[0] + 1,
            start_byte=node.start_byte, end_byte=node.end_byte, signature="", docstring="", decorators=[], bases=[],
            value=one_line(node)[:MAX_TEXT], returns="", visibility="private", returns_self=False, is_async=False,
            is_generator=False,
        )
    )  # fmt: skip
    index = len(collector.definitions) - 1
    collector.by_node[node.id] = index
    collector.lambda_scopes[node.id] = scope
    return index


def visit_return(collector: Collector, visit: Visit) -> None:
    """Notes whether a method returns `self`."""
    index = collector.scopes[visit.scope].definition
    if visit.node.type == "yield":
        collector.generators.add(index)
    values = [child for child in visit.node.named_children if child.type != "comment"]
    is_self = (
        visit.node.type == "return_statement" and len(values) == 1 and (index, text_of(values[0])) in collector.selves
    )
    collector.gives_self[index] = collector.gives_self.get(index, True) and is_self
    collector.push_children(visit)


def visit_comprehension(collector: Collector, visit: Visit) -> None:
    """The first iterable is evaluated outside of its scope, all else inside."""
    scope = collector.open_scope(visit.scope, "comprehension")
    first = True
    visits = []
    for child in visit.node.named_children:
        if child.type != "for_in_clause":
            visits.append(visit.at(child)._replace(scope=scope))
            continue
        inside = visit.at(child)._replace(scope=scope)
        left = field(child, "left")
        bind_target(collector, inside.at(left), Assigned())
        for part in child.named_children:
            if part.id != left.id:
                visits.append(visit.at(part) if first else inside.at(part))
        first = False
    collector.push(visits)


def visit_case(collector: Collector, visit: Visit) -> None:
    """A `case` clause: its patterns bind names and mention classes and constants."""
    visits = []
    stack = []
    for child in visit.node.named_children:
        if child.type == "case_pattern":
            stack.append(child)
        else:
            visits.append(visit.at(child))
    while stack:
        node = stack.pop()
        if node.type == "dotted_name":
            _bind_or_load(collector, visit.at(node))
        elif node.type == "identifier":  # the name after `as` or `*`
            collector.bind(visit.scope, text_of(node), "opaque", node)
        elif node.type == "class_pattern":
            name, *rest = node.named_children
            collector.use(visit, "load", _dotted(name), name)
            stack.extend(rest)
        elif node.type == "keyword_pattern":
            stack.extend(node.named_children[1:])
        elif node.type == "dict_pattern":
            stack.extend(child for child in node.named_children if child.type != "dotted_name")
        else:
            stack.extend(node.named_children)
    collector.push(visits)


def _bind_or_load(collector: Collector, visit: Visit) -> None:
    name = _dotted(visit.node)
    if "." in name:
        collector.use(visit, "load", name, visit.node)
    elif name != "_":
        collector.bind(visit.scope, name, "opaque", visit.node)


def visit_type_alias(collector: Collector, visit: Visit) -> None:
    """`type Name[T] = value`."""
    left, right = field(visit.node, "left"), field(visit.node, "right")
    name = left
    while name.type != "identifier" and name.named_children:
        name = name.named_children[0]
    if name.type != "identifier":
        return
    promised = annotated_class(right)
    collector.bind(visit.scope, text_of(name), "assign", name, value=promised or "?")
    scope = open_type_parameters(collector, visit, left)
    visit_annotation(collector, visit.at(right)._replace(scope=scope))
    if collector.scopes[visit.scope].kind in {"module", "class"}:
        define_variable(collector, visit.scope, text_of(name), name, Assigned(value=right, statement=visit.node))


def open_type_parameters(collector: Collector, visit: Visit, holder: Node | None) -> int:
    """Open the scope of `[T: Bound, *Ts]`, where there are any; returns the scope to go on in."""
    while holder is not None and holder.type not in {"generic_type", "type_parameter"}:
        holder = holder.named_children[0] if holder.type == "type" else None
    if holder is None:
        return visit.scope
    scope = collector.open_scope(visit.scope, "type_parameters")
    listed = holder.named_children[-1] if holder.type == "generic_type" else holder
    for parameter in listed.named_children:
        name = parameter
        while name.type != "identifier" and name.named_children:
            name = name.named_children[0]
        collector.bind(scope, text_of(name), "opaque", name)
        constrained = next((child for child in parameter.named_children if child.type == "constrained_type"), None)
        if constrained is not None:
            bound = constrained.named_children[-1]
            visit_annotation(collector, visit.at(bound)._replace(scope=scope))
    return scope
