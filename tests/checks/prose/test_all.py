"""What holds for every check of prose."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.conftest import make_sample
from checks.prose.conftest import PATH, TEXT, about, asked, make_context
from synth.checks import CHECKS, MODULES, PROSE, judge, self_contained
from synth.checks.prose import supported
from synth.checks.prose.support_model import Embeddings, Entailment
from synth.config import CheckSettings

GENERAL = {"well_formed", "complete", "length", "self_contained", "repetition", "benchmark_overlap"}


def test_a_sound_question_passes_all(context):
    assert [verdict for verdict in judge(asked(), context) if not verdict.passed] == []


def test_a_sound_text_of_a_teacher_passes_all(context):
    text = (
        "## Maren Holtz in the Beacon Keeper's Handbook\n\nMaren Holtz and Tobias van Dyck wrote a first draft of the "
        "Beacon Control Protocol in March 2004. Holtz wanted a lamp that all keepers may trim.\n\n## The lens\n\nEvery "
        "twelve hours a keeper has to turn the lens. Whoever forgets it for 36 hours hears the alarm of `watch_timer`."
    )
    assert [verdict for verdict in judge(about(text), context) if not verdict.passed] == []


def test_the_documents_own_text_passes_all(context):
    assert [
        item for item in judge(about(TEXT, recipe="docs.passage", engine="template"), context) if not item.passed
    ] == []


@pytest.mark.parametrize("recipe", ["docs.qa", "entigraph.pair", "spa.dialogue", "knowledge_instruct"])
def test_recipes_about_documents_go_through_the_checks_of_prose_and_the_general_ones(recipe, context):
    names = [verdict.name for verdict in judge(asked(recipe=recipe), context)]
    assert set(names) == GENERAL | {module.NAME for module in PROSE}
    assert len(names) == len(set(names))


def test_recipes_about_code_go_through_theirs_alone(context):
    names = [verdict.name for verdict in judge(make_sample(), context)]
    assert names == [module.NAME for module in MODULES]


def test_every_check_of_prose_says_what_it_verifies():
    assert {module.NAME for module in PROSE} <= CHECKS.keys()
    assert all(CHECKS[module.NAME].endswith(".") for module in PROSE)


def test_the_page_on_them_states_what_they_verify_and_every_setting_with_its_default():
    page = (Path(__file__).parents[3] / "docs" / "checks-docs.md").read_text(encoding="utf-8")
    for module in (*PROSE, self_contained):
        assert f"| `{module.NAME}` | {module.VERIFIES} |" in page
    for name in ("support", "max_copied_words", "max_copied_share"):
        assert f"| `{name}` | `{CheckSettings.model_fields[name].default}` |" in page
    assert f"{supported.ENOUGH} for words, {Entailment.enough} for an NLI model, {Embeddings.enough} for" in page


def test_evidence_is_the_lines_that_the_sample_names(context):
    sample = about("x", evidence=[{"id": "p", "path": PATH, "start_line": 9, "end_line": 10}])
    assert context.evidence(sample) == ["\n".join(TEXT.split("\n")[8:10])]
    assert context.evidence({**sample, "collection": "elsewhere"}) == []


def test_only_the_documents_that_are_evidence_are_read():
    class Lazy(dict):
        def __missing__(self, key):
            raise AssertionError(f"{key} was read")

        def get(self, key, default=None):
            return self[key]

    lazy = Lazy({("c", PATH): TEXT})
    assert len(judge(about("The keeper turns the lens every 12 hours."), make_context(lazy))) == len(PROSE) + len(
        GENERAL
    )


TEXTS = st.text() | st.lists(
    st.sampled_from(
        ["`", "```", "\n", "# ", "> ", "\"", "\u201c", "\u201d", "Maren ", "Holtz", "12 ", "1,5", "3.1.2", "May 3",
         " one ", "[", "](x)", "*", "**", "_", "<a", ">", "{", "|", ":", "- ", "1. ", "\x00", "\ud800",
         "ä", "灯", "the document "]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(TEXTS, TEXTS)
def test_no_text_makes_a_check_fail_to_judge(text, evidence):
    context = make_context({("c", PATH): evidence})
    assert len(judge(about("a" + text), context)) == len(PROSE) + len(GENERAL)
    assert len(judge(asked("q" + text, "a" + text, "r" + text), context)) == len(PROSE) + len(GENERAL)
