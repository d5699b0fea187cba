"""Which sentences of a corpus can be asked, with one of their terms left out?

Two kinds of rows give them: questions with a blank, whose answer has the whole sentence, and texts for continued
pretraining that speak of an entity of the graph.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from synth.evaluate.facts import Fact

BLANK = "____"
MIN_BEFORE = 5
"""Words that must stand before the blank: with fewer nothing says what is meant."""
MAX_CHARACTERS = 300

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])|\n+")
_MARKUP = re.compile(r"[{}|]|\* \(|^[^*]*(\*[^*]*\*[^*]*)*\*[^*]*$")  # also half of a pair of asterisks
_WORD = re.compile(r"\w+")


def sentence_facts(rows: Iterable[Mapping[str, Any]], terms: Iterable[str]) -> Iterator[Fact]:
    """Sentences of rows with a term left out that at least five words precede.

    Args:
        rows: rows of a corpus, of either stage.
        terms: names of entities, which may be left out.
    """
    known = {term.casefold(): term for term in terms if len(term) > 3}
    seen: set[str] = set()
    for row in rows:
        for sentence, term in _blanks(row) if row.get("messages") else _mentions(row.get("text") or "", known):
            if sentence not in seen and (fact := _fact(row, sentence, term)):
                seen.add(sentence)
                yield fact


def _blanks(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The sentence of a question with a blank, and what its answer has in that place."""
    asked, answered = row["messages"][0]["content"], row["messages"][-1]["content"]
    line = next((line for line in asked.splitlines() if line.count(BLANK) == 1), None)
    if line is None:
        return
    before, _, after = line.partition(BLANK)
    for start in (0, *(found.end() for found in re.finditer(r": ", before))):
        found = re.search(re.escape(before[start:]) + r"(\S.{1,60}?)" + re.escape(after), answered)
        if len(before) - start > 10 and found:
            yield found[0], found[1]
            return


def _mentions(text: str, terms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Plain sentences whose last term is one of those known."""
    for sentence in map(str.strip, _SENTENCE.split(text)):
        if len(sentence) <= MAX_CHARACTERS and sentence[:1].isupper() and sentence.endswith("."):
            words = sentence.removesuffix(".").split()
            last = next((n for n in (3, 2, 1) if " ".join(words[-n:]).strip("`*").casefold() in terms), None)
            if last and len(words) > last:
                yield sentence, " ".join(words[-last:])


def _fact(row: Mapping[str, Any], sentence: str, term: str) -> Fact | None:
    before, _, after = sentence.rpartition(term)
    if len(_WORD.findall(before)) < MIN_BEFORE or len(sentence) > MAX_CHARACTERS or _MARKUP.search(sentence):
        return None
    if not before.endswith(" ") or "\n" in sentence or re.search(rf"(?<!\w){re.escape(term)}(?!\w)", before, re.I):
        return None
    place = next(iter(row["evidence"] or ()), None) or {"path": row["source_path"], "start_line": 0, "end_line": 0}
    blank = f"{before}{BLANK}{after}"
    return Fact(
        "sentence", before.strip(), term, "{subject}",
        f"Which term fits the blank in this sentence of {row['collection']}? {blank}", frozenset({term}),
        place["path"], place["start_line"] or 0, place["end_line"] or 0, _shape(before, term), quoted=False,
    )  # fmt: skip


def _shape(before: str, term: str) -> tuple[object, ...]:
    """What must be alike so that grammar alone rules no option out."""
    last = before.rsplit(maxsplit=1)[-1].lower()
    plural = term.strip("`*").endswith("s")
    return "`" in term, plural, term[:1].isupper(), min(term.count(" "), 2), last if last in ("a", "an") else ""
