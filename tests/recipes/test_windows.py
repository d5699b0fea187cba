"""What a prompt shows of a document: all of it where it fits, else windows that tile it."""

from hypothesis import given
from hypothesis import strategies as st

from recipes.documents import library
from synth.recipes.docs.windows import (
    entities_in,
    evidence_of,
    header,
    texts_of,
    weight,
    windows,
    windows_of,
    written,
)

WORDS = st.lists(st.integers(1, 30).map(lambda count: "wörd " * count), min_size=1, max_size=25)


def documents(*lengths):
    return {"manual.md": [("word " * count, ["a", "b"]) for count in lengths]}


@given(WORDS, st.integers(30, 200))
def test_windows_hold_whole_passages_in_order_under_the_limit(said, limit):
    source = library({"manual.md": [(words.strip(), []) for words in said]}, least=0)
    found = windows_of(source.text.passages_of("manual.md"), limit)
    assert [passage for window in found for passage in window.passages] == list(source.text.passages.values())
    assert all(sum(passage.n_tokens for passage in window.passages) <= limit for window in found)
    assert [(window.number, window.of) for window in found] == [(n, len(found)) for n in range(1, len(found) + 1)]


@given(WORDS, st.integers(30, 200))
def test_the_windows_of_a_document_show_all_of_it(said, limit):
    source = library({"manual.md": [(words.strip(), []) for words in said]}, least=0)
    cut = windows_of(source.text.passages_of("manual.md"), limit)
    shown = [text for window in cut for text in texts_of(source, evidence_of(source, window.passages))]
    assert "\n\n".join(shown) == source.texts["manual.md"].strip("\n")


@given(WORDS, st.integers(30, 200))
def test_evidence_covers_every_line_with_text_once(said, limit):
    source = library({"manual.md": [(words.strip(), []) for words in said]}, least=0)
    covered = [
        line
        for window in windows_of(source.text.passages_of("manual.md"), limit)
        for item in evidence_of(source, window.passages)
        for line in range(item["start_line"], item["end_line"] + 1)
    ]
    lines = source.texts["manual.md"].split("\n")
    assert len(covered) == len(set(covered))
    assert {number for number, line in enumerate(lines, 1) if line} <= set(covered)


def test_a_document_that_hardly_misses_the_limit_is_cut_in_halves():
    source = library(documents(*[10] * 21), least=0)
    sizes = [len(window.passages) for window in windows(source, 200)]
    assert sizes == [11, 10]


def test_a_document_of_a_few_words_is_not_asked_about():
    source = library({"search.md": [("Type a word.", [])], "a.md": [("word " * 40, [])]}, least=0)
    assert [window.path for window in windows(source, 100)] == ["a.md"]


def test_a_window_that_is_not_all_says_which_part_it_is():
    source = library(documents(*[10] * 4), least=0)
    (whole,) = windows(source, 100)
    assert header(source, whole) == '"manual", of library'
    _, second = windows(source, 20)
    assert header(source, second) == '"manual", of library, part 2 of 2, from Part 3 on'


def test_keys_tell_windows_apart_and_hang_on_nothing_else():
    source, same = library(documents(*[10] * 9), least=0), library(documents(*[10] * 9), seed=5, least=0)
    keys = [window.key for window in windows(source, 30)]
    assert len(set(keys)) == len(keys) == 3
    assert [window.key for window in windows(same, 30)] == keys


def test_passages_that_do_not_follow_each_other_are_shown_apart():
    source = library({"a.md": [("one", []), ("two", []), ("three", [])]})
    one, _, three = source.text.passages_of("a.md")
    assert texts_of(source, evidence_of(source, [one, three])) == ["## Part 1\n\none\n\n\n\n## Part 3\n\nthree"]


def test_what_is_special_to_a_window_is_chosen_and_the_rarest_comes_first():
    many = {f"{number}.md": [("x", ["everywhere"])] for number in range(30)}
    source = library({"manual.md": [("x", ["everywhere", "here", "rare"]), ("y", ["here", "everywhere"])], **many})
    window = next(windows(source, 100))
    assert [entity.name for entity in entities_in(source, window, 3)] == ["rare", "here", "everywhere"]
    assert [entity.name for entity in entities_in(source, window, 2)] == ["rare", "here"]


def test_a_window_that_says_twice_as_much_weighs_about_twice_as_much():
    small = library({"a.md": [("word " * 100, [f"e{number}" for number in range(20)])]}, least=0)
    large = library({"a.md": [("word " * 200, [f"e{number}" for number in range(40)])]}, least=0)
    ratio = weight(large, next(windows(large, 999))) / weight(small, next(windows(small, 999)))
    assert 1.9 < ratio < 2.1


def test_an_entity_is_called_what_the_text_calls_it():
    aliases = {"continuous integration": ["CI", "continuous-integration"]}
    source = library({"a.md": [("Our CI runs.", ["continuous integration"])]}, aliases=aliases)
    entity = source.text.entities["e:continuous integration"]
    assert written(entity, "Our CI runs.") == "CI"
    assert written(entity, "Continuous integration runs.") == "continuous integration"
    assert written(entity, "Nothing runs.") == "continuous integration"


def test_of_code_only_what_its_passages_hold_is_shown():
    source = library({"a.py": [("Opens the door.", []), ("Shuts it.", [])]})
    for passage_id, passage in list(source.text.passages.items()):
        source.text.passages[passage_id] = passage.__class__(
            **{name: getattr(passage, name) for name in passage.__slots__} | {"language": "python"}
        )
    held = list(source.text.passages.values())
    assert texts_of(source, evidence_of(source, held)) == ["Opens the door.\n\nShuts it."]
    assert [item["start_line"] for item in evidence_of(source, held)] == [passage.start_line for passage in held]
