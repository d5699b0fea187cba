"""What do the marks in a text say of its words? Takes them off and leaves every word in its place."""

import re
from typing import NamedTuple

from synth.graph.text.comments import MARGIN
from synth.graph.text.words import LITERALS, words_of

_FIELDS = "param|parameter|arg|argument|keyword|type|ivar|cvar|var|raises?|returns?|rtype"
_BLOCKS = {
    "fence": r"^[ \t]*(?P<fence_marks>`{3,}|~{3,})[\s\S]*?(?:^[ \t]*(?P=fence_marks)|\Z)",
    "prompt": r"^[ \t]*(?:>>>|\.\.\.|\$)[ ].*$",
    "field": rf"^[ \t]*:(?:{_FIELDS})(?P<field_name>[^:\n]*):",
    "url": r"\b[a-z][a-z+.-]{1,10}://[^\s<>()\[\]\"'`]+|\bwww\.[^\s<>()\[\]\"'`]+",
    "mail": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
}
"""What is no prose; each is looked for by itself, and only where one of its signs occurs."""

_SIGNS = {
    "fence": ("```", "~~~"),
    "prompt": (">>> ", "... ", "$ "),
    "field": (":",),
    "url": ("://", "www."),
    "mail": ("@",),
}

_INLINE = {
    "role": r":(?P<role_name>[a-zA-Z][\w:+-]*):`(?P<role_text>[^`]+)`|\{(?P<myst_name>[a-z:]+)\}`(?P<myst_text>[^`]+)`",
    "anonymous": r"`(?P<link_text>[^`<>\n]+(?:\n[^`<>\n]+)?)\s*<[^`>]+>`_{0,2}",
    "literal": r"(?P<ticks>``?)(?=[^\s`])(?P<literal_text>[^`\n]+(?:\n[^`\n]+)?)(?P=ticks)(?!`)_{0,2}",
    "image": r"!\[[^\]]*\]\([^)\s]*(?:\s[^)]*)?\)",
    "link": r"\[(?P<shown>[^\[\]\n]+)\](?:\([^)\s]*(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])",
    "note": r"\[(?:\^?[\w#*.-]{1,20})\]_?(?!\()",
    "tag": r"</?[a-zA-Z][^<>\n]{0,200}>|<!--.*?-->|&[a-z]{2,6};",
    "bold": r"(?P<stars>\*\*|__)(?=\S)(?P<bold_text>[^*\n]{2,80}?)(?<=\S)(?P=stars)",
    "emphasis": r"(?<![\w*])(?P<star>[*_])(?=[^\s*_])(?P<emphasis_text>[^*_\n]{2,80}?)(?<=\S)(?P=star)(?![\w*])",
}
_FILES = (
    "py|pyi|md|rst|txt|cfg|toml|json|ya?ml|conf|ini|sh|c|h|cc|cpp|hpp|rs|go|java|js|ts|rb|html?|css|xml|deb|dsc|tar|gz|xz"
    "|zip|log|ipynb|csv|sql|lock|service|patch|diff|pdf|ps|tex|el|so|exe|dll|desktop"
)
_BARE = re.compile(
    r"(?<![\w.$~/@-])(?:--[a-zA-Z][\w-]*\w|[\w$~./-]*[_./$](?=[\w{])[\w$~./{}-]*[\w}]/?(?:\(\))?|\w+\(\))"
)
"""What may be an identifier without a mark."""

_CODE = re.compile(
    r"--.*|\$\{?[A-Za-z_]\w*\}?|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"  # options and variables of the environment
    r"|~?(?:/[\w.+-]*[A-Za-z][\w.+-]*)+/?"  # absolute paths
    rf"|[\w-]+(?:\.[\w-]+)*\.(?:{_FILES})"
    r"|[A-Za-z_][\w.]*\(\)|[A-Za-z_]\w+(?:\.[A-Za-z_]\w+)+|_+[a-zA-Z]\w*|[a-zA-Z][a-zA-Z0-9]*_\w+"
)
_DOMAINS = re.compile(r"\.(?:com|org|net|edu|gov|info|de|fr|uk|eu|dev|app)$", re.IGNORECASE)
_SHOWN = {"anonymous": "link_text", "link": "shown", "bold": "bold_text", "emphasis": "emphasis_text"}
"""Marks that vanish round words that stay, and the group that holds the words."""

_CODE_ROLES = words_of(
    """
    func class meth mod attr data exc obj const type option envvar file program command keyword token method function
    macro member enum var samp kbd makevar pep rfc manpage opcode confval setting
    """
)
_TERM_ROLES = words_of("term dfn abbr")
_LABEL_ROLES = words_of("doc ref numref any download cite eq")
"""Roles that show a title from elsewhere, unless they give one themselves."""

_IDENTIFIER = re.compile(r"(?=.*[^\W\d])[^\s,;\"'<>|]{1,80}")
_COMMAND = re.compile(r"([a-z][\w.+-]+)(?:\s+[a-z][\w-]*)*\s+-")
_OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]+")
_GAP = re.compile(r"\n[ \t]*\n|(?<=\S)(?: {3,}|\t+)(?=\S)")
BREAK = ";"
"""What stands for what is no word, so that no name reaches over it."""


def _joined(patterns: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in patterns.items()), re.MULTILINE)


_BEFORE = [(_SIGNS[name], _joined({name: _BLOCKS[name]})) for name in ("fence", "prompt", "field", "url")]
_WITHIN = (("`", "*", "_", "[", "<", "&"), _joined(_INLINE))
_STEPS = (*_BEFORE, _WITHIN, _WITHIN, (_SIGNS["mail"], _joined({"mail": _BLOCKS["mail"]})))
"""What is looked for in turn, and the signs without which there is none; words between marks may hold marks in turn."""


class Mark(NamedTuple):
    """Characters `start` to `end` of a passage that are `code`, `bold`, `emphasis`, a `link` or a `term`."""

    kind: str
    start: int
    end: int
    text: str


class Plain(NamedTuple):
    """The words of a passage, as long as the passage itself, and what its marks say."""

    words: str
    marks: tuple[Mark, ...]


def read_marks(text: str, code: tuple[tuple[int, int], ...] = (), is_comment: bool = False) -> Plain:
    """Take the marks of Markdown and reStructuredText off a passage.

    What is no prose (blocks of code, addresses, identifiers) becomes a break and blanks, marks round words blanks.

    Args:
        text: the passage.
        code: its parts that are blocks of code.
        is_comment: whether its lines have the margin of a comment.
    """
    for start, end in code:
        text = text[:start] + _blank(end - start) + text[end:]
    if is_comment:
        text = MARGIN.sub(lambda match: " " * len(match[0]), text)
    marks: list[Mark] = []
    for signs, pattern in _STEPS:
        if any(sign in text for sign in signs):
            text = pattern.sub(lambda match: _replace(match, marks), text)
    text = _BARE.sub(lambda match: _bare(match, marks), text)
    words = _GAP.sub(lambda match: _blank(len(match[0])), text).replace("\n", " ")
    return Plain(words, tuple(sorted(set(marks), key=lambda mark: (mark.start, mark.end, mark.kind))))


def _blank(length: int) -> str:
    return BREAK + " " * (length - 1) if length else ""


def _replace(match: re.Match[str], marks: list[Mark]) -> str:
    """What takes the place of a mark; what it says is noted."""
    kind = match.lastgroup or ""
    if kind in _SHOWN:
        return _keep(match, kind, marks)
    if kind == "role":
        return _role(match, marks)
    if kind == "literal":
        _literal(match, marks)
    elif kind == "field":
        _field(match, marks)
    return " " * len(match[0]) if kind == "tag" else _blank(len(match[0]))


def _bare(match: re.Match[str], marks: list[Mark]) -> str:
    """An identifier that has no mark of its own; what only looks like one stays."""
    if not _CODE.fullmatch(match[0]):
        return match[0]
    if not _DOMAINS.search(match[0]):
        marks.append(Mark("code", *match.span(), match[0]))
    return _blank(len(match[0]))


def _keep(match: re.Match[str], kind: str, marks: list[Mark]) -> str:
    group = _SHOWN[kind]
    start, end = match.span(group)
    marks.append(Mark(kind if kind in {"bold", "emphasis"} else "link", start, end, match[group]))
    return " " * (start - match.start()) + match[group] + " " * (match.end() - end)


def _role(match: re.Match[str], marks: list[Mark]) -> str:
    """A role of reStructuredText or MyST: of code the name, of others the words that are shown."""
    style = "role" if match["role_name"] is not None else "myst"
    role, text = match[f"{style}_name"].rpartition(":")[2].lower(), match[f"{style}_text"]
    if role in _LABEL_ROLES and "<" not in text:
        return _blank(len(match[0]))
    shown = re.split(r"\s*<", text, maxsplit=1)[0].lstrip("~!")
    start = match.start(f"{style}_text") + text.index(shown)
    end = start + len(shown)
    if role in _CODE_ROLES:
        if _IDENTIFIER.fullmatch(shown):
            marks.append(Mark("code", start, end, shown))
        return _blank(len(match[0]))
    if role in _TERM_ROLES:
        marks.append(Mark("term", start, end, shown))
    return " " * (start - match.start()) + shown + " " * (match.end() - end)


def _field(match: re.Match[str], marks: list[Mark]) -> None:
    """A field of a docstring: of a parameter its name, where that is no plain word."""
    name = match["field_name"].split(" ")[-1]
    if "_" in name:
        marks.append(Mark("code", match.end() - 1 - len(name), match.end() - 1, name))


def _literal(match: re.Match[str], marks: list[Mark]) -> None:
    """What stands in backticks: an identifier, or a command whose name and options are identifiers."""
    text, start = match["literal_text"].strip(), match.start("literal_text")
    if text.lower() in LITERALS:
        return
    if _IDENTIFIER.fullmatch(text):
        start += match["literal_text"].index(text)
        marks.append(Mark("code", start, start + len(text), text))
        return
    command = _COMMAND.match(text)
    if command is not None:
        marks.append(Mark("code", start, start + command.end(1), command[1]))
    marks += [Mark("code", start + found.start(), start + found.end(), found[0]) for found in _OPTION.finditer(text)]
