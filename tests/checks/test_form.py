"""Form: whole, of the right length, code that parses, no unseen context, a named subject, no repetition."""

import pytest

from checks.conftest import make_context, make_sample
from synth.checks import code_parses, length, repetition, self_contained, unseen_context, well_formed
from synth.checks.markdown import Block, inline_code, split


@pytest.mark.parametrize("part", ["question", "answer", "reasoning"])
@pytest.mark.parametrize(
    "text", ["   ", "An open\n\n```python\nx = 1\n", "See `` now", "Hello {{ name }}", "{% if x %}yes"]
)
def test_a_part_that_is_not_whole(part, text, context):
    verdict = well_formed.check(make_sample(**{part: text}), context)
    assert not verdict.passed
    assert verdict.detail.startswith(part)


def test_templates_in_code_are_code(context):
    assert well_formed.check(make_sample(answer="Use `{{ x }}`:\n\n```python\ns = '{{ x }}'\n```"), context).passed


@pytest.mark.parametrize("roles", [["user"], ["assistant", "user"], ["user", "assistant", "user"], ["system", "user"]])
def test_turns_of_another_order(roles, context):
    messages = [{"role": role, "content": "x"} for role in roles]
    assert not well_formed.check(make_sample(messages=messages), context).passed


def test_an_empty_text(context):
    assert not well_formed.check(make_sample(stage="cpt", text=" \n", messages=None), context).passed


def test_answers_that_are_too_short_and_samples_that_are_too_long():
    context = make_context(min_answer_tokens=3, max_sample_tokens=60)
    assert length.check(make_sample(answer="one two three"), context).passed
    assert "fewer than 3" in length.check(make_sample(answer="one two"), context).detail
    assert "more than 60" in length.check(make_sample(answer="word " * 60), context).detail


@pytest.mark.parametrize(
    "code", ["x = 1", "def f(): ...", "    def f(self):\n        return 1", "class A(B): ...", "await f()"]
)
def test_code_that_parses(code, context):
    verdict = code_parses.check(make_sample(answer=f"So:\n\n```python\n{code}\n```"), context)
    assert verdict.passed
    assert verdict.detail == ""


@pytest.mark.parametrize("part", ["question", "answer"])
@pytest.mark.parametrize("code", ["def f(:\n    pass", "x = (1", "return return", "class"])
def test_code_that_does_not(part, code, context):
    assert not code_parses.check(make_sample(**{part: f"So:\n\n```python\n{code}\n```"}), context).passed


def test_code_too_deep_for_the_parser_does_no_harm(context):
    code = "x = " + "(" * 5000 + "1" + ")" * 5000
    assert code_parses.check(make_sample(answer=f"```python\n{code}\n```"), context).name == "code_parses"


@pytest.mark.parametrize(
    ("fence", "code"), [("rust", "fn main() {}"), ("java", "int f() { return 1; }"), ("c++", "auto x = f(1);")]
)
def test_other_languages_are_judged_by_their_grammar(fence, code, context):
    assert code_parses.check(make_sample(answer=f"So:\n\n```{fence}\n{code}\n```"), context).detail == ""
    broken = code_parses.check(make_sample(answer=f"So:\n\n```{fence}\n{code[:-1]}((\n```"), context)
    assert broken.detail.endswith("does not parse")


@pytest.mark.parametrize("fence", ["bash", "toml", ""])
def test_blocks_of_no_known_language_are_not_judged(fence, context):
    verdict = code_parses.check(make_sample(answer=f"```{fence}\nfn main( {{\n```"), context)
    assert verdict.detail.startswith("not checked")


@pytest.mark.parametrize(
    "text",
    [
        "According to the provided context, it adds.", "The provided code shows it.", "As shown above, it adds.",
        "Based on the given documentation it adds.", "In the above snippet it adds.",
        "The document states that it adds.", "From the context, it adds.", "I was given two files.",
        "The user has provided a class.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", ["answer", "reasoning"])
def test_speaking_of_unseen_text(part, text, context):
    assert not unseen_context.check(make_sample(**{part: text}), context).passed


@pytest.mark.parametrize(
    "text",
    [
        "It is a context manager.", "`app_context()` pushes a context.", "It reads the document and returns its title.",
        'It is described as "works in the given context".', "Documents are split into passages.",
        "It says so in the log.",
        "It is there to: Say what it is in the given context.",
    ],
)  # fmt: skip
def test_innocent_words(text, context):
    about = make_sample(answer=text)
    about["evidence"] = [
        *about["evidence"],
        {"id": _describe(), "path": "pkg/shapes.py", "start_line": 1, "end_line": 2},
    ]
    assert unseen_context.check(about, context).passed


def _describe() -> str:
    from checks.conftest import node

    return node("pkg.shapes.Shape.describe").node_id


def test_a_question_may_point_to_code_that_it_shows(context):
    assert not unseen_context.check(make_sample("What does the following code do?"), context).passed
    shown = "What does the following code do?\n\n```python\nx = 1\n```"
    assert unseen_context.check(make_sample(shown), context).passed


@pytest.mark.parametrize("question", ["What is `pkg.shapes.area`?", "What does `pkg/shapes.py` hold?"])
def test_a_question_that_names_its_subject(question, context):
    assert self_contained.check(make_sample(question), context).passed


@pytest.mark.parametrize("question", ["What does it do?", "What is `area`?", "What is pkg.shapes.area_of_it?"])
def test_a_question_that_does_not(question, context):
    assert not self_contained.check(make_sample(question), context).passed


def test_a_question_may_name_what_the_row_states_a_relation_to(context):
    from checks.conftest import node

    claim = {"subject": node("pkg.shapes.area").node_id, "relation": "calls", "object": _describe(), "holds": True}
    question = "Who calls `pkg.shapes.Shape.describe`?"
    assert self_contained.check(make_sample(question, claims=[claim]), context).passed
    assert not self_contained.check(make_sample(question), context).passed


VARIED = " ".join(f"word{index}" for index in range(80))


@pytest.mark.parametrize(
    "text",
    [
        "The same line again.\n" * 12 + VARIED[:40],
        "A paragraph of several words here.\n\n" * 8 + VARIED[:60],
        "very much " * 40,
        VARIED[:300] + " " + VARIED[:300],
    ],
)
@pytest.mark.parametrize("part", ["answer", "reasoning"])
def test_a_text_that_repeats_itself(part, text, context):
    assert not repetition.check(make_sample(**{part: text}), context).passed


def test_a_text_that_does_not(context):
    assert repetition.check(make_sample(answer=VARIED), context).detail == ""


def test_a_long_title_may_be_named_as_often_as_its_text_is_spoken_of(context):
    title = "*The Lightweight Access Protocol of Directories: Considerations on the Security of Extensions* (rfcs)"
    text = f"{VARIED} {title} says so. So {title} has it, and no word of it is in {title} twice."
    assert repetition.check(make_sample(answer=text), context).passed
    assert not repetition.check(make_sample(answer=text.replace("*", "")), context).passed


def test_code_may_repeat_itself(context):
    code = "x = 1\n" * 60
    assert repetition.check(make_sample(answer=f"{VARIED}\n\n```python\n{code}```"), context).passed
    declaration = "`def f(" + ", ".join(f"a{i}: Optional[bool] = None" for i in range(30)) + ")`"
    assert repetition.check(make_sample(answer=f"{VARIED} {declaration}"), context).passed


def test_a_short_answer_is_said_to_be_unchecked(context):
    assert repetition.check(make_sample(), context).detail.startswith("not checked")


def test_blocks_end_at_a_fence_as_long_as_their_own():
    text = "Before `a`\n\n````python\n```\ninner\n```\n````\n\nafter `b`\n\n```\nplain\n```\n"
    prose, blocks = split(text)
    assert blocks == (Block("python", "```\ninner\n```"), Block("", "plain"))
    assert inline_code(text) == ["a", "b"]
    assert "inner" not in prose


def test_a_block_that_is_not_closed_stays_prose():
    assert split("x\n```python\ny = 1\n")[1] == ()


def written(text: str, **other: str):
    """A text for continued pretraining that a teacher wrote about documents."""
    about = {"recipe": "spa.mind_map", "engine": "vllm", "messages": None, "reasoning": None, **other}
    return make_sample(stage="cpt", text=text, **about)


def test_a_text_that_a_teacher_wrote_is_judged_like_an_answer(context):
    loop = "The same line again.\n" * 12
    assert not repetition.check(written(loop + VARIED), context).passed
    assert repetition.check(written(VARIED), context).detail == ""
    assert not well_formed.check(written("An open block\n\n```python\nx = 1\n"), context).passed


def test_what_is_the_sources_own_may_repeat_itself(context):
    loop = "The same line again.\n" * 20
    for own in (written(loop, engine="template"), written(loop, recipe="docs.passage")):
        assert repetition.check(own, context).detail.startswith("not checked")
        assert well_formed.check({**own, "text": "```python\nx = 1\n"}, context).passed


def test_a_text_of_a_few_words_that_a_teacher_wrote_teaches_nothing():
    context = make_context(min_text_tokens=8)
    assert not length.check(written("Twaddle of four words."), context).passed
    assert length.check(
        written("Harbour keeps a tide log, in which every message stands until a pilot reads it."), context
    ).passed
    assert length.check(written("Own words.", recipe="docs.passage"), context).passed
