"""Which facts of a source can be asked, with an answer that its graph proves?

A fact is a subject (`Option.consume_value`), a relation (`calls`) and the answer. What else would be right is known
too, so that nobody is offered a wrong option that is right.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

Row = Mapping[str, Any]
CALLABLE = ("function", "method")
SURE = ("exact", "inferred")


NODE_COLUMNS = (
    "node_id", "collection", "kind", "variety", "name", "qualified_name", "path", "start_line", "end_line", "language",
    "is_test", "parameters",
)  # fmt: skip
EDGE_COLUMNS = ("src", "dst", "kind", "confidence", "target")
EDGE_KINDS = ("calls", "instantiates", "inherits", "mentions")


class Fact(NamedTuple):
    """One thing that is true of the source.

    `statement` and `question` are two ways to ask it: a sentence to be continued with the answer, and a question.
    `shape` is what all options of a probe share, so that none stands out. `right` holds every answer that would be
    right.
    """

    relation: str
    subject: str
    answer: str
    statement: str
    question: str
    right: frozenset[str]
    path: str
    start_line: int
    end_line: int
    shape: tuple[object, ...] = ()
    quoted: bool = True


class _Wording(NamedTuple):
    statement: str
    question: str


WORDINGS = {
    "defined_in": _Wording(
        "In {collection}, the {kind} `{subject}` is defined in the file",
        "Which file of {collection} defines the {kind} `{subject}`?",
    ),
    "member_of": _Wording(
        "In {collection}, the method `{subject}` belongs to the class",
        "Which class of {collection} has the method `{subject}`?",
    ),
    "inherits": _Wording(
        "In {collection}, the class `{subject}` is a subclass of",
        "Of which class is `{subject}` of {collection} a subclass?",
    ),
    "calls": _Wording(
        "In {collection}, the body of the {kind} `{subject}` contains a call of",
        "What does the {kind} `{subject}` of {collection} call?",
    ),
    "instantiates": _Wording(
        "In {collection}, the {kind} `{subject}` makes an instance of",
        "Of which class does the {kind} `{subject}` of {collection} make an instance?",
    ),
    "takes": _Wording(
        "In {collection}, the {kind} `{subject}` has the parameters",
        "Which parameters does the {kind} `{subject}` of {collection} have?",
    ),
    "treated_in": _Wording(
        "In {collection}, {subject} is spoken of under the one heading",
        "Under which heading of {collection} is {subject} spoken of?",
    ),
}


def graph_facts(nodes: Iterable[Row], edges: Iterable[Row]) -> list[Fact]:
    """List what a graph proves of code and of documents, tests left out.

    Args:
        nodes: rows of `graph/nodes.parquet`; `NODE_COLUMNS` are used.
        edges: rows of `graph/edges.parquet` of `EDGE_KINDS`; `EDGE_COLUMNS` are used.
    """
    by_id = {node["node_id"]: node for node in nodes}
    shown = _shown_names(by_id.values())
    return [*_of_definitions(by_id, shown), *_of_edges(by_id, shown, edges := list(edges)), *_of_terms(by_id, edges)]


def _shown_names(nodes: Iterable[Row]) -> dict[str, str]:
    """Short names, `Class.method` or `function`, of the definitions that have theirs for themselves."""
    names = {
        node["node_id"]: _short(node)
        for node in nodes
        if node["kind"] in (*CALLABLE, "class") and node["variety"] != "lambda" and not node["is_test"]
    }
    counts = Counter(names.values())
    return {node: name for node, name in names.items() if counts[name] == 1}


def _short(node: Row) -> str:
    """The last part of a qualified name, for a method the last two, whatever separates them."""
    if node["kind"] != "method":
        return str(node["name"])
    rest = str(node["qualified_name"]).removesuffix(str(node["name"]))
    owner = rest.rstrip(".:#/\\")
    separator = rest[len(owner) :] or "."
    start = max(owner.rfind(mark) for mark in ".:#/\\") + 1
    return f"{owner[start:]}{separator}{node['name']}" if owner else str(node["name"])


def _of_definitions(nodes: Mapping[str, Row], shown: Mapping[str, str]) -> Iterator[Fact]:
    for node_id, name in shown.items():
        node = nodes[node_id]
        if node["kind"] != "method" and node["path"]:
            yield _fact("defined_in", node, name, node["path"], {node["path"]})
        takes = [each["name"] for each in node["parameters"] or () if each["name"] not in ("self", "cls", "this")]
        if node["kind"] in CALLABLE and 1 < len(takes) <= 6:
            listed = ", ".join(takes)
            yield _fact("takes", node, name, listed, {listed}, (len(takes),))
    yield from _of_members(nodes, shown)


def _of_members(nodes: Mapping[str, Row], shown: Mapping[str, str]) -> Iterator[Fact]:
    """Methods whose bare name no other definition has, and the class that it is in."""
    names = Counter(node["name"] for node in nodes.values() if node["kind"] in (*CALLABLE, "class"))
    for node_id, name in shown.items():
        node = nodes[node_id]
        owner = name.removesuffix(node["name"]).rstrip(".:#/\\")
        if node["kind"] == "method" and names[node["name"]] == 1 and owner:
            yield _fact("member_of", node, node["name"], owner, {owner})


def _of_edges(nodes: Mapping[str, Row], shown: Mapping[str, str], edges: Iterable[Row]) -> Iterator[Fact]:
    """What a definition calls, makes and inherits; of several one is asked, and none of the others is offered."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for edge in edges:
        if edge["kind"] in ("calls", "instantiates", "inherits") and edge["src"] in shown:
            target = nodes.get(edge["dst"] or "")
            name = (shown.get(edge["dst"]) or target["name"]) if target else str(edge["target"]).rpartition(".")[2]
            found[edge["kind"], edge["src"]].setdefault(name, edge["confidence"] if edge["dst"] in shown else "")
    ancestors = {src: set(names) for (kind, src), names in found.items() if kind == "inherits"}
    for (kind, src), targets in found.items():
        right = set(targets) | (_above(shown[src], ancestors, shown) if kind == "inherits" else set())
        sure = sorted(name for name, confidence in targets.items() if confidence in SURE and name != shown[src])
        if sure:
            yield _fact(kind, nodes[src], shown[src], sure[0], right, ("." in sure[0],))


def _above(name: str, ancestors: Mapping[str, set[str]], shown: Mapping[str, str]) -> set[str]:
    """All classes that a class inherits from, at any distance."""
    by_name = {shown[src]: bases for src, bases in ancestors.items()}
    above: set[str] = set()
    new = by_name.get(name, set())
    while new:
        above |= new
        new = set().union(*(by_name.get(each, set()) for each in new)) - above
    return above


def _of_terms(nodes: Mapping[str, Row], edges: Iterable[Row]) -> Iterator[Fact]:
    """Terms that are spoken of under one heading only, and that heading."""
    passages: dict[str, list[Row]] = defaultdict(list)
    for edge in edges:
        passage, term = nodes.get(edge["src"]), nodes.get(edge["dst"] or "")
        if edge["kind"] == "mentions" and passage and term and passage["kind"] == "passage" and passage["name"]:
            passages[term["node_id"]].append(passage)
    for term_id, found in passages.items():
        titles, term = {passage["name"] for passage in found}, nodes[term_id]
        if len(titles) == 1 and len(str(term["name"])) > 3:
            place = {**found[0], "kind": term["kind"]}
            shape = (found[0]["language"],)
            yield _fact("treated_in", place, term["name"], titles.pop(), set(), shape)._replace(quoted=False)


def _fact(relation: str, node: Row, subject: str, answer: str, right: set[str], shape: tuple[object, ...] = ()) -> Fact:
    wording = WORDINGS[relation]
    names = {"collection": node["collection"], "kind": node["kind"], "subject": "{subject}"}
    lines = node["start_line"] or 0, node["end_line"] or 0
    return Fact(
        relation, subject, answer, wording.statement.format(**names), wording.question.format(**names),
        frozenset({answer, *right}), node["path"], *lines, shape,
    )  # fmt: skip
