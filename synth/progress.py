"""How does long work say how far it is? One callback, whoever shows it."""

from typing import Protocol


class Progress(Protocol):
    """Told what is being done, how much of it is done and in all (0: not known), and what else is worth knowing."""

    def __call__(self, stage: str, done: int, total: int, note: str = "", /) -> None:
        """Take note."""
        ...


def silent(stage: str, done: int, total: int, note: str = "", /) -> None:
    """The progress of those who do not look."""
