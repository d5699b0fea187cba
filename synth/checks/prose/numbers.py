"""Which numbers does a text say? Digits, versions, months and number words, each in every form that it may take."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_NAMES_OF_MONTHS = "january february march april may june july august september october november december"
_VALUES = {word: value for value, word in enumerate(_UNITS.split())}
_VALUES |= {word: 10 * tens for tens, word in enumerate(_TENS.split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
_SUFFIXES = {"k": 10**3, "m": 10**6, "g": 10**9, "kb": 10**3, "mb": 10**6, "gb": 10**9}
_OTHERS = {word: {str(value)} for value, word in enumerate(_ORDINALS.split(), 1)}
_OTHERS |= {"half": {"0.5", "50"}, "quarter": {"0.25", "25"}, "once": {"1"}, "twice": {"2"}, "double": {"2"}}
_OTHERS |= {"both": {"2"}, "pair": {"2"}, "single": {"1"}, "couple": {"2"}, "triple": {"3"}, "century": {"100"}}
MAX_DOTS = 5
_MONTHS = _NAMES_OF_MONTHS.split()
_MONTH = rf"(?:{'|'.join(f'{month[:3].title()}(?:{month[3:]})?' for month in _MONTHS)}|Sept)"  # `may` is a verb
_DIGITS = r"\d+(?:[.,]\d+)*"
_NUMBER = re.compile(
    rf"(?<![A-Za-z_])(?<![A-Za-z]-)(?<!\d)(?P<digits>{_DIGITS})(?:\s?(?P<scale>{'|'.join(_SCALES)})\b|(?P<suffix>[A-Za-z]+))?"
    rf"|\b(?P<words>(?:{'|'.join([*_VALUES, *_SCALES])})"
    rf"(?:(?:\s+and\s+|[\s-]+)(?:{'|'.join([*_VALUES, *_SCALES])}))*)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    rf"\b({_MONTH})\b\.?(?=[ ,]*(?:the )?\d)|(?<=\d )(?:of )?({_MONTH})\b|(?<=\d(?:st|nd|rd|th) )(?:of )?({_MONTH})\b"
)
_ISO = re.compile(r"\b\d{4}[-/](\d{1,2})[-/]\d{1,2}\b|\b\d{1,2}[./](\d{1,2})[./]\d{4}\b|\b(\d{1,2})/\d{1,2}/\d{4}\b")
_ANY_MONTH = re.compile(rf"\b({_MONTH})\b")
_OTHER = re.compile(rf"\b({'|'.join(_OTHERS)})\b", re.IGNORECASE)
_THIN = re.compile(r"(?<=\d)[\u00a0\u202f\u2009'_](?=\d{3}(?!\d))")


class Number(NamedTuple):
    """A number as a text has it; `forms` are ways to write it of which one is enough, `after` is what follows it."""

    text: str
    forms: frozenset[str]
    is_word: bool
    before: str
    after: str


def numbers_in(text: str) -> Iterator[Number]:
    """The numbers of a text in order, and months where they belong to a date."""
    text = _THIN.sub("", text)
    for match in _NUMBER.finditer(text):
        before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 60]
        for forms in _forms(match):
            yield Number(match[0], frozenset(forms), bool(match["words"]), before, after)
    for match in _DATED.finditer(text):
        name = next(filter(None, match.groups()))
        yield Number(name, frozenset({_month(name)}), False, "", text[match.end() : match.end() + 60])


def forms_in(text: str) -> frozenset[str]:
    """Every form of every number that a text holds, as digits, as words or as part of a date."""
    found = {form for number in numbers_in(text) for form in number.forms}
    found |= {form for match in _OTHER.finditer(text) for form in _OTHERS[match[1].lower()]}
    found |= {_month(match[1]) for match in _ANY_MONTH.finditer(text)}
    dates = (next(filter(None, match.groups())) for match in _ISO.finditer(text))
    found |= {f"month {int(month)}" for month in dates}
    # A version is said by its beginning too: 3.11 of 3.11.7.
    found |= {form.rsplit(".", times)[0] for form in found for times in range(1, min(form.count("."), MAX_DOTS) + 1)}
    # RFC2119 and UTF-8 hold numbers too.
    return frozenset(found | {digits.lstrip("0") or "0" for digits in re.findall(r"(?<=[A-Za-z_-])\d+", text)})


def _forms(match: re.Match[str]) -> Iterator[set[str]]:
    if match["words"]:
        yield {_plain(_value(match["words"].lower()))}
        return
    digits, scale = match["digits"], _SCALES.get((match["scale"] or "").lower())
    suffix = _SUFFIXES.get((match["suffix"] or "").lower())
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        digits = digits.replace(",", "")
    for part in digits.split(","):
        forms = {_trim(part)}
        if part.count(".") < 2 and (factor := scale or suffix):
            forms = {_plain(Decimal(part) * factor)} | (set() if scale else forms)
        yield forms


def _value(words: str) -> Decimal:
    """The value of a number in words, such as `two hundred and five`."""
    total, current = 0, 0
    for word in re.findall(r"[a-z]+", words):
        if word in _VALUES:
            current += _VALUES[word]
        elif word in {"hundred", "dozen"}:
            current = max(current, 1) * _SCALES[word]
        elif word in _SCALES:
            total, current = total + max(current, 1) * _SCALES[word], 0
    return Decimal(total + current)


def _plain(value: Decimal) -> str:
    return _trim(f"{value:f}")


def _trim(digits: str) -> str:
    """Digits without zeros that say nothing: 03 and 3.0 are 3, but 3.10 is not 3.1."""
    digits = re.sub(r"^0+(?=\d)", "", digits)
    return re.sub(r"\.0+$", "", digits) if digits.count(".") == 1 else digits


def _month(name: str) -> str:
    return f"month {next(place for place, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))}"
