"""Which names does a statement bind, and to what?"""

from typing import NamedTuple

from tree_sitter import Node

from synth.graph.code.facts import Definition
from synth.graph.code.python.annotations import annotated_class, visit_annotation
from synth.graph.code.python.collector import MAX_TEXT, Collector, Visit
from synth.graph.code.python.exports import read_exports
from synth.graph.code.python.expressions import chain_of
from synth.graph.code.python.grammar import field, line_of, text_of

PATTERNS = frozenset(
    {
        "pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "tuple", "list", "expression_list",
        "list_splat", "parenthesized_expression", "as_pattern_target",
    }
)  # fmt: skip

UNKNOWN = frozenset({"", "?", "None"})
"""Chains that name no class."""


class Assigned(NamedTuple):
    """What is assigned to a target."""

    chain: str = "?"  # of the value; it holds for a single name, not for the parts of a tuple
    annotation: Node | None = None
    value: Node | None = None
    statement: Node | None = None  # the assignment, where it is one that defines variables


def visit_assignment(collector: Collector, visit: Visit) -> None:
    """`a = b = value`, `a: T = value`, `a: T`."""
    targets: list[Visit] = []
    node = visit.node
    annotation: Node | None = None
    while True:
        targets.append(visit.at(field(node, "left")))
        annotation = node.child_by_field_name("type")
        value = node.child_by_field_name("right")
        if value is None or value.type != "assignment":
            break
        node = value
    if annotation is not None:
        visit_annotation(collector, visit.at(annotation))
    if value is not None:
        collector.push([visit.at(value)])
    assigned = Assigned("" if value is None else chain_of(value), annotation, value, visit.node)
    for target in targets:
        bind_target(collector, target, assigned)
    read_exports(collector, visit, targets[-1].node, value)


def visit_augmented(collector: Collector, visit: Visit) -> None:
    """`a += value`: binds and reads the name."""
    target = field(visit.node, "left")
    collector.push([visit.at(target), visit.at(field(visit.node, "right"))])
    read_exports(collector, visit, target, field(visit.node, "right"))
    if target.type == "identifier":
        collector.bind(visit.scope, text_of(target), "opaque", target)


def visit_walrus(collector: Collector, visit: Visit) -> None:
    """`(a := value)`: binds in the function around a comprehension."""
    value = field(visit.node, "value")
    collector.push([visit.at(value)])
    scope = visit.scope
    while collector.scopes[scope].kind == "comprehension":
        scope = collector.scopes[scope].parent
    name = field(visit.node, "name")
    collector.bind(scope, text_of(name), "assign", name, value=chain_of(value))


def bind_target(collector: Collector, visit: Visit, assigned: Assigned) -> None:
    """Bind what an assignment, loop or `as` assigns to."""
    stack = [visit.node]
    while stack:
        node = stack.pop()
        if node.type in PATTERNS:
            if node.type not in {"parenthesized_expression", "as_pattern_target"}:
                assigned = assigned._replace(chain="?")
            stack.extend(child for child in reversed(node.named_children) if child.type != "comment")
        elif node.type == "identifier":
            _bind_name(collector, visit.at(node), assigned)
        elif node.type == "attribute":
            _bind_attribute(collector, visit.at(node), assigned)
        elif node.type != "comment":
            collector.push([visit.at(node)])


def _bind_name(collector: Collector, visit: Visit, assigned: Assigned) -> None:
    name = text_of(visit.node)
    promised = annotated_class(assigned.annotation)
    kind = "assign" if assigned.annotation is None else "annotated"
    collector.bind(visit.scope, name, kind, visit.node, value=assigned.chain, annotation=promised)
    if collector.scopes[visit.scope].kind in {"module", "class"}:
        define_variable(collector, visit.scope, name, visit.node, assigned)


def _bind_attribute(collector: Collector, visit: Visit, assigned: Assigned) -> None:
    holder = field(visit.node, "object")
    collector.push([visit.at(holder)])
    if holder.type != "identifier":
        return
    name = text_of(field(visit.node, "attribute"))
    promised = annotated_class(assigned.annotation)
    path = f"{text_of(holder)}.{name}"
    collector.bind(visit.scope, path, "attribute", holder, value=assigned.chain, annotation=promised)
    index = collector.scopes[visit.scope].definition
    if (index, text_of(holder)) in collector.selves and collector.definitions[index].name == "__init__":
        body = collector.definitions[collector.definitions[index].parent].body
        define_variable(collector, body, name, visit.node, assigned)


def define_variable(collector: Collector, scope: int, name: str, node: Node, assigned: Assigned) -> None:
    """Add the variable of a module or class the first time that a statement assigns it."""
    statement, value = assigned.statement, assigned.value
    if statement is None or (scope, name) in collector.variables:
        return
    collector.variables.add((scope, name))
    parent = collector.scopes[scope].definition
    collector.definitions.append(
        Definition(
            kind="variable", variety="", name=name, parent=parent, scope=scope, body=-1, line=line_of(node),
            local_name=f"{collector.definitions[parent].local_name}.{name}" if parent >= 0 else name,
            start_line=line_of(statement), end_line=statement.end_point[0] + 1,
            start_byte=statement.start_byte, end_byte=statement.end_byte,
            signature="", docstring="", decorators=[], bases=[],
            value="" if value is None else text_of(value)[:MAX_TEXT], returns="", visibility="",
            returns_self=False, is_async=False, is_generator=False,
        )
    )  # fmt: skip


def visit_loop(collector: Collector, visit: Visit) -> None:
    """`for target in …`: the elements' type is not known."""
    left = field(visit.node, "left")
    bind_target(collector, visit.at(left), Assigned())
    collector.push([visit.at(child) for child in visit.node.named_children if child.id != left.id])


def visit_as(collector: Collector, visit: Visit) -> None:
    """`value as target` in a `with` statement (elsewhere, see `visit_except` and `visit_case`)."""
    value = visit.node.named_children[0]
    collector.push([visit.at(value)])
    alias = visit.node.child_by_field_name("alias")
    if alias is None:
        return
    chain = chain_of(value)
    entered = f"{chain}.__enter__()" if chain not in UNKNOWN else "?"
    bind_target(collector, visit.at(alias), Assigned(entered))


def visit_with(collector: Collector, visit: Visit) -> None:
    """`async with` enters by another method than `with`, whose items `visit_as` sees."""
    if visit.node.children[0].type != "async":
        collector.push_children(visit)
        return
    clause, *body = visit.node.named_children
    visits = [visit.at(node) for node in body]
    for item in reversed(clause.named_children):
        node = item.named_children[0] if item.type == "with_item" else item
        alias = node.child_by_field_name("alias") if node.type == "as_pattern" else None
        if alias is not None:
            node = node.named_children[0]
            chain = chain_of(node)
            entered = f"{chain}.__aenter__()!" if chain not in UNKNOWN else "?"
            bind_target(collector, visit.at(alias), Assigned(entered))
        visits.insert(0, visit.at(node))
    collector.push(visits)
