"""Where does a text say what is looked for? Finds phrases by their normal forms, the longest first."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from synth.graph.text.keys import singular

_BETWEEN_HYPHENS = re.compile(r"[^\-\u2010\u2011]+")


class Matcher:
    """Finds phrases in words.

    Args:
        keys: normal forms of the phrases; see `synth.graph.text.keys.key_of`.
        loose: those among them inside which others are looked for too.
    """

    def __init__(self, keys: Iterable[str], loose: Iterable[str] = ()) -> None:
        self._keys = frozenset(keys)
        self._loose = frozenset(loose)
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in self._keys:
            parts = key.split(" ")
            if len(parts) > 1:
                lengths[parts[0]].add(len(parts))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, words: Sequence[str], starts: Sequence[int]) -> Iterator[tuple[int, int, str]]:
        """The characters of each phrase and its normal form, in order; none overlap but those inside loose ones.

        Args:
            words: of a text.
            starts: the character where each begins.
        """
        parts: list[tuple[str, int, int]] = []
        for word, start in zip(words, starts, strict=True):
            if word.isalnum():
                parts.append((word, start, start + len(word)))
            else:
                matches = _BETWEEN_HYPHENS.finditer(word)
                parts += [(match[0], start + match.start(), start + match.end()) for match in matches]
        lows = [part[0].lower() for part in parts]
        for first, last, key in self._inside(lows, 0, len(lows), len(lows)):
            yield parts[first][1], parts[last - 1][2], key

    def _inside(self, lows: Sequence[str], index: int, end: int, most: int) -> Iterator[tuple[int, int, str]]:
        """Phrases of at most so many parts between two of them."""
        while index < end:
            length, key = self._longest(lows, index, min(most, end - index))
            if length:
                yield index, index + length, key
            if key in self._loose and length > 1:
                yield from self._inside(lows, index, index + length, length - 1)
            index += length or 1

    def _longest(self, lows: Sequence[str], index: int, most: int) -> tuple[int, str]:
        for length in self._lengths.get(lows[index], ()):
            last = index + length - 1
            if length <= most:
                key = " ".join([*lows[index:last], singular(lows[last])])
                if key in self._keys:
                    return length, key
        key = singular(lows[index])
        return (1, key) if key in self._keys else (0, "")
