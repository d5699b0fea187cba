"""Answers that are worked out once, and never twice inside of themselves."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

MAX_DEPTH = 30  # questions inside of questions; longer roads end nowhere

Answer = TypeVar("Answer")


class Memo(Generic[Answer]):
    """Remembers answers; a question that comes up while it is being answered has the answer None.

    An answer that was cut short in this way depends on where the search began, so it is only kept for the outermost
    question. That makes every answer independent of the order of questions.
    """

    def __init__(self) -> None:
        self._answers: dict[Hashable, Answer | None] = {}
        self._active: set[Hashable] = set()
        self._cuts = 0

    def answer(self, question: Hashable, search: Callable[[], Answer | None]) -> Answer | None:
        """The answer to a question, searched for where it is not known yet."""
        if question in self._answers:
            return self._answers[question]
        if question in self._active or len(self._active) > MAX_DEPTH:
            self._cuts += 1
            return None
        cuts = self._cuts
        self._active.add(question)
        found = search()
        self._active.discard(question)
        if cuts == self._cuts or not self._active:
            self._answers[question] = found
        return found
