"""EntiGraph asks about every pair of a document's entities and the sampled triples, each once, the document first."""

from itertools import combinations
from math import comb

import pytest

from recipes.documents import library, tasks_of
from synth.config import TeacherSettings
from synth.recipes import RECIPES
from synth.recipes.docs.windows import windows

NAMES = ["awk", "field", "pattern", "record", "rule", "variable"]
GUIDE = [
    ("An awk program has rules; a rule has a pattern.", ["awk", "rule", "pattern"]),
    ("A record is cut into fields.", ["record", "field"]),
    ("A variable holds a field or more.", ["variable", "field"]),
]


@pytest.fixture(scope="module")
def guide():
    return library({"guide.md": GUIDE})


def asked(source, recipe, **settings):
    """The requests of a recipe, as a teacher gets them."""
    tasks = tasks_of(source, **{recipe: settings})
    return [RECIPES[recipe].ask(task, source, TeacherSettings()) for task in tasks]


def names_of(request):
    return dict(request["facts"])["names[]"]


def test_the_requests_about_a_document_are_exactly_its_pairs(guide):
    requests = asked(guide, "entigraph.pair")
    assert sorted(tuple(sorted(names_of(request))) for request in requests) == sorted(combinations(NAMES, 2))
    assert len({request["task_id"] for request in requests}) == 15
    assert all(request["round"] == "answer" for request in requests)


def test_the_requests_about_a_document_are_exactly_the_sampled_triples(guide):
    every = [tuple(sorted(names_of(request))) for request in asked(guide, "entigraph.triple")]
    assert sorted(every) == sorted(combinations(NAMES, 3))
    sampled = [tuple(sorted(names_of(request))) for request in asked(guide, "entigraph.triple", max_triples=7)]
    assert sampled == every[:7]
    assert set(sampled[:2]) <= {("awk", "pattern", "rule"), ("field", "record", "variable")}


@pytest.mark.parametrize("recipe", [name for name in RECIPES if RECIPES[name].needs_teacher])
def test_the_text_of_the_document_comes_first_and_alike_for_all_recipes(guide, recipe):
    if recipe == "entigraph.cross_document":
        return
    requests = asked(guide, recipe)
    assert requests
    for request in requests:
        system, user = request["messages"]
        assert (system["role"], user["role"]) == ("system", "user")
        assert system["content"].startswith('=== "guide", of library ===\n\n## Part 1\n\nAn awk program has rules;')
        assert system == asked(guide, "spa.teacher")[0]["messages"][0]
        assert request["prefix_key"] == "library/guide.md:guide.md#1-guide.md#3"
        assert '"guide"' in user["content"]


def test_each_subject_is_named_in_the_headings_that_are_asked_for(guide):
    for recipe in ("entigraph.pair", "entigraph.triple"):
        for request in asked(guide, recipe):
            instruction = request["messages"][1]["content"]
            names = names_of(request)
            assert [line for line in instruction.split("\n") if line.startswith("## ")] == [
                *(f"## guide: {name}" for name in names), f"## guide: {', '.join(names)}"
            ]  # fmt: skip


def test_entities_are_called_what_the_window_calls_them():
    aliases = {"continuous integration": ["CI"]}
    said = [("A job of our CI runs.", ["continuous integration", "job"])]
    (request,) = asked(library({"a.md": said}, aliases=aliases), "entigraph.pair")
    assert sorted(names_of(request)) == ["CI", "job"]


def test_no_pair_is_asked_about_again_before_all_were(guide):
    requests = asked(guide, "entigraph.pair", repeats=3)
    pairs = [tuple(sorted(names_of(request))) for request in requests]
    assert [len(set(pairs[start : start + 15])) for start in (0, 15, 30)] == [15, 15, 15]
    assert len({request["task_id"] for request in requests}) == len({r["sampling"]["seed"] for r in requests}) == 45
    assert len({request["messages"][1]["content"] for request in requests}) == 15


def test_going_on_after_a_cut_repeats_no_request(guide):
    every = [request["task_id"] for request in asked(guide, "entigraph.pair")]
    for cut in range(16):
        first = [request["task_id"] for request in asked(guide, "entigraph.pair", samples=cut)]
        assert first == every[:cut]
    other = [request["task_id"] for request in asked(library({"guide.md": GUIDE}), "entigraph.pair")]
    assert other == every


def test_the_order_in_which_entities_are_found_changes_no_request(guide):
    turned = library({"guide.md": [(text, names[::-1]) for text, names in GUIDE]})
    ids = [{request["task_id"] for request in asked(source, "entigraph.triple")} for source in (guide, turned)]
    assert ids[0] == ids[1]


def test_entities_of_a_long_document_are_combined_within_each_window():
    said = [(f"word{number} " * 30, [f"n{number}", f"m{number}", "shared"]) for number in range(10)]
    source = library({"long.md": said})
    requests = asked(source, "entigraph.pair", context_tokens=256)
    cut = list(windows(source, 256))
    assert [window.of for window in cut] == [3, 3, 3]
    assert {request["prefix_key"] for request in requests} == {f"library/long.md:{window.key}" for window in cut}
    assert len(requests) == 2 * comb(9, 2) + comb(5, 2)
    for request in requests:
        text = request["messages"][0]["content"]
        assert all(f"word{name[1:]} " in text for name in names_of(request) if name != "shared")


def test_a_budget_is_spread_over_documents_by_what_they_hold():
    names = [f"n{number}" for number in range(20)]
    source = library({
        "large.md": [("word " * 300, names[:10]), ("word " * 300, names[10:])],
        "small.md": [("word " * 60, names[:6])],
    })  # fmt: skip
    paths = [task["source_path"] for task in tasks_of(source, **{"entigraph.pair": {"samples": 36}})]
    assert 3 <= paths.count("small.md") <= 9
    assert paths.count("small.md") + paths.count("large.md") == 36


LIBRARY = {
    "guide.md": [("A rule has a pattern.", ["rule", "pattern"]), ("A rule has an action.", ["rule", "action"])],
    "manual.md": [("A rule of make has a recipe.", ["rule", "recipe"]), ("A target is a file.", ["target"])],
    "news.md": [("The action is faster.", ["action", "speed"])],
}


def test_documents_that_speak_of_one_entity_are_asked_about_together():
    source = library(LIBRARY)
    found = {}
    for request in asked(source, "entigraph.cross_document"):
        facts = dict(request["facts"])
        found[facts["name"][0]] = (facts["titles[]"], facts["ends[]"])
        text = request["messages"][0]["content"]
        assert text.startswith('=== "guide", of library, in part ===')
        assert len({item["path"] for item in request["evidence"]}) == 2
        for item in request["evidence"]:
            passage = source.text.passages[item["id"]]
            assert source.line(item["path"], passage.start_line) in text
    assert found == {
        "rule": (["guide", "manual"], ["pattern", "recipe"]),
        "action": (["guide", "news"], ["rule", "speed"]),
    }


def test_documents_of_different_splits_are_never_joined():
    source = library(LIBRARY, split_of=lambda path: "validation" if path == "guide.md" else "train")
    assert asked(source, "entigraph.cross_document") == []


def test_a_word_of_every_document_joins_each_to_the_one_that_says_it_most():
    documents = {f"{number}.md": [("x", ["shop"])] for number in range(9)}
    source = library({**documents, "main.md": [("x", ["shop"]), ("y", ["shop"])]})
    requests = asked(source, "entigraph.cross_document")
    assert len(requests) == 9
    assert len({request["task_id"] for request in requests}) == 9
    assert {request["evidence"][0]["path"] for request in requests} == {"main.md"}
    assert len({request["prefix_key"] for request in requests}) == 1


def test_a_document_is_joined_to_others_only_so_often():
    shared = [f"n{number}" for number in range(12)]
    source = library({"a.md": [("x", shared)], "b.md": [("y", shared)]})
    assert len(asked(source, "entigraph.cross_document", max_entities=5)) == 5


def test_documents_of_one_title_are_told_apart():
    source = library({"README.md": [("x", ["rule"])], "README.rst": [("y", ["rule"])]})
    (request,) = asked(source, "entigraph.cross_document")
    assert dict(request["facts"])["titles[]"] == ["README (README.md)", "README (README.rst)"]
