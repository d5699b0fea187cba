"""Mentions of all documents become entities: each once, under its best name, with the passages that speak of it."""

import pyarrow as pa
from prose import Graph, documents_of, words

from synth.config import TextSettings
from synth.graph.text import ENTITIES, LINKS, cut, merge
from synth.graph.text.tables import MENTIONS
from synth.schema import table_from_rows


def test_case_plural_and_spelling_are_one_entity_across_documents():
    graph = Graph(
        {
            "a.md": "The config file is read. A config file may be long. The config file wins.\n",
            "b.md": "Config files are many. The config-file format is old.\n",
        }
    )
    entity = graph.entity("config file")
    assert (entity.name, entity.n_documents, entity.n_passages) == ("config file", 2, 2)
    assert {"Config files", "config-file"} <= set(entity.aliases)


def test_an_acronym_is_its_expansion_in_documents_that_do_not_explain_it_too():
    graph = Graph(
        {
            "a.md": "We use continuous integration (CI). With continuous integration, CI for short, all is well.\n",
            "b.md": "Without CI nothing works.\n",
        }
    )
    entity = graph.entity("CI")
    assert entity.name == "continuous integration"
    assert graph.view.documents_of(entity.entity_id) == ["a.md", "b.md"]


def test_an_acronym_that_documents_explain_differently_stays_by_itself():
    graph = Graph(
        {
            "a.md": "We use continuous integration (CI).\n",
            "b.md": "The confidence interval (CI) is wide.\n",
            "c.md": "What is CI?\n",
        }
    )
    assert graph.entity("CI").name == "CI"
    assert graph.entity("confidence interval").n_documents == 1


def test_words_that_differ_in_a_space_only_are_one():
    graph = Graph(
        {"a.md": "The filename is long. A filename helps; a filename wins. The file name is old, the file name.\n"}
    )
    assert graph.entity("file name") == graph.entity("filename")


CODE = {
    "torch.nn.Linear": [("node-linear", "c")],
    "Linear": [("node-linear", "c")],
    "run": [("node-run-1", "c"), ("node-run-2", "c")],
    "shared": [("node-here", "c"), ("node-there", "d")],
}


def test_identifiers_lead_to_the_code_that_they_name():
    graph = Graph({"a.md": "The class `Linear`, that is `torch.nn.Linear`, calls `run` and `shared`.\n"}, CODE)
    assert graph.entity("Linear").node_id == "node-linear"
    assert graph.entity("torch.nn.Linear").node_id == "node-linear"
    assert graph.entity("Linear").kind == "code"
    assert graph.entity("run").node_id == ""
    assert graph.entity("shared").node_id == "node-here"


def test_a_word_in_prose_is_no_identifier_because_code_has_its_name():
    graph = Graph({"a.md": "People like to be Linear. The Linear regression of Galton is old, they say.\n"}, CODE)
    assert "Linear" in graph.names()
    assert not any(entity.node_id for entity in graph.view.entities.values())


def test_a_name_and_its_qualified_form_are_one():
    graph = Graph({"a.rst": "The :data:`.request_started` signal. See :data:`flask.request_started` too.\n"})
    assert graph.entity("request_started").name in {"request_started", "flask.request_started"}
    assert graph.entity("request_started") == graph.entity("flask.request_started")


def test_a_document_keeps_the_entities_that_count_most():
    text = "".join(
        f"The name_{number} is {'here. name_' + str(number) + ' is ' * 1}it.\n\n" * (10 - number) for number in range(9)
    )
    graph = Graph({"a.md": text}, max_entities=3)
    assert graph.names() == {"name_0", "name_1", "name_2"}


def test_terms_that_most_documents_use_say_nothing_of_any():
    common = "The manual page tells. A manual page helps; see the manual page.\n"
    files = {f"{number}.md": common + f"The gizmo_{number} is new.\n" for number in range(12)}
    found = Graph(files).names()
    assert "manual page" not in found
    assert {f"gizmo_{number}" for number in range(12)} <= found


def test_a_phrase_that_may_be_no_term_needs_more_than_one_document():
    once = "They pull the tangled cable. Nothing else is said.\n"
    assert "tangled cable" not in Graph({"a.md": once}).names()
    assert "tangled cable" in Graph({f"{number}.md": once for number in range(3)}).names()


def test_links_follow_the_passages_and_the_strongest_entity_comes_first():
    graph = Graph({"a.md": "# One\n\nThe alpha_x and alpha_x and beta_y.\n\n# Two\n\nThe beta_y.\n"})
    assert graph.links.schema == LINKS
    assert graph.entities.schema == ENTITIES
    order = {passage: number for number, passage in enumerate(graph.passages["passage_id"].to_pylist())}
    places = [order[row["passage_id"]] for row in graph.links.to_pylist()]
    assert places == sorted(places)
    first, second = graph.view.passages
    assert [entity.name for entity in graph.view.entities_in(first)] == ["alpha_x", "beta_y"]
    assert [row["count"] for row in graph.links.to_pylist() if row["passage_id"] == first] == [2, 1]
    assert [entity.name for entity in graph.view.entities_in(second)] == ["beta_y"]


def test_collections_are_apart():
    settings = TextSettings()
    parts = [cut(documents_of({f"{name}.md": "The `x_y` of Debian.\n"}, name), settings, words) for name in ("c", "d")]
    passages = pa.concat_tables(part[0] for part in parts)
    entities, _ = merge(passages, (part[1] for part in parts), {}, settings)
    assert sorted((row["collection"], row["name"]) for row in entities.to_pylist()) == [
        ("c", "Debian"), ("c", "x_y"), ("d", "Debian"), ("d", "x_y"),
    ]  # fmt: skip


def test_neither_the_parts_nor_their_order_change_a_row():
    files = {f"{number}.md": f"The `x_{number % 3}` of Debian uses CI and a test client.\n" for number in range(6)}
    settings = TextSettings()
    passages, mentions = cut(documents_of(files), settings, words)
    whole = merge(passages, [mentions], {}, settings)
    pieces = [mentions.slice(start, 3) for start in range(0, mentions.num_rows, 3)]
    for parts in (pieces, pieces[::-1]):
        again = merge(passages, parts, {}, settings)
        assert [table.to_pylist() for table in again] == [table.to_pylist() for table in whole]


def test_no_mentions_make_no_entities():
    passages, _ = cut(documents_of({"a.md": "Nothing.\n"}), TextSettings(), words)
    for parts in ([], [MENTIONS.empty_table()]):
        entities, links = merge(passages, parts, {}, TextSettings())
        assert (entities.num_rows, links.num_rows) == (0, 0)


def test_mentions_of_passages_that_are_not_there_are_left_out():
    passages, _ = cut(documents_of({"a.md": "Nothing.\n"}), TextSettings(), words)
    row = {"collection": "c", "passage_id": "gone", "key": "x", "surface": "x", "kind": "term", "count": 9}
    entities, _ = merge(passages, [table_from_rows([row], MENTIONS)], {}, TextSettings())
    assert entities.num_rows == 0
