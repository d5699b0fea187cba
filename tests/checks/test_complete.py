"""Only whole answers are kept, and no overrun trace."""

import pytest

from checks.conftest import make_context, make_sample
from synth.checks import complete, length


def test_an_answer_that_its_engine_ended_is_complete(context):
    assert complete.check(make_sample(finish_reason="stop"), context).detail == ""


@pytest.mark.parametrize("reason", ["length", "content_filter", "abort", "tool_calls", ""])
def test_an_answer_that_ended_otherwise_is_not(reason, context):
    verdict = complete.check(make_sample(finish_reason=reason), context)
    assert not verdict.passed
    assert (reason or "none") in verdict.detail


def test_an_engine_that_does_not_say_leaves_it_open(context):
    verdict = complete.check(make_sample(finish_reason=None), context)
    assert verdict.passed
    assert verdict.detail.startswith("not checked")


def test_reasoning_that_overran_is_too_long():
    context = make_context(max_reasoning_tokens=20)
    assert length.check(make_sample(reasoning="word " * 20), context).passed
    verdict = length.check(make_sample(reasoning="word " * 21), context)
    assert verdict.detail == "the reasoning has 21 tokens, more than 20"
    assert not verdict.passed
