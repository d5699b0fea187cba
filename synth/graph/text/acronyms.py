"""What do acronyms stand for? Finds the long form beside the short one, where a text gives both."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_SHORT = r"[A-Z][A-Za-z0-9]?[A-Z0-9&/.+-]{0,8}(?:s\b)?"
_AFTER = re.compile(rf"\(\s*[\"'“]?(?P<short>{_SHORT})[\"'”]?\s*[,;)]")
_BEFORE = re.compile(rf"(?<![\w-])(?P<short>{_SHORT})\s*\((?P<long>[^()]{{4,90}})\)")
_WORD = re.compile(r"\S+")


class Expansion(NamedTuple):
    """An acronym and the characters of a text that hold its long form."""

    short: str
    start: int
    end: int


def expansions(text: str) -> Iterator[Expansion]:
    """The acronyms that a text explains, as in "continuous integration (CI)" and "CI (continuous integration)".

    Source: A. S. Schwartz and M. A. Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
    text", PSB 2003, section 3: of the words before the bracket, the shortest run whose letters hold those of the
    acronym in order, the first at the beginning of a word.
    """
    for match in _AFTER.finditer(text):
        short = match["short"].removesuffix("s")
        window = _window(text, match.start(), short)
        start = _long_form(text[window : match.start()], short)
        if start >= 0:
            yield Expansion(match["short"], window + start, len(text[: match.start()].rstrip()))
    for match in _BEFORE.finditer(text):
        short, long = match["short"].removesuffix("s"), match["long"].rstrip()
        if _long_form(long, short) == 0 and long.count(" ") < len(short) + 2:
            yield Expansion(match["short"], match.start("long"), match.start("long") + len(long))


def _window(text: str, end: int, short: str) -> int:
    """Where the words begin among which the long form of an acronym is looked for."""
    start = max(text.rfind(sign, 0, end) for sign in ".;:()") + 1
    words = [match.start() for match in _WORD.finditer(text, start, end)]
    return words[-min(len(short) + 5, 2 * len(short)) :][0] if words else end


def _long_form(text: str, short: str) -> int:
    """Where the long form of an acronym begins in the words that end before it; -1 where there is none."""
    letters = [letter for letter in short.lower() if letter.isalnum()]
    if len(letters) < 2 or sum(letter.isupper() for letter in short) < 2:
        return -1
    place = len(text)
    for number, letter in reversed(list(enumerate(letters))):
        place -= 1
        while place >= 0 and (text[place].lower() != letter or (number == 0 and _inside_word(text, place))):
            place -= 1
        if place < 0:
            return -1
    long = text[place:].strip()
    return place if len(long) > len(short) + 2 and " " in long.replace("-", " ") and short not in long.split() else -1


def _inside_word(text: str, place: int) -> bool:
    return place > 0 and text[place - 1].isalnum()
