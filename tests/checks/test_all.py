"""What holds for every check."""

from hypothesis import given
from hypothesis import strategies as st

from checks.conftest import make_context, make_sample
from synth.checks import CHECKS, MODULES, PROSE, candidates, duplicates, execution, judge, problems


def test_a_sound_sample_passes_all(context):
    assert [verdict for verdict in judge(make_sample(), context) if not verdict.passed] == []


def test_every_check_is_named_and_says_what_it_verifies():
    apart = (problems, candidates, duplicates)
    assert len(CHECKS) == len({*MODULES, *PROSE, execution}) + sum(len(module.VERIFIES) for module in apart)
    for name, sentence in CHECKS.items():
        assert name.isidentifier()
        assert sentence.endswith(".")


def test_a_text_of_source_files_passes_all(context):
    sample = make_sample(stage="cpt", text="# File: a.py\nx = 1\n", messages=None, reasoning=None)
    verdicts = judge(sample, context)
    assert all(verdict.passed for verdict in verdicts)
    assert len(verdicts) == len(MODULES)


WORDS = st.text() | st.lists(
    st.sampled_from(
        ["`", "```", "```python\n", "\n", "pkg.", "area", "def f(", ")", " ", "{{", "\x00", "ä", "____", "("]
    ),
    max_size=30,
).map("".join)


@given(WORDS, WORDS, WORDS)
def test_no_text_makes_a_check_fail_to_judge(question, answer, reasoning):
    sample = make_sample("q" + question, "a" + answer, "r" + reasoning)
    assert len(judge(sample, CONTEXT)) == len(MODULES)


CONTEXT = make_context()
