"""Probes: facts of a corpus that can be asked, and controls that nobody can know."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from corpora import SHOP, config
from hypothesis import given
from hypothesis import strategies as st
from tables import edge, node

from evaluate.conftest import cpt_row, write_corpus
from synth import run
from synth.errors import UserError
from synth.evaluate.invented import invent, words_of
from synth.evaluate.probes import Probe, make_probes, read_probes, write_probes


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("shop") / "out"
    run.corpus([SHOP], out, config())
    return out


def by_options(probes: list[Probe]) -> list[list[Probe]]:
    groups = defaultdict(list)
    for probe in probes:
        groups[probe.control, probe.relation, probe.options].append(probe)
    return list(groups.values())


def test_a_real_project_gives_probes_of_several_relations_and_as_many_controls(shop: Path) -> None:
    probes = make_probes(shop, 40, 0)
    trained = [probe for probe in probes if not probe.control]
    assert len(trained) >= 20
    assert Counter(probe.relation for probe in trained) == Counter(probe.relation for probe in probes if probe.control)
    assert {"defined_in", "calls", "inherits", "takes"} <= {probe.relation for probe in trained}
    assert {probe.kind for probe in trained} == {"cloze", "choice"}


def test_what_is_right_is_true_of_the_source(shop: Path) -> None:
    for probe in make_probes(shop, 40, 0):
        if not probe.control and probe.relation == "defined_in":
            path = probe.options[probe.answer].strip(" `")
            name = probe.prompt.split("`")[1]
            assert any(f"{word} {name}" in (SHOP / path).read_text() for word in ("def", "class"))
            assert probe.path == path


def test_controls_ask_for_nothing_that_the_source_has(shop: Path) -> None:
    texts = "\n".join(path.read_text() for path in SHOP.rglob("*.py"))
    for probe in make_probes(shop, 40, 0):
        if probe.control:
            assert probe.prompt.split("`")[1] not in texts
            assert (probe.path, probe.start_line) == ("", 0)


def test_which_option_of_a_control_is_right_does_not_follow_from_the_fact_in_whose_place_it_stands(shop: Path) -> None:
    probes = [probe for seed in range(4) for probe in make_probes(shop, 40, seed) if probe.relation != "sentence"]
    trained, controls = ([probe for probe in probes if probe.control is control] for control in (False, True))
    same = [
        one.options[one.answer] == other.options[other.answer] for one, other in zip(trained, controls, strict=True)
    ]
    assert 0.1 < sum(same) / len(same) < 0.7


@pytest.mark.parametrize("seed", range(4))
def test_whoever_only_likes_some_options_better_than_others_is_right_by_chance(shop: Path, seed: int) -> None:
    for group in by_options(make_probes(shop, 40, seed)):
        n_options = len(group[0].options)
        for favourite in range(n_options):
            assert sum(probe.answer == favourite for probe in group) * n_options == len(group)


def test_the_same_corpus_and_seed_give_the_same_probes_and_another_seed_others(shop: Path) -> None:
    probes = make_probes(shop, 40, 3)
    assert make_probes(shop, 40, 3) == probes
    assert {probe.id for probe in make_probes(shop, 40, 4)} != {probe.id for probe in probes}


def test_no_more_are_made_than_asked_for(made_corpus: Callable[..., Path]) -> None:
    corpus = made_corpus()
    for n in (0, 1, 3, 4, 7, 16):
        probes = make_probes(corpus, n, 0)
        trained = sum(not probe.control for probe in probes)
        assert trained <= n < trained + 4
        assert len(probes) == 2 * trained


def test_only_what_a_training_row_says_counts_as_trained(made_corpus: Callable[..., Path]) -> None:
    corpus = made_corpus(trained=lambda name: name.startswith(("gather", "ponder", "refine", "salute")))
    asked = {probe.prompt.split("`")[1] for probe in make_probes(corpus, 40, 0) if not probe.control}
    assert asked
    assert all(name.startswith(("gather", "ponder", "refine", "salute")) for name in asked)


def test_a_probe_says_whether_a_row_has_its_wording(tmp_path: Path) -> None:
    places = {"gather": "src/anvil.py", "ponder": "src/beacon.py", "refine": "src/copper.py", "salute": "src/dynamo.py"}
    nodes = [node(f"lib.{name}", path=path) for name, path in places.items()]
    said = [f"In c, the function `{name}` is defined in the file `{path}`." for name, path in places.items()]
    said += [
        f"Question: Which file of c defines the function `{name}`? Answer: `{path}`." for name, path in places.items()
    ]
    rows = [cpt_row(text.replace("`gather`", "`gather`, an old one,")) for text in said]
    probes = make_probes(write_corpus(tmp_path / "out", nodes, [], rows), 4, 0)
    assert {probe.prompt.split("`")[1]: probe.asked_in for probe in probes if not probe.control} == {
        "gather": False, "ponder": True, "refine": True, "salute": True,
    }  # fmt: skip


def test_no_option_can_be_read_off_the_question(tmp_path: Path) -> None:
    places = {f"{word}_it": f"src/{word}.py" for word in ("gather", "ponder", "refine", "salute")}
    nodes = [node(f"lib.{name}", path=path) for name, path in places.items()]
    rows = [cpt_row(f"`{name}` is in {path}.") for name, path in places.items()]
    assert make_probes(write_corpus(tmp_path / "out", nodes, [], rows), 4, 0) == []


def test_no_wrong_option_is_right_too(tmp_path: Path) -> None:
    callers, callees = ("gather", "ponder", "refine", "salute"), ("anvil", "beacon", "copper", "dynamo")
    nodes = [node(f"lib.{name}", path=f"src/{name}.py") for name in (*callers, *callees)]
    edges = [edge(f"lib.{caller}", f"lib.{callee}") for caller in callers for callee in callees]
    rows = [cpt_row(f"`{caller}` calls `{callee}`.") for caller in callers for callee in callees]
    probes = make_probes(write_corpus(tmp_path / "out", nodes, edges, rows), 8, 0)
    assert [probe for probe in probes if probe.relation == "calls"] == []


def test_documents_are_asked_for_headings_and_for_terms_in_sentences(tmp_path: Path) -> None:
    terms = {"tide gauge": "Instruments", "fog signal": "Warnings", "pilot boat": "Vessels", "berth plan": "Harbour"}
    said = {
        "tide gauge": "The keeper reads the water level from the tide gauge.",
        "fog signal": "When the air is thick one hears the fog signal.",
        "pilot boat": "Large ships are led in by the pilot boat.",
        "berth plan": "Each captain gets a copy of the berth plan.",
    }
    nodes = [node(f"t.{term}", "entity", name=term, variety="term", path="") for term in terms]
    nodes += [
        node(f"p.{title}", "passage", name=title, path=f"{title}.md", language="markdown") for title in terms.values()
    ]
    edges = [edge(f"p.{title}", f"t.{term}", "mentions") for term, title in terms.items()]
    rows = [cpt_row(f"# {title}\n\n{said[term]}") for term, title in terms.items()]
    probes = [
        probe for probe in make_probes(write_corpus(tmp_path / "out", nodes, edges, rows), 8, 0) if not probe.control
    ]
    assert Counter(probe.relation for probe in probes) == {"treated_in": 4, "sentence": 4}
    for probe in probes:
        answer = probe.options[probe.answer].strip()
        if probe.relation == "treated_in":
            assert any(term in probe.prompt and answer == title for term, title in terms.items())
        else:
            assert any(sentence.endswith(f"{answer}.") for sentence in said.values())
            assert answer not in probe.prompt


def test_a_corpus_without_a_graph_gives_no_probes(tmp_path: Path) -> None:
    assert make_probes(tmp_path, 40, 0) == []


def test_a_probe_file_is_read_as_it_was_written(tmp_path: Path, shop: Path) -> None:
    probes = make_probes(shop, 40, 0)
    write_probes(probes, tmp_path / "probes.jsonl")
    assert read_probes(tmp_path / "probes.jsonl") == probes


def test_prompt_options_and_answer_are_enough_for_a_probe_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"prompt": "The sky is", "options": [" blue", " green"], "answer": 0}) + "\n\n")
    (probe,) = read_probes(path)
    assert (probe.kind, probe.control, len(probe.id)) == ("cloze", False, 32)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"has no probes; give a JSON object"),
        ("{", r"line 1: not a JSON object; a probe has"),
        ("3", r"line 1: probe: .*; a probe has"),
        ('{"prompt": "a", "options": ["b"], "answer": 0}', r"line 1: options: .*at least 2"),
        ('\n{"prompt": "a", "options": ["b", "c"], "answer": 2}', r"line 2: probe: .*answer 2 is not an index of 2"),
        ('{"prompt": "a", "options": ["b", "c"], "answer": 0, "kin": "x"}', r"line 1: kin: "),
    ],
)
def test_a_line_that_is_no_probe_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(text)
    with pytest.raises(UserError, match=message) as caught:
        read_probes(path)
    assert "\n" not in str(caught.value)


def test_a_missing_probe_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^no probe file .*none.jsonl; give a JSONL file"):
        read_probes(tmp_path / "none.jsonl")


@given(st.from_regex(r"[a-z]{4,9}(_[a-z]{2,9}){0,3}", fullmatch=True), st.text("abc", max_size=3))
def test_a_made_up_name_has_the_shape_of_its_model(name: str, key: str) -> None:
    pool = words_of(["gather_harvest", "wander_lantern", "kindle_meadow", "unveil_orchard"])
    made = invent(name, pool, {name}, key)
    assert made != name
    assert [len(word) < 4 for word in made.split("_")] == [len(word) < 4 for word in name.split("_")]
    assert made == invent(name, pool, {name}, key)
    assert invent(name, pool, {name, made}, key) not in (name, made)
