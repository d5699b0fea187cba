"""Which names does a text say? Identifiers in backticks, acronyms, and what is written with capitals."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from synth.checks.markdown import inline_code, without_code
from synth.checks.prose.texts import sentences, without_marks

_WORD = re.compile(r"[^\W_]+(?:['\u2019.+&/-]?[^\W_]+)*\+*")
_POSSESSIVE = re.compile(r"['\u2019]s$|['\u2019]$")
_ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Z0-9][A-Za-z0-9]*(?:[-/.&+][A-Z0-9]+)*s?")
_CAMEL = re.compile(r"[A-Za-z]+[a-z0-9][A-Z]\w*")
_LABEL = re.compile(
    r"^[ \t]*(?:[-*+\u2022>][ \t]+|\d+[.)][ \t]+)?\**([^\s.:!?`*#][^.:!?\n`*]{0,48}?)\**:\**(?=\s|$)", re.M
)
_BOLD = re.compile(r"^[ \t]*\*\*([^\W\d_][^*\s]{0,24})\*\*", re.MULTILINE)
_JOINS = frozenset({"of", "de", "van", "von", "der", "du", "del", "la"})
_CAPITALISED = (
    "i ok okay a q am pm monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december section chapter figure table appendix part step question "
    "answer example note reader student teacher mr mrs ms dr prof yes no english"
)
_ORDINARY = frozenset(_CAPITALISED.split())
"""Words with a capital that name nothing of a document; months are judged with the numbers."""


class Name(NamedTuple):
    """A name as a text has it: `kind` is code, acronym or name, and `opens` tells that a sentence begins with it."""

    text: str
    kind: str
    opens: bool = False

    def rest(self) -> "Name":
        """The name without its first word."""
        return Name(self.text.partition(" ")[2], self.kind)


def names_in(text: str) -> Iterator[Name]:
    """The names of a text, without those of its headings, blocks of code and labels at the start of a line."""
    for span in inline_code(text):
        yield Name(span.strip(), "code")
    speaking = _bold(text)
    said = _BOLD.sub(lambda match: "" if match[1] in speaking else match[0], without_code(text))
    unlabelled = _LABEL.sub("", without_marks(said))
    for sentence in sentences(unlabelled):
        yield from _names_of(sentence)


def speakers(text: str) -> set[str]:
    """Who speaks in a dialogue: labels before a colon at the start of a line, and words in bold that begin several."""
    return {match[1].strip() for match in _LABEL.finditer(without_marks(text))} | _bold(text)


def _bold(text: str) -> set[str]:
    return {word for word, times in Counter(match[1] for match in _BOLD.finditer(text)).items() if times > 1}


def _names_of(sentence: str) -> Iterator[Name]:
    words = [(match[0], match.start(), match.end()) for match in _WORD.finditer(sentence)]
    index = 0
    while index < len(words):
        stop = _run(words, index, sentence)
        if stop > index:
            opens = index == 0 or bool(re.search(r"[^\s,'\u2019-]", sentence[words[index - 1][2] : words[index][1]]))
            yield from _name([_POSSESSIVE.sub("", word) for word, _, _ in words[index:stop]], opens)
        index = max(stop, index + 1)


def _run(words: list[tuple[str, int, int]], index: int, sentence: str) -> int:
    """The end of the words from `index` on that make one name with capitals; `index` where none begins."""
    end = index
    for at in range(index, len(words)):
        word, start, _ = words[at]
        if at > index and sentence[words[at - 1][2] : start] != " ":
            break
        if _is_capital(word):
            end = at + 1
        elif end == index or word not in _JOINS:
            break
        if word.endswith(("'s", "\u2019s")):
            break
    return end


def _is_capital(word: str) -> bool:
    return word[0].isupper() or bool(_CAMEL.fullmatch(word))


def _name(words: list[str], opens: bool) -> Iterator[Name]:
    while words and words[0].lower() in _ORDINARY:
        words, opens = words[1:], False
    while words and words[-1].lower() in _ORDINARY:
        words = words[:-1]
    if len(words) == 1 and (_ACRONYM.fullmatch(words[0]) or _CAMEL.fullmatch(words[0])):
        yield Name(words[0], "acronym", opens)
    elif len(words) > 1 or (words and not opens and len(words[0]) > 2):
        yield Name(" ".join(words), "name", opens)
