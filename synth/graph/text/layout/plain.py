"""Where do the blocks of a plain text begin and end? By blank lines, and by how headings are marked."""

import re
from collections.abc import Iterator, Sequence

from synth.graph.text.layout.block import ITEM, Block, end_of, end_of_list, indent

_RULE = re.compile(r"^\s*([=\-~^*_#+])\1{2,}\s*$")
_NUMBERED = re.compile(r"^ {0,3}(\d{1,2}(?:\.\d{1,3})*)\.?\s+(\S.*)$")
_NAMED = re.compile(
    r"^ {0,3}((?:chapter|appendix|part|section|annex)\s+(?:\d+|[A-Z]|[IVX]+))\b[.:]?\s*(.*)$", re.IGNORECASE
)
_LEADER = re.compile(r"(?:\.\s?){4,}|\s\d+\s*$")
_SENTENCE_END = re.compile(r"[.,;:!?]$")
_COLUMNS = re.compile(r"\S\s{3,}\S")
MAX_TITLE = 80
BELOW_NUMBERS = 9


def scan(lines: Sequence[str]) -> Iterator[Block]:
    """The blocks of a text, in order."""
    index, has_numbers = 0, False
    while index < len(lines):
        if not lines[index].strip():
            index += 1
            continue
        block = _underlined(lines, index) or _alone(lines, index, has_numbers) or _block_at(lines, index)
        has_numbers = has_numbers or (block.kind == "heading" and bool(_NUMBERED.match(lines[block.first])))
        yield block
        index = block.last


def _underlined(lines: Sequence[str], first: int) -> Block | None:
    over = _RULE.match(lines[first])
    text = first + 1 if over else first
    if text + 1 >= len(lines) or not lines[text].strip() or len(lines[text].strip()) > MAX_TITLE:
        return None
    under = _RULE.match(lines[text + 1])
    title = lines[text].strip()
    if under is None or _RULE.match(lines[text]) or len(under[0].strip()) < 0.75 * len(title) or _COLUMNS.search(title):
        return None
    return Block("heading", first, text + 2, 1 if under[1] in "=#*" else 2, " ".join(title.split()))


def _alone(lines: Sequence[str], first: int, has_numbers: bool) -> Block | None:
    """A heading that stands alone between blank lines: numbered, named, or, below numbered ones, in capitals."""
    line = lines[first]
    follows = lines[first + 1] if first + 1 < len(lines) else ""
    title = " ".join(line.split())
    if (first and lines[first - 1].strip()) or len(title) > MAX_TITLE or _LEADER.search(line):
        return None
    level = _level(line)
    if has_numbers and line.isupper() and not _NUMBERED.match(line):
        level *= BELOW_NUMBERS
    if not level or (follows.strip() and not (line.isupper() and indent(follows) > indent(line))):
        return None
    return Block("heading", first, first + 1, level, title)


def _level(line: str) -> int:
    """How deep the heading is that a line may be; 0 where it is none."""
    words = " ".join(line.split())
    if _SENTENCE_END.search(words) and not _NUMBERED.match(words + "x"):
        return 0
    numbered = _NUMBERED.match(line)
    if numbered is not None:
        is_title = numbered[2][0].isupper() and not _SENTENCE_END.search(words) and not _COLUMNS.search(numbered[2])
        return 1 + numbered[1].count(".") if is_title else 0
    if _NAMED.match(line):
        return 1
    letters = [letter for letter in line if letter.isalpha()]
    return 1 if len(letters) >= 3 and line.isupper() and indent(line) < 4 and not _COLUMNS.search(words) else 0


def _block_at(lines: Sequence[str], first: int) -> Block:
    if ITEM.match(lines[first]):
        return Block("list", first, end_of_list(lines, first))
    return Block("paragraph", first, end_of(lines, first, lambda line: bool(line.strip())))
