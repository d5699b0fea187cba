"""What does a passage say when its markup is off? Plain paragraphs; lists, tables and blocks of code are left out."""

import html
import inspect
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from synth.graph.text.layout import blocks
from synth.languages import LANGUAGES

GAP = "\ufffc"
"""Stands for what is only filled in when pages are made, such as the title behind a label."""

Replacement = str | Callable[[re.Match[str]], str]


class Syntax(NamedTuple):
    """How a language marks words up: what holds code, and what to put in the place of other marks, in order."""

    code: re.Pattern[str]
    rules: tuple[tuple[re.Pattern[str], Replacement], ...]


_LABELS = {"ref", "doc", "numref", "any", "download", "eq"}
_WORDS = {"term", "abbr", "dfn", "guilabel", "menuselection", "emphasis", "strong", "title", "manpage", "sub", "sup"}
_SERIES = {"rfc": "RFC ", "pep": "PEP "}
_TITLED = re.compile(r"(.*?)\s*<([^<>]*)>", re.DOTALL)


def _role(match: re.Match[str]) -> str:
    """The words that a role of reStructuredText shows."""
    name, text = match[1].rpartition(":")[2], match[2]
    titled = _TITLED.fullmatch(text)
    shown = titled[1] if titled else text
    if name in _LABELS:
        return shown if titled else GAP
    if name in _SERIES:
        return shown if titled else _SERIES[name] + shown
    if name in _WORDS or (titled and " " in shown):
        return shown.replace("-->", ">")
    return f"`{shown.lstrip('~!.')}`"


def _rules(*pairs: tuple[str, Replacement]) -> tuple[tuple[re.Pattern[str], Replacement], ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in pairs)


_EMPHASIS = (
    (r"(?<![\w*])\*\*(?=\S)([^*]+?)(?<=\S)\*\*(?![\w*])", r"\1"),
    (r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])", r"\1"),
)
_UNDERLINED = ((r"(?<!\w)__(?=\S)([^_]+?)(?<=\S)__(?!\w)", r"\1"), (r"(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)", r"\1"))
_ASIDES = ((r"\s*\((?:[Ss]ee|cf\.)\s[^()]*(?:\([^()]*\)[^()]*)*\)", ""), (r"¶", ""))

MARKDOWN = Syntax(
    re.compile(r"(?<!`)(?P<fence>`+)(?!`)(?P<code>.+?)(?<!`)(?P=fence)(?!`)", re.DOTALL),
    _rules(
        (r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])", ""),
        (r"\[\^[^\]]+\]", ""),
        (r"\[([^\[\]]+)\]\((?:[^()]|\([^()]*\))*\)", r"\1"),
        (r"\[([^\[\]]+)\]\[[^\[\]]*\]", r"\1"),
        (r"(?<!\w)\[([^\[\]]+)\](?![\w(:])", r"\1"),
        (r"<(https?://[^>\s]+)>", r"\1"),
        (r"</?[a-zA-Z][^<>]*>", ""),
        (r"\{\{.*?\}\}|\{%.*?%\}", GAP),
        (r"\{[\w:.\-#]+\}", ""),
        *_EMPHASIS,
        *_UNDERLINED,
        (r"\\([!-/:-@\[-`{-~])", r"\1"),
        *_ASIDES,
    ),
)
RST = Syntax(
    re.compile(r"``(?P<code>.+?)``", re.DOTALL),
    _rules(
        (r":([\w:.+\-]+):`([^`]+)`", _role),
        (r"`([^`<]+?)\s*<[^`>]+>`_{1,2}", r"\1"),
        (r"`([^`]+)`_{1,2}", r"\1"),
        (r"_`([^`]+)`", r"\1"),
        (r"\s?\[(?:[#*]?[\w.\-]*)\]_", ""),
        (r"\|[^|\s](?:[^|]*[^|\s])?\|_{0,2}", GAP),
        (r"(?<![\w`])([A-Za-z0-9](?:[\w.+\-]*[A-Za-z0-9])?)_{1,2}(?![\w`])", r"\1"),
        *_EMPHASIS,
        (r"\\\s", ""),
        (r"\\([^\s\w])", r"\1"),
        *_ASIDES,
    ),
)
TEXT = Syntax(
    re.compile(r"`(?P<code>[^`'\s](?:[^`'\n]{0,60}[^`'\s])?)['`]"),
    _rules((r"\s?\[\d+(?:,\s*\d+)*\]", ""), *_EMPHASIS, *_UNDERLINED, *_ASIDES),
)
SYNTAX = dict.fromkeys(("markdown", "html", "pdf", "docx", "epub", "notebook"), MARKDOWN) | {
    "rst": RST, "text": TEXT,
}  # fmt: skip
"""By the language of a document; what is found in code is taken for reStructuredText."""

_NO_PROSE = re.compile(r"\s*(?:\.\.(?:\s|$)|:[\w\- ]+:|>>>|\$\s|[|>#<%@=]|\[[^\]]+\]:|!!!|\?\?\?|:::|-{3,}|\{%)")
_COLUMNS = re.compile(r"\S {3,}\S|\t|\.{4,}|(?:\. ){4,}|^\s*[-=+|~^*_]{3,}[-=+|~^*_ ]*$|\|.*\|")
MAX_FIRST_INDENT = 5  # of the first line of a paragraph of plain text, beyond the others
_COMMENT = re.compile(r"^\s*(?:#+!?|//+[!/]?|/\*+|\*+/|\*|--|;+)\s?|^\s*[rRbBuU]{0,2}(?:\"\"\"|''')|(?:\"\"\"|''')\s*$")
_OPEN, _CLOSE = "\ue000", "\ue001"  # of private use: they hold the place of code while marks are taken off
_OWN = {ord(_OPEN): None, ord(_CLOSE): None}
_BREAK = re.compile(r"(?<=[^\W\d_])-\n(?=[a-z])")


def plain(text: str, language: str) -> str:
    """Words without markup, on one line; code keeps its backticks."""
    syntax = SYNTAX.get(language, RST)
    held: list[str] = []

    def hold(code: str) -> str:
        held.append(GAP if "`" in code else f"`{' '.join(code.split())}`")
        return f"{_OPEN}{len(held) - 1}{_CLOSE}"

    text = syntax.code.sub(lambda match: hold(match["code"]), text.translate(_OWN))
    for pattern, replacement in syntax.rules:
        text = pattern.sub(replacement, text)
    text = html.unescape(text) if syntax is MARKDOWN else text
    text = re.sub(rf"{_OPEN}(\d+){_CLOSE}", lambda match: held[int(match[1])], text)
    return " ".join(text.split())


def uncommented(text: str, language: str) -> str:
    """A docstring or comment of code without its marks; the text of a document stays as it is."""
    if language not in LANGUAGES:
        return text
    return inspect.cleandoc("\n".join(_COMMENT.sub("", line) for line in text.split("\n")))


def paragraphs(text: str, language: str, base: int = 0) -> list[str]:
    """The paragraphs of running text of a passage, without markup.

    What the layout of the language takes for a list, a table, code or a directive is left out, and so is what is
    indented or set in columns: a sentence torn from there says something else.

    Args:
        text: of a passage, as written.
        language: of its document.
        base: how far running text is indented; see `margin`.
    """
    known = language if language in SYNTAX else "rst"
    kept = (run for run in _runs(uncommented(text, language), known) if _is_running(run, base, known))
    return [plain(_BREAK.sub("-", "\n".join(line.strip() for line in run)), known) for run in kept]


def margin(text: str, language: str) -> int:
    """How far the running text of a document is indented: not at all, but in plain text as most of it is."""
    sizes: Counter[int] = Counter()
    for run in _runs(text, language) if language == "text" else ():
        for line in run[1:] or run:
            sizes[_indent(line)] += len(line.strip())
    return max(sizes, key=lambda indent: (sizes[indent], -indent), default=0)


def _runs(text: str, language: str) -> list[list[str]]:
    lines = text.split("\n")
    return [lines[block.first : block.last] for block in blocks(text, language) if block.kind == "paragraph"]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_running(run: Sequence[str], base: int, language: str) -> bool:
    """Whether a paragraph is running text at the margin; in plain text its first line may be indented further."""
    if _NO_PROSE.match(run[0]) or any(map(_COLUMNS.search, run)):
        return False
    first, *rest = map(_indent, run)
    most = base + MAX_FIRST_INDENT if language == "text" else base
    return base <= first <= most and all(indent == base for indent in rest)
