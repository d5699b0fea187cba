"""Small documents of every format, made from what a test says is in them."""

import io
import zipfile
from collections.abc import Mapping, Sequence

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def pack(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def docx(body: str, more: Mapping[str, str | bytes] | None = None, title: str = "") -> bytes:
    """A Word document with such a body."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/></w:style>'
        for name in ("Title", "heading 1", "heading 2", "Source Code")
    )
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    relations = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{name}" Target="{name}.xml"/>' for name in ("styles", "numbering")
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{WORD}">{numbering}</w:numbering>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}">'
        f"<w:body>{body}</w:body></w:document>",
    }  # fmt: skip
    if title:
        parts["docProps/core.xml"] = f'<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></c>'
    return pack({**parts, **(more or {})})


def paragraph(text: str, style: str = "", level: int | None = None) -> str:
    """A paragraph of Word, of a style or in a list."""
    numbered = "" if level is None else f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f'<w:p><w:pPr>{named}{numbered}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def epub(
    pages: Mapping[str, str], spine: Sequence[str] = (), title: str = "A Book", more: Mapping[str, str] | None = None
) -> bytes:
    """A book of such pages, in the order of the spine."""
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"'
        f"{' properties=' + chr(34) + 'nav' + chr(34) if name == 'nav' else ''}/>"
        for name in pages
    )
    order = "".join(f'<itemref idref="{name}"/>' for name in spine or pages)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title></metadata><manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    bodies = {f"OEBPS/{name}.xhtml": f"<html><body>{body}</body></html>" for name, body in pages.items()}
    return pack({"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": package, **bodies, **(more or {})})


def pdf(
    pages: Sequence[Sequence[tuple[float, float, str, str]]],
    title: str = "",
    outline: Sequence[tuple[str, int]] = (),
    locked: bool = False,
    stamp: str = "",
) -> bytes:
    """A PDF.

    Args:
        pages: of each its lines: place from the left and from the bottom, font and size such as `F1 10`, and text. F1
            is Helvetica, F2 is Courier.
        title: of its metadata.
        outline: headings and their pages.
        locked: whether it opens with a password only.
        stamp: a line that runs up the left edge of each page.
    """
    kids = " ".join(f"{10 + 2 * number} 0 R" for number in range(len(pages)))
    first = 10 + 2 * len(pages)
    catalog = "<< /Type /Catalog /Pages 2 0 R" + (f" /Outlines {first} 0 R" if outline else "") + " >>"
    objects = {
        1: catalog,
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        5: f"<< /Title ({title}) >>",
        6: f"<< /Filter /Standard /V 1 /R 2 /P -44 /O <{'41' * 32}> /U <{'42' * 32}> >>",
    }
    for number, lines in enumerate(pages):
        drawn = "".join(f"BT /{font} Tf {left} {up} Td ({text}) Tj ET\n" for left, up, font, text in lines)
        drawn += f"BT /F1 10 Tf 0 1 -1 0 20 200 Tm ({stamp}) Tj ET\n" if stamp else ""
        objects[10 + 2 * number] = (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> "
            f"/Contents {11 + 2 * number} 0 R >>"
        )
        objects[11 + 2 * number] = f"<< /Length {len(drawn)} >>\nstream\n{drawn}endstream"
    if outline:
        objects[first] = f"<< /Type /Outlines /First {first + 1} 0 R /Last {first + len(outline)} 0 R >>"
    for place, (heading, page) in enumerate(outline, first + 1):
        after = f" /Next {place + 1} 0 R" if place < first + len(outline) else ""
        objects[place] = f"<< /Title ({heading}) /Parent {first} 0 R /Dest [{10 + 2 * page} 0 R /Fit]{after} >>"
    return _file(objects, " /Encrypt 6 0 R /ID [<41> <41>]" if locked else "")


def _file(objects: Mapping[int, str], trailer: str) -> bytes:
    out = b"%PDF-1.4\n"
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    size = max(objects) + 1
    table = "".join(
        f"{places.get(number, 0):010d} {'00000 n' if number in places else '65535 f'} \n" for number in range(size)
    )
    end = f"trailer\n<< /Size {size} /Root 1 0 R /Info 5 0 R{trailer} >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {size}\n{table}{end}".encode()


def page_of(
    lines: Sequence[str], top: float = 740, font: str = "F1 10", left: float = 60
) -> list[tuple[float, float, str, str]]:
    """Lines of one font, 12 points apart."""
    return [(left, top - 12 * index, font, line) for index, line in enumerate(lines)]
