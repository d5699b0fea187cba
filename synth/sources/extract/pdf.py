"""PDF: its lines of text with their places and fonts, as PDFium (the reader of Chromium) finds them; see `layout`.

PDFium was chosen over pure Python readers for its speed, its order of reading and what years of fuzzing made of it.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from synth.sources.extract.base import Extracted, clean, finish, one_line
from synth.sources.extract.layout import Line, Mark, title_of, to_blocks
from synth.sources.skips import Skip

MIN_LETTERS = 10  # letters and digits a page, on average: a stamp on scanned pages has fewer
SAMPLES = 5  # characters of a line that tell its height; small capitals are lower than the rest
_FIXED_PITCH = 1  # of a font's flags: PDF 32000-1:2008, table 123
_FORCE_BOLD = 1 << 18
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|sfbx|ecbx|cmb\d", re.IGNORECASE)
_MONOSPACED = re.compile(r"mono|courier|typewriter|consol|menlo|fixed|cmtt|lmtt|sltt|sftt|ectt", re.IGNORECASE)
_HYPHENS = {"\x02": "-", "\ufffe": "-"}  # PDFium's marks of a hyphen at the end of a line
_NO_TITLE = re.compile(r"^(untitled|microsoft \w+ - .*|.*\.(docx?|dvi|tex|indd|pdf|odt|pptx?|fm|qxd))?$", re.IGNORECASE)


def extract(data: bytes, language: str) -> Extracted:
    """Read a PDF.

    Raises:
        Skip: it is damaged, or encrypted, or has no text.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        reason = "encrypted" if "password" in str(error).lower() or "security" in str(error).lower() else "broken"
        raise Skip(reason, str(error)) from None
    pages = [_lines(document, index) for index in range(len(document))]
    letters = sum(sum(map(str.isalnum, line.text)) for page in pages for line in page)
    if letters < MIN_LETTERS * len(pages) or not letters:
        raise Skip("no_text", f"{letters} characters on {len(pages)} pages")
    outline = _outline(document)
    title = one_line(document.get_metadata_dict().get("Title", ""))
    if _NO_TITLE.match(title):
        title = title_of(pages[0], to_blocks(pages[:1], outline))
    return Extracted(clean(finish(to_blocks(pages, outline))), title)


def _outline(document: pypdfium2.PdfDocument) -> list[Mark]:
    marks = []
    for bookmark in document.get_toc():
        target = bookmark.get_dest()
        page = None if target is None else target.get_index()
        if page is not None:
            marks.append(Mark(page, bookmark.level + 1, one_line(bookmark.get_title())))
    return marks


def _lines(document: pypdfium2.PdfDocument, index: int) -> list[Line]:
    """The lines of a page in the order of reading; of those that run in another direction, such as a stamp, none."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return []  # a page that is damaged beyond reading has no lines
    text = page.get_textpage()
    runs = [run for run in _runs(text) if run]
    angles = [round(pdfium.FPDFText_GetCharAngle(text, run[0][0]), 1) for run in runs]
    main = Counter(angles).most_common(1)[0][0] if angles else 0.0
    lines = [_line(text, run, main) for run, angle in zip(runs, angles, strict=True) if angle == main]
    text.close()
    page.close()
    return lines


def _runs(text: Any) -> Iterator[list[tuple[int, str]]]:
    """The characters of each line with their positions, blank ones at its ends left out."""
    run: list[tuple[int, str]] = []
    for position in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, position)
        char = chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"
        if char not in "\r\n" and (run or not char.isspace()):
            run.append((position, _HYPHENS.get(char, char)))
        if char in "\r\n" or char in _HYPHENS:
            yield _stripped(run)
            run = []
    yield _stripped(run)


def _stripped(run: list[tuple[int, str]]) -> list[tuple[int, str]]:
    while run and run[-1][1].isspace():
        run.pop()
    return run


def _line(text: Any, run: list[tuple[int, str]], angle: float) -> Line:
    sampled = [run[index * (len(run) - 1) // (SAMPLES - 1)][0] for index in range(SAMPLES)]
    boxes = [text.get_charbox(position, loose=True) for position in sampled]
    sideways = abs(math.sin(angle)) > 0.7
    height = median(right - left if sideways else top - bottom for left, bottom, right, top in boxes)
    left, baseline = _origin(text, sampled[0], angle)
    right, _ = _origin(text, sampled[-1], angle)
    faces = [_face(text, position) for position in {sampled[0], sampled[SAMPLES // 2], sampled[-1]}]
    return Line(
        text=clean("".join(char for _, char in run)),
        left=left,
        right=right + height / 2,
        baseline=baseline,
        height=height,
        mono=all(mono for mono, _ in faces),
        bold=all(bold for _, bold in faces),
    )


def _origin(text: Any, position: int, angle: float) -> tuple[float, float]:
    """Where a character stands, in a frame in which its line runs level."""
    x, y = ctypes.c_double(0), ctypes.c_double(0)
    pdfium.FPDFText_GetCharOrigin(text, position, x, y)
    sine, cosine = -math.sin(angle), math.cos(angle)  # PDFium counts angles clockwise
    return x.value * cosine + y.value * sine, y.value * cosine - x.value * sine


def _face(text: Any, position: int) -> tuple[bool, bool]:
    """Whether a character is of a monospaced face, and of a bold one: by the font's flags, else by its name."""
    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int(0)
    pdfium.FPDFText_GetFontInfo(text, position, buffer, len(buffer), flags)
    name = buffer.value.decode("ascii", "replace")
    mono = bool(flags.value & _FIXED_PITCH) or _MONOSPACED.search(name) is not None
    return mono, bool(flags.value & _FORCE_BOLD) or _BOLD.search(name) is not None
