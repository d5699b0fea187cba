"""Questions about what does not exist: a method that no class has, a call that no function makes.

What is made up sounds like the source, but occurs nowhere in it; what is denied could have been there.
"""

import re
from collections.abc import Iterator

from synth.graph.view import Node
from synth.languages.naming import cased, casing_of, pieces
from synth.recipes.base import Draft, Source, claim, describe, span
from synth.recipes.ucd.relations import facts_of_ends, is_unique, targets
from synth.recipes.wording import DECLARATION, TESTING, full_name, language_facts, traits_of

MIN_NEAR = 3  # a denied call is more telling among the functions of one file, if it has so many
MAX_LISTED = 8  # names that one answer lists before it only counts the rest
SPECIAL = {"constructor", "destructor", "operator"}
"""Varieties of methods that are not called by their names."""
INITIALISERS = {"initialize", "constructor"}
ALIASES = {"type_alias", "alias", "typedef"}


def denials(source: Source) -> Iterator[Draft]:
    """Alternate questions about members that do not exist with questions about relations that do not hold."""
    classes = [
        node
        for node in source.definitions
        if node.kind == "class" and node.variety not in ALIASES | TESTING and is_unique(source, node)
    ]
    order = source.shuffled(classes, lambda node: "negative:" + node.node_id)
    functions = [
        node
        for node in source.definitions
        if node.kind in {"function", "method"}
        and node.is_public
        and not node.is_test
        and not node.name.startswith("__")
        and node.variety not in TESTING | {DECLARATION}
    ]
    subjects = source.shuffled(functions, lambda node: "negative:" + node.node_id)
    for index in range(max(len(order), len(subjects))):
        if index < len(order):
            yield from _missing_member(source, order[index])
        if index < len(subjects):
            yield from _missing_call(source, subjects[index], functions)


def _missing_member(source: Source, owner: Node) -> Iterator[Draft]:
    graph = source.graph
    members = [
        node
        for node in graph.children(owner.node_id, "method")
        if node.visibility == "public" and node.variety not in SPECIAL and _is_plain(node.name)
    ]
    name = _made_up(source, owner)
    # A name that occurs nowhere in the source cannot be a member that the graph missed.
    if not _is_closed(source, owner) or name.lower() in source.words or not name.isidentifier():
        return
    facts = {
        "project": [source.collection], **language_facts(owner), **describe("subject", owner), "name": [name],
        "separator": [traits_of(owner).separator],
    }  # fmt: skip
    facts["members[]"] = list(dict.fromkeys(node.name for node in members))[:MAX_LISTED]
    facts["more"] = [str(max(0, len({node.name for node in members}) - MAX_LISTED))]
    facts["bases[]"] = [full_name(node) for node in graph.bases(owner.node_id)]
    yield Draft(
        unit=f"missing_member:{owner.node_id}",
        kind="negative_entity",
        prompt_id="ucd.single_hop_missing_member",
        source_path=owner.path,
        evidence=[span(owner)],
        facts=facts,
        claims=[claim(owner.node_id, "contains", node.node_id) for node in members[:MAX_LISTED]]
        + [claim(owner.node_id, "inherits", node.node_id) for node in graph.bases(owner.node_id)],
        fabricated=[name, f"{full_name(owner)}{traits_of(owner).separator}{name}"],
    )


def _is_plain(name: str) -> bool:
    """Whether a method is called by its name, unlike an operator or what makes an object."""
    return name.rstrip("?!=").isidentifier() and not name.startswith("_") and name not in INITIALISERS


def _made_up(source: Source, owner: Node) -> str:
    """A name that sounds like those of the source: the verb of one method, and the last word of another definition."""
    if "verbs" not in source.memo:
        methods = [node.name for node in source.definitions if node.kind == "method"]
        source.memo["verbs"] = [name for name in methods if name.isidentifier() and not name.startswith("_")]
    if not source.memo["verbs"]:
        return ""
    verb = source.choose(source.memo["verbs"], "verb:" + owner.node_id)
    noun = source.choose(source.definitions, "noun:" + owner.node_id).name
    words = [*pieces(verb)[:1], *pieces(noun)[-1:]]
    return cased(words, casing_of(verb) or traits_of(owner).casing) if len(set(words)) > 1 else ""


def _is_closed(source: Source, owner: Node) -> bool:
    """Whether a class has no members but those that it and its bases define."""
    graph, traits = source.graph, traits_of(owner)
    chain = [owner, *graph.ancestors(owner.node_id)]
    return not (
        graph.has_unknown_base(owner.node_id)
        or any(graph.member(owner.node_id, hook) for hook in traits.hooks)
        or any(not re.match(traits.harmless, text) for node in chain for text in node.decorators)
    )


def _missing_call(source: Source, subject: Node, functions: list[Node]) -> Iterator[Draft]:
    near = [node for node in functions if node.path == subject.path and node is not subject]
    target = source.choose(near if len(near) >= MIN_NEAR else functions, "target:" + subject.node_id)
    body = source.code(subject)
    calls = [node for node in targets(source, subject, "calls") if is_unique(source, node)][:MAX_LISTED]
    is_joined = any(edge.dst == target.node_id for edge in source.graph.out(subject.node_id))
    # The name must not occur in the body at all: a call through another name would still be a call.
    if is_joined or target.name in body or target is subject or not calls or not is_unique(source, subject):
        return
    facts = facts_of_ends(source, subject, target)
    facts["siblings[]"] = [full_name(node) for node in calls]
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
