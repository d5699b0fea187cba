"""The checks room: what is kept, and why not?

A check is a module with `NAME` (the reason code of a rejected row), `VERIFIES` (one sentence: what is true of a sample
that passed) and `check(sample, context)`, which returns a `Verdict`. To add one, write the module and list it in
`MODULES`, or in `PROSE` where it is about documents. Duplicates need the whole corpus, so they are found by
`Duplicates`, after the other checks; `execution` runs code, so it is run last and only where asked; `problems` and
`candidates` belong to the rounds of a teacher.
"""

from collections.abc import Callable, Mapping
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
from synth.checks.prose import (
    assistant_talk,
    copied,
    grounded_entities,
    grounded_numbers,
    grounded_quotations,
    language,
    supported,
)

Check = Callable[[Mapping[str, Any], Context], Verdict]
CODE_RECIPES = "ucd."
"""How the names of recipes about code begin; all others are about prose."""
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
PROSE = (assistant_talk, grounded_entities, grounded_numbers, grounded_quotations, supported, copied, language)
"""Checks of samples about prose alone, which also go through those in `_OF_PROSE`."""
_OF_PROSE: tuple[Check, ...] = (
    well_formed.check,
    complete.check,
    length.check,
    self_contained.check_prose,
    *(module.check for module in PROSE),
    repetition.check,
    benchmark_overlap.check,
)
CHECKS: dict[str, str] = {
    **{module.NAME: module.VERIFIES for module in (*MODULES, *PROSE, execution)},
    **problems.VERIFIES,
    **candidates.VERIFIES,
    **duplicates.VERIFIES,
}
"""What each check verifies, by its name."""


def judge(sample: Mapping[str, Any], context: Context) -> list[Verdict]:
    """Run every check on one sample: those about code or those about prose, as its recipe is, and the general ones.

    Args:
        sample: columns of `synth.schema.SAMPLES`, without `checks`.
        context: what is known of its source.
    """
    if sample["recipe"].startswith(CODE_RECIPES):
        return [module.check(sample, context) for module in MODULES]
    return [check(sample, context) for check in _OF_PROSE]


__all__ = ["CHECKS", "MODULES", "PROSE", "Benchmark", "Context", "Duplicates", "Verdict", "judge", "load_benchmark"]
