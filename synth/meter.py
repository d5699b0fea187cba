"""What do answers take, and may more be asked? Tokens, money and time of a run, against its budget."""

import time
from dataclasses import dataclass, field

from synth.config import EngineSettings
from synth.engines import Answers
from synth.ledger import Spent

FIRST_TOKENS = 2000  # that a task is taken to need until answers have come


@dataclass
class Meter:
    """Counts what the answers of a run take.

    Args:
        settings: of the teacher; its budget and price table hold for every answer, whoever gave it.
        spent: by the answers that were there before.
    """

    settings: EngineSettings
    spent: Spent
    tasks: int = 0
    """Answered by this run."""
    own: Spent = field(default_factory=Spent)
    """By the answers of this run."""
    seconds: float = 0.0
    """That this run has waited for answers."""
    _started: float = field(default_factory=time.monotonic)
    _since: float = field(default_factory=time.monotonic)
    _round: Spent = field(default_factory=Spent)
    _share: float = 1.0
    _begun: float = field(default_factory=time.monotonic)

    def add(self, tasks: int, spent: Spent) -> None:
        """Count answers to so many tasks."""
        now = time.monotonic()
        self.seconds, self._since = self.seconds + now - self._since, now
        self.tasks += tasks
        self.own += spent
        self.spent += spent
        self._round += spent

    def begin(self, share: float, spent: Spent) -> None:
        """A round begins. It may take this share of the budget, of which its answers so far have taken `spent`."""
        self._since = self._begun = time.monotonic()
        self._share, self._round = share, spent

    def resume(self) -> None:
        """Time from here on is waiting for answers, not for an engine to open."""
        self._since = time.monotonic()

    def is_spent(self, in_flight: int = 0) -> bool:
        """Whether the budget, or the round's share of it, ends here, given what is likely to come of what is asked."""
        likely = in_flight * ((self.own.prompt + self.own.output) / self.tasks if self.tasks else FIRST_TOKENS)
        return self._reaches(1.0, self.spent, likely, self._started) or self._reaches(
            self._share, self._round, likely, self._begun
        )

    def _reaches(self, share: float, spent: Spent, likely: float, since: float) -> bool:
        budget, tokens = self.settings.budget, spent.prompt + spent.output
        prices = self.settings.prices
        cost = prices.cost(spent.prompt, spent.cached, spent.output)
        price = cost / tokens if tokens else max(prices.prompt, prices.output) / 1e6
        return (
            (budget.tokens is not None and tokens + likely >= share * budget.tokens)
            or (budget.money is not None and cost + likely * price >= share * budget.money)
            or (budget.hours is not None and time.monotonic() - since >= share * budget.hours * 3600)
        )

    @property
    def cost(self) -> float:
        """What all answers cost, by the price table."""
        return self.settings.prices.cost(self.spent.prompt, self.spent.cached, self.spent.output)

    @property
    def rate(self) -> float:
        """Output tokens a second of this run."""
        return self.own.output / self.seconds if self.seconds else 0.0

    def note(self) -> str:
        """Rate and cost, for the progress view."""
        cost = f" · {self.cost:,.2f} {self.settings.prices.currency}" if self.cost else ""
        return f"{self.rate:,.0f} tokens/s{cost}"


def spent_by(answers: Answers) -> Spent:
    """What the answers to a task took."""
    total = Spent()
    for row in answers:
        total += Spent(*(row.get(name) or 0 for name in ("prompt_tokens", "cached_tokens", "output_tokens")))
    return total
