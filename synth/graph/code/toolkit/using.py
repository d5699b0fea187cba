"""What does a file use? Calls, objects that are made, names, types and the keys of literals."""

from tree_sitter import Node

from synth.graph.code.facts import Use
from synth.graph.code.toolkit.chains import MAX_LINKS, follow, known_arguments
from synth.graph.code.toolkit.notation import LITERAL, UNKNOWN, is_call, join_links
from synth.graph.code.toolkit.reading import Frame, Reading
from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.syntax import Spine
from synth.graph.code.toolkit.trees import line_of


def read_expression(reading: Reading, node: Node) -> None:
    """Record what a chain calls, makes and names."""
    spine = Spine()
    visited = follow(reading.syntax, node, spine)
    links, nodes = spine.links[::-1], spine.nodes[::-1]
    silent = reading.silent
    is_literal = links[0][0] == LITERAL
    if links[0] != UNKNOWN and not is_literal:
        silent.add(nodes[0].start_byte)
    for inner in visited[:-1] if is_literal else visited:
        silent.add(inner.start_byte)
    frame = reading.stack[-1]
    if links[0].endswith("{}"):
        _read_made(reading, frame, links[0].removesuffix("{}"), nodes[0], visited[-1])
    if len(links) > MAX_LINKS:
        links = [UNKNOWN, *links[-2:]]
        nodes = [nodes[0], *nodes[-2:]]
    for position in range(1, len(links)):
        link = links[position]
        if not is_call(link):
            silent.add(nodes[position].start_byte)
            continue
        chain = join_links(links[:position])
        if chain == UNKNOWN:
            continue
        arity = int(link[1:-1]) if len(link) > 2 else -1
        known = known_arguments(reading.syntax, nodes[position])
        line = nodes[position - 1].end_point[0] + 1
        reading.uses.append(Use(frame.scope, frame.caller, "call", chain, line, arity, "", known))
    if not is_call(links[-1]) and not links[-1].endswith("{}") and links[0][0] not in {UNKNOWN, LITERAL}:
        line = nodes[-1].end_point[0] + 1
        reading.uses.append(Use(frame.scope, frame.owner, "load", join_links(links), line, -1, ""))


def _read_made(reading: Reading, frame: Frame, chain: str, node: Node, maker: Node) -> None:
    """Record that an object of a type is made, or that one is said to be of it."""
    if chain.endswith("[]"):
        return
    silence_head(reading, node)
    syntax = reading.syntax
    if not syntax.constructs(maker):
        reading.uses.append(Use(frame.scope, frame.owner, "annotation", chain, line_of(node), -1, ""))
        return
    arguments = syntax.part(maker, "arguments")
    arity = -1 if arguments is None else len(arguments_of(arguments))
    known = known_arguments(syntax, arguments)
    reading.uses.append(Use(frame.scope, frame.caller, "new", chain, line_of(node), arity, "", known))


def read_type(reading: Reading, node: Node) -> None:
    """Record the type that is named where a type stands."""
    frame = reading.stack[-1]
    chain = reading.syntax.type_of(node)
    silence_head(reading, node)
    if chain:
        reading.uses.append(Use(frame.scope, frame.owner, "annotation", chain, node.end_point[0] + 1, -1, ""))


def silence_head(reading: Reading, node: Node) -> None:
    """Let the name that a type begins with be no use of its own; its type arguments still are."""
    reading.silent.add(node.start_byte)
    children = node.named_children
    while children:
        reading.silent.update(child.start_byte for child in children)
        children = children[0].named_children


def read_key(reading: Reading, node: Node) -> None:
    """Record that a literal sets a field; where it does not, the key is an expression like any other."""
    chain = reading.syntax.key(node)
    if chain:
        frame = reading.stack[-1]
        reading.silent.add(node.start_byte)
        reading.uses.append(Use(frame.scope, frame.owner, "load", chain, line_of(node), -1, ""))
