"""What has to be known of an edge before a question about it can be worded? Names, and what its kind alone needs."""

from synth.graph.view import Edge, Node
from synth.recipes.base import Source, describe, says
from synth.recipes.wording import (
    DECLARATION,
    can_be_written,
    facts_of_kinship,
    facts_of_link,
    full_name,
    is_contract,
    is_spread,
    kind_of_test,
    kinship,
    language_facts,
    stub,
    traits_of,
    word,
)

CODE_KINDS = {"class", "function", "method", "variable"}
NAMED_KINDS = {"calls", "instantiates", "references", "uses_type", "tests"}
"""Kinds whose answers say that the code names the target, so that `self.session_class()` makes no such row."""


Facts = dict[str, list[str]]


def is_nameable(source: Source, node: Node) -> bool:
    """Whether questions speak of a node; of a module, its file and its package, only the first is spoken of."""
    if not can_be_written(node):
        return False
    same = source.graph.by_qualified_name[node.qualified_name]
    if node.kind == "file":
        return node.path not in source.modules
    return node.kind in CODE_KINDS or node.kind == "module" or (
        node.kind == "package" and not any(other.kind == "module" for other in same)
    )  # fmt: skip


def is_unique(source: Source, node: Node) -> bool:
    """Whether nothing else has its full name, but that what is defined may be declared elsewhere."""
    key = ("is_unique", node.qualified_name)
    if key not in source.memo:
        same = source.graph.by_qualified_name[node.qualified_name]
        source.memo[key] = _are_one([other for other in same if is_nameable(source, other)])
    return bool(source.memo[key])


def _are_one(nodes: list[Node]) -> bool:
    """Whether nodes of one full name are one thing: a namespace may be opened again anywhere."""
    declared = sum(node.variety == DECLARATION for node in nodes)
    return all(map(is_spread, nodes)) or max(declared, len(nodes) - declared) <= 1


def targets(source: Source, subject: Node, kind: str) -> list[Node]:
    """What a node is joined to by edges of a kind, as far as questions can speak of it; each full name once."""
    key = ("targets", subject.node_id, kind)
    if key not in source.memo:
        edges = source.graph.out(subject.node_id, kind)
        found = ((edge, source.graph.nodes[edge.dst or ""]) for edge in edges)
        named = {full_name(node): node for edge, node in found if _is_told(source, edge, node)}
        source.memo[key] = list(named.values())
    remembered: list[Node] = source.memo[key]
    return remembered


def _is_told(source: Source, edge: Edge, node: Node) -> bool:
    if edge.kind == "depends_on":
        return node.kind == "file"
    is_named = edge.kind not in NAMED_KINDS or source.names(edge, node)
    return is_named and is_nameable(source, node) and not (edge.kind == "contains" and node.kind == "file")


def facts_of_ends(source: Source, subject: Node, target: Node) -> Facts:
    """The facts about both ends that all templates use."""
    return {
        "project": [source.collection],
        **language_facts(subject),
        **describe("subject", subject),
        **describe("object", target),
    }


def facts_of_kind(source: Source, edge: Edge, subject: Node, target: Node) -> Facts:
    """The facts that only the template for the edge's kind uses."""
    line = source.line(edge.path, edge.line)
    match edge.kind:
        case "contains":
            is_prefix = target.qualified_name.startswith(subject.qualified_name)
            return {"is_prefix": _flag(is_prefix), "object_stub": _stub(source, target)}
        case "inherits":
            return _inheritance(source, edge, subject, target)
        case "overrides":
            return _overriding(source, subject, target)
        case "depends_on" | "imports":
            return facts_of_link(line, traits_of(subject))
        case "tests":
            return {"test": [kind_of_test(source.texts[subject.path], traits_of(subject))]}
    return {}


def _inheritance(source: Source, edge: Edge, subject: Node, target: Node) -> Facts:
    is_named = says(source.line(edge.path, edge.line), target.name)
    is_inside = edge.path == subject.path and subject.start_line <= edge.line <= subject.end_line
    return {
        **facts_of_kinship(kinship(subject, target, is_inside and is_named)),
        "subject_stub": _stub(source, subject),
        "in_header": _flag(says(subject.signature, target.name)),
        "is_named": _flag(is_named),
    }


def _overriding(source: Source, subject: Node, target: Node) -> Facts:
    holder, base = source.graph.parent(subject.node_id), source.graph.parent(target.node_id)
    return {
        "subject_class": [full_name(holder) if holder else ""],
        "subject_class_kind": [word(holder) if holder else ""],
        "object_class": [full_name(base) if base else ""],
        "object_class_kind": [word(base) if base else ""],
        "is_contract": _flag(is_contract(base)),
        "object_stub": _stub(source, target),
    }


def _stub(source: Source, node: Node) -> list[str]:
    return [stub(node, source.code(node)) if node.signature else ""]


def _flag(holds: bool) -> list[str]:
    return ["yes" if holds else ""]
