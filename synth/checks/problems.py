"""Is a problem that a teacher wrote fit to be asked? Found when problems are read, before anybody answers them."""

from collections.abc import Sequence

from synth.checks.base import Verdict, failed, passed

SHAPE = "problem_shape"
RUBRIC = "rubric"
VERIFIES = {
    SHAPE: "What the teacher wrote is JSON of the shape that its prompt asks for.",
    RUBRIC: "Every symbol of a problem's rubric is a node of the code graph.",
}


def misshapen(fault: str) -> Verdict:
    """The verdict of an answer that holds no problem."""
    return failed(SHAPE, fault)


def rubric(unknown: Sequence[str]) -> Verdict:
    """Judge a rubric by the names in it that lead to no node."""
    return failed(RUBRIC, f"`{unknown[0]}` is not in the source") if unknown else passed(RUBRIC)
