"""How do people write numbers of tokens? In figures, or as 500k, 10M, 1.5B."""

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator

_AMOUNT = re.compile(r"(\d[\d_,]*(?:\.\d+)?(?:e\+?\d\d?)?)\s*([kmb]?)", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}


def parse_tokens(amount: object) -> int:
    """Read a number of tokens as people write it: 2500000, "500k", "10M", "1.5B".

    Raises:
        ValueError: it is no such number.
    """
    found = _AMOUNT.fullmatch(str(amount).strip())
    if found is None or isinstance(amount, bool):
        raise ValueError(f"{amount!r} is no number of tokens; write it as 2500000, 500k, 10M or 1.5B")
    return int(Fraction(found[1].replace(",", "").replace("_", "")) * _UNITS[found[2].lower()])


def say_tokens(tokens: int) -> str:
    """A number of tokens in three figures: 500k, 10M, 1.25B."""
    for unit in ("b", "m", "k"):
        if tokens >= _UNITS[unit] * Fraction(9995, 10000):
            return f"{float(f'{tokens / _UNITS[unit]:.3g}'):g}{unit if unit == 'k' else unit.upper()}"
    return str(tokens)


Amount = Annotated[int, BeforeValidator(parse_tokens)]
"""A setting that is a number of tokens."""
