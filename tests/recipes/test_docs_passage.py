"""Documents as pieces of whole passages."""

from collections import Counter

from recipes.manuals import HANDBOOK, NAMES, make_manual
from synth.config import PassageSettings
from synth.prompts import load_prompt, render
from synth.recipes.docs import passage


def drafts_of(source, **settings):
    return list(passage.drafts(source, PassageSettings(**settings)))


def text_of(draft):
    return render(load_prompt(draft.prompt_id), "answer", 0, draft.facts)


def test_the_whole_of_each_document_is_covered_once_and_in_order():
    source = make_manual(HANDBOOK, NAMES)
    found = drafts_of(source, context_tokens=80)
    shown = [item["id"] for draft in found for item in draft.evidence]
    assert Counter(shown) == Counter(list(source.text.passages))
    for path in HANDBOOK:
        assert [one for one in shown if one.startswith(path)] == [
            item.passage_id for item in source.text.passages_of(path)
        ]
        words = " ".join(text_of(draft) for draft in found if draft.source_path == path).split()
        assert " ".join(words).count("Anna Berg") == " ".join(HANDBOOK[path].split()).count("Anna Berg")


def test_each_piece_stands_under_its_title_and_the_headings_that_are_new():
    files = {"a.md": "# The Book\n\nIntro words.\n\n## One\n\nFirst.\n\n### Deep\n\nSecond.\n\n## Two\n\nThird.\n"}
    (draft,) = drafts_of(make_manual(files, {}))
    expected = (
        "# The Book (handbook)\n\nIntro words.\n\n## One\n\nFirst.\n\n### Deep\n\nSecond.\n\n## Two\n\nThird."
    ).replace(" (handbook)", "")
    assert text_of(draft) == expected


def test_a_later_piece_repeats_the_headings_that_lead_to_it():
    words = "Some more words about the matter at hand follow here. " * 4
    files = {"a.md": f"# The Book\n\n## One\n\n### Deep\n\n{words}\n\n{words}\n\n{words}\n\n{words}\n"}
    found = drafts_of(make_manual(files, {}, limit=50), context_tokens=100)
    assert len(found) > 1
    for draft in found:
        assert text_of(draft).startswith("# The Book\n\n## One\n\n### Deep\n\nSome more words")


def test_a_sample_stays_within_its_limit():
    source = make_manual(HANDBOOK, NAMES)
    for draft in drafts_of(source, context_tokens=96):
        assert source.count_tokens(text_of(draft)) <= 96


def test_documents_take_turns():
    files = {f"{name}.md": f"# {name}\n\n" + "Words that say it.\n\n" * 60 for name in ("one", "two")}
    order = [draft.source_path for draft in drafts_of(make_manual(files, {}), context_tokens=64)]
    assert [set(order[start : start + 2]) for start in (0, 2, 4)] == [{"one.md", "two.md"}] * 3


def test_documents_of_one_title_are_told_apart_by_their_paths():
    files = {"a/x.md": "# Start\n\nOne.\n", "b/x.md": "# Start\n\nTwo.\n"}
    titles = {text_of(draft).split("\n")[0] for draft in drafts_of(make_manual(files, {}))}
    assert titles == {"# Start (`a/x.md` of handbook)", "# Start (`b/x.md` of handbook)"}


def test_units_are_the_same_in_every_run_and_never_twice():
    one, two = ([draft.unit for draft in drafts_of(make_manual(HANDBOOK, NAMES), context_tokens=80)] for _ in "ab")
    assert one == two
    assert len(set(one)) == len(one)
