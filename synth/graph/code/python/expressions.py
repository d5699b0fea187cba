"""What does an expression name? Chains of names, attributes, calls and subscripts (see `synth.graph.code.facts`)."""

from tree_sitter import Node

from synth.graph.code.python.collector import MAX_TEXT, Collector, Visit
from synth.graph.code.python.grammar import LITERALS, field, text_of, unwrap

MAX_LINKS = 40
"""A chain with more links than this has an unknown root: nothing that long is resolved, and it bounds the work."""

Link = tuple[str, Node]  # what is applied, and the node of the whole expression up to it


def visit_chain(collector: Collector, visit: Visit) -> None:
    """Record what a chain calls and names, and go on into its arguments."""
    root, links = take_apart(visit.node)
    inner = [part for _, node in links for part in _arguments(node)]
    if root.type != "identifier":
        inner.insert(0, root)
    collector.push([visit.at(node) for node in inner])
    prefix = _root_chain(collector, visit, root, links)
    if prefix is None:
        return
    start = 0
    for position, (link, node) in enumerate(links):
        if link == "()":
            callee = node.child_by_field_name("function")
            if callee is not None and not prefix.endswith("?"):
                chain = _clip(prefix)
                text = "" if _is_plain(chain) else " ".join(text_of(callee).split())[:MAX_TEXT]
                collector.use(visit, "call", chain, callee, text)
            receiver = prefix.rpartition(".")[0] if position and links[position - 1][0][0] == "." else ""
            _load(collector, visit, receiver, node)
            start = position + 1
        prefix += link
    if start < len(links) or not links:
        _load(collector, visit, prefix, visit.node)


def chain_of(node: Node) -> str:
    """The chain of an expression; `?` for one that is not a chain, empty for a literal, `None` for None."""
    node = unwrap(node)
    if node.type == "none":
        return "None"
    root, links = take_apart(node)
    if root.type != "identifier" or len(links) > MAX_LINKS:
        return "" if root.type in LITERALS and not links else "?"
    if text_of(root) == "super":
        return "?"
    return text_of(root) + "".join(link for link, _ in links)


def take_apart(node: Node) -> tuple[Node, list[Link]]:
    """Split a chain into its root and its links, innermost first."""
    links: list[Link] = []
    while True:
        kind = node.type
        if kind == "attribute":
            links.append((f".{text_of(field(node, 'attribute'))}", node))
            node = field(node, "object")
        elif kind == "call":
            links.append(("()", node))
            node = field(node, "function")
        elif kind == "subscript":
            links.append(("[]", node))
            node = field(node, "value")
        elif kind == "await":
            links.append(("!", node))
            node = node.named_children[-1]
        elif kind == "parenthesized_expression":
            inner = unwrap(node)
            if inner is node:
                break
            node = inner
        else:
            break
    links.reverse()
    return node, links


def _arguments(node: Node) -> list[Node]:
    if node.type == "call":
        return [field(node, "arguments")]
    if node.type == "subscript":
        return node.children_by_field_name("subscript")
    return []


def _root_chain(collector: Collector, visit: Visit, root: Node, links: list[Link]) -> str | None:
    """The chain of the root, or None where nothing that hangs on it can be told."""
    if root.type != "identifier":
        return None if root.type in LITERALS else "?"
    name = text_of(root)
    if name == "super" and links and links[0][0] == "()":
        return name if _is_plain_super(collector, visit.scope, links[0][1]) else "?"
    return name


def _is_plain_super(collector: Collector, scope: int, call: Node) -> bool:
    """Whether it is `super()`, or `super(C, …)` inside of class C, which means the same."""
    arguments = field(call, "arguments").named_children
    if not arguments:
        return True
    index = collector.class_scope_of(scope)
    name = collector.definitions[collector.scopes[index].definition].name if index >= 0 else ""
    return len(arguments) == 2 and text_of(arguments[0]) == name


def _load(collector: Collector, visit: Visit, chain: str, node: Node) -> None:
    while chain.endswith(("[]", "!")):
        chain = chain.removesuffix("[]").removesuffix("!")
    if chain and chain != "?" and not chain.endswith("()") and chain.count(".") <= MAX_LINKS:
        collector.use(visit, "load", chain, node)


def _clip(chain: str) -> str:
    if chain.count(".") + chain.count("(") <= MAX_LINKS:
        return chain
    last = chain.rpartition(".")[2]
    return f"?.{last}" if last.isidentifier() else "?"


def _is_plain(chain: str) -> bool:
    return not any(mark in chain for mark in "?([!")
