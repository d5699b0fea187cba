"""Questions that the documents' own sentences answer."""

import json
import re
from collections import Counter

import pytest

from recipes.manuals import HANDBOOK, NAMES, make_manual
from synth.checks import unseen_context, well_formed
from synth.checks.base import Context
from synth.checks.benchmark_overlap import Benchmark
from synth.config import CheckSettings, DocsQASettings, Recipes, TeacherSettings
from synth.engines.template import TemplateEngine
from synth.graph.view import CodeGraph
from synth.prompts import load_prompt, render
from synth.recipes import RECIPES
from synth.recipes.docs import qa
from synth.recipes.docs.posing import FORMS, ask, pose
from synth.recipes.plan import plan

KINDS = ("definition", "cloze", "place", "choice", "hop", "unanswerable")


def drafts_of(source, kind="", **settings):
    found = qa.drafts(source, DocsQASettings(**settings))
    return [draft for draft in found if draft.kind.endswith(kind)]


def tasks_of(source, **settings):
    documents = {(source.collection, path): {"revision": "r1", "license": "MIT"} for path in source.texts}
    return list(plan([source], Recipes.model_validate({"docs.qa": settings}), documents))


def answered(tasks):
    for task, (answer,) in zip(tasks, TemplateEngine().answer(tasks), strict=True):
        assert answer["status"] == "ok", answer["error"]
        yield task, answer


def evidence_of(source, draft):
    lines = [source.lines(item["path"])[item["start_line"] - 1 : item["end_line"]] for item in draft.evidence]
    return " ".join(" ".join(" ".join(part).replace("``", "`").split()) for part in lines)


@pytest.fixture(scope="module")
def handbook():
    return make_manual(HANDBOOK, NAMES)


def test_every_kind_is_asked_and_in_turn(handbook):
    counts = Counter(draft.kind.removeprefix("extractive_") for draft in drafts_of(handbook))
    assert set(counts) == set(KINDS)
    first = [draft.kind for draft in drafts_of(handbook) if draft.source_path == "brewing.md"][:4]
    assert len(set(first)) == len(first)


def test_what_is_stated_stands_in_the_evidence(handbook):
    for draft in drafts_of(handbook):
        for fact in ("statement", "first", "second"):
            for text in draft.facts.get(fact, ()):
                assert text in evidence_of(handbook, draft)


def test_each_question_names_its_document_and_reads_alone(handbook):
    context = Context.build(CodeGraph([], []), CheckSettings(), handbook.count_tokens, Benchmark())
    titles = {"brewing.md": "Brewing Coffee", "shop.rst": "Running the Shop", "tea.txt": "Notes on Tea"}
    for repeats in range(1, 7):
        for task, answer in answered(tasks_of(handbook, repeats=repeats)):
            assert f"*{titles[task['source_path']]}* (handbook)" in task["question"]
            sample = {
                **task,
                "messages": [
                    {"role": "user", "content": task["question"]},
                    {"role": "assistant", "content": answer["text"]},
                ],
                "reasoning": answer["reasoning"],
            }
            for check in (unseen_context, well_formed):
                verdict = check.check(sample, context)
                assert verdict.passed, (verdict.detail, sample["messages"], sample["reasoning"])


def test_a_definition_is_asked_for_once_and_only_where_there_is_one(handbook):
    asked = [(draft.source_path, draft.facts["subject"][0]) for draft in drafts_of(handbook, "definition")]
    assert sorted(asked) == [
        ("brewing.md", "a French press"),
        ("brewing.md", "a burr grinder"),
        ("brewing.md", "the Hario Buono"),
        ("shop.rst", "a service contract"),
        ("tea.txt", "a bamboo scoop"),
        ("tea.txt", "a gaiwan"),
    ]


def test_of_two_definitions_of_one_thing_the_first_is_asked_for():
    text = "# Title\n\nA gaiwan is a bowl with a lid for tea.\n\nA gaiwan is a cup that has no handle.\n"
    (draft,) = drafts_of(make_manual({"a.md": text}, {"gaiwan": "thing"}), "definition")
    assert draft.facts["statement"][0] == "A gaiwan is a bowl with a lid for tea."


def test_a_blank_is_filled_by_its_answer_and_given_away_by_nothing(handbook):
    found = drafts_of(handbook, "cloze")
    assert len(found) > 5
    for draft in found:
        subject, blanked = draft.facts["subject"][0], draft.facts["blanked"][0]
        statement = draft.facts["statement"][0]
        assert blanked.replace("____", subject).lower() == statement.lower()
        assert subject.strip("`").lower() not in blanked.lower()


@pytest.mark.parametrize(
    "sentence",
    [
        "The Buono, the Encore and other things stand on the shelf beside the door.",
        "People who brew with a kettle such as the Buono pour the water slowly.",
        "The Buono of 2020 is what the Buono of 1990 was to men who brew well.",
        "The kettle of 2020 that people fill in the morning is used all day long.",
        "People of the shop fill the Buono each day before the guests come in.",
        "The Buono is hot, says 1 man.",
        "Since 2020 the \u2212Buono option causes a command to be run with an empty set of variables.",
        "In 2020 people of the old shop fill a Buono\u2212kettle with water before each of the guests comes in.",
    ],
)
def test_no_blank_where_the_rest_leaves_a_choice(sentence):
    source = make_manual({"a.md": f"# Title\n\n{sentence}\n"}, {"Buono": "thing", "Encore": "thing", "kettle": "term"})
    assert not drafts_of(source, "cloze")


def test_one_option_is_right_and_none_of_the_others_can_be(handbook):
    found = drafts_of(handbook, "choice")
    assert found
    for draft in found:
        options = dict(re.match(r"(\w)\. `?(.*?)`?$", option).groups() for option in draft.facts["options[]"])
        assert sorted(options) == list("ABCD")
        assert len(set(options.values())) == 4
        right = options.pop(draft.facts["letter"][0])
        assert right == draft.facts["subject"][0].strip("`")
        entity = handbook.text.entities[right]
        near = handbook.text.neighbours(entity.entity_id)
        for wrong in options.values():
            assert NAMES[wrong] == entity.kind
            assert wrong not in near
            assert wrong.lower() not in evidence_of(handbook, draft).lower()


def test_the_right_option_has_no_fixed_place(handbook):
    assert len({draft.facts["letter"][0] for draft in drafts_of(handbook, "choice")}) > 1


def test_a_place_is_asked_for_where_one_section_alone_speaks_of_it(handbook):
    asked = {
        (draft.source_path, draft.facts["subject"][0]): draft.facts["heading"][0]
        for draft in drafts_of(handbook, "place")
    }
    assert asked[("shop.rst", "Baratza Encore")] == "Machines"
    assert asked[("shop.rst", "`orders.csv`")] == "Orders"
    assert ("shop.rst", "Anna Berg") not in asked  # of two sections
    assert ("shop.rst", "service contract") not in asked
    assert not [path for path, _ in asked if path == "tea.txt"]  # which has no sections


def test_no_place_where_another_section_says_the_name_within_a_word():
    parts = {
        "One": "The Buono is hot. The Buono is old.",
        "Two": "Some Buonoesque things.",
        "Three": "Tea.",
        "Four": "Mugs.",
    }

    def asked(parts):
        text = "# Title\n\n" + "".join(f"## {name}\n\n{said}\n\n" for name, said in parts.items())
        text = text.replace("is hot", "is a hot and heavy kettle of steel")
        return drafts_of(make_manual({"a.md": text}, {"Buono": "thing"}, limit=20), "place")

    assert not asked(parts)
    assert asked({**parts, "Two": "Some other things."})


def test_a_document_that_has_all_words_of_a_name_may_well_speak_of_it():
    one = "# Title\n\nThe Encore grinds ten beans for the Buono.\n\nThe tea in the Buono is fresh and green today.\n"
    two = "# Other\n\nThe green tea of the house is made in the Encore room.\n"
    names = {"Encore": "thing", "Buono": "thing", "green tea": "term"}
    found = drafts_of(make_manual({"a.md": one, "b.md": two}, names), "unanswerable", negatives=1.0)
    assert "green tea" not in {draft.facts["subject"][0] for draft in found if draft.source_path == "a.md"}


def test_two_hops_lead_from_one_place_to_another(handbook):
    found = drafts_of(handbook, "hop")
    assert found
    for draft in found:
        one, two = draft.evidence
        assert (one["path"], one["start_line"]) != (two["path"], two["start_line"])
        subject = draft.facts["subject"][0].strip("`")
        assert subject in draft.facts["first"][0]
        assert subject in draft.facts["second"][0]
        question = render(load_prompt(draft.prompt_id), "question", 0, draft.facts)
        assert subject not in question
        assert draft.difficulty == 2


def test_what_cannot_be_answered_is_in_no_line_of_the_document(handbook):
    found = drafts_of(handbook, "unanswerable", negatives=1.0)
    assert len(found) > 3
    for draft in found:
        subject = draft.facts["subject"][0].strip("`")
        assert subject.lower() not in HANDBOOK[draft.source_path].lower()
        elsewhere = [path for path, text in HANDBOOK.items() if subject.lower() in text.lower()]
        assert bool(elsewhere) != bool(draft.fabricated)


def test_unanswerable_ones_keep_to_their_share(handbook):
    assert not drafts_of(handbook, "unanswerable", negatives=0)
    found = drafts_of(handbook, negatives=0.25)
    denied = [draft for draft in found if draft.kind.endswith("unanswerable")]
    assert 0 < len(denied) <= 0.25 * (len(found) - len(denied))


def test_a_single_document_is_asked_about_made_up_names():
    text = "# Pots\n\n" + "".join(
        f"The {name} is a part of the Big Pot {number} in the hall.\n\n"
        for number, name in enumerate(("lid handle", "water valve", "steam pipe", "heat shield", "copper base"))
    )
    names = dict.fromkeys(("lid handle", "water valve", "steam pipe", "heat shield", "copper base"), "term")
    source = make_manual({"a.md": text}, names, limit=20)
    found = drafts_of(source, "unanswerable", negatives=1.0)
    assert found
    for draft in found:
        (name,) = draft.fabricated
        assert name not in text
        assert all(word in text for word in name.split())


def test_what_is_held_out_never_stands_with_the_rest():
    source = make_manual(HANDBOOK, NAMES, split_of=lambda path: "validation" if path == "shop.rst" else "train")
    found = drafts_of(source, negatives=1.0)
    assert {source.split_of(draft.source_path) for draft in found} == {"train", "validation"}
    for draft in found:
        assert len({source.split_of(item["path"]) for item in draft.evidence}) == 1


def test_drafts_are_the_same_in_every_run_and_never_twice(handbook):
    one, two = ([draft.unit for draft in drafts_of(source)] for source in (handbook, make_manual(HANDBOOK, NAMES)))
    assert one == two
    assert len(set(one)) == len(one)


def test_a_teacher_is_shown_the_evidence_first_and_an_exercise_that_is_right(handbook):
    for task in tasks_of(handbook):
        row = ask(task, handbook, TeacherSettings())
        if task["kind"] not in FORMS:
            assert row == {**task, "messages": []}
            continue
        frame, user = row["messages"]
        assert frame["role"] == "system"
        place = task["evidence"][0]
        line = handbook.line(place["path"], place["end_line"])
        assert frame["content"].index(line) < frame["content"].index("=== End ===")
        assert task["question"] in user["content"]
        assert row["reference"] in user["content"]
        assert (row["round"], row["prompt_id"]) == ("problem", "docs.qa_problem")
        assert row["task_id"] != task["task_id"]


def test_templates_answer_where_the_teacher_is_to_write_no_questions(handbook):
    for task in tasks_of(handbook):
        assert ask(task, handbook, TeacherSettings(questions="template")) == {**task, "messages": []}


def test_what_a_teacher_wrote_becomes_a_sample_as_it_is(handbook):
    task = next(task for task in tasks_of(handbook) if task["kind"] == "extractive_cloze")
    asked = ask(task, handbook, TeacherSettings())
    wrote = {"question": "Who?", "reasoning": "I recall {{ her }}.", "answer": "Anna Berg."}
    (posed,) = pose(asked, json.dumps(wrote), TeacherSettings())
    ((_, answer),) = answered([posed])
    assert (posed["question"], answer["reasoning"], answer["text"]) == tuple(wrote.values())
    assert (posed["round"], posed["kind"], posed["messages"]) == ("answer", "cloze", [])
    assert posed["evidence"] == task["evidence"]
    (again,) = pose(asked, json.dumps({**wrote, "answer": "Boris Lind."}), TeacherSettings())
    assert again["task_id"] != posed["task_id"]


@pytest.mark.parametrize("text", ["no JSON", "[]", '"text"', '{"question": "Who?"}', '{"question": 1}'])
def test_an_answer_of_another_shape_is_an_error(handbook, text):
    with pytest.raises(ValueError, match=r"shape|JSON|Expecting"):
        list(pose(tasks_of(handbook)[0], text, TeacherSettings()))


def test_the_recipe_is_registered_with_its_teacher():
    recipe = RECIPES["docs.qa"]
    assert (recipe.stage, recipe.problem, recipe.needs_teacher) == ("sft", "docs.qa_problem", False)
    assert recipe.ask is ask
    assert recipe.pose is pose
