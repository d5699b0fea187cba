"""DOCX: mammoth reads its paragraphs, lists, tables and notes into HTML, which becomes Markdown as any page does.

Headers, footers, comments and what was deleted under tracked changes are no part of what mammoth reads.
"""

import io
import xml.etree.ElementTree as ET
from xml.parsers.expat import ExpatError

import mammoth

from synth.sources.extract.base import Extracted, one_line
from synth.sources.extract.html import to_markdown
from synth.sources.extract.packed import Parts
from synth.sources.skips import Skip

_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_STYLES = "\n".join(
    (
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='Subtitle'] => p:fresh",
        *(f"p[style-name='{name}'] => pre:separator('\\n')" for name in
          ("Code", "Source Code", "Preformatted Text", "HTML Preformatted", "Plain Text", "macro")),
        *(f"r[style-name='{name}'] => code" for name in ("Verbatim Char", "Source Text", "HTML Code", "Code Char")),
    )
)  # fmt: skip


def extract(data: bytes, language: str) -> Extracted:
    """Read a DOCX file.

    Raises:
        Skip: it is damaged, encrypted, or unpacks to too much.
    """
    parts = Parts(data)
    for name in parts.names:
        if name.endswith((".xml", ".rels")):
            parts.read_xml(name)  # for what it refuses
    try:
        html = mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES, convert_image=_no_image).value
    except (KeyError, ValueError, AttributeError, TypeError, IndexError, OSError, ExpatError, RecursionError) as error:
        raise Skip("broken", f"{type(error).__name__}: {error}") from None
    text, heading = to_markdown(html)
    return Extracted(text, _title(parts) or heading)


def _no_image(image: object) -> list[object]:
    return []


def _title(parts: Parts) -> str:
    if "docProps/core.xml" not in parts.names:
        return ""
    try:
        found = ET.fromstring(parts.read_xml("docProps/core.xml")).findtext(f".//{_TITLE}")  # noqa: S314 - no entities: `Parts.read_xml`
    except ET.ParseError:
        return ""
    return one_line(found or "")
