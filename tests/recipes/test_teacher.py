"""What a teacher is asked and how its answers are read: framed alike, bounded, and wrong shapes named."""

import json

import pytest

from recipes.conftest import tasks_of
from recipes.samples import go
from synth.config import TeacherSettings
from synth.recipes.excerpts import Excerpts
from synth.recipes.teacher import answer_task, first_round, read_problems, read_verdict, split_recall, verdict_task


@pytest.fixture(scope="module")
def tasks(shop):
    return tasks_of([shop], dependency_cpt={}, single_hop={}, compositional={}, utilization={})


def asked(shop, task, **settings):
    teacher = TeacherSettings(**settings)
    return first_round(task, Excerpts(shop, teacher.context_tokens), shop.graph, teacher)


def test_every_task_of_a_teacher_has_a_frame_and_an_instruction(shop, tasks):
    for task in tasks:
        row = asked(shop, task)
        if task["stage"] == "cpt":
            assert row == task
            continue
        assert [message["role"] for message in row["messages"]] == ["system", "user"]
        assert row["round"] == "problem"
        assert json.loads(row["response_schema"])["type"] == "object"
        assert row["sampling"]["seed"] == int(row["task_id"][:15], 16)
        assert {node for point in row["rubric"] for node in point["nodes"]} <= set(shop.graph.nodes)


def test_the_frame_shows_the_code_of_all_evidence_within_its_limit(shop, tasks):
    for task in tasks:
        if task["stage"] == "sft":
            frame = asked(shop, task)["messages"][0]["content"]
            for item in task["evidence"]:
                line = shop.lines(item["path"])[item["start_line"] - 1]
                assert line.strip() in frame
            cut = asked(shop, task, context_tokens=256)["messages"][0]["content"]
            assert shop.count_tokens(cut) <= shop.count_tokens(frame)
            assert shop.count_tokens(cut) < 256 + 500  # the words of the frame itself


def test_questions_from_the_graph_are_answered_at_once(shop, tasks):
    task = next(task for task in tasks if task["recipe"] == "ucd.single_hop")
    row = asked(shop, task, questions="template", candidates=5)
    assert row["round"] == "answer"
    assert row["question"] == task["question"]
    assert row["sampling"]["n"] == 5
    assert row["reference"] in row["messages"][1]["content"]
    assert row["claims"] == task["claims"]


def test_rounds_of_one_problem_share_their_frame(shop, tasks):
    task = asked(shop, next(task for task in tasks if task["recipe"] == "ucd.single_hop"))
    text = json.dumps({"questions": ["What about `a`?", "And `b`?", "What about `a`?", "And `c`?", "And `d`?"]})
    problems = list(read_problems(task, text, shop.graph, TeacherSettings(paraphrases=3)))
    assert [problem.question for problem in problems] == ["What about `a`?", "And `b`?", "And `c`?"]
    answers = [answer_task(task, problem, TeacherSettings()) for problem in problems]
    assert len({row["task_id"] for row in answers}) == 3
    sample = {"id": "x", "reasoning": "so", "messages": [{"content": "q"}, {"content": "the answer"}]}
    verdict = verdict_task(answers[0], sample)
    assert {row["messages"][0]["content"] for row in (task, *answers, verdict)} == {task["messages"][0]["content"]}
    assert verdict["answer_id"] == "x"


def test_names_of_a_rubric_lead_to_nodes_or_are_named(shop, tasks):
    task = asked(shop, next(task for task in tasks if task["recipe"] == "ucd.compositional"))
    known = shop.graph.nodes[task["evidence"][1]["id"]]
    rubric = [{"point": "It does so", "symbols": [known.qualified_name, f"`{known.name}`", "shop.nowhere.at_all"]}]
    text = json.dumps({"problem": "p", "answer": "a", "rubric": rubric})
    (problem,) = read_problems(task, text, shop.graph, TeacherSettings())
    assert problem.unknown == ["shop.nowhere.at_all"]
    assert problem.rubric[0]["nodes"] == [known.node_id, known.node_id]


@pytest.mark.parametrize("text", ["", "nothing", "7", "[1]", "{}", '{"questions": [1]}', '{"questions": null}'])
def test_another_shape_is_a_value_error(shop, tasks, text):
    task = asked(shop, next(task for task in tasks if task["recipe"] == "ucd.single_hop"))
    with pytest.raises(ValueError, match=r"JSON|shape|Expecting"):
        list(read_problems(task, text, shop.graph, TeacherSettings()))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("<recall>I know.</recall>\n\nSo.", ("I know.", "So.")),
        ("\n<recall>\nI know.\n</recall>So.", ("I know.", "So.")),
        ("So.", ("", "So.")),
        ("<recall>I know, and never end", ("", "<recall>I know, and never end")),
        ("First. <recall>late</recall> So.", ("", "First. <recall>late</recall> So.")),
    ],
)
def test_a_trace_is_told_from_the_answer(text, parts):
    assert split_recall(text) == parts


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ('{"reasons": "same", "agrees": true}', True),
        ('{"reasons": "other", "agrees": false}', False),
        ('{"reasons": "same", "agrees": "true"}', False),
        ('{"agrees": true}', False),
        ("yes", False),
        ("[true]", False),
    ],
)
def test_only_a_clear_yes_is_agreement(text, agrees):
    assert read_verdict(text)[0] is agrees


def test_a_teacher_is_asked_in_the_words_of_the_language():
    source = go()
    task = next(task for task in tasks_of([source], utilization={}) if task["kind"] == "from_test")
    problem = asked(source, task)
    assert "`example.com/project/package.Type.Method`" in problem["messages"][0]["content"]
    assert "```go\nfunc " in problem["messages"][1]["content"]
    answer = asked(source, task, questions="template")
    assert "code in ```go blocks" in answer["messages"][1]["content"]
