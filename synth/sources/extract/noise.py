"""Which parts of a page are not what it is about? Navigation, buttons, edges of the page, told by element and class."""

import re

from selectolax.lexbor import LexborNode

_TAGS = frozenset(
    {"script", "style", "template", "nav", "button", "select", "input", "textarea", "iframe", "object", "embed",
     "svg", "canvas", "audio", "video", "img", "picture", "map", "link", "meta", "head", "title", "-comment",
     "-doctype", "footer", "noframes", "noscript", "dialog", "datalist"}
)  # fmt: skip
_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "menu", "menubar", "toolbar", "doc-toc", "doc-noteref"}
)
_WORDS = frozenset(  # classes and ids, in lower case
    {"nav", "navbar", "navigation", "nav-panel", "navheader", "navfooter", "navpath", "nav-wrapper", "nav-chapters",
     "breadcrumb", "breadcrumbs", "sidebar", "sphinxsidebar", "sidebar-wrapper", "menu", "menu-bar", "footer",
     "page-footer", "topnav", "top-nav", "sub-nav", "bottomnav", "related", "toc", "table-of-contents",
     "shortcontents", "contents_element", "headerlink", "anchor", "permalink", "copiable-link", "anchorjs-link",
     "headeranchor", "header-anchor", "viewcode-link", "viewcode-back", "copybtn", "edit-this-page", "skip-link",
     "skip-nav", "skip", "prev-next-area", "pagination", "pager", "searchbox", "search", "cookie-banner", "backtotop",
     "back-to-top", "summary-letter-header", "printindex", "index-entries", "mw-editsection", "mw-jump-link",
     "noprint", "navbox", "catlinks", "headersubnav", "directory", "docnav", "banner", "linenos", "lineno",
     "footnote-reference", "footnote-ref", "footnoteref"}
)  # fmt: skip
_CONTENT = "h1, h2, main, [role=main], article"
_STEERING = frozenset(
    {"next", "previous", "prev", "up", "top", "home", "contents", "index", "back", "forward", "first", "last",
     "table", "of", "list", "figures", "tables", "titles", "search", "hosted", "by", "generated", "bottom", "page",
     "chapter", "to", "the", "main", "start", "toc", "skip", "content", "return"}
)  # fmt: skip
_MAX_STEERING = 120  # characters
_LINKED = 0.5  # of the characters of a block
_MARKS = re.compile(r"[^\w\s]+|\d+")


def is_noise(node: LexborNode) -> bool:
    """Whether an element is no part of the text of a page."""
    tag = node.tag or ""
    if tag in _TAGS:
        return True
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or attributes.get("role") in _ROLES:
        return True
    words = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower().split()
    if _WORDS.isdisjoint(words) or tag in {"body", "main", "article", "html"}:
        return False
    return node.css_first(_CONTENT) is None


def leads_elsewhere(node: LexborNode) -> bool:
    """Whether a block holds links to the next page, to the contents and the like, and nothing else."""
    links = node.css("a")
    text = node.text(separator=" ") if links else ""
    if not links or len(text) > _MAX_STEERING * 4:
        return False
    words = _MARKS.sub(" ", text).lower().split()
    if len(" ".join(words)) <= _MAX_STEERING and _STEERING.issuperset(words):
        return True
    marked = node.css_first("a[accesskey], a[rel=next], a[rel=prev]") is not None  # in whatever language they are
    return marked and sum(len(link.text()) for link in links) > _LINKED * len(text.strip())
