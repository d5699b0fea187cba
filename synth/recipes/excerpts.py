"""Which part of the source does a prompt show? Windows of files, so that prompts about one place start alike.

A prompt begins with the window that holds its subject; what else it needs comes after. So all prompts about a window
share their beginning byte for byte, and a teacher's prefix cache serves all but the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synth.recipes.base import Source
from synth.recipes.segments import Segment, header, segment_file, text_of

MAIN_SHARE = 0.75  # of the context, for the window that prompts share; the rest is for definitions from elsewhere


@dataclass(frozen=True)
class Context:
    """What one prompt shows: `headers` and `texts` of its pieces, the shared window first."""

    prefix_key: str
    headers: list[str]
    texts: list[str]


@dataclass(frozen=True)
class Excerpts:
    """Chooses what prompts about a source show.

    Args:
        source: the collection.
        tokens: length limit of what one prompt shows.
    """

    source: Source
    tokens: int
    _windows: dict[str, list[Segment]] = field(default_factory=dict, repr=False)

    def about(self, evidence: Sequence[Mapping[str, Any]]) -> Context:
        """The window that holds the first piece of evidence, then those other pieces that lie outside it and fit."""
        main = self._window(evidence[0])
        shown, left = [main], self.tokens - main.tokens
        for item in evidence[1:]:
            segment = self._piece(item, left)
            if segment is not None and not any(_covers(one, segment) for one in shown):
                shown.append(segment)
                left -= segment.tokens
        return Context(
            prefix_key=f"{self.source.collection}/{main.path}:{main.start_line}",
            headers=[header(self.source, segment) for segment in shown],
            texts=[text_of(self.source, segment) for segment in shown],
        )

    def _window(self, item: Mapping[str, Any]) -> Segment:
        path = item["path"]
        if path not in self._windows:
            self._windows[path] = segment_file(self.source, path, int(self.tokens * MAIN_SHARE))
        windows = self._windows[path]
        return next((one for one in windows if one.start_line <= item["start_line"] <= one.end_line), windows[0])

    def _piece(self, item: Mapping[str, Any], limit: int) -> Segment | None:
        """As many lines of a piece of evidence as fit; None where not even the first does."""
        lines = self.source.lines(item["path"])
        tokens, end = 0, item["start_line"] - 1
        for number in range(item["start_line"], min(item["end_line"], len(lines)) + 1):
            cost = self.source.count_tokens(lines[number - 1] + "\n")
            if tokens + cost > limit:
                break
            tokens, end = tokens + cost, number
        return Segment(item["path"], item["start_line"], end, tokens) if end >= item["start_line"] else None


def _covers(outer: Segment, inner: Segment) -> bool:
    return (
        outer.path == inner.path and outer.start_line <= inner.start_line and outer.end_line >= inner.end_line
    )  # fmt: skip
