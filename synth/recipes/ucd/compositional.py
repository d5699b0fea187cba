"""`ucd.compositional`: questions about APIs that real code uses together (UCD-Training, section 2.3, "CARD").

A combination comes from a test, an example or another function of the repository that calls at least two public parts
of it: people wrote it, so it makes sense, which a random combination would not. Each is asked in three forms: question
and answer, fill-in and programming. Difficulty is the number of facts that the answer needs: each API and each
relation to its caller.
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from synth.config import CompositionalSettings
from synth.graph.view import Edge, Node
from synth.languages import syntax
from synth.languages.naming import split_name
from synth.recipes.base import Draft, Source, claim, describe, humanise, span, summary
from synth.recipes.imports import imports_for
from synth.recipes.wording import full_name, language_facts, traits_of, word

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
    failing = traits_of(caller).failing  # code that is meant to fail teaches wrong calls
    if len(uses) < 2 or (failing and re.search(failing, source.code(caller))):
        return None
    return Combination(caller, tuple(uses.values())[:max_apis])


def _draft(source: Source, combo: Combination, form: str) -> Draft | None:
    caller, graph = combo.caller, source.graph
    owner = graph.parent(caller.node_id)
    apis = [graph.nodes[edge.dst or ""] for edge in combo.uses]
    code = source.code(caller)
    facts = {
        "project": [source.collection],
        **language_facts(caller),
        **describe("caller", caller),
        "apis[]": [node.qualified_name for node in apis],
        "names[]": [node.name for node in apis],
        "kinds[]": [word(node) for node in apis],
        "signatures[]": [node.signature for node in apis],
        "summaries[]": [summary(node.docstring) for node in apis],
        "paths[]": [node.path for node in apis],
        "lines[]": [str(edge.line) for edge in combo.uses],
        "code": [code],
        "imports": [imports_for(source, caller.path, code, caller.language)],
        "gap": [traits_of(caller).gap],
        "purpose": [_purpose(source, caller)],
        "owner": [full_name(owner) if owner else ""],
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


def _purpose(source: Source, caller: Node) -> str:
    """What a caller is for: its own words, or the name of a test."""
    is_test = caller.name.lower().startswith("test") or any(source.graph.out(caller.node_id, "tests"))
    said = " ".join(split_name(humanise(caller.name))).removeprefix("test ").removesuffix(" test")
    return summary(caller.docstring) or (said if is_test else "")


def _blank(source: Source, combo: Combination, code: str) -> dict[str, list[str]] | None:
    """Facts of a fill-in item: the code with one API's name left out, and the line that holds it."""
    options = [
        edge
        for edge in combo.uses
        if (name := source.graph.nodes[edge.dst or ""].name) != combo.caller.name and len(_places(name, code)) == 1
    ]
    if not options:
        return None
    edge = source.choose(options, "blank:" + combo.caller.node_id)
    api = source.graph.nodes[edge.dst or ""]
    (place,) = _places(api.name, code)
    call = _call(code, api.name, combo.caller.language)
    if call.count("\n") >= MAX_CALL_LINES or not call:
        return None
    blanked = code[:place] + BLANK + code[place + len(api.name) :]
    return {**describe("answer", api), "blanked": [blanked], "filled": [call]}


def _places(name: str, code: str) -> list[int]:
    """Where a piece of code holds a name."""
    return [match.start() for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", code)]


def _call(code: str, name: str, language: str) -> str:
    """The call of a name in a piece of code, as written; empty where there is none."""
    for call in syntax.calls(code, language):
        if name in call.chain[-2:]:
            return textwrap.dedent(" " * call.column + call.text)
    return ""
