"""Where does a text say what is looked for? Finds phrases by their normal forms, the longest first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from synth.graph.text.keys import singular
from synth.graph.text.pipeline import parts_of


class Matcher:
    """Finds phrases in words.

    Args:
        keys: normal forms of the phrases; see `synth.graph.text.keys.key_of`.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = frozenset(keys)
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in self._keys:
            parts = key.split(" ")
            if len(parts) > 1:
                lengths[parts[0]].add(len(parts))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, words: Sequence[str], starts: Sequence[int]) -> Iterator[tuple[int, int, str]]:
        """The characters of each phrase and its normal form, in order and without overlap.

        Args:
            words: of a text.
            starts: the character where each begins.
        """
        parts = [part for word, start in zip(words, starts, strict=True) for part in parts_of(word, start)]
        lows = [part[0].lower() for part in parts]
        index = 0
        while index < len(parts):
            length, key = self._longest(lows, index)
            if length:
                yield parts[index][1], parts[index + length - 1][2], key
            index += length or 1

    def _longest(self, lows: Sequence[str], index: int) -> tuple[int, str]:
        for length in self._lengths.get(lows[index], ()):
            last = index + length - 1
            if last < len(lows):
                key = " ".join([*lows[index:last], singular(lows[last])])
                if key in self._keys:
                    return length, key
        key = singular(lows[index])
        return (1, key) if key in self._keys else (0, "")
