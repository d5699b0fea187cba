"""What is a document made of? Headings, paragraphs, lists, tables and code, by lines, for each way of writing them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from synth.graph.text.layout import markdown, plain, rst
from synth.graph.text.layout.block import Block

LAYOUTS: Mapping[str, Callable[[Sequence[str]], Iterator[Block]]] = {
    **dict.fromkeys(("markdown", "html", "pdf", "docx", "epub", "notebook"), markdown.scan),
    "rst": rst.scan,
    "text": plain.scan,
}
"""How the text of each prose language is read; what was extracted from other formats is kept as Markdown."""


def blocks(text: str, language: str) -> list[Block]:
    """The blocks of a document, in order; a language that is not known is read as plain text."""
    return list(LAYOUTS.get(language, plain.scan)(text.split("\n")))


__all__ = ["LAYOUTS", "Block", "blocks"]
