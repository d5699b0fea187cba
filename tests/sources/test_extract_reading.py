"""A source of documents is read as one of code is: each file used or skipped, none of them dangerous."""

import os
import signal
import socket

import pytest

from sources.documents import OFFICE, PACKAGE, docx, epub, page_of, paragraph, pdf
from synth.errors import UserError
from synth.sources.extract import Reader
from synth.sources.skips import Skip

PROSE = "A sentence of some length that says what is to be said here.\n"
NOTEBOOK = '{"cells": [{"cell_type": "markdown", "source": "# Cells"}], "metadata": {}}'
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
ENDLESS = b"<div>" * 400_000  # HTML 5 has a parser look through all open elements at each further one


def test_every_format_is_read_with_its_title(listing, write):
    files = {
        "a.md": "# Mark\n\n" + PROSE, "b.rst": "Rest\n====\n\n" + PROSE, "c.txt": "Text\n====\n\n" + PROSE,
        "d.html": "<h1>Hyper</h1><p>" + PROSE, "e.pdf": pdf([page_of([PROSE.strip()])], title="Portable"),
        "f.docx": docx(paragraph("Word", "Title")), "g.epub": epub({"a": "<p>text</p>"}, title="Book"),
        "h.ipynb": NOTEBOOK, "README": PROSE,
    }  # fmt: skip
    documents, skipped = listing(write(files)).read()
    assert skipped == {}
    assert {row["path"]: (row["language"], row["title"]) for row in documents} == {
        "README": ("text", ""), "a.md": ("markdown", "Mark"), "b.rst": ("rst", "Rest"), "c.txt": ("text", "Text"),
        "d.html": ("html", "Hyper"), "e.pdf": ("pdf", "Portable"), "f.docx": ("docx", "Word"),
        "g.epub": ("epub", "Book"), "h.ipynb": ("notebook", "Cells"),
    }  # fmt: skip
    assert {row["media"] for row in documents} == {"prose"}
    assert {row["path"]: row["text"] for row in documents}["a.md"] == files["a.md"]


def test_credentials_in_documents_and_their_titles_are_hidden(listing, write):
    token = "gh" + "p_" + "Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7aC0eF2hJ5"
    files = {"a.html": f"<h1>Key {token}</h1><p>{PROSE}", "b.pdf": pdf([page_of([PROSE.strip(), token])])}
    documents, _ = listing(write(files)).read()
    assert len(documents) == 2
    assert token not in repr(documents)
    assert all(row["redactions"] for row in documents)


def test_documents_may_be_larger_than_code(listing, write):
    root = write({"a.py": "x = 1\n" * 100, "b.md": PROSE * 10, "c.md": PROSE * 50})
    found = listing(root, max_file_bytes=500, max_document_bytes=2000)
    assert found.reasons == {"a.py": "too_large", "b.md": "", "c.md": "too_large"}


def test_text_that_is_no_document_is_skipped_with_its_reason(listing, write):
    rows = "".join(f"{index},{index * 7},x\n" for index in range(50))
    files = {
        "LICENSE.md": PROSE, "requirements.txt": "flask\n", "table.txt": rows, "empty.html": "<nav>menu</nav>",
        "scan.pdf": pdf([[]]), "torn.pdf": b"%PDF-1.4", "htmlcov/a_py.html": "<p>" + PROSE,
    }  # fmt: skip
    found = listing(write(files))
    documents, skipped = found.read()
    assert documents == []
    assert {path: reason for path, reason in found.reasons.items() if reason} | skipped == {
        "LICENSE.md": "no_document", "requirements.txt": "no_document", "table.txt": "data", "empty.html": "empty",
        "scan.pdf": "no_text", "torn.pdf": "broken", "htmlcov/a_py.html": "generated",
    }  # fmt: skip


def test_a_single_document_is_a_source(listing, write):
    root = write({"book.epub": epub({"a": "<p>text</p>"}), "notes.zig": "words"})
    document = listing(root / "book.epub").read()[0][0]
    assert (document["collection"], document["path"], document["text"]) == ("book", "book.epub", "text\n")
    with pytest.raises(UserError, match="no known kind"):
        listing(root / "notes.zig")


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read(listing, write):
    root = write({"a.html": ENDLESS, "b.html": "<p>fine</p>"})
    documents, skipped = listing(root, document_seconds=1).read()
    assert skipped == {"a.html": "too_costly"}
    assert [row["text"] for row in documents] == ["fine\n"]


@pytest.mark.parametrize(("number", "reason"), [(signal.SIGSEGV, "broken"), (signal.SIGKILL, "too_costly")])
def test_a_reader_that_dies_costs_one_document(number, reason):
    with Reader(60) as reader:
        assert reader.extract(b"<p>one</p>", "html").text == "one\n"
        assert reader._process is not None
        os.kill(reader._process.pid, number)
        with pytest.raises(Skip) as caught:
            reader.extract(b"<p>two</p>", "html")
        assert caught.value.reason == reason
        assert reader.extract(b"<p>three</p>", "html").text == "three\n"


def test_a_reader_leaves_no_process_behind():
    with Reader(60) as reader:
        reader.extract(b"<p>one</p>", "html")
        process = reader._process
    assert process is not None
    assert process.returncode == 0


def test_what_a_document_refers_to_is_never_fetched(listing, write, tmp_path):
    (tmp_path / "secret.png").write_bytes(b"SECRET")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        picture = '<pic:blipFill><a:blip r:link="i1"/><a:blip r:link="i2"/></pic:blipFill>'
        drawing = (
            f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{DRAWING}/wordprocessingDrawing"><a:graphic '
            f'xmlns:a="{DRAWING}/main"><a:graphicData><pic:pic xmlns:pic="{DRAWING}/picture">{picture}</pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        )
        relations = "".join(
            f'<Relationship Id="{name}" Type="{OFFICE}/image" Target="{target}" TargetMode="External"/>'
            for name, target in (("i1", f"{url}/x.png"), ("i2", f"file://{tmp_path}/secret.png"))
        )
        rels = f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
        page = (
            f"<link rel='stylesheet' href='{url}/a.css'><script src='{url}/a.js'></script><iframe src='{url}'></iframe>"
        )
        files = {
            "a.docx": docx(paragraph("text") + drawing, {"word/_rels/document.xml.rels": rels}),
            "b.html": f"<base href='{url}'>{page}<img src='{url}/a.png'><object data='file://{tmp_path}/secret.png'></object>text",
            "c.epub": epub({"a": f"{page}text"}),
            "d.ipynb": NOTEBOOK,
        }
        documents, skipped = listing(write(files)).read()
        with pytest.raises(BlockingIOError):
            server.accept()
    assert skipped == {}
    assert [row["text"].strip() for row in documents] == ["text", "text", "text", "# Cells"]


def test_no_module_of_the_folder_that_one_works_in_is_imported(listing, write, tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert listing(write({"a.html": "<p>text</p>"})).read()[0][0]["text"] == "text\n"
    assert not (tmp_path / "ran").exists()
