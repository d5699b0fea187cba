"""Where do sentences begin and end in technical prose? By rules that leave identifiers and abbreviations whole."""

import re

from synth.graph.text.words import words_of

_BREAK = re.compile(
    r"(?P<mark>[.!?…]+)(?P<close>[\"'”\u2019»)\]}*_`]*)(?=\s|$)"
    r"|(?P<wide>[。\uff01\uff1f]+[」』”\u2019\uff09]*)"
    r"|(?P<gap>\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*+•‣]|\(?\d{1,3}[.)])[ \t]+\S))"
)
"""Where a sentence may end: at a mark before white space, at a wide mark, at a blank line, before an item of a list."""

_WORD = re.compile(r"[^\s(\[{\"“«*`]+$")
_LETTERS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_INNER_DOT = re.compile(r"\w[.:/]\w|[_()\\/]")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})")
_OPENING = re.compile(r"[\s\"'“\u2018«(\[{*_`]*")
_LONGEST_WORD = 60

_NEVER_LAST = words_of(
    """
    e.g eg i.e ie cf viz vs v fig figs eq eqs sec sect sects chap chs app para paras vol vols pp ed eds dr mr mrs
    ms prof st mt gen rep sen hon rev capt lt col sgt approx ca esp incl resp ref refs tab def thm lem prop dept
    univ assn bros
    """
)
"""Abbreviations that something always follows; without their last dot."""

_SELDOM_LAST = words_of(
    """
    etc al inc ltd co corp llc jr sr ph.d m.sc b.sc a.m p.m am pm u.s u.k u.n e.u d.c a.k.a jan feb mar apr jun
    jul aug sep sept oct nov dec mon tue wed thu fri sat sun est max min avg std dev misc op cit ibid et n.b
    """
)
"""Abbreviations that end a sentence only before a word that seldom stands in the middle of one."""

_BEFORE_NUMBERS = words_of("no nos p ch art par art. n ver rel")
"""Abbreviations only before a number."""

_STARTERS = words_of(
    """
    a an the this that these those it its he she we you they there here if in on at when while for from by with as
    but and or so however therefore thus then also note see use to such some many most all both each every no not
    """
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Split a text into sentences.

    A blank line and the beginning of an item of a list end a sentence too. No character but white space lies between
    the sentences.

    Returns:
        Where each sentence starts and ends in the text, in order; none is empty, and none begins or ends with a blank.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        if match.lastgroup == "gap":
            start = _add(found, text, start, match.start())
        elif match["wide"] or _ends(text, start, match):
            start = _add(found, text, start, match.end())
    _add(found, text, start, len(text))
    return found


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> int:
    """Add what lies between two places, without the white space round it; returns where the next begins."""
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        first = start + len(piece) - len(piece.lstrip())
        found.append((first, first + len(stripped)))
    return end


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a mark before white space ends the sentence that begins at `start`."""
    after = _OPENING.match(text, match.end())
    assert after is not None
    follows = text[after.end() : after.end() + 24]
    if not follows:
        return True
    if match["mark"] == ".":
        word = _WORD.search(text, max(start, match.start() - _LONGEST_WORD), match.start())
        before = word[0] if word else ""
        is_first = not text[start : match.start() - len(before)].strip(" \t\n([{\"'“\u2018*`-+•")
        return _dot_ends(before, follows, is_first and not match["close"])
    return not (follows[0].islower() or (match["mark"][-1] in ".…" and follows[0] in ",;:"))


def _dot_ends(word: str, follows: str, is_first: bool) -> bool:
    """Whether a dot after a word ends a sentence.

    Args:
        word: what stands before the dot, up to white space or an opening bracket.
        follows: what comes after it, without white space and opening marks.
        is_first: whether the word begins its sentence.
    """
    low = word.lower().strip("'\"\u2019”)")
    next_word = re.split(r"[\W_]", follows, maxsplit=1)[0].lower()
    if low in _NEVER_LAST or (is_first and _NUMBER.fullmatch(word)):
        return False
    if low in _BEFORE_NUMBERS:
        return not follows[0].isdigit()
    if low in _SELDOM_LAST or _LETTERS.fullmatch(low):
        return follows[0].isupper() and next_word in _STARTERS
    if len(word) == 1 and word.isupper():
        return follows[0].isupper() and next_word in _STARTERS
    if follows[0].islower():
        return len(low) > 3 and not _INNER_DOT.search(word) and not word[0].isupper()
    return True
