"""A run with a teacher: what it pays for is never asked again, and nothing that it writes is believed unchecked."""

import json
import shutil
from collections import Counter, defaultdict
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from corpora import SHOP, config, everything_written, rows
from engines.endpoint import Reply, serve
from oracle import RECALL, reply

from synth import prompts, run, stages
from synth.config import Config
from synth.engines import EngineStopped
from synth.errors import UserError
from synth.shards import Metrics, verify_release

SMALL = (
    "recipes.ucd.single_hop.samples=24", "recipes.ucd.compositional.samples=8", "recipes.ucd.utilization.samples=8",
    "recipes.ucd.dependency_cpt.samples=4",
)  # fmt: skip
SECRET = "sk-not-for-any-file"


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setattr(stages, "TASKS_PER_PART", 16)


def taught(url: str, *overrides: str) -> Config:
    """The sample project with a teacher at an endpoint."""
    engine = ("engine.name=openai", "engine.model=oracle", f"engine.openai.base_url={url}")
    return config(*SMALL, *engine, "engine.openai.concurrency=8", *overrides)


@contextmanager
def teacher(behave=reply):
    with serve(behave) as endpoint:
        yield endpoint


def test_every_recipe_gets_rows_and_all_sums_hold(tmp_path):
    with teacher() as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, "teacher.judge=true"))
    assert all(item.holds for item in metrics.sums)
    assert verify_release(tmp_path / "out") == []
    assert all(sample.accepted for sample in metrics.samples.values())
    assert set(metrics.rounds) == {"problem", "verdict"}
    assert metrics.engine.model == "oracle"
    assert metrics.engine.cached_tokens > 0
    assert max(endpoint.asked.values()) == 1
    assert sum(endpoint.asked.values()) == sum(
        task.answered for recipes in (metrics.tasks, *metrics.rounds.values()) for task in recipes.values()
    ) - sum(task.answered for name, task in metrics.tasks.items() if name == "ucd.dependency_cpt")


def test_a_row_says_who_wrote_it_and_what_a_right_answer_holds(tmp_path):
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    found = [row for name, part in rows(tmp_path / "out").items() if name.startswith("sft") for row in part]
    assert {(row["engine"], row["model"], row["finish_reason"]) for row in found} == {("openai", "oracle", "stop")}
    nodes = {row["node_id"] for row in rows(tmp_path / "out")["graph/nodes.parquet"]}
    for row in found:
        assert row["prompt_id"] == "teacher.answer"
        assert row["reference"]
        assert row["rubric"]
        assert {node for point in row["rubric"] for node in point["nodes"]} <= nodes
        assert row["reasoning"].startswith(RECALL.partition("{")[0])
        assert "<recall>" not in row["messages"][-1]["content"]


def test_windows_of_files_need_no_teacher(tmp_path):
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "taught", taught(endpoint.url))
    run.corpus([SHOP], tmp_path / "template", config(*SMALL))
    one, two = (
        [row["text"] for name, part in rows(tmp_path / out).items() if name.startswith("cpt") for row in part]
        for out in ("taught", "template")
    )
    assert one == two


def test_prompts_about_one_place_begin_alike_and_follow_each_other(tmp_path):
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, "engine.openai.concurrency=1"))
    rounds = defaultdict(list)
    for body in endpoint.bodies:
        rounds["response_format" in body].append(body["messages"][0]["content"])
    for frames in rounds.values():
        starts = [frame.split("\n=== ")[1].strip() for frame in frames]  # the window that holds the subject
        paths = [start.partition(" ")[0] for start in starts]
        assert 3 < len(set(paths)) < len(paths)
        assert len(set(starts)) == len(set(paths))
        assert 1 + sum(one != two for one, two in pairwise(paths)) == len(set(paths))


def test_seeds_hang_on_what_is_asked(tmp_path):
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "one", taught(endpoint.url))
        first = {body["messages"][-1]["content"]: body["seed"] for body in endpoint.bodies}
        endpoint.bodies.clear()
        run.corpus([SHOP], tmp_path / "two", taught(endpoint.url))
        second = {body["messages"][-1]["content"]: body["seed"] for body in endpoint.bodies}
    assert first == second
    assert len(set(first.values())) == len(first)
    assert rows(tmp_path / "one") == rows(tmp_path / "two")


def test_a_finished_run_asks_nothing_again(tmp_path):
    with teacher() as endpoint:
        first = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
        asked = sum(endpoint.asked.values())
        assert run.corpus([SHOP], tmp_path / "out", taught(endpoint.url)) == first
        assert sum(endpoint.asked.values()) == asked


def test_an_endpoint_that_fails_half_way_costs_nothing_twice(tmp_path):
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "undisturbed", taught(endpoint.url))

    limits = [20, 50, 10**9]

    def behave(request: dict, before: int) -> Reply:
        if sum(endpoint.answered.values()) >= limits[0]:
            return Reply(401, {"error": {"message": "the key was withdrawn"}})
        return reply(request, before)

    with teacher(behave) as endpoint:
        while len(limits) > 1:
            with pytest.raises(EngineStopped, match="refuses the key in OPENAI_API_KEY"):
                run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
            limits.pop(0)
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    assert set(endpoint.answered.values()) == {1}
    assert rows(tmp_path / "out") == rows(tmp_path / "undisturbed")


def test_a_budget_ends_the_run_with_a_corpus_and_can_be_raised(tmp_path):
    with teacher() as endpoint:
        engine = run.corpus([SHOP], tmp_path / "whole", taught(endpoint.url)).engine
        whole = dict(endpoint.asked)
        endpoint.asked.clear()
        needed = engine.prompt_tokens + engine.output_tokens
        for tokens in (needed // 4, needed * 3 // 4, None):
            budget = f"engine.budget.tokens={'null' if tokens is None else tokens}"
            metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, budget))
            assert all(item.holds for item in metrics.sums)
            assert verify_release(tmp_path / "out") == []
            left = sum(task.left for part in (metrics.tasks, *metrics.rounds.values()) for task in part.values())
            spent = metrics.engine.prompt_tokens + metrics.engine.output_tokens
            if tokens is not None:
                assert left > 0
                assert spent < tokens * 1.2
                # No round takes what the next one needs.
                assert sum(sample.accepted for sample in metrics.samples.values() if sample.stage == "sft") > 0
        assert left == 0
        assert endpoint.asked == whole
    assert rows(tmp_path / "out") == rows(tmp_path / "whole")


def test_a_budget_of_money_needs_prices_and_keeps_to_them(tmp_path):
    prices = ("engine.prices.prompt=10", "engine.prices.output=30", "engine.budget.money=0.5")
    with teacher() as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, *prices))
    assert 0.2 < metrics.engine.cost < 0.6
    assert sum(task.left for part in (metrics.tasks, *metrics.rounds.values()) for task in part.values()) > 0
    with pytest.raises(UserError, match=r"engine\.budget\.money.*engine\.prices"):
        taught("http://127.0.0.1:1/v1", "engine.budget.money=1")


def test_what_always_fails_is_set_aside_and_retried_only_when_asked(tmp_path):
    def behave(request: dict, before: int) -> Reply:
        if is_broken and "Basket.put`" in request["messages"][-1]["content"]:
            return Reply(400, {"error": {"message": "this content is not for me"}})
        return reply(request, before)

    with teacher(behave) as endpoint:
        is_broken = True
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
        failed = sum(task.failed for part in (metrics.tasks, *metrics.rounds.values()) for task in part.values())
        assert failed > 0
        (reason,) = metrics.failures
        assert "not for me" in reason
        assert sum(metrics.failures[reason].values()) >= failed
        assert all(item.holds for item in metrics.sums)
        asked = Counter(endpoint.asked)
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
        assert endpoint.asked == asked
        is_broken = False
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url), retry_failed=True)
        assert sum(task.failed for part in (metrics.tasks, *metrics.rounds.values()) for task in part.values()) == 0
        assert max(endpoint.answered.values()) == 1


def test_how_an_endpoint_is_reached_may_change_but_not_what_it_is_asked(tmp_path):
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
        asked = sum(endpoint.asked.values())
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url + "/", "engine.openai.concurrency=3"))
        assert sum(endpoint.asked.values()) == asked
        for change in ("engine.sampling.temperature=0.1", "engine.model=other"):
            with pytest.raises(UserError, match=rf"{change.partition('=')[0]}=.*now .*--update"):
                run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, change))


def test_an_update_asks_again_exactly_what_a_changed_prompt_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(prompts, "_CHECKOUT", tmp_path)
    shutil.copytree(Path(run.__file__).parent.parent / "prompts", tmp_path / "prompts")
    prompts.load_prompt.cache_clear()
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
        before = set(endpoint.asked)
        endpoint.asked.clear()
        path = tmp_path / "prompts" / "teacher" / "utilization_problem.md"
        path.write_text(path.read_text().replace("Write the requirement", "Write down the requirement"))
        prompts.load_prompt.cache_clear()
        with pytest.raises(UserError, match=r"1 changed prompt\(s\) \(teacher\.utilization_problem\).*--update"):
            run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url), update=True)
        prompts.load_prompt.cache_clear()
    changed = [prompt for prompt in endpoint.asked if "Write down the requirement" in prompt]
    assert len(changed) == 8
    assert not before & set(endpoint.asked)
    # Beside those, only answers to the requirements that came of them.
    assert all("declared" in prompt or "header" in prompt for prompt in set(endpoint.asked) - set(changed))


def test_a_dry_run_asks_nothing_and_fixes_nothing(tmp_path):
    with teacher() as endpoint:
        prices = ("engine.prices.prompt=1", "engine.prices.output=2")
        estimate = run.estimate([SHOP], tmp_path / "out", taught(endpoint.url, *prices))
        assert not endpoint.asked
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, "seed=3"))  # another setting is no change
    lines = {(line.recipe, line.round): line for line in estimate.lines}
    for recipe, task in metrics.rounds["problem"].items():
        assert lines[recipe, "problem"].tasks == task.planned
    for recipe, task in metrics.tasks.items():
        assert lines[recipe, "answer"].tasks >= task.planned
    assert 0 < estimate.cost < estimate.most_cost
    assert 0 < estimate.total.cached < estimate.total.prompt


def test_a_dry_run_counts_what_was_answered_before(tmp_path):
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
        estimate = run.estimate([SHOP], tmp_path / "out", taught(endpoint.url))
    for line in estimate.lines:
        if line.round == "problem":
            assert line.answered == line.tasks
            assert line.prompt == line.output == 0
    assert estimate.is_measured


def test_a_dry_run_beside_a_damaged_corpus_assumes_a_rate(tmp_path):
    (tmp_path / "out" / ".run").mkdir(parents=True)
    (tmp_path / "out" / "metrics.json").write_text('{"engine": {"cost_usd": 1}}')
    with teacher() as endpoint:
        estimate = run.estimate([SHOP], tmp_path / "out", taught(endpoint.url))
    assert not estimate.is_measured
    assert estimate.rate > 0


def changed_by(change):
    """An oracle whose texts a function changes."""

    def behave(request: dict, before: int) -> Reply:
        asked = request["messages"][-1]["content"]
        right = reply(request, before)
        for choice in right.body["choices"]:
            change(asked, choice)
        return right

    return behave


def reasons(out: Path) -> Counter:
    found = [row for name, part in rows(out).items() if name.startswith("rejected") for row in part]
    return Counter(check["name"] for row in found for check in row["checks"] if not check["passed"])


def test_a_cut_answer_is_never_accepted(tmp_path):
    def cut(asked: str, choice: dict) -> None:
        choice["finish_reason"] = "length"

    with teacher(changed_by(cut)) as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    assert sum(sample.accepted for sample in metrics.samples.values() if sample.stage == "sft") == 0
    assert reasons(tmp_path / "out")["complete"] > 0


def test_a_problem_about_what_does_not_exist_is_turned_down_before_anybody_answers_it(tmp_path):
    def make_up(asked: str, choice: dict) -> None:
        if '{"problem"' in asked:
            found = json.loads(choice["message"]["content"])
            found["rubric"][0]["symbols"] = ["shop.basket.Basket.teleport"]
            choice["message"]["content"] = json.dumps(found)

    with teacher(changed_by(make_up)) as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    assert metrics.problems_rejected["ucd.compositional"] == metrics.rounds["problem"]["ucd.compositional"].planned == 8
    assert "ucd.compositional" not in metrics.tasks
    assert reasons(tmp_path / "out")["rubric"] == 8
    assert all(item.holds for item in metrics.sums)


@pytest.mark.parametrize(
    "text", ["no JSON", "[]", '{"questions": 7}', '{"problem": "x"}', '{"requirement": ["x"]}', "{"]
)
def test_a_problem_of_another_shape_is_a_rejected_row(tmp_path, text):
    def misshape(asked: str, choice: dict) -> None:
        if "Return JSON" in asked:
            choice["message"]["content"] = text

    with teacher(changed_by(misshape)) as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    assert set(metrics.tasks) == {"ucd.dependency_cpt"}
    assert reasons(tmp_path / "out")["problem_shape"] == sum(metrics.problems_rejected.values()) == 40
    assert all(item.holds for item in metrics.sums)


def test_a_problem_that_was_cut_says_so(tmp_path):
    def cut(asked: str, choice: dict) -> None:
        choice["message"]["content"] = choice["message"]["content"][:20]
        choice["finish_reason"] = "length"

    with teacher(changed_by(cut)) as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    assert reasons(tmp_path / "out")["complete"] == reasons(tmp_path / "out")["problem_shape"] == 40


def test_a_trace_that_reads_from_a_text_is_turned_down(tmp_path):
    def read_aloud(asked: str, choice: dict) -> None:
        message = choice["message"]
        message["content"] = message["content"].replace("What comes to mind", "Looking at the provided code, I see")

    with teacher(changed_by(read_aloud)) as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    assert sum(sample.accepted for sample in metrics.samples.values() if sample.stage == "sft") == 0
    assert reasons(tmp_path / "out")["unseen_context"] > 0


def test_an_answer_without_a_trace_is_turned_down(tmp_path):
    def forget(asked: str, choice: dict) -> None:
        message = choice["message"]
        message["content"] = message["content"].rpartition("</recall>")[2]

    with teacher(changed_by(forget)) as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    assert sum(sample.accepted for sample in metrics.samples.values() if sample.stage == "sft") == 0
    assert reasons(tmp_path / "out")["well_formed"] > 0


def test_a_thinking_model_may_keep_its_own_trace(tmp_path):
    def think(asked: str, choice: dict) -> None:
        if "right answer, for your eyes alone" in asked:
            assert "<recall>" not in asked
            trace, answer = choice["message"]["content"].removeprefix("<recall>").split("</recall>")
            choice["message"] |= {"reasoning_content": trace, "content": answer}

    with teacher(changed_by(think)) as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, "teacher.traces=native"))
    kept = [row for name, part in rows(tmp_path / "out").items() if name.startswith("sft") for row in part]
    assert kept
    assert all(row["reasoning"].startswith(RECALL.partition("{")[0]) for row in kept)


def test_of_several_candidates_the_best_that_pass_are_kept(tmp_path):
    def vary(asked: str, choice: dict) -> None:
        if "right answer, for your eyes alone" in asked:
            choice["message"]["content"] += f"\n\nPut in other words, it is so in case {choice['index']}."

    changes = ("teacher.candidates=3", "checks.near_duplicate_threshold=1")
    with teacher(changed_by(vary)) as endpoint:
        for keep in (1, 2):
            out = tmp_path / str(keep)
            metrics = run.corpus([SHOP], out, taught(endpoint.url, *changes, f"teacher.keep={keep}"))
            kept = [row for name, part in rows(out).items() if name.startswith("sft") for row in part]
            assert max(Counter(row["task_id"] for row in kept).values()) == keep
            assert reasons(out)["surplus"] > 0
    for recipe, task in metrics.tasks.items():
        assert task.answers == task.answered * (1 if recipe == "ucd.dependency_cpt" else 3)


def test_a_judge_turns_answers_down_and_says_why(tmp_path):
    def disagree(asked: str, choice: dict) -> None:
        if '{"reasons"' in asked and "Basket" in asked:
            choice["message"]["content"] = json.dumps({"reasons": "It forgets the basket.", "agrees": False})

    with teacher(changed_by(disagree)) as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, "teacher.judge=true"))
    found = rows(tmp_path / "out")
    rejected = [row for name, part in found.items() if name.startswith("rejected") for row in part]
    details = {c["detail"] for row in rejected for c in row["checks"] if c["name"] == "judge" and not c["passed"]}
    assert details == {"It forgets the basket."}
    accepted = [row for name, part in found.items() if name.startswith("sft") for row in part]
    assert accepted
    assert all(
        [c["detail"] for c in row["checks"] if c["name"] == "judge"] == ["It says the same."] for row in accepted
    )
    assert all(item.holds for item in metrics.sums)


def test_the_judge_may_be_another_model(tmp_path):
    with teacher() as endpoint:
        judge = json.dumps({"name": "openai", "model": "critic", "openai": {"base_url": endpoint.url}})
        run.corpus(
            [SHOP], tmp_path / "out", taught(endpoint.url, "teacher.judge=true", f"teacher.judge_engine={judge}")
        )
    models = {'{"reasons"' in body["messages"][-1]["content"]: set() for body in endpoint.bodies}
    for body in endpoint.bodies:
        models['{"reasons"' in body["messages"][-1]["content"]].add(body["model"])
    assert models == {False: {"oracle"}, True: {"critic"}}


def test_code_that_fails_its_test_is_turned_down_where_code_is_run(tmp_path):
    def break_code(asked: str, choice: dict) -> None:
        text = choice["message"]["content"]
        if "satisfy this test" in asked and "```python" in text:
            head, _, rest = text.partition("```python\n")
            code, _, tail = rest.partition("```")
            header = code[: code.index(":\n") + 2] if ":\n" in code else code
            choice["message"]["content"] = f"{head}```python\n{header}    raise RuntimeError('not yet')\n```{tail}"

    only = ("recipes.ucd.single_hop=null", "recipes.ucd.compositional=null", "recipes.ucd.utilization.samples=4")
    with teacher() as endpoint:
        config_ = taught(endpoint.url, *only, "checks.execution=true")
        right = run.corpus([SHOP], tmp_path / "right", config_)
    with teacher(changed_by(break_code)) as endpoint:
        run.corpus([SHOP], tmp_path / "wrong", taught(endpoint.url, *only, "checks.execution=true"))
    assert right.samples["ucd.utilization"].accepted > 0
    assert reasons(tmp_path / "right")["execution"] == 0
    assert reasons(tmp_path / "wrong")["execution"] > 0


def test_questions_from_the_graph_need_one_round(tmp_path):
    with teacher() as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, "teacher.questions=template"))
    assert metrics.rounds == {}
    assert {name: task.planned for name, task in metrics.tasks.items()} == {
        "ucd.compositional": 8, "ucd.dependency_cpt": 4, "ucd.single_hop": 24, "ucd.utilization": 8,
    }  # fmt: skip
    assert all(sample.accepted for sample in metrics.samples.values())


def test_markup_of_templates_in_what_a_teacher_writes_is_text(tmp_path):
    def inject(asked: str, choice: dict) -> None:
        if '{"requirement"' in asked:
            trap = "It has to do {{ 7 * 7 }} things, {% for x in y %} and {{ ''.__class__ }} as its users expect."
            choice["message"]["content"] = json.dumps({"requirement": trap})

    with teacher(changed_by(inject)) as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    asked = [body["messages"][-1]["content"] for body in endpoint.bodies]
    assert not any("49 things" in text for text in asked)
    assert reasons(tmp_path / "out")["well_formed"] == 8


def test_no_file_holds_the_key(tmp_path):
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
    assert SECRET not in everything_written(tmp_path / "out")


def test_an_answer_of_the_ledger_outlives_an_update_and_back(tmp_path):
    with teacher() as endpoint:
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url))
        before = rows(tmp_path / "out")
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, "engine.sampling.top_p=0.5"), update=True)
        asked = sum(endpoint.asked.values())
        run.corpus([SHOP], tmp_path / "out", taught(endpoint.url), update=True)
        assert sum(endpoint.asked.values()) == asked
    assert rows(tmp_path / "out") == before


def test_metrics_can_be_read_back(tmp_path):
    with teacher() as endpoint:
        metrics = run.corpus([SHOP], tmp_path / "out", taught(endpoint.url, "teacher.judge=true"))
    assert Metrics.model_validate_json((tmp_path / "out" / "metrics.json").read_text()) == metrics
