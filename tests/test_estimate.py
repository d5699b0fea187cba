"""Estimates: every round of every recipe, what a prefix cache serves, and what the corpus gets of it."""

import pyarrow.parquet as pq
import pytest
from plans import planned, settings, source, tables, write

from synth.estimate import Estimate, Line, estimate_plan, round_shares
from synth.ledger import Ledger
from synth.prompts import load_prompt
from synth.recipes.docs.entities import entity_tasks
from synth.tokens import token_counter

WINDOWS = 2  # of the library: one a document
count = token_counter(None)


def estimated(folder, config, parts=None) -> Estimate:
    ledger = Ledger(folder / "answers")
    try:
        return estimate_plan(parts or planned(folder, config), config, ledger, text=tables(source()))
    finally:
        ledger.close()


def lines(estimate: Estimate) -> dict[tuple[str, str], Line]:
    return {(line.recipe, line.round): line for line in estimate.lines}


def test_the_cache_serves_a_window_to_all_its_prompts_but_the_first(tmp_path):
    config = settings(**{"entigraph.pair": {}, "spa.mind_map": {}})
    parts = planned(tmp_path, config)
    frames: dict[str, list[int]] = {}
    for task in [row for part in parts for row in pq.read_table(part).to_pylist()]:
        frames.setdefault(task["prefix_key"], []).append(count(task["messages"][0]["content"]))
    total = estimated(tmp_path, config, parts).total
    assert total.tasks == 7 + WINDOWS
    assert total.cached == sum(sum(tokens[1:]) for tokens in frames.values())
    assert total.cached < total.prompt


def test_what_frames_of_one_key_do_not_share_is_not_counted_as_cached(tmp_path):
    config = settings(**{"spa.mind_map": {}})
    first, second = [row for part in planned(tmp_path, config) for row in pq.read_table(part).to_pylist()]
    long = {"role": "system", "content": "x" * 4000}
    short = {"role": "system", "content": "x" * 400}
    rows = [
        {**task, "prefix_key": "one", "messages": [frame, task["messages"][-1]]}
        for task, frame in ((first, long), (second, short), (first, long), (first, long))
    ]
    estimate = estimated(tmp_path, config, [write(tmp_path / "mixed.parquet", rows)])
    assert estimate.total.cached == 3 * 100


def test_a_study_strategy_is_an_answer_of_its_own(tmp_path):
    found = lines(estimated(tmp_path, settings(**{"active_reading.task_specific": {"strategies": 5}})))
    first, answers = (found["active_reading.task_specific", name] for name in ("problem", "answer"))
    assert (first.tasks, answers.tasks) == (WINDOWS, 5 * WINDOWS)
    assert answers.output == answers.tasks * load_prompt("active_reading.apply").expected_tokens
    assert first.made == answers.output  # the list of strategies is no sample


def test_facts_are_asked_for_until_the_rounds_are_used_up(tmp_path):
    found = lines(estimated(tmp_path, settings(knowledge_instruct={"rounds": 3})))
    assert [(name, line.tasks) for (_, name), line in found.items()] == [
        ("problem", WINDOWS),
        ("problem2", WINDOWS),
        ("problem3", WINDOWS),
    ]


def test_text_for_continued_pretraining_is_not_judged_by_a_model(tmp_path):
    recipes = {"entigraph.pair": {}, "active_reading.task_agnostic": {}, "knowledge_instruct": {}}
    estimate = estimated(tmp_path, settings(teacher={"judge": True}, **recipes))
    assert not [line for line in estimate.lines if line.round == "verdict"]


def test_the_round_that_names_entities_is_reckoned_like_any_other(tmp_path):
    held, config = source(), settings(**{"spa.mind_map": {}})
    about = {(held.collection, path): {"revision": "", "license": ""} for path in held.texts}
    naming = write(tmp_path / "entities.parquet", list(entity_tasks(held, about, config.teacher)))
    estimate = estimated(tmp_path, config, [naming, *planned(tmp_path, config)])
    line = lines(estimate)["docs.entities", "entities"]
    assert (line.tasks, line.made) == (WINDOWS, 0)
    assert line.output == WINDOWS * load_prompt("docs.entities").expected_tokens


def test_without_a_teacher_nothing_is_asked_and_the_corpus_is_what_the_facts_hold(tmp_path):
    estimate = estimated(tmp_path, settings(engine="template", **{"docs.passage": {}}))
    said = sum(count(text) for text in source().texts.values())
    assert (estimate.total.prompt, estimate.total.output, estimate.cost) == (0, 0, 0)
    assert estimate.total.made == pytest.approx(said, rel=0.2)


def test_the_tokens_of_the_prose_are_known(tmp_path):
    estimate = estimated(tmp_path, settings(**{"entigraph.pair": {}}))
    assert estimate.source_tokens == sum(passage.n_tokens for passage in source().text.passages.values())
    assert [row.what for row in estimate.coverage] == ["pairs"]


def test_every_round_has_its_share_of_a_budget(tmp_path):
    config = settings(**{"active_reading.task_agnostic": {}, "knowledge_instruct": {}})
    shares = round_shares(planned(tmp_path, config), config)
    assert set(shares) == {"problem", "problem2", "problem3", "answer"}
    assert sum(shares.values()) == pytest.approx(1)
