"""HTML becomes Markdown: the main part of a page, its headings, lists, tables and code, without what leads elsewhere.

Parsing is selectolax's (Lexbor): the algorithm of HTML 5, so that broken pages read as in a browser, and nothing that a
page refers to is ever fetched.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from synth.sources.decode import decode
from synth.sources.extract.base import Extracted, clean, fenced, finish, one_line, unmarked
from synth.sources.extract.inline import MAX_DEPTH, as_code, children, flat, inline
from synth.sources.extract.noise import leads_elsewhere
from synth.sources.extract.tables import table_lines
from synth.sources.extract.titles import plain_heading
from synth.sources.skips import Skip

MAIN = ("main", "[role=main]", "div.body", "div.document", "article", "#main-content", "#content", "body")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CONTAINERS = frozenset(
    {"div", "section", "article", "main", "body", "header", "aside", "center", "figure", "figcaption", "details",
     "summary", "form", "fieldset", "address", "hgroup", "tbody", "thead", "tfoot", "tr", "td", "th", "caption",
     "html", "p", "li", "dd", "dt"}
)  # fmt: skip
_LANGUAGE = re.compile(r"(?:^|\s)(?:highlight-|language-|lang-|brush:\s*|sourceCode\s+|src-)([A-Za-z0-9+#]{1,20})")
_NO_LANGUAGE = frozenset({"default", "none", "text", "plain", "plaintext"})
_TEMPLATE = re.compile(  # marks of template languages at the start or in an attribute; in an example they are escaped
    r"\A\s*(\{[{%#]|<%|<\?(?!xml))|<\w[^<>]{0,300}=\s{0,9}[\"'][^<>\"']{0,300}(\{[{%]|<[%?])"
)
_SPACED = re.compile(r"(?<=\w) (?=[.,](\s|$))")  # where the number of a footnote stood


def extract(data: bytes, language: str) -> Extracted:
    """Read a page.

    Raises:
        Skip: it is a template, which only a program makes a page of.
        Undecodable: no encoding could be told.
    """
    html, encoding = decode(data, "html")
    if _TEMPLATE.search(html):
        raise Skip("no_document", "a template")
    text, title = to_markdown(html)
    return Extracted(text, title, encoding)


def to_markdown(html: str) -> tuple[str, str]:
    """The main part of a page as Markdown, and its title: the first heading, else what its head says."""
    tree = LexborHTMLParser(html)
    root = next((found[0] for selector in MAIN if len(found := _with_text(tree.css(selector))) == 1), tree.body)
    blocks = [] if root is None else list(_blocks(root, 0))
    heading = next((plain_heading(block.lstrip("# ")) for block in blocks if re.match(r"#{1,2} ", block)), "")
    named = tree.css_first("head > title")
    return clean(finish(blocks)), one_line(heading or ("" if named is None else named.text()))


def _with_text(nodes: list[LexborNode]) -> list[LexborNode]:
    return [node for node in nodes if node.text(strip=True)]


def _blocks(node: LexborNode, depth: int) -> Iterator[str]:
    """The blocks below a node; runs of inline content between them are paragraphs of their own."""
    if depth > MAX_DEPTH:
        yield from filter(None, [flat(node.text(separator=" "))])
        return
    run: list[str] = []
    for child in children(node):
        special = _SPECIAL.get(child.tag or "")
        if special is None and child.tag not in _CONTAINERS and not _holds_blocks(child):
            run.append(inline(child, depth + 1))
            continue
        yield from _paragraph(run)
        run = []
        if child.tag in _HEADINGS or not leads_elsewhere(child):
            yield from _blocks(child, depth + 1) if special is None else special(child, depth + 1)
    yield from _paragraph(run)


def _holds_blocks(node: LexborNode) -> bool:
    """Whether an inline element, such as a link or a custom one, holds blocks all the same."""
    return (
        node.tag not in {"-text", "br"} and node.css_first("p, div, ul, ol, dl, pre, table, h1, h2, h3, h4") is not None
    )


def _paragraph(run: list[str]) -> Iterator[str]:
    lines = ("".join(run)).split("\n")
    text = "\n".join(filter(None, map(flat, lines)))
    if text:
        yield unmarked(_SPACED.sub("", text))


def _heading(node: LexborNode, depth: int) -> Iterator[str]:
    text = flat(inline(node, depth))
    if text:
        yield f"{'#' * _HEADINGS[node.tag or 'h1']} {text}"


def _preformatted(node: LexborNode, depth: int) -> Iterator[str]:
    for number in node.css(".linenos, .lineno, .line-number, .line-numbers, .linenumber"):
        number.decompose()
    for line_break in node.css("br"):
        line_break.replace_with("\n")
    code = "\n".join(line.rstrip() for line in node.text().split("\n"))
    if code.strip():
        yield fenced(code, _language(node))


def _language(node: LexborNode) -> str:
    """The language that classes of the element, of the `code` in it or of two elements about it name."""
    about = node.parent
    for place in (node, node.css_first("code"), about, None if about is None else about.parent):
        classes = "" if place is None else (place.attributes.get("class") or "")
        for name in _LANGUAGE.findall(classes):
            if name.lower() not in _NO_LANGUAGE:
                return str(name).lower()
    return ""


def _list(node: LexborNode, depth: int) -> Iterator[str]:
    items = []
    number = 0
    for child in children(node):
        blocks = (
            []
            if leads_elsewhere(child)
            else list(_blocks(child, depth) if child.tag != "-text" else _paragraph([child.text()]))
        )
        if blocks:
            number += 1
            items.append(_hang(f"{number}. " if node.tag == "ol" else "- ", blocks))
    if items:
        yield "\n".join(items)


def _hang(mark: str, blocks: list[str]) -> str:
    """Blocks behind the mark of a list item, indented as it is wide; a list right after its first line stays close."""
    indent = " " * len(mark)
    text = blocks[0]
    for before, block in pairwise(blocks):
        text += ("\n" if "\n" not in before and re.match(r"- |1\. ", block) else "\n\n") + block
    return mark + "\n".join(indent + line if line else "" for line in text.split("\n")).lstrip()


def _definitions(node: LexborNode, depth: int) -> Iterator[str]:
    """Terms, each with what is said of it behind a colon, as Markdown's dialects have it."""
    lines: list[str] = []
    for child in children(node):
        if child.tag == "div":
            lines += _definitions(child, depth + 1) if depth < MAX_DEPTH else []
        elif child.tag == "dt":
            lines += [_term(child, depth)]
        elif child.tag == "dd" and (blocks := list(_blocks(child, depth))):
            lines += [_hang(": ", blocks), ""]
    text = "\n".join(line for line in lines).strip("\n")
    if text:
        yield text


def _term(node: LexborNode, depth: int) -> str:
    """A term; the signature of a function, as documentation generators mark it, is code."""
    if "sig" in (node.attributes.get("class") or "").split():
        return as_code(flat("".join(child.text() for child in children(node))))
    return flat(inline(node, depth))


def _quote(node: LexborNode, depth: int) -> Iterator[str]:
    text = "\n\n".join(_blocks(node, depth))
    if text:
        yield "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _table(node: LexborNode, depth: int) -> Iterator[str]:
    """A table of values as one of Markdown; one that lays out a page, or holds code, as what is in it."""
    rows = [[cell for cell in children(row) if cell.tag in {"td", "th"}] for row in node.css("tr")]
    nested = node.css_first("pre, table table, h1, h2, h3, h4, ul ul, td p + p")
    if nested is not None or max(map(len, rows), default=0) < 2:
        yield from _blocks(node, depth)
        return
    caption = node.css_first("caption")
    yield from filter(None, ["" if caption is None else flat(inline(caption, depth))])
    yield from filter(None, [table_lines([[_cell(cell, depth) for cell in row] for row in rows])])


def _cell(node: LexborNode, depth: int) -> str:
    return flat(" ".join(_blocks(node, depth)))


_SPECIAL: dict[str, Callable[[LexborNode, int], Iterator[str]]] = {
    **dict.fromkeys(_HEADINGS, _heading),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), _list),
    "pre": _preformatted, "listing": _preformatted, "xmp": _preformatted,
    "dl": _definitions, "blockquote": _quote, "table": _table,
}  # fmt: skip
