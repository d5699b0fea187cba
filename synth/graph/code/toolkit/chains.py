"""What does an expression name? Its chain, by the steps that a language gives for each kind of expression."""

from tree_sitter import Node

from synth.graph.code.toolkit.notation import UNKNOWN, join_links
from synth.graph.code.toolkit.reading import Reading
from synth.graph.code.toolkit.steps import arguments_of
from synth.graph.code.toolkit.syntax import Spine, Syntax

MAX_ARGUMENT = 6  # links of an argument's chain that are kept
MAX_LINKS = 40
"""What a longer chain hangs on is not resolved, which bounds the work."""


def chain_of(reading: Reading, node: Node) -> str:
    """The chain of an expression, empty where it is none."""
    spine = Spine()
    follow(reading.syntax, node, spine)
    if spine.links[-1] == UNKNOWN or len(spine.links) > MAX_LINKS:
        return ""
    return join_links(spine.links[::-1])


def take_apart(reading: Reading, node: Node) -> Spine:
    """The links of an expression; what they are made of is not looked at again."""
    spine = Spine()
    silent = reading.silent
    for inner in follow(reading.syntax, node, spine):
        silent.add(inner.start_byte)
    for part in spine.nodes:
        silent.add(part.start_byte)
    return spine


def follow(syntax: Syntax, node: Node | None, spine: Spine) -> list[Node]:
    """Fill a spine with the links of an expression; returns the expressions that it went through."""
    steps = syntax.steps
    visited: list[Node] = []
    while node is not None:
        step = steps.get(node.type)
        if step is None:
            spine.links.append(UNKNOWN)
            spine.nodes.append(node)
            break
        visited.append(node)
        node = step(syntax, node, spine)
    return visited


def known_arguments(syntax: Syntax, arguments: Node | None) -> str:
    """What is known of the arguments of a call, for languages with overloads."""
    if not syntax.has_overloads or arguments is None:
        return ""
    return ",".join(_known_argument(syntax, item) for item in arguments_of(arguments))


def _known_argument(syntax: Syntax, node: Node) -> str:
    spine = Spine()
    follow(syntax, node, spine)
    chain = join_links(spine.links[::-1]) if len(spine.links) <= MAX_ARGUMENT else UNKNOWN
    return UNKNOWN if "," in chain or UNKNOWN in chain else chain


def caller_of(reading: Reading, node: Node) -> str:
    """Which function a lambda is given to, and as which argument: `list.map.^0`; empty where it is given to none."""
    listed = node.parent
    call = listed.parent if listed is not None and "argument" in listed.type else None
    if call is None or listed is None:
        return ""
    chain = chain_of(reading, call)
    if not chain.endswith(")"):
        return ""
    position = next((index for index, item in enumerate(arguments_of(listed)) if item.id == node.id), -1)
    return f"{chain[: chain.rindex('(')]}.^{position}" if position >= 0 else ""
