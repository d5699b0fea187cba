"""EPUB: the pages of a book in the order of its spine, each read as HTML; no contents page, no cover."""

import posixpath
import xml.etree.ElementTree as ET
from urllib.parse import unquote

from synth.sources.decode import Undecodable, decode
from synth.sources.extract.base import Extracted, one_line
from synth.sources.extract.html import to_markdown
from synth.sources.extract.packed import Parts
from synth.sources.skips import Skip

_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")  # hides fonts alone


def extract(data: bytes, language: str) -> Extracted:
    """Read an EPUB.

    Raises:
        Skip: it is damaged, encrypted, or unpacks to too much.
    """
    parts = Parts(data)
    if _ENCRYPTION in parts.names and _hides_pages(parts.read(_ENCRYPTION)):
        raise Skip("encrypted")
    package = _package_path(parts)
    root = _xml(parts, package)
    pages = [_page(parts, name) for name in _spine(root, posixpath.dirname(package)) if name in parts.names]
    title = next((node.text for node in root.iter() if _tag(node) == "title" and node.text), "")
    heading = next((found for text, found in pages if text and found), "")
    return Extracted("\n".join(text for text, _ in pages if text), one_line(title) or heading)


def _hides_pages(said: bytes) -> bool:
    methods = said.count(b"EncryptionMethod ") or said.count(b"EncryptionMethod\n")
    return methods > sum(said.count(name) for name in _FONTS)


def _xml(parts: Parts, name: str) -> ET.Element:
    try:
        return ET.fromstring(parts.read_xml(name))  # noqa: S314 - no entities: `Parts.read_xml`
    except ET.ParseError as error:
        raise Skip("broken", f"{name}: {error}") from None


def _tag(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]


def _package_path(parts: Parts) -> str:
    for node in _xml(parts, "META-INF/container.xml").iter():
        if _tag(node) == "rootfile" and node.get("full-path"):
            return node.get("full-path", "")
    raise Skip("broken", "no package is named in META-INF/container.xml")


def _spine(root: ET.Element, folder: str) -> list[str]:
    """Names of the parts that are the book's pages, in order; a part counts once, however often the spine names it."""
    items = {
        node.get("id", ""): posixpath.normpath(posixpath.join(folder, unquote(node.get("href", ""))))
        for node in root.iter()
        if _tag(node) == "item" and node.get("media-type") in _PAGES and "nav" not in node.get("properties", "").split()
    }
    order = [items.get(node.get("idref", "")) for node in root.iter() if _tag(node) == "itemref"]
    return list(dict.fromkeys(name for name in order if name))


def _page(parts: Parts, name: str) -> tuple[str, str]:
    try:
        html, _ = decode(parts.read(name), "html")
    except Undecodable as error:
        raise Skip("undecodable", f"{name}: {error}") from None
    return to_markdown(html)
