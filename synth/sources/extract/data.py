"""Is a text file written for people, or is it data: a table, a log, a list? Told by the shape of its lines."""

import re
from collections import Counter
from itertools import islice

MIN_LINES = 5  # fewer show no shape
MAX_LINES = 2_000  # that are looked at
MIN_SENTENCES = 0.1  # share of lines that hold words in a row
MAX_STAMPED = 0.5  # share of lines that begin with a time
MAX_ALIKE = 0.9  # share of lines with equally many separators
IN_A_ROW = 4  # words
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]{8}")  # scripts without spaces
_MARKS = "\"'()[],;:.!?*_`\u2018\u2019\u201c\u201d\u00ab\u00bb"
_SEPARATORS = {re.compile(r"\t"): 2, re.compile(";"): 1, re.compile(r"\|"): 1, re.compile(",(?! )"): 2}
"""Marks between the cells of a row, and how many a row has at least; in prose, a space follows a comma."""
_TIME = re.compile(
    r"\W{0,2}(\d{4}[-/]\d\d[-/]\d\d|\d\d?[:.]\d\d[:.]\d\d|\d\d/\w{2,3}/\d{4}|[A-Z][a-z]{2} [ \d]\d \d\d:)"
)


def is_data(text: str) -> bool:
    """Whether a text is a table, a log, or a list of words or numbers.

    It is a log if most lines begin with a time, a table if nearly all have the same number of tabs, semicolons, bars or
    commas, and a list if hardly any line has four words in a row. Lines of comment, after a `#`, do not count.
    """
    lines = list(islice((line for line in text.split("\n") if line.strip() and line[0] != "#"), MAX_LINES))
    if len(lines) < MIN_LINES:
        return False
    if sum(bool(_TIME.match(line)) for line in lines) > MAX_STAMPED * len(lines):
        return True
    for separator, least in _SEPARATORS.items():
        count, often = Counter(len(separator.findall(line)) for line in lines).most_common(1)[0]
        if count >= least and often > MAX_ALIKE * len(lines):
            return True
    return sum(map(_has_words_in_a_row, lines)) < MIN_SENTENCES * len(lines)


def _has_words_in_a_row(line: str) -> bool:
    run = 0
    for word in line.strip().split(" "):
        run = run + 1 if word.strip(_MARKS).replace("-", "").replace("'", "").isalpha() else 0
        if run == IN_A_ROW:
            return True
    return _UNSPACED.search(line) is not None
