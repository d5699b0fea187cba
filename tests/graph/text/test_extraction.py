"""What a careful reader would call an entity is found without a model, and what is said of it is where it is said."""

import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prose import Graph, documents_of, passages_in, words

from synth.config import TextSettings
from synth.errors import UserError
from synth.graph.text import cut
from synth.graph.text.acronyms import expansions


def test_identifiers_are_found_in_backticks_and_without():
    text = (
        "Call `torch.nn.Linear` or nn.functional.relu with --verbose, set PYTHON_PATH and $HOME, read /etc/fstab and\n"
        "setup.cfg, use snake_case and run_all(), then `pip install -r --no-deps x`. See https://a.example/b.c_d too.\n"
    )
    found = Graph({"a.md": text}).names()
    assert {
        "torch.nn.Linear", "nn.functional.relu", "--verbose", "PYTHON_PATH", "$HOME", "/etc/fstab", "setup.cfg",
        "snake_case", "run_all", "pip", "--no-deps",
    } <= found  # fmt: skip
    assert not [name for name in found if "example" in name or name == "b.c_d"]


def test_roles_of_restructuredtext_name_code_and_terms():
    text = "The :class:`~blinker.Signal` and :meth:`.Signal.send` notify a :term:`subscriber` of an event.\n"
    assert {"blinker.Signal", "Signal.send", "subscriber"} <= Graph({"a.rst": text}).names()


def test_blocks_of_code_name_nothing():
    text = (
        "Use it.\n\n```python\nfrom secret_module import HiddenClass\n```\n\n- Item\n\n  ```\n  other_name()\n  ```\n"
    )
    assert not {"secret_module", "HiddenClass", "other_name"} & Graph({"a.md": text}).names()
    assert "shown_name" not in Graph({"a.rst": "Like this::\n\n    shown_name()\n"}).names()


def test_names_are_told_from_the_capitals_that_begin_sentences():
    text = (
        "Installing takes a while. The Free Software Foundation wrote to Debian in August. People at Debian answered.\n"
        "Perhaps Ian Murdock knows. Nobody else does; read the General Public License.\n"
    )
    found = Graph({"a.md": text}).names()
    assert {"Free Software Foundation", "Debian", "Ian Murdock", "General Public License"} <= found
    assert not {"Installing", "People", "Perhaps", "Nobody", "August", "The Free Software Foundation"} & found


def test_terms_are_what_a_document_says_often_and_by_itself():
    text = (
        "The garbage collector frees memory. A garbage collector may pause. When the garbage collector runs, nothing\n"
        "else does. You should use it. Users use things in many ways, and the use of things is good.\n"
    )
    found = Graph({"a.md": text}).names()
    assert "garbage collector" in found
    assert not {"use", "things", "ways", "garbage", "collector"} & found


def test_a_single_word_is_a_term_when_a_document_says_it_three_times():
    twice = "The parser reads. We like the parser.\n"
    assert "parser" not in Graph({"a.md": twice}).names()
    assert "parser" in Graph({"a.md": twice + "Then the parser ends.\n"}).names()


def test_what_a_text_defines_or_sets_in_bold_is_found_though_it_says_it_once():
    text = "A quorum is the number of votes. The **write barrier** helps.\n\nepoch\n  A span of time.\n"
    assert {"quorum", "write barrier", "epoch"} <= Graph({"a.rst": text}).names()


def test_names_that_examples_use_for_anything_are_no_names():
    text = "Call `foo` with `qux`, then call `frobnicate`. What `foo` gives is `None`.\n"
    found = Graph({"a.md": text}).names()
    assert "frobnicate" in found
    assert not {"foo", "qux", "None"} & found


def test_capitals_for_emphasis_and_titles_in_capitals_are_no_names():
    text = "You MUST NOT do this, but you MAY do that.\n\n- License Must Not Contaminate Other Software\n"
    assert not {"MUST", "MAY", "NOT", "License", "Contaminate"} & Graph({"a.md": text}).names()


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We use continuous integration (CI) here.", "CI", "continuous integration"),
        ("The Dynamic Host Configuration Protocol (DHCP) is old.", "DHCP", "Dynamic Host Configuration Protocol"),
        ("SPI (Software in the Public Interest) pays.", "SPI", "Software in the Public Interest"),
        ("Application programming interfaces (APIs) are many.", "APIs", "Application programming interfaces"),
    ],
)
def test_acronyms_are_found_with_what_they_stand_for(text, short, long):
    assert [(found.short, text[found.start : found.end]) for found in expansions(text)] == [(short, long)]


@pytest.mark.parametrize(
    "text", ["It is old (see DHCP) and slow.", "The file (NOT the folder) is read.", "It (XY) is."]
)
def test_other_brackets_explain_nothing(text):
    assert list(expansions(text)) == []


def test_headings_and_definitions_weigh_more_than_mentions():
    text = (
        "# Journal\n\nA journal is a log of writes. The buffer and the buffer and the buffer differ from the journal.\n"
    )
    graph = Graph({"a.md": text})
    (passage,) = graph.view.passages.values()
    assert [entity.name for entity in graph.view.entities_in(passage.passage_id)][:2] == ["journal", "buffer"]


def test_mentions_say_how_often_and_on_which_line():
    text = "Intro.\n\nOne line.\nThe snake_case name and\nsnake_case again.\n"
    _, mentions = cut(documents_of({"a.md": text}), TextSettings(), words)
    (row,) = [row for row in mentions.to_pylist() if row["surface"] == "snake_case"]
    assert (row["count"], row["line"], row["kind"]) == (2, 4, "code")


PIECES = (
    "Debian ", "`a.b` ", "**bold** ", "The term ", "is a ", "(CI) ", "continuous integration ", "\n", "\n\n", "# ",
    "- ", "[x](y) ", ":ref:`z <w>` ", "é漢 ", "`", "*", "```\n", "$ ", ">>> ", "a/b ", ". ", "_x_ ", "@", "://",
)  # fmt: skip


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.sampled_from(["a.md", "a.rst", "a.txt"]))
def test_every_mention_stands_in_its_passage(text, path):
    documents = documents_of({path: text})
    passages, mentions = cut(documents, TextSettings(), words)
    lines = {row["passage_id"]: (row["start_line"], row["end_line"]) for row in passages.to_pylist()}
    texts = {row["passage_id"]: row["text"] for row in passages_in(path, text, 384)}
    for row in mentions.to_pylist():
        first, last = lines[row["passage_id"]]
        assert first <= row["line"] <= last
        assert row["count"] > 0
        said = " ".join(texts[row["passage_id"]].split())
        assert all(part in said for part in row["surface"].split())


def test_batches_change_no_mention():
    files = {"a.md": "The `foo.bar` of Debian.\n", "b.rst": "Debian again, and Debian's `x.y`.\n"}
    whole = cut(documents_of(files), TextSettings(), words)[1]
    parts = [cut(documents_of({path: text}), TextSettings(), words)[1] for path, text in files.items()]
    assert whole.to_pylist() == pa.concat_tables(parts).to_pylist()


def test_a_teacher_names_the_entities_instead_where_that_is_asked_for():
    passages, mentions = cut(documents_of({"a.md": "Debian is here.\n"}), TextSettings(extractor="teacher"), words)
    assert (passages.num_rows, mentions.num_rows) == (1, 0)


def test_prose_in_other_languages_is_read_too():
    german = "Heute hilft die Speicherverwaltung. Ohne sie, sagt die Speicherverwaltung, ist bei Debian alles nichts.\n"
    assert {"Speicherverwaltung", "Debian"} <= Graph({"a.md": german}).names()
    assert cut(documents_of({"a.txt": "これは文です。次の文です。" * 200}), TextSettings(), words)[0].num_rows == 1
    count = TextSettings(passage_tokens=64)
    assert cut(documents_of({"a.txt": "これは文です。次の文です。" * 200}), count, len)[0].num_rows > 30


def test_without_spacy_the_extra_is_named():
    code = (
        "import sys; sys.modules['spacy'] = None\n"
        "from synth.errors import UserError\n"
        "from synth.graph.text.pipeline import load_blank, load_pipeline\n"
        "for load in (load_blank, lambda: load_pipeline('x')):\n"
        "    try: load()\n"
        "    except UserError as error: print(error)\n"
    )
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert said.count("synth[docs]") == 2


def test_a_pipeline_that_is_not_installed_is_named_with_the_way_to_install_it():
    with pytest.raises(UserError, match="python -m spacy download no_such_model"):
        cut(documents_of({"a.md": "Text.\n"}), TextSettings(spacy_model="no_such_model"), words)


def test_an_installed_pipeline_adds_its_names(tmp_path):
    import spacy

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "GPE", "pattern": "timbuktu"}, {"label": "DATE", "pattern": "yesterday"}])
    nlp.to_disk(tmp_path / "model")
    graph = Graph({"a.md": "We met in timbuktu yesterday.\n"}, spacy_model=str(tmp_path / "model"))
    assert graph.entity("timbuktu").kind == "place"
    assert "yesterday" not in graph.names()
