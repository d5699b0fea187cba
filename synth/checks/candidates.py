"""Which answers to a question are kept? The judge's verdict on each, and how many are enough (rejection sampling)."""

from synth.checks.base import Verdict, failed, passed

JUDGE = "judge"
SURPLUS = "surplus"
VERIFIES = {
    JUDGE: "A judge model finds that it agrees with the reference; the detail holds its reasons.",
    SURPLUS: "No more than teacher.keep better answers to its question passed all other checks.",
}


def verdict(agrees: bool, reasons: str) -> Verdict:
    """What the judge found."""
    return Verdict(JUDGE, float(agrees), passed=agrees, detail=reasons)


def surplus(place: int, keep: int) -> Verdict:
    """Judge an answer by its place, from 0, among those that passed."""
    return passed(SURPLUS) if place < keep else failed(SURPLUS, f"{place} better answers to its question passed")
