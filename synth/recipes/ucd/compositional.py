"""`ucd.compositional`: questions about APIs that real code uses together (UCD-Training, section 2.3, "CARD").

A combination comes from a test, an example or another function of the repository that calls at least two public parts
of it: people wrote it, so it makes sense, which a random combination would not. Each is asked in three forms: question
and answer, fill-in and programming. Difficulty is the number of facts that the answer needs: each API and each
relation to its caller.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from synth.config import CompositionalSettings
from synth.graph.view import Edge, Node
from synth.recipes.base import Draft, Source, claim, describe, humanise, imports_for, span, summary

NAME = "ucd.compositional"
STAGE = "sft"
PROBLEM = "teacher.compositional_problem"
FORMS = ("question", "fill_in", "programming")
MAX_LINES = 60  # a longer caller is not shown
BLANK = "____"
MAX_CALL_LINES = 8  # a longer call is not asked for


@dataclass(frozen=True)
class Combination:
    """A caller and the edges by which it uses distinct public APIs, in the order of their lines."""

    caller: Node
    uses: tuple[Edge, ...]


def drafts(source: Source, settings: CompositionalSettings) -> Iterator[Draft]:
    """Yield each combination in one form, then in the second and third; tests and examples before other callers."""
    found = [combo for node in source.definitions if (combo := _combination(source, node, settings.max_apis))]
    ordered = source.shuffled(found, lambda combo: combo.caller.node_id)
    ordered.sort(key=lambda combo: not (combo.caller.is_test or "example" in combo.caller.path))
    for offset in range(len(FORMS)):
        for index, combo in enumerate(ordered):
            draft = _draft(source, combo, FORMS[(index + offset) % len(FORMS)])
            if draft is not None:
                yield draft


def _combination(source: Source, caller: Node, max_apis: int) -> Combination | None:
    if caller.kind not in {"function", "method"} or caller.end_line - caller.start_line >= MAX_LINES:
        return None
    graph = source.graph
    uses: dict[str, Edge] = {}
    for edge in sorted(graph.out(caller.node_id, "calls", "instantiates"), key=lambda edge: edge.line):
        api = graph.nodes[edge.dst or ""]
        if (
            api.is_public
            and not api.is_test
            and api.kind in {"class", "function", "method"}
            and source.names(edge, api)
        ):
            uses.setdefault(api.qualified_name, edge)
    if len(uses) < 2 or "raises" in source.code(caller):  # code that is meant to fail teaches wrong calls
        return None
    return Combination(caller, tuple(uses.values())[:max_apis])


def _draft(source: Source, combo: Combination, form: str) -> Draft | None:
    caller, graph = combo.caller, source.graph
    owner = graph.parent(caller.node_id)
    apis = [graph.nodes[edge.dst or ""] for edge in combo.uses]
    code = source.code(caller)
    facts = {
        "project": [source.collection],
        **describe("caller", caller),
        "apis[]": [node.qualified_name for node in apis],
        "names[]": [node.name for node in apis],
        "kinds[]": [node.kind for node in apis],
        "signatures[]": [node.signature for node in apis],
        "summaries[]": [summary(node.docstring) for node in apis],
        "paths[]": [node.path for node in apis],
        "lines[]": [str(edge.line) for edge in combo.uses],
        "code": [code],
        "imports": [imports_for(source, caller.path, code)],
        "purpose": [
            summary(caller.docstring) or (humanise(caller.name) if caller.name.lower().startswith("test") else "")
        ],
        "owner": [owner.qualified_name if owner else ""],
    }
    difficulty = 2 * len(apis)
    if form == "fill_in":
        blank = _blank(source, combo, code)
        if blank is None:
            return None
        facts |= blank
        difficulty = len(apis) + 1
    if form == "programming":
        if not facts["purpose"][0]:  # nothing says what should be written
            return None
        form = "method" if caller.kind == "method" and not caller.is_test else form
    facts["is_test"] = ["yes" if caller.is_test else ""]
    return Draft(
        unit=f"{form}:{caller.node_id}",
        kind=form,
        prompt_id=f"ucd.compositional_{form}",
        source_path=caller.path,
        evidence=[span(caller), *map(span, apis)],
        facts=facts,
        claims=[claim(caller.node_id, edge.kind, edge.dst or "") for edge in combo.uses],
        difficulty=difficulty,
    )


def _blank(source: Source, combo: Combination, code: str) -> dict[str, list[str]] | None:
    """Facts of a fill-in item: the code with one API's name left out, and the line that holds it."""
    options = [
        edge
        for edge in combo.uses
        if (name := source.graph.nodes[edge.dst or ""].name) != combo.caller.name
        and len(re.findall(rf"\b{re.escape(name)}\b", code)) == 1
    ]
    if not options:
        return None
    edge = source.choose(options, "blank:" + combo.caller.node_id)
    api = source.graph.nodes[edge.dst or ""]
    pattern = rf"\b{re.escape(api.name)}\b"
    call = _call(code, api.name)
    if call.count("\n") >= MAX_CALL_LINES or not call:
        return None
    return {**describe("answer", api), "blanked": [re.sub(pattern, BLANK, code)], "filled": [call]}


def _call(code: str, name: str) -> str:
    """The call of a name in a piece of code, as written; empty where CPython cannot parse the code."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name in {getattr(node.func, "attr", ""), getattr(node.func, "id", "")}:
            return textwrap.dedent(" " * node.col_offset + (ast.get_source_segment(code, node) or ""))
    return ""
