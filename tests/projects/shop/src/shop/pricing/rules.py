"""Rules that change a price."""

from abc import ABC, abstractmethod


class PriceRule(ABC):
    """Changes the sum of a basket."""

    @abstractmethod
    def apply(self, cents: int) -> int:
        """The price after the rule, in cents."""


class NoRule(PriceRule):
    """Leaves the price as it is."""

    def apply(self, cents: int) -> int:
        """Return the price unchanged."""
        return cents


class PercentOff(PriceRule):
    """Takes a percentage off."""

    def __init__(self, percent: int) -> None:
        self.percent = percent

    def apply(self, cents: int) -> int:
        """Take the percentage off and round down."""
        return cents * (100 - self.percent) // 100


class Seasonal(PercentOff):
    """Takes a percentage off in some months only."""

    def __init__(self, percent: int, months: frozenset[int]) -> None:
        super().__init__(percent)
        self.months = months

    def is_on(self, month: int) -> bool:
        """Whether the rule holds in a month."""
        return month in self.months
