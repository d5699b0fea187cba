"""The rounds of a teacher, as stages: from its problems to questions, from its answers to the ones that are kept.

Problems are filtered hardest, before anybody answers them: in the ablation of UCD-Training (Table 4), leaving that
filter out costs most.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from synth.checks import Context, Verdict, candidates, complete, judge, problems
from synth.config import TeacherSettings
from synth.engines.template import WRITTEN_BY
from synth.mapper import Tables
from synth.recipes import RECIPES
from synth.recipes.teacher import Problem, answer_task, read_problems, read_verdict, verdict_task
from synth.schema import TASKS, content_id
from synth.stages import JUDGED, JudgeInputs, compose, context_of, judged_row, vars_of

Row = dict[str, Any]


def pose(
    tasks: pa.Table, responses: pa.Table, inputs: JudgeInputs, settings: TeacherSettings, round_: str = "problem"
) -> Tables:
    """Turn the problems that a teacher wrote in a round into questions to answer; other tasks go on as they are.

    Returns:
        `tasks` of the answer round, and `rejected`: the problems that a check turned down, as judged samples.
    """
    context = context_of(inputs)
    answers = _by_task(responses)
    posed: list[Row] = []
    rejected: list[Row] = []
    for task in tasks.to_pylist():
        if task["round"] != round_:
            posed.append(task)
            continue
        for response in answers[task["task_id"]]:
            if RECIPES[task["recipe"]].pose is not None:
                try:
                    posed += _followed(task, response, settings)
                except ValueError as error:
                    rejected.append(_misshapen(task, response, error, context))
                continue
            for problem, row in _judged_problems(task, response, context, settings):
                if problem and all(check["passed"] for check in row["checks"]):
                    posed.append(answer_task(task, problem, settings))
                else:
                    rejected.append(row)
    return {"tasks": pa.Table.from_pylist(posed, TASKS), "rejected": pa.Table.from_pylist(rejected, JUDGED)}


def plan_verdicts(tasks: pa.Table, samples: pa.Table) -> Tables:
    """Ask a judge about each sample that passed every check; what a template wrote needs none."""
    by_id = {task["task_id"]: task for task in tasks.to_pylist()}
    rows = [
        verdict_task(by_id[sample["task_id"]], sample)
        for sample in samples.to_pylist()
        if sample["rubric"] and all(check["passed"] for check in sample["checks"])
    ]
    return {"tasks": pa.Table.from_pylist(rows, TASKS)}


def choose(samples: pa.Table, *verdicts: pa.Table, settings: TeacherSettings) -> Tables:
    """Keep the best of the answers to each question (rejection sampling).

    Args:
        samples: judged; all answers to a question are in one part.
        verdicts: where there is a judge, its tasks and its responses.
        settings: how many answers to a question are kept.
    """
    rows = samples.to_pylist()
    if verdicts:
        _add_verdicts(rows, *verdicts)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if all(check["passed"] for check in row["checks"]):
            groups[row["task_id"]].append(row)
    for group in groups.values():
        # Among those that pass, a short trace is the better one: long ones overrun when the student writes them.
        best = sorted(group, key=lambda row: (-_score(row), len(row["reasoning"] or ""), row["sample_index"]))
        for place, row in enumerate(best):
            if row["rubric"]:
                row["checks"].append(vars_of(candidates.surplus(place, settings.keep)))
    return {"samples": pa.Table.from_pylist(rows, JUDGED)}


def _judged_problems(
    task: Row, response: Row, context: Context, settings: TeacherSettings
) -> Iterator[tuple[Problem | None, Row]]:
    try:
        found = list(read_problems(task, response["text"], context.graph, settings))
    except ValueError as error:
        yield None, _misshapen(task, response, error, context)
        return
    for problem in found:
        sample = _row(task, response, problem, [], context)
        verdicts = [problems.rubric(problem.unknown), *judge(sample, context)]
        yield problem, _row(task, response, problem, verdicts, context)


def _followed(task: Row, response: Row, settings: TeacherSettings) -> list[Row]:
    """What follows from an answer by the recipe's own rules; of what a template only sets, the teacher is named."""
    pose_ = RECIPES[task["recipe"]].pose
    assert pose_ is not None
    author = (WRITTEN_BY, [response["engine"], response["model"]])
    return [
        row if row["messages"] else {**row, "facts": [*row["facts"], author]}
        for row in pose_(task, response["text"], settings)
    ]


def _misshapen(task: Row, response: Row, error: ValueError, context: Context) -> Row:
    cut = complete.check(_row(task, response, None, [], context), context)  # which would explain it
    return _row(task, response, None, [cut, problems.misshapen(str(error))], context)


def _row(task: Row, response: Row, problem: Problem | None, verdicts: list[Verdict], context: Context) -> Row:
    """A problem as a sample: its reference is the answer, and it has no trace yet."""
    shown = problem or Problem("", response["text"] or "", [])
    asked = {**task, "question": shown.question, "reference": shown.reference, "rubric": list(shown.rubric)}
    sample = compose(asked, {**response, "text": shown.reference, "reasoning": None})
    sample["id"] = content_id(sample["id"], shown.question)
    return judged_row(sample, verdicts, context)


def _add_verdicts(rows: list[Row], tasks: pa.Table, responses: pa.Table) -> None:
    answers = _by_task(responses)
    asked = {task["answer_id"]: task["task_id"] for task in tasks.select(["answer_id", "task_id"]).to_pylist()}
    for row in rows:
        if row["id"] in asked:
            found = answers[asked[row["id"]]]
            agrees, reasons = read_verdict(found[0]["text"]) if found else (False, "the judge gave no verdict")
            row["checks"].append(vars_of(candidates.verdict(agrees, reasons)))


def _by_task(responses: pa.Table) -> Mapping[str, list[Row]]:
    """The answers that came, by task."""
    found: dict[str, list[Row]] = defaultdict(list)
    for response in responses.to_pylist():
        if response["status"] == "ok":
            found[response["task_id"]].append(response)
    return found


def _score(row: Row) -> float:
    scores = [check["score"] for check in row["checks"]]
    return sum(scores) / len(scores) if scores else 0.0
