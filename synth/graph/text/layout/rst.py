"""Where do the blocks of a reStructuredText begin and end? As its specification has it, as far as passages need it."""

import re
from collections.abc import Iterator, Sequence

from synth.graph.text.layout.block import Block, end_of, end_of_indented, end_of_list, indent, plain_title

_RULE = re.compile(r"^([!-/:-@\[-`{-~])\1{2,}\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\(?(?:\d{1,3}|#)[.)])\s+\S")
_FIELD = re.compile(r"^\s*:[^:\s`][^:`]*:(\s|$)")
_DIRECTIVE = re.compile(r"^\s*\.\.\s+([\w:+.-]+)::")
_EXPLICIT = re.compile(r"^\s*\.\.(\s|$)")
_FOOTNOTE = re.compile(r"^\s*\.\.\s+\[[^\]]+\]\s")
_GRID = re.compile(r"^\s*\+[-=+]{3,}\+\s*$")
_SIMPLE = re.compile(r"^\s*={2,}(?:\s+={2,})+\s*$")
_CODE = frozenset({
    "code-block", "code", "sourcecode", "literalinclude", "parsed-literal", "doctest", "testcode", "testoutput", "math",
    "productionlist", "graphviz", "digraph", "raw", "prompt", "ipython", "plot", "jupyter-execute",
})  # fmt: skip
_UNSEEN = frozenset({
    "toctree", "contents", "index", "module", "currentmodule", "highlight", "include", "image", "figure", "only",
    "default-role", "role", "meta", "tabularcolumns", "sectnum", "automodule", "autoclass", "autofunction",
    "autosummary", "py:module", "py:currentmodule", "testsetup", "testcleanup", "sectionauthor", "moduleauthor",
})  # fmt: skip


def scan(lines: Sequence[str]) -> Iterator[Block]:
    """The blocks of a text, in order; the level of a heading is the place of its style among those met before."""
    styles: list[str] = []
    index, literal = 0, -1
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        if literal >= 0 and indent(lines[index]) > literal:
            block = Block("code", index, end_of_indented(lines, index, literal + 1))
        else:
            block = _heading(lines, index, styles) or _block_at(lines, index)
        literal = _literal_after(lines, block)
        yield block
        index = block.last


def _literal_after(lines: Sequence[str], block: Block) -> int:
    """The margin of a paragraph that `::` ends, so that what is indented further is code; -1 for others."""
    announces = block.kind in {"paragraph", "list"} and lines[block.last - 1].rstrip().endswith("::")
    return indent(lines[block.last - 1]) if announces else -1


def _heading(lines: Sequence[str], first: int, styles: list[str]) -> Block | None:
    over = _RULE.match(lines[first])
    text = first + 1 if over else first
    if text + 1 >= len(lines) or not lines[text].strip() or (not over and indent(lines[first])):
        return None
    under = _RULE.match(lines[text + 1])
    title = lines[text].strip()
    if (
        under is None
        or (over and over[1] != under[1])
        or _RULE.match(title)
        or len(under[0].strip()) < 0.75 * len(title)
    ):
        return None
    style = under[1] + ("/" if over else "")
    if style not in styles:
        styles.append(style)
    return Block("heading", first, text + 2, styles.index(style) + 1, plain_title(title))


def _block_at(lines: Sequence[str], first: int) -> Block:
    line = lines[first]
    if _EXPLICIT.match(line) and not _FOOTNOTE.match(line):
        return _explicit(lines, first)
    if line.lstrip().startswith(">>> "):
        return Block("code", first, end_of(lines, first, lambda row: bool(row.strip())))
    if _GRID.match(line):
        return Block("table", first, end_of(lines, first, lambda row: row.lstrip()[:1] in {"+", "|"}))
    if _SIMPLE.match(line):
        return Block("table", first, _end_of_simple_table(lines, first))
    if _ITEM.match(line) or _FIELD.match(line):
        return Block("list", first, _end_of_items(lines, first))
    return Block("paragraph", first, _end_of_paragraph(lines, first))


def _explicit(lines: Sequence[str], first: int) -> Block:
    """A directive, target or comment; of directives that hold prose only the first line and options are taken."""
    directive = _DIRECTIVE.match(lines[first])
    margin = indent(lines[first])
    name = directive[1].lower() if directive else ""
    if not name or name in _UNSEEN:
        return Block("matter", first, max(first + 1, end_of_indented(lines, first + 1, margin + 1)))
    if name in _CODE:
        return Block("code", first, max(first + 1, end_of_indented(lines, first + 1, margin + 1)))
    return Block("paragraph", first, end_of(lines, first + 1, lambda row: bool(_FIELD.match(row))))


def _end_of_simple_table(lines: Sequence[str], first: int) -> int:
    """The line after the last border before the second blank line in a row."""
    last = index = first + 1
    while index < len(lines) and (lines[index].strip() or (index + 1 < len(lines) and lines[index + 1].strip())):
        index += 1
        if _SIMPLE.match(lines[index - 1]) or _RULE.match(lines[index - 1].strip()):
            last = index
            if index == len(lines) or not lines[index].strip():
                break
    return max(last, first + 1)


def _end_of_items(lines: Sequence[str], first: int) -> int:
    """The end of a list; where an item ends with `::`, what follows is code and no part of it."""
    last = end_of_list(lines, first)
    ends = (index + 1 for index in range(first, last) if lines[index].rstrip().endswith("::"))
    return next(ends, last)


def _end_of_paragraph(lines: Sequence[str], first: int) -> int:
    last = first + 1
    while last < len(lines) and lines[last].strip() and not _EXPLICIT.match(lines[last]):
        last += 1
    return last
