"""The checks room: what is kept, and why not?

A check is a module with `NAME` (the reason code of a rejected row), `VERIFIES` (one sentence: what is true of a sample
that passed) and `check(sample, context)`, which returns a `Verdict`. To add one, write the module and list it in
`MODULES`. Duplicates need the whole corpus, so they are found by `Duplicates`, after the other checks; `execution` runs
code, so it is run last and only where asked; `problems` and `candidates` belong to the rounds of a teacher.
"""

from collections.abc import Mapping
from typing import Any

from synth.checks import (
    agreement,
    benchmark_overlap,
    call_signature,
    called_names,
    candidates,
    code_parses,
    complete,
    duplicates,
    execution,
    length,
    problems,
    relation,
    repetition,
    self_contained,
    symbols,
    unseen_context,
    well_formed,
)
from synth.checks.base import Context, Verdict
from synth.checks.benchmark_overlap import Benchmark, load_benchmark
from synth.checks.duplicates import Duplicates

MODULES = (
    well_formed,
    complete,
    length,
    symbols,
    called_names,
    call_signature,
    relation,
    agreement,
    code_parses,
    unseen_context,
    self_contained,
    repetition,
    benchmark_overlap,
)
CHECKS: dict[str, str] = {
    **{module.NAME: module.VERIFIES for module in (*MODULES, execution)},
    **problems.VERIFIES,
    **candidates.VERIFIES,
    **duplicates.VERIFIES,
}
"""What each check verifies, by its name."""


def judge(sample: Mapping[str, Any], context: Context) -> list[Verdict]:
    """Run every check on one sample.

    Args:
        sample: columns of `synth.schema.SAMPLES`, without `checks`.
        context: what is known of its source.
    """
    return [module.check(sample, context) for module in MODULES]


__all__ = ["CHECKS", "Benchmark", "Context", "Duplicates", "Verdict", "judge", "load_benchmark"]
