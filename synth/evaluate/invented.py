"""What would a name of this shape look like that the source does not have?"""

import re
from collections.abc import Collection, Sequence

from synth.schema import content_id

_WORD = re.compile(r"[A-Z][a-z]{3,}|[a-z]{4,}|[A-Z]{4,}")


def invent(name: str, pool: Sequence[str], taken: Collection[str], key: str) -> str:
    """Make up a name of the shape of another, which none has.

    In the place of each word of four or more letters stand the first half of one word of the pool and the second half
    of another: `resolve_envvar` may become `formaext_pagand`. Case, underscores and the number of words stay.

    Args:
        name: the name whose shape is kept.
        pool: words of the same source, in any order that is always the same.
        taken: names that exist.
        key: what the choice depends on, beside the name.

    Raises:
        ValueError: the pool is so small that all that it gives exists.
    """
    for attempt in range(1000):
        made = _blend_all(name, pool, f"{key}/{attempt}")
        if made not in taken and made != name:
            return made
    raise ValueError(f"no name like {name} can be made up from {len(pool)} words")


def has_words(name: str) -> bool:
    """Whether a name has a word of which another can be made."""
    return _WORD.search(name) is not None


def words_of(names: Sequence[str]) -> list[str]:
    """The words within names, in lower case, each once and in order."""
    return sorted({word.lower() for name in names for word in _WORD.findall(name)})


def _blend_all(name: str, pool: Sequence[str], key: str) -> str:
    return _WORD.sub(lambda found: _blend(found[0], pool, f"{key}/{found.start()}"), name)


def _blend(word: str, pool: Sequence[str], key: str) -> str:
    half = (len(word) + 1) // 2
    one, other = (pool[int(content_id(key, part), 16) % len(pool)] for part in ("first", "second"))
    made = one[:half] + other[min(half, len(other) - 2) :]
    return made.upper() if word.isupper() else made.capitalize() if word[0].isupper() else made
