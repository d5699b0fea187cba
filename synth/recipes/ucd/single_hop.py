"""`ucd.single_hop`: one question about each edge of the graph, and some about what does not exist (UCD-Training, 2.3).

The paper asks five paraphrases an edge and one question about a made-up entity (its N1 = 5, N2 = 1; here `repeats` and
`negatives`).
"""

from collections.abc import Iterator

from synth.config import SingleHopSettings
from synth.graph.view import Edge, Node
from synth.recipes.base import Draft, Source, claim, describe, span

NAME = "ucd.single_hop"
STAGE = "sft"
PROBLEM = "teacher.single_hop_problem"
KINDS = (
    "contains", "inherits", "overrides", "calls", "instantiates", "decorates", "tests", "uses_type", "references",
    "imports", "depends_on",
)  # fmt: skip
NAMED_KINDS = {"calls", "instantiates", "references", "uses_type", "tests"}
"""Kinds whose answers say that the code names the target, so that `self.session_class()` makes no such row."""
MIN_NEAR = 3  # a denied call is more telling among the functions of one file, if it has so many
MAX_LISTED = 8  # names that one answer lists before it only counts the rest
CODE_KINDS = {"module", "class", "function", "method", "variable"}


def drafts(source: Source, settings: SingleHopSettings) -> Iterator[Draft]:
    """Yield a draft for each edge, those that cover new public nodes first, with negatives spread evenly between."""
    denials = _denials(source)
    owed = 0.0
    for edge in _coverage_first(source):
        yield _positive(source, edge)
        owed += settings.negatives
        if owed >= 1:
            owed -= 1
            denial = next(denials, None)
            if denial is not None:
                yield denial


def _coverage_first(source: Source) -> Iterator[Edge]:
    """Edges between public code, then the rest; within each, those that reach a node not yet asked about go first."""
    nodes = source.graph.nodes

    def is_public(edge: Edge) -> bool:
        ends = (nodes[edge.src], nodes[edge.dst or ""])
        return all(node.is_public and not node.is_test for node in ends)

    edges = [edge for edge in source.graph.edges() if edge.kind in KINDS and _is_askable(source, edge)]
    ordered = source.shuffled(edges, lambda edge: f"{edge.kind}:{edge.src}:{edge.dst}")
    covered: set[str] = set()
    for group in ([e for e in ordered if is_public(e)], [e for e in ordered if not is_public(e)]):
        later = []
        for edge in group:
            if {edge.src, edge.dst} <= covered:
                later.append(edge)
                continue
            covered.update((edge.src, edge.dst or ""))
            yield edge
        yield from later


def _is_askable(source: Source, edge: Edge) -> bool:
    one, two = source.graph.nodes[edge.src], source.graph.nodes[edge.dst or ""]
    if edge.kind == "depends_on":
        return True
    if edge.kind in NAMED_KINDS and not source.names(edge, two):
        return False
    # Nodes of one qualified name (overloads, redefinitions) would make a question about one of them ambiguous.
    return (
        one.kind in CODE_KINDS and two.kind in CODE_KINDS and edge.src != edge.dst
        and one.qualified_name != two.qualified_name
        and all(_is_unique(source, node) for node in (one, two))
    )  # fmt: skip


def _is_unique(source: Source, node: Node) -> bool:
    same = source.graph.by_qualified_name[node.qualified_name]
    return sum(other.kind in CODE_KINDS for other in same) == 1


def _positive(source: Source, edge: Edge) -> Draft:
    graph = source.graph
    subject, target = graph.nodes[edge.src], graph.nodes[edge.dst or ""]
    facts = _facts(source, subject, target)
    siblings = [node for node in _targets(source, subject, edge.kind) if node is not target]
    facts["siblings[]"] = [node.qualified_name for node in siblings[:MAX_LISTED]]
    facts["more"] = [str(max(0, len(siblings) - MAX_LISTED))]
    facts["line"] = [str(edge.line)]
    if edge.kind == "overrides":
        holder, base = graph.parent(subject.node_id), graph.parent(target.node_id)
        facts["subject_class"] = [holder.qualified_name if holder else ""]
        facts["object_class"] = [base.qualified_name if base else ""]
    return Draft(
        unit=f"{edge.kind}:{edge.src}:{edge.dst}",
        kind=edge.kind,
        prompt_id=f"ucd.single_hop_{edge.kind}",
        source_path=subject.path,
        evidence=[span(subject), span(target)],
        facts=facts,
        claims=[claim(edge.src, edge.kind, target.node_id)]
        + [claim(edge.src, edge.kind, node.node_id) for node in siblings[:MAX_LISTED]],
    )


def _facts(source: Source, subject: Node, target: Node) -> dict[str, list[str]]:
    return {"project": [source.collection], **describe("subject", subject), **describe("object", target)}


def _targets(source: Source, subject: Node, kind: str) -> list[Node]:
    edges = source.graph.out(subject.node_id, kind)
    kinds = {"file"} if kind == "depends_on" else CODE_KINDS
    found = [(edge, source.graph.nodes[edge.dst or ""]) for edge in edges]
    return [
        node for edge, node in found if node.kind in kinds and (kind not in NAMED_KINDS or source.names(edge, node))
    ]


def _denials(source: Source) -> Iterator[Draft]:
    """Alternate questions about members that do not exist with questions about relations that do not hold."""
    classes = [node for node in source.definitions if node.kind == "class" and _is_unique(source, node)]
    order = source.shuffled(classes, lambda node: "negative:" + node.node_id)
    functions = [
        node
        for node in source.definitions
        if node.kind in {"function", "method"}
        and node.is_public
        and not node.is_test
        and not node.name.startswith("__")
    ]
    subjects = source.shuffled(functions, lambda node: "negative:" + node.node_id)
    for index in range(max(len(order), len(subjects))):
        if index < len(order):
            yield from _missing_member(source, order[index])
        if index < len(subjects):
            yield from _missing_call(source, subjects[index], functions)


def _missing_member(source: Source, owner: Node) -> Iterator[Draft]:
    graph = source.graph
    members = [node for node in graph.children(owner.node_id, "method") if not node.name.startswith("_")]
    others = [node.name for node in source.definitions if node.kind == "method" and not node.name.startswith("_")]
    if graph.has_unknown_base(owner.node_id) or graph.member(owner.node_id, "__getattr__") or not others:
        return
    verb = source.choose(others, "verb:" + owner.node_id).split("_")[0]
    noun = source.choose([node.name for node in source.definitions], "noun:" + owner.node_id).strip("_").split("_")[-1]
    name = f"{verb}_{noun}".lower()
    # A name that occurs nowhere in the source cannot be a member that the graph missed.
    if name in source.words or not name.isidentifier():
        return
    facts = {"project": [source.collection], **describe("subject", owner), "name": [name]}
    facts["members[]"] = [node.name for node in members[:MAX_LISTED]]
    facts["more"] = [str(max(0, len(members) - MAX_LISTED))]
    facts["bases[]"] = [node.qualified_name for node in graph.bases(owner.node_id)]
    yield Draft(
        unit=f"missing_member:{owner.node_id}",
        kind="negative_entity",
        prompt_id="ucd.single_hop_missing_member",
        source_path=owner.path,
        evidence=[span(owner)],
        facts=facts,
        claims=[claim(owner.node_id, "contains", node.node_id) for node in members[:MAX_LISTED]]
        + [claim(owner.node_id, "inherits", node.node_id) for node in graph.bases(owner.node_id)],
        fabricated=[name, f"{owner.qualified_name}.{name}"],
    )


def _missing_call(source: Source, subject: Node, functions: list[Node]) -> Iterator[Draft]:
    near = [node for node in functions if node.path == subject.path and node is not subject]
    target = source.choose(near if len(near) >= MIN_NEAR else functions, "target:" + subject.node_id)
    body = source.code(subject)
    calls = [node for node in _targets(source, subject, "calls") if _is_unique(source, node)][:MAX_LISTED]
    # The name must not occur in the body at all: a call through another name would still be a call.
    if target.name in body or target is subject or not calls or not (_is_unique(source, subject)):
        return
    facts = _facts(source, subject, target)
    facts["siblings[]"] = [node.qualified_name for node in calls]
    yield Draft(
        unit=f"missing_call:{subject.node_id}",
        kind="negative_relation",
        prompt_id="ucd.single_hop_missing_call",
        source_path=subject.path,
        evidence=[span(subject), span(target)],
        facts=facts,
        claims=[claim(subject.node_id, "calls", target.node_id, holds=False)]
        + [claim(subject.node_id, "calls", node.node_id) for node in calls],
    )
