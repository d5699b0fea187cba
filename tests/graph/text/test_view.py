"""What recipes ask of the text graph."""

import pytest
from prose import Graph

FILES = {
    "a.md": "# One\n\nThe alpha_x, the beta_y.\n\n# Two\n\nThe alpha_x and gamma_z, gamma_z.\n",
    "b.md": "The beta_y alone. A gamma_z too.\n",
}


@pytest.fixture(scope="module")
def graph():
    return Graph(FILES)


def test_entities_of_more_passages_come_first_then_those_that_are_said_more_often(graph):
    assert [entity.name for entity in graph.view.entities_of("a.md")] == ["alpha_x", "gamma_z", "beta_y"]


def test_passages_and_documents_of_an_entity_are_in_order(graph):
    alpha, beta = (graph.entity(name).entity_id for name in ("alpha_x", "beta_y"))
    assert [passage.headings for passage in graph.view.mentions(alpha)] == [("One",), ("Two",)]
    assert graph.view.documents_of(beta) == ["a.md", "b.md"]
    assert [passage.start_line for passage in graph.view.mentions_in(beta, "a.md")] == [3]
    assert [passage.path for passage in graph.view.passages_of("b.md")] == ["b.md"]


def test_entities_that_passages_name_together_are_neighbours(graph):
    alpha, beta, gamma = (graph.entity(name).entity_id for name in ("alpha_x", "beta_y", "gamma_z"))
    assert graph.view.neighbours(gamma) == {alpha: 1, beta: 1}
    assert [passage.path for passage in graph.view.together(beta, gamma)] == ["b.md"]
    assert list(graph.view.together(alpha, alpha)) == graph.view.mentions(alpha)


def test_a_document_without_a_title_is_called_by_its_path(graph):
    assert graph.view.title("a.md") == "a.md"
    assert graph.view.paths == ["a.md", "b.md"]
