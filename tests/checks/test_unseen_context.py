"""No talk of what the reader does not see: what teachers let slip is caught, what code is about is not."""

import pytest

from checks.conftest import graph, make_context, make_sample, node
from synth.checks.unseen_context import check

SLIPS = [
    "The reference answer names `helper`.",
    "The reference material makes it plain that it adds.",
    "My answer should match the reference solution.",
    "The ground truth says that it calls `helper`.",
    "One point of the rubric is the return value.",
    "The provided code multiplies both.",
    "In the provided implementation it multiplies both.",
    "As the attached file shows, it multiplies both.",
    "The supplied documentation says little.",
    "The shown source has two classes.",
    "The above implementation multiplies both.",
    "In the given file, two classes stand side by side.",
    "The given code shows that it multiplies both.",
    "According to the given implementation it multiplies both.",
    "From the provided repository, I take `Circle`.",
    "The provided definition has two parameters.",
    "The provided listing ends there.",
    "The code I was given has two classes.",
    "The file that I was shown has two classes.",
    "The source code we have been given is short.",
    "Looking at the code, it multiplies both.",
    "Looking at the provided function, it multiplies both.",
    "Let me look at the code.",
    "Let me look at the source code of `area` again.",
    "Let me re-read the implementation.",
    "Let me check the file for its bases.",
    "Looking back at the given context, it adds.",
    "The prompt asks me to explain `area`.",
    "The user wants me to explain `area`.",
    "The instruction says that I must be brief.",
    "The instructions ask me to recall it.",
    "Okay, the user is asking about `area`.",
    "The user asks how `area` works.",
    "The user's question is about `area`.",
    "As instructed, I name the class first.",
    "The source code above has two classes.",
    "The source provided has two classes.",
    "The implementation shown here multiplies both.",
    "I can see in the code that it multiplies both.",
    "I see from the source that it multiplies both.",
    "From the listing it is plain.",
    "According to the code provided, it multiplies both.",
    "According to the file above, it multiplies both.",
    "We are given two classes.",
    "I've been given the module.",
    "I'm shown two classes.",
    "The code you provided multiplies both.",
    "The snippet you shared multiplies both.",
    "I need to write as if from memory.",
    "I should answer as if I remember it.",
    "I have to explain it without mentioning the reference.",
    "I must not mention the provided source.",
    "I should pretend that I know it by heart.",
    "We pretend not to have seen it.",
    "I was asked to recall it.",
    "These instructions forbid it.",
    "It is in the prompt.",
    "The context given to me names it.",
]
INNOCENT = [
    "It is a context manager.",
    "It pushes an application context before the view runs.",
    "The context manager closes the file.",
    "The source tree has two packages.",
    "It walks the source tree and skips hidden folders.",
    "Given a list of files, it returns their sizes.",
    "Given a shape, `area` returns a number.",
    "A test that shows the failure is easy to write.",
    "The test shows what must hold.",
    "Let me recall how `area` is defined.",
    "I recall that `area` stands in `pkg/shapes.py`.",
    "From memory: `Circle` derives from `Shape`.",
    "It opens the given file and reads its first line.",
    "It looks for a pattern in the given file.",
    "It compiles the given code.",
    "It calls the given function with each item.",
    "It returns the source of the module.",
    "The documentation builder reads every docstring.",
    "It reads the document and returns its title.",
    "The code that computes it is short.",
    "The implementation multiplies what `helper` returns.",
    "The method is defined in the module `pkg.shapes`.",
    "The context provided by the caller is kept.",
    "The function given as `key` is called once an item.",
    "It raises an error when the user enters no number.",
    "The user may give a colour.",
    "It asks the user for a name until one is given.",
    "It behaves as if the file were empty.",
    "It works without a reference to the parent.",
    "It keeps a weak reference to the shape.",
    "CPython is the reference implementation.",
    "Callers should not refer to the private name.",
    "The expected type of `scale` is a number.",
    "It looks at the first element of the list.",
    "It looks the name up in the registry.",
    "The passage of time is measured by a clock.",
    "It lets a wrapper pretend to be a terminal.",
    "The repository of shapes has a method for that.",
    "It reads from the source until nothing is left.",
    "The signature is shown by `help`.",
    "It checks the file for changes.",
    "The instruction pointer moves on.",
]


@pytest.mark.parametrize("text", SLIPS)
@pytest.mark.parametrize("part", ["answer", "reasoning"])
def test_talk_of_what_a_teacher_saw_is_caught(part, text, context):
    assert not check(make_sample(**{part: f"Well. {text} So be it."}), context).passed


@pytest.mark.parametrize("text", INNOCENT)
@pytest.mark.parametrize("part", ["question", "answer", "reasoning"])
def test_talk_of_what_code_does_is_not(part, text, context):
    assert check(make_sample(**{part: f"Well. {text} So be it."}), context).detail == ""


@pytest.mark.parametrize("text", ["The given test shows it.", "The test above shows it.", "The provided test is met."])
def test_what_the_question_shows_may_be_spoken_of(text, context):
    shown = "Write `pkg.shapes.area` so that this test passes.\n\n```python\nassert area(s) == 1\n```"
    assert check(make_sample(shown, text, text), context).passed
    assert not check(make_sample(answer=text), context).passed
    assert not check(make_sample(shown, "The provided implementation shows it."), context).passed


def test_an_answer_may_point_to_its_own_code(context):
    text = "The code above multiplies both."
    assert check(make_sample(answer=f"So:\n\n```python\narea(s)\n```\n\n{text}"), context).passed
    assert not check(make_sample(answer=text), context).passed


def test_words_of_the_source_itself_tell_nothing():
    """A library that asks its users with prompts may be said to show a default in the prompt."""
    text = "The default is shown in the prompt."
    assert not check(make_sample(answer=text), make_context()).passed
    knowing = make_context(graph({"pkg/ask.py": "def prompt(text):\n    return input(text)\n"}))
    assert check(make_sample(answer=text), knowing).passed
    assert not check(make_sample(answer="The prompt asks me to be brief."), knowing).passed


def test_a_docstring_of_the_evidence_may_be_repeated(context):
    sample = make_sample(answer="It is there to: Say what it is in the given context.")
    assert not check(sample, context).passed
    about = node("pkg.shapes.Shape.describe")
    span = {"id": about.node_id, "path": about.path, "start_line": 1, "end_line": 2}
    assert check({**sample, "evidence": [span]}, context).passed
