"""PDF, DOCX and EPUB: their text as Markdown, and what is wrong with a file as the reason of a skip."""

import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.documents import docx, epub, pack, page_of, paragraph, pdf
from synth.sources.extract.formats import extract
from synth.sources.extract.layout import Line, Mark, to_blocks
from synth.sources.extract.packed import MAX_PART
from synth.sources.skips import Skip

WORDS = [
    "Notes are carried by pigeons that know the way",
    "and that are fed at both of its ends by the docu-",
    "mentation team of the house.",
]


def reason_of(data: bytes, language: str) -> str:
    """Why a document is not read."""
    with pytest.raises(Skip) as caught:
        extract(data, language)
    return caught.value.reason


def test_lines_of_a_pdf_become_paragraphs_and_broken_words_are_whole():
    second = page_of(["A second paragraph."], top=690)
    text = extract(pdf([[*page_of(WORDS), *second]]), "pdf").text
    assert text == (
        "Notes are carried by pigeons that know the way and that are fed at both of its ends by the documentation team "
        "of the house.\n\nA second paragraph.\n"
    )


def test_headers_and_page_numbers_of_a_pdf_are_no_part_of_its_text():
    bodies = ["Pigeons know the way", "home from every place that", "they were ever taken to."]
    pages = [
        [(60, 780, "F1 8", "The Pigeon Book"), *page_of([body]), (300, 20, "F1 8", str(number))]
        for number, body in enumerate(bodies, 7)
    ]
    assert (
        extract(pdf(pages), "pdf").text == "Pigeons know the way home from every place that they were ever taken to.\n"
    )


def test_headings_of_a_pdf_are_those_of_its_outline():
    lines = [*page_of(["1.  Flight"]), *page_of(["Pigeons fly home."], top=700), *page_of(["Rest"], top=650)]
    document = extract(pdf([lines], outline=[("Flight", 0), ("Rest", 0)], title="On Pigeons"), "pdf")
    assert document.text == "# 1. Flight\n\nPigeons fly home.\n\n# Rest\n"
    assert document.title == "On Pigeons"


def test_headings_of_a_pdf_without_an_outline_are_told_by_their_size():
    lines = [
        *page_of(["The Pigeon Book"], font="F1 24"),
        *page_of(["Flight"], top=690, font="F1 16"),
        *page_of(WORDS[:2], top=660),
    ]
    document = extract(pdf([lines]), "pdf")
    assert document.text.startswith("# The Pigeon Book\n\n## Flight\n\nNotes are")
    assert document.title == "The Pigeon Book"


def test_a_heading_far_from_the_first_page_is_no_title():
    pages = [page_of(WORDS, top=700), [*page_of(["Flight"], top=720, font="F1 16"), *page_of(WORDS[:2], top=690)]]
    document = extract(pdf(pages), "pdf")
    assert "## Flight" in document.text or "# Flight" in document.text
    assert document.title == ""


def test_the_word_and_number_over_a_chapter_are_no_text():
    lines = [
        *page_of(["CHAPTER"], top=740), *page_of(["THREE"], top=710), *page_of(["Flight"], top=690, font="F1 16"),
        *page_of(WORDS[:2], top=660),
    ]  # fmt: skip
    text = extract(pdf([page_of(WORDS), lines]), "pdf").text
    assert "CHAPTER" not in text
    assert "THREE" not in text
    assert "Flight" in text


def test_code_in_a_pdf_keeps_its_lines_and_indentation():
    code = [(60, 640, "F2 10", "def f(x):"), (84, 628, "F2 10", "return x"), (60, 604, "F2 10", "f(1)")]
    assert "```\ndef f(x):\n    return x\n\nf(1)\n```" in extract(pdf([[*page_of(WORDS), *code]]), "pdf").text


def test_columns_of_a_pdf_are_read_one_after_the_other():
    left, right = page_of(WORDS[:2], left=40), page_of(["mentation team. The other column", "ends here."], left=320)
    assert "fed at both of its ends by the documentation team. The other" in extract(pdf([[*left, *right]]), "pdf").text


def test_a_stamp_on_the_edge_is_left_out_but_a_page_that_lies_on_its_side_is_read():
    assert extract(pdf([page_of(WORDS)], stamp="Draft of May"), "pdf").text.startswith("Notes are carried")
    assert "Draft" not in extract(pdf([page_of(WORDS)], stamp="Draft of May"), "pdf").text
    assert extract(pdf([[]], stamp="A page on its side"), "pdf").text == "A page on its side\n"


LINES = st.builds(
    Line,
    text=st.text(st.sampled_from("ab1.-# \u2022"), max_size=8),
    left=st.sampled_from([50.0, 60.0, 300.0]),
    right=st.sampled_from([200.0, 500.0]),
    baseline=st.floats(0, 800),
    height=st.sampled_from([8.0, 10.0, 20.0]),
    mono=st.booleans(),
    bold=st.booleans(),
)


@settings(deadline=None)
@given(st.lists(st.lists(LINES, max_size=6), max_size=2), st.booleans())
def test_however_lines_lie_on_a_page_their_letters_are_kept_in_order(pages, has_outline):
    blocks = to_blocks(pages, [Mark(0, 1, "ab")] if has_outline else [])
    letters = [char for page in pages for line in page for char in line.text if char in "ab"]
    assert [char for block in blocks for char in block if char in "ab"] == letters


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - draft.doc", "paper.dvi"])
def test_a_title_that_a_program_made_up_is_none(title):
    assert extract(pdf([page_of(WORDS)], title=title), "pdf").title == ""


@pytest.mark.parametrize(
    ("data", "language", "reason"),
    [
        (pdf([[], []]), "pdf", "no_text"),
        (pdf([[(10, 10, "F1 8", "scan 1")], [], []]), "pdf", "no_text"),
        (pdf([page_of(WORDS)], locked=True), "pdf", "encrypted"),
        (b"%PDF-1.7\nrubbish", "pdf", "broken"),
        (b"<html>not a PDF</html>", "pdf", "broken"),
        (b"PK\x03\x04rubbish", "docx", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "docx", "encrypted"),
        (pack({"a.txt": "x"}), "docx", "broken"),
        (docx("<w:p><w:r>"), "docx", "broken"),
        (docx("<w:p>" * 3000 + "</w:p>" * 3000), "docx", "broken"),
        (pack({"mimetype": "application/epub+zip"}), "epub", "broken"),
        (epub({"a": "x"}, more={"META-INF/encryption.xml": "<e><EncryptionMethod A='aes'/></e>"}), "epub", "encrypted"),
        (pack({"META-INF/container.xml": "<c>"}), "epub", "broken"),
        (docx(paragraph("x"), {"word/x.xml": b"0" * (MAX_PART + 1)}), "docx", "unpacks_too_large"),
        (epub({"a": "x" * (MAX_PART + 1)}), "epub", "unpacks_too_large"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_document_is_said(data, language, reason):
    assert reason_of(data, language) == reason


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["pdf", "docx", "epub", "notebook"]))
def test_bytes_that_are_no_document_are_skipped(data, language):
    with pytest.raises(Skip):
        extract(data, language)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(["pdf", "docx", "epub"]))
def test_a_damaged_document_is_read_or_skipped(data, language):
    whole = {"pdf": pdf([page_of(WORDS)]), "docx": docx(paragraph("text")), "epub": epub({"a": "<p>text</p>"})}[
        language
    ]
    damaged = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=20)):
        damaged[place] = data.draw(st.integers(0, 255))
    with suppress(Skip):
        extract(bytes(damaged), language)


def test_styles_lists_and_tables_of_word_become_markdown():
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("key", "value"))
    body = (
        paragraph("The Report", "Title") + paragraph("Part", "heading1") + paragraph("Plain text.")
        + paragraph("one", level=0) + paragraph("inner", level=1) + paragraph("two", level=0)
        + f"<w:tbl><w:tr>{cells}</w:tr><w:tr>{cells}</w:tr></w:tbl>"
        + paragraph("x = 1", "SourceCode") + paragraph("y = 2", "SourceCode")
    )  # fmt: skip
    document = extract(docx(body, title="Core Title"), "docx")
    assert document.text == (
        "# The Report\n\n# Part\n\nPlain text.\n\n- one\n  - inner\n- two\n\n"
        "| key | value |\n| --- | --- |\n| key | value |\n\n```\nx = 1\ny = 2\n```\n"
    )
    assert document.title == "Core Title"


def test_pages_of_a_book_come_in_the_order_of_its_spine_without_the_contents():
    pages = {"nav": "<p>CONTENTS</p>", "b": "<h1>Second</h1><p>b</p>", "a": "<h1>First</h1><p>a</p>"}
    document = extract(epub(pages, spine=["nav", "a", "b", "a", "missing"], title="On Pigeons"), "epub")
    assert document.text == "# First\n\na\n\n# Second\n\nb\n"
    assert document.title == "On Pigeons"


BOMB = "<!DOCTYPE x [" + '<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "dtd", [BOMB, '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/hostname">]>'], ids=["growing", "external"]
)
def test_entities_are_refused(dtd, encoding):
    body = f"{dtd}<x>&i;</x>".encode(encoding)
    for data, language in (
        (docx(paragraph("x"), {"word/document.xml": body}), "docx"),
        (pack({"META-INF/container.xml": body}), "epub"),
    ):
        with pytest.raises(Skip) as caught:
            extract(data, language)
        assert caught.value.reason == "broken"
        assert caught.value.detail.endswith("declares entities")


def test_a_name_in_a_book_that_leads_outside_is_no_path(tmp_path):
    (tmp_path / "secret.xhtml").write_text("<p>SECRET</p>")
    items = f'<item id="s" href="../../..{tmp_path}/secret.xhtml" media-type="application/xhtml+xml"/>'
    package = f'<package><manifest>{items}</manifest><spine><itemref idref="s"/></spine></package>'
    book = pack({"META-INF/container.xml": '<c><rootfile full-path="p.opf"/></c>', "p.opf": package})
    assert extract(book, "epub").text == ""


def test_without_the_library_of_a_format_its_files_are_skipped_with_a_hint(monkeypatch):
    for name in ("synth.sources.extract.pdf", "pypdfium2"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(Skip) as caught:
        extract(b"%PDF-1.4", "pdf")
    assert (caught.value.reason, caught.value.detail) == ("needs_docs_extra", "pip install 'synth[docs]'")
