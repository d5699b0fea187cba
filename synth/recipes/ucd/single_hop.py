"""`ucd.single_hop`: one question about each edge of the graph, and some about what does not exist (UCD-Training, 2.3).

The paper asks five paraphrases an edge and one question about a made-up entity (its N1 = 5, N2 = 1; here `repeats` and
`negatives`).
"""

from collections.abc import Iterator
from typing import Any

from synth.config import SingleHopSettings
from synth.graph.view import Edge, Node
from synth.recipes.base import Draft, Source, claim, span
from synth.recipes.ucd.denials import MAX_LISTED, denials
from synth.recipes.ucd.relations import NAMED_KINDS, facts_of_ends, facts_of_kind, is_nameable, is_unique, targets
from synth.recipes.wording import PLACES, full_name, is_spread

NAME = "ucd.single_hop"
STAGE = "sft"
PROBLEM = "teacher.single_hop_problem"
KINDS = (
    "contains", "inherits", "overrides", "calls", "instantiates", "decorates", "tests", "uses_type", "references",
    "imports", "depends_on",
)  # fmt: skip


def drafts(source: Source, settings: SingleHopSettings) -> Iterator[Draft]:
    """Yield a draft for each edge, those that cover new public nodes first, with negatives spread evenly between."""
    denied = denials(source)
    owed = 0.0
    for edge in _coverage_first(source):
        yield _positive(source, edge)
        owed += settings.negatives
        if owed >= 1:
            owed -= 1
            denial = next(denied, None)
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
    if edge.path not in source.texts or edge.src not in source.graph.nodes:
        return False  # what is from elsewhere is not asked about
    one, two = source.graph.nodes[edge.src], source.graph.nodes[edge.dst or ""]
    if edge.kind == "depends_on":
        return True
    # Nodes of one qualified name (overloads, redefinitions) would make a question about one of them ambiguous.
    return (
        edge.src != edge.dst and full_name(one) != full_name(two) and _suits(source, edge, one, two)
        and all(is_nameable(source, node) and is_unique(source, node) for node in (one, two))
    )  # fmt: skip


def _suits(source: Source, edge: Edge, one: Node, two: Node) -> bool:
    """Whether the template of an edge's kind can speak of its ends."""
    match edge.kind:
        case "contains":
            return two.kind != "file" and not (one.kind == "file" and is_spread(two))
        case "imports":
            return True
        case "decorates":
            return one.kind not in PLACES
        case "overrides":
            return all(source.graph.parent(node.node_id) for node in (one, two))
    is_somewhere = not (is_spread(one) or is_spread(two))
    return is_somewhere and (edge.kind not in NAMED_KINDS or source.names(edge, two))


def _positive(source: Source, edge: Edge) -> Draft:
    graph = source.graph
    subject, target = graph.nodes[edge.src], graph.nodes[edge.dst or ""]
    facts = facts_of_ends(source, subject, target)
    found = targets(source, subject, edge.kind)
    siblings = [node for node in found[: MAX_LISTED + 1] if full_name(node) != full_name(target)][:MAX_LISTED]
    facts["siblings[]"] = [full_name(node) for node in siblings]
    facts["sibling_names[]"] = [node.name for node in siblings]
    facts["more"] = [str(max(0, len(found) - 1 - len(siblings)))]
    facts["line"], facts["line_path"] = [str(edge.line)], [edge.path]
    facts |= facts_of_kind(source, edge, subject, target)
    return Draft(
        unit=f"{edge.kind}:{edge.src}:{edge.dst}",
        kind=edge.kind,
        prompt_id=f"ucd.single_hop_{edge.kind}",
        source_path=edge.path if is_spread(subject) else subject.path,
        evidence=_evidence(source, edge, subject, target),
        facts=facts,
        claims=[claim(edge.src, edge.kind, target.node_id)]
        + [claim(edge.src, edge.kind, node.node_id) for node in siblings],
    )


def _evidence(source: Source, edge: Edge, *ends: Node) -> list[dict[str, Any]]:
    """The ends of an edge, or the line where it is if it joins packages, which are of no one file."""
    spans = [span(node) for node in ends if node.path in source.texts and not is_spread(node)]
    here = {"path": edge.path, "start_line": edge.line, "end_line": edge.line}
    return spans or [{"id": node.node_id, **here} for node in ends]
