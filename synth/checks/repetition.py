"""Does the sample repeat itself? Thresholds of Gopher (Rae et al. 2021, arXiv 2112.11446, table A1)."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from synth.checks.base import Context, Verdict, failed, not_checked, passed
from synth.checks.markdown import prose
from synth.checks.prose.texts import is_written
from synth.checks.prose.texts import parts as texts_of

NAME = "repetition"
VERIFIES = "Its prose repeats lines, paragraphs and phrases no more than Gopher's thresholds allow."
DUPLICATE_LINES = 0.30  # share of lines
DUPLICATE_LINE_CHARACTERS = 0.20
DUPLICATE_PARAGRAPHS = 0.30
DUPLICATE_PARAGRAPH_CHARACTERS = 0.20
TOP_NGRAM = {2: 0.20, 3: 0.18, 4: 0.16}  # share of characters in the most frequent n-gram
DUPLICATE_NGRAM = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}  # share of characters
_INLINE = re.compile(r"`[^`\n]+`")
_TITLE = re.compile(r"(?<![*\w])\*(?![*\s])([^*\s]+)(?:[ \t][^*\n]*)?\*(?![*\w])")
MIN_WORDS = 50  # Gopher keeps no document that is shorter; in a short answer the shares mean nothing


def check(sample: Mapping[str, Any], context: Context) -> Verdict:
    """Judge one sample by what was written, a text or reasoning and answer; code repeats itself by nature."""
    if sample["stage"] == "cpt" and not is_written(sample):
        return not_checked(NAME, "the text is the source's own")
    parts = texts_of(sample)
    judged = 0
    for part in (part for part in parts if part != "question"):
        # A declaration between backticks is code as well: it counts as one word.
        text = _INLINE.sub(lambda match: "".join(match[0].split()), prose(parts[part]))
        # A title is named as often as the text speaks of its document, however long it is: one word too.
        text = _TITLE.sub(r"\1", text)
        words = text.split()
        if len(words) >= MIN_WORDS:
            judged += 1
            if fault := _repeats(text, words):
                return failed(NAME, f"{part}: {fault}")
    return passed(NAME) if judged else not_checked(NAME, f"its prose has fewer than {MIN_WORDS} words")


def _repeats(text: str, words: Sequence[str]) -> str:
    for unit, parts, most, most_characters in (
        ("lines", text.split("\n"), DUPLICATE_LINES, DUPLICATE_LINE_CHARACTERS),
        ("paragraphs", text.split("\n\n"), DUPLICATE_PARAGRAPHS, DUPLICATE_PARAGRAPH_CHARACTERS),
    ):
        full = [part.strip() for part in parts if part.strip()]
        again = [part for part, count in Counter(full).items() for _ in range(count - 1)]
        if len(again) > most * len(full) or sum(map(len, again)) > most_characters * len(text):
            return f"{len(again)} of {len(full)} {unit} are repeated"
    total = sum(map(len, words))
    for n, most in TOP_NGRAM.items():
        gram, count = Counter(_ngrams(words, n)).most_common(1)[0]
        if count > 1 and count * sum(map(len, gram)) > most * total:
            return f"{' '.join(gram)!r} occurs {count} times"
    for n, most in DUPLICATE_NGRAM.items():
        if (share := _duplicated(words, n) / total) > most:
            return f"{share:.0%} of it is in repeated {n}-grams"
    return ""


def _ngrams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[start:] for start in range(n)), strict=False))


def _duplicated(words: Sequence[str], n: int) -> int:
    """Characters of the words that lie in an n-gram which occurred before, each word counted once."""
    seen: set[tuple[str, ...]] = set()
    inside: set[int] = set()
    for start, gram in enumerate(_ngrams(words, n)):
        if gram in seen:
            inside.update(range(start, start + n))
        seen.add(gram)
    return sum(len(words[index]) for index in inside)
