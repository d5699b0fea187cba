"""What is a teacher model asked? Problems, answers with a trace, and verdicts (UCD-Training, section 2.3).

The built-in templates answer a task from the graph alone. A teacher takes up to three rounds:

- `problem`: shown the code, it writes questions about a relation, a problem with answer and rubric about parts that are
  used together, or the requirement of a function;
- `answer`: shown the code and the right answer, it writes a trace that reads as recall, and an answer;
- `verdict`: shown both answers, it says whether they agree.

What the graph knows for certain stays the reference: the true statement about a relation, the repository's own code.
All rounds about one place in the source begin with the same system message.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synth.config import TeacherSettings
from synth.graph.view import CodeGraph, Node
from synth.languages.naming import split_name
from synth.prompts import load_prompt, render
from synth.recipes import RECIPES
from synth.recipes.base import load_json
from synth.recipes.excerpts import Excerpts
from synth.recipes.request import request
from synth.recipes.wording import full_name

FRAME, ANSWER, VERDICT = "teacher.frame", "teacher.answer", "teacher.verdict"
RECALL = ("<recall>", "</recall>")
"""Tags round a trace that the teacher writes; as in `prompts/teacher/answer.md`."""
NEGATIVES = {"negative_entity", "negative_relation"}

Task = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """A question with an answer that is right, and what any right answer holds."""

    question: str
    reference: str
    rubric: Sequence[Mapping[str, Any]]
    unknown: Sequence[str] = ()
    """Names in the rubric that lead to no node of the graph."""


def first_round(task: Task, excerpts: Excerpts, graph: CodeGraph, settings: TeacherSettings) -> dict[str, Any]:
    """Turn a planned task into the one that a teacher is asked first; one that needs no teacher stays as it is.

    Args:
        task: as `synth.recipes.plan.plan` makes it for the built-in templates.
        excerpts: of the task's source.
        graph: of the task's source.
        settings: whether the teacher writes the questions too.
    """
    if task["stage"] == "cpt":
        return dict(task)
    facts = dict(task["facts"])
    context = excerpts.about(task["evidence"])
    shown = {
        "project": facts["project"],
        "example": facts["example"],
        "headers[]": context.headers,
        "texts[]": context.texts,
    }
    frame = {"role": "system", "content": render(load_prompt(FRAME), "system", 0, shown)}
    framed = {**task, "messages": [frame], "prefix_key": context.prefix_key, "reference": template_answer(task)}
    if settings.questions == "template":
        problem = Problem(task["question"], framed["reference"], _rubric(task, graph))
        return answer_task(framed, problem, settings)
    prompt = load_prompt(RECIPES[task["recipe"]].problem)
    asked = {
        **facts,
        "reference": [framed["reference"]],
        "count": [str(settings.paraphrases)],
        "form": [task["kind"]],
        "is_negative": ["yes" if task["kind"] in NEGATIVES else ""],
        "is_test": ["yes" if task["kind"] == "from_test" else ""],
        "other": facts.get("object") or facts.get("name") or [""],
    }
    row = request(framed, prompt, "problem", render(prompt, "instruction", 0, asked), n=1)
    return {**row, "rubric": _rubric(task, graph)}


def read_problems(task: Task, text: str, graph: CodeGraph, settings: TeacherSettings) -> Iterator[Problem]:
    """The problems that a teacher's answer holds.

    Raises:
        ValueError: it is no JSON of the prompt's shape.
    """
    found = load_json(text)
    recipe = task["recipe"].rpartition(".")[2]
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    try:
        if recipe == "single_hop":
            for question in list(dict.fromkeys(found["questions"]))[: settings.paraphrases]:
                yield Problem(_text(question), task["reference"], task["rubric"])
        elif recipe == "utilization":
            facts = {**dict(task["facts"]), "requirement": [_text(found["requirement"])]}
            facts["is_test"] = ["yes" if task["kind"] == "from_test" else ""]
            question = render(load_prompt(RECIPES[task["recipe"]].problem), "question", 0, facts)
            yield Problem(question, task["reference"], task["rubric"])
        else:
            points = [_point(task, item, graph) for item in found["rubric"]]
            unknown = [name for _, names in points for name in names]
            yield Problem(_text(found["problem"]), _text(found["answer"]), [point for point, _ in points], unknown)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not of the prompt's shape: {error}") from None


def answer_task(task: Task, problem: Problem, settings: TeacherSettings) -> dict[str, Any]:
    """Ask for answers to a problem, each with a trace.

    Args:
        task: the framed task that the problem came from.
        problem: what is asked.
        settings: how many candidates, and whether the trace is written or the model's own.
    """
    prompt = load_prompt(ANSWER)
    facts = {
        "project": dict(task["facts"])["project"],
        "fence": dict(task["facts"])["fence"],
        "question": [problem.question],
        "reference": [problem.reference],
        "points[]": [item["point"] for item in problem.rubric],
        "is_written": ["yes" if settings.traces == "written" else ""],
    }
    row = request(task, prompt, "answer", render(prompt, "instruction", 0, facts), n=settings.candidates)
    is_own = task["recipe"].endswith("compositional") and task["round"] == "problem"
    known = {node for item in problem.rubric for node in item["nodes"]}
    return {
        **row,
        "question": problem.question,
        "reference": problem.reference,
        "rubric": list(problem.rubric),
        # A problem of the teacher's own need not state what the code that inspired it does.
        "claims": [] if is_own else task["claims"],
        "difficulty": max(1, len(known)) if is_own else task["difficulty"],
    }


def verdict_task(task: Task, sample: Mapping[str, Any]) -> dict[str, Any]:
    """Ask whether a sample agrees with the reference of its task."""
    prompt = load_prompt(VERDICT)
    facts = {
        "project": dict(task["facts"])["project"],
        "question": [task["question"]],
        "reference": [task["reference"]],
        "points[]": [item["point"] for item in task["rubric"]],
        "reasoning": [sample["reasoning"]],
        "answer": [sample["messages"][-1]["content"]],
    }
    row = request(task, prompt, "verdict", render(prompt, "instruction", 0, facts), n=1)
    return {**row, "answer_id": sample["id"]}


def read_verdict(text: str) -> tuple[bool, str]:
    """Whether a judge agrees, and its reasons; an answer of another shape is no agreement."""
    try:
        found = load_json(text)
        return found["agrees"] is True, " ".join(str(found["reasons"]).split())
    except (ValueError, KeyError, TypeError) as error:
        return False, f"the verdict is not of the prompt's shape: {error}"


def split_recall(text: str) -> tuple[str, str]:
    """Part a written trace from the answer after it; without the tags there is no trace."""
    before, opened, after = text.partition(RECALL[0])
    inside, closed, rest = after.partition(RECALL[1])
    return (inside.strip(), rest.strip()) if opened and closed and not before.strip() else ("", text.strip())


def template_answer(task: Task) -> str:
    """What the built-in template says: true by the graph, since it says nothing else."""
    return render(load_prompt(task["prompt_id"]), "answer", int(task["task_id"][:8], 16), dict(task["facts"]))


def _rubric(task: Task, graph: CodeGraph) -> list[dict[str, Any]]:
    """What a right answer holds, where the graph says it."""
    recipe = task["recipe"].rpartition(".")[2]
    nodes = [graph.nodes[item["id"]] for item in task["evidence"]]
    facts = dict(task["facts"])
    if recipe == "single_hop":
        if task["kind"] in NEGATIVES:
            return [_names(nodes[:1], "It denies what the question takes for granted, about ")]
        return [_names([graph.nodes[task["claims"][0]["object"]]], "It states the relation to ")]
    if recipe == "utilization":
        return [_names(nodes[:1], "It implements ")]
    if task["kind"] == "fill_in":
        answer = facts["answer"][0]
        return [_names([node for node in nodes if full_name(node) == answer], "The blank is ")]
    return [_names([node], "It uses ") for node in nodes[1:]]


def _names(nodes: Sequence[Node], words: str) -> dict[str, Any]:
    names = " and ".join(f"`{full_name(node)}`" for node in nodes)
    return {"point": words + names, "nodes": [node.node_id for node in nodes]}


def _point(task: Task, item: Mapping[str, Any], graph: CodeGraph) -> tuple[dict[str, Any], list[str]]:
    """A rubric point with the nodes that its symbols name, and the symbols that name none."""
    found = {name: _resolve(_text(name), task, graph) for name in item["symbols"]}
    nodes = [node.node_id for node in found.values() if node]
    return {"point": _text(item["point"]), "nodes": nodes}, [name for name, node in found.items() if node is None]


def _resolve(name: str, task: Task, graph: CodeGraph) -> Node | None:
    """The node of a full name, or of a last name that only one piece of evidence has."""
    name = name.strip("`() ")
    exact = [node for node in graph.by_qualified_name.get(name, ()) if node.collection == task["collection"]]
    if exact:
        return exact[0]
    nodes = [graph.nodes[item["id"]] for item in task["evidence"] if item["id"] in graph.nodes]
    parts = split_name(name)
    close = [node for node in nodes if node.name == name or split_name(node.qualified_name)[-len(parts) :] == parts]
    return close[0] if len(close) == 1 else None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value.strip()
