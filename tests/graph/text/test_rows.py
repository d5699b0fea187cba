"""The text graph in the shape of the published one."""

from itertools import combinations

import pytest
from prose import Graph

from synth.graph.text import graph_rows
from synth.graph.text.pairs import MAX_PARTNERS
from synth.schema import CONFIDENCES, EDGE_KINDS, EDGES, HOW, NODE_KINDS, NODES

FILES = {
    "docs/a.md": "# Start\n\nThe alpha_x and beta_y.\n\n## Deeper\n\nMore of beta_y with alpha_x.\nSee `Linear`.\n",
    "b.md": "The alpha_x again.\n",
    "m.py": '"""This module keeps the alpha_x of every account in order."""\n',
}


@pytest.fixture(scope="module")
def rows():
    graph = Graph(FILES, {"Linear": [("node-linear", "c")]})
    nodes, edges = graph_rows(graph.passages, graph.entities, graph.links, graph.documents)
    nodes.validate(full=True)
    edges.validate(full=True)
    assert (nodes.schema, edges.schema) == (NODES, EDGES)
    return nodes.to_pylist(), edges.to_pylist(), graph


def test_every_edge_joins_nodes_and_uses_the_words_of_the_schema(rows):
    nodes, edges, _ = rows
    ids = [row["node_id"] for row in nodes]
    assert len(ids) == len(set(ids))
    known = {*ids, "node-linear"}
    for row in edges:
        assert row["kind"] in EDGE_KINDS
        assert row["confidence"] in CONFIDENCES
        assert row["how"] in HOW
        assert row["dst"] in known
        assert row["src"] in known or row["path"] == "m.py"  # whose file is a node of the code graph
    assert {row["kind"] for row in nodes} == {"file", "passage", "entity"} <= set(NODE_KINDS)


def test_a_passage_is_called_by_its_heading_and_knows_its_place(rows):
    nodes, _, _ = rows
    named = {(row["name"], row["qualified_name"]) for row in nodes if row["kind"] == "passage"}
    assert named == {("Start", "docs/a.md:3"), ("Deeper", "docs/a.md:7"), ("b.md", "b.md:1"), ("m.py", "m.py:1")}
    files = {row["path"]: row["name"] for row in nodes if row["kind"] == "file"}
    assert files == {"docs/a.md": "a.md", "b.md": "b.md"}
    assert {row["variety"] for row in nodes if row["kind"] == "entity"} == {"code"}


def test_the_file_of_code_is_that_of_the_code_graph(rows):
    from synth.graph.code import link, parse_documents

    _, edges, graph = rows
    nodes, _ = link([parse_documents(graph.documents)])
    (file,) = [row["node_id"] for row in nodes.to_pylist() if row["kind"] == "file" and row["path"] == "m.py"]
    assert [row["src"] for row in edges if row["path"] == "m.py" and row["kind"] == "contains"] == [file]


def test_entities_of_a_passage_occur_together_once_a_document(rows):
    _, edges, graph = rows
    pairs = [(row["src"], row["dst"], row["path"]) for row in edges if row["kind"] == "co_occurs"]
    assert len(pairs) == len(set(pairs))
    ids = {name: graph.entity(name).entity_id for name in ("alpha_x", "beta_y", "Linear")}
    found = {frozenset(pair[:2]): pair[2] for pair in pairs}
    assert set(found) == {frozenset(pair) for pair in combinations(ids.values(), 2)}
    (line,) = [
        row["line"]
        for row in edges
        if row["kind"] == "co_occurs" and {row["src"], row["dst"]} == {ids["alpha_x"], ids["beta_y"]}
    ]
    assert line == 3


def test_a_mention_has_its_line_and_an_identifier_refers_to_its_definition(rows):
    _, edges, graph = rows
    linear = graph.entity("Linear").entity_id
    (mention,) = [row for row in edges if row["dst"] == linear and row["kind"] == "mentions"]
    assert (mention["path"], mention["line"], mention["target"]) == ("docs/a.md", 8, "Linear")
    (reference,) = [row for row in edges if row["kind"] == "references"]
    assert (reference["src"], reference["dst"], reference["line"]) == (linear, "node-linear", 8)


def test_an_entity_keeps_only_its_strongest_partners():
    passages = [f"The hub_x and spoke_{number} meet.\n" for number in range(MAX_PARTNERS + 9)]
    passages += ["The hub_x and spoke_3 meet once more.\n"]
    graph = Graph({f"{number:03}.md": text for number, text in enumerate(passages)})
    _, edges = graph_rows(graph.passages, graph.entities, graph.links, graph.documents)
    hub, strong = graph.entity("hub_x").entity_id, graph.entity("spoke_3").entity_id
    partners = [row for row in edges.to_pylist() if row["kind"] == "co_occurs" and hub in {row["src"], row["dst"]}]
    assert len({frozenset((row["src"], row["dst"])) for row in partners}) == MAX_PARTNERS
    assert sum(strong in {row["src"], row["dst"]} for row in partners) == 2


def test_no_documents_make_no_rows():
    graph = Graph({"a.md": "\n"})
    nodes, edges = graph_rows(graph.passages, graph.entities, graph.links, graph.documents)
    assert (nodes.num_rows, edges.num_rows) == (0, 0)
