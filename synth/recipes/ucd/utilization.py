"""`ucd.utilization`: implement-this-function tasks whose answer is the repository's real code (UCD-Training, "CUD").

A test that exercises a function, or another caller that shows how it is used, becomes the requirement; the signature
and docstring say what is asked; the answer is the function as it stands in the repository.
"""

from collections.abc import Iterator

from synth.config import UtilizationSettings
from synth.graph.view import Edge, Node
from synth.languages.naming import split_name
from synth.recipes.base import Draft, Source, claim, describe, humanise, span, summary
from synth.recipes.wording import DECLARATION, full_name, language_facts, parameters, returned, traits_of, word

NAME = "ucd.utilization"
STAGE = "sft"
PROBLEM = "teacher.utilization_problem"
MIN_LINES = 3  # a shorter definition holds nothing to implement; its closing bracket is not counted
CALLEES_SHOWN = 8


def drafts(source: Source, settings: UtilizationSettings) -> Iterator[Draft]:
    """Yield one draft a function and usage; every function has its first before any has a second, tests go first."""
    targets = [node for node in source.definitions if _is_askable(source, node, settings)]
    usages = {node.node_id: _usages(source, node, settings) for node in targets}
    ordered = sorted(source.shuffled(targets, lambda node: node.node_id), key=lambda node: not node.is_public)
    for round_ in range(max(map(len, usages.values()), default=0)):
        for node in ordered:
            if round_ < len(usages[node.node_id]):
                yield _draft(source, node, usages[node.node_id][round_])


def _is_askable(source: Source, node: Node, settings: UtilizationSettings) -> bool:
    length = node.end_line - node.start_line + 1
    same = [item for item in source.graph.by_qualified_name[node.qualified_name] if item.variety != DECLARATION]
    return (
        node.kind in {"function", "method"} and not node.is_test and bool(node.signature)
        and MIN_LINES + traits_of(node).ends <= length <= settings.max_lines and same == [node]
    )  # fmt: skip


def _usages(source: Source, node: Node, settings: UtilizationSettings) -> list[Edge]:
    """The tests that exercise a function; without any, one caller that shows its use."""

    def fits(edge: Edge) -> bool:
        user = source.graph.nodes[edge.src]
        length = user.end_line - user.start_line + 1
        return (
            user.kind in {"function", "method"}
            and length <= settings.max_lines
            and edge.src != node.node_id
            and source.names(edge, node)
        )

    tests = [edge for edge in source.graph.into(node.node_id, "tests") if fits(edge)]
    if tests:
        return sorted(tests, key=lambda edge: _distance(source, node, edge))[: settings.max_tests]
    callers = [edge for edge in source.graph.into(node.node_id, "calls") if fits(edge)]
    return sorted(callers, key=lambda edge: (edge.path, edge.line))[:1]


def _distance(source: Source, node: Node, usage: Edge) -> tuple[bool, int, str, int]:
    """How far a test is from being about one function: by its name, then by how much else it exercises."""
    test = source.graph.nodes[usage.src]
    words = set(humanise("_".join(split_name(test.qualified_name)[-2:])).split())
    is_named = set(humanise(node.name).split()) <= words
    others = {edge.dst for edge in source.graph.out(test.node_id, "tests")}
    return not is_named, len(others), usage.path, usage.line


def _draft(source: Source, node: Node, usage: Edge) -> Draft:
    graph = source.graph
    user = graph.nodes[usage.src]
    owner = graph.parent(node.node_id)
    callees = [
        edge
        for edge in graph.out(node.node_id, "calls", "instantiates")
        if edge.dst != node.node_id and source.names(edge, graph.nodes[edge.dst or ""])
    ]
    facts = {
        "project": [source.collection],
        **language_facts(node),
        "usage_fence": [traits_of(user).fence],
        **describe("target", node),
        **describe("user", user),
        "owner": [full_name(owner) if owner and owner.kind != "file" else ""],
        "owner_kind": [word(owner) if owner else ""],
        "requirement": [summary(node.docstring)],
        "usage": [source.code(user)],
        "code": [source.code(node)],
        "callees[]": [full_name(graph.nodes[edge.dst or ""]) for edge in callees[:CALLEES_SHOWN]],
        "callee_summaries[]": [summary(graph.nodes[edge.dst or ""].docstring) for edge in callees[:CALLEES_SHOWN]],
        "parameters[]": parameters(node),
        "returns": [returned(node)],
    }
    kind = "from_test" if usage.kind == "tests" else "from_caller"
    return Draft(
        unit=f"{kind}:{node.node_id}:{user.node_id}",
        kind=kind,
        prompt_id=f"ucd.utilization_{kind}",
        source_path=node.path,
        evidence=[span(node), span(user)],
        facts=facts,
        claims=[claim(user.node_id, usage.kind, node.node_id)]
        + [claim(node.node_id, edge.kind, edge.dst or "") for edge in callees[:CALLEES_SHOWN]],
        difficulty=1 + len(callees[:CALLEES_SHOWN]),
    )
