"""All that documents say of one entity."""

from recipes.manuals import HANDBOOK, NAMES, make_manual
from synth.config import DossierSettings
from synth.prompts import load_prompt, render
from synth.recipes.docs import dossier


def drafts_of(source, **settings):
    return list(dossier.drafts(source, DossierSettings(**settings)))


def subject(draft):
    return draft.facts["subject"][0]


def ids(draft):
    return [item["id"] for item in draft.evidence]


def test_it_holds_every_passage_on_an_entity_from_every_document_in_order():
    source = make_manual(HANDBOOK, NAMES)
    (draft,) = [draft for draft in drafts_of(source) if subject(draft) == "Hario Buono"]
    # What a changelog says of it is not about it.
    assert ids(draft) == ["brewing.md:2", "shop.rst:0", "tea.txt:1"]
    for choice in range(2):
        text = render(load_prompt(draft.prompt_id), "answer", choice, draft.facts)
        assert text.index("Brewing Coffee") < text.index("### Water") < text.index("kettle") < text.index("any temper")
        assert text.startswith("# ")


def test_what_several_documents_speak_of_comes_first():
    found = drafts_of(make_manual(HANDBOOK, NAMES))
    spread = [len({item["path"] for item in draft.evidence}) > 1 for draft in found]
    assert True in spread
    assert False in spread
    assert spread == sorted(spread, reverse=True)


def test_two_documents_come_before_many_passages_of_one():
    pages = "".join(f"## Page {number}\n\nThe Alpha is here.\n\n" for number in range(9))
    files = {"a.md": f"# Pages\n\n{pages}## Last\n\nThe Beta is here.\n", "b.md": "# More\n\nThe Beta is there.\n"}
    found = drafts_of(make_manual(files, {"Alpha": "thing", "Beta": "thing"}))
    assert [subject(draft) for draft in found] == ["Beta", "Alpha"]


def test_an_entity_of_too_few_passages_has_none():
    source = make_manual(HANDBOOK, NAMES)
    assert "gaiwan" not in {subject(draft) for draft in drafts_of(source)}
    assert {subject(draft) for draft in drafts_of(source, min_passages=3)} <= {
        "French press",
        "Hario Buono",
        "Anna Berg",
    }


def test_long_ones_are_cut_into_parts_and_first_parts_come_first():
    words = "The Alpha stands by the Beta in this part of the hall of machines. " * 3
    sections = "".join(f"## Part {number}\n\n{words}\n\n" for number in range(12))
    files = {
        "a.md": f"# Halls\n\n{sections}",
        "b.md": "# Rooms\n\n## A\n\nThe Gamma is here.\n\n## B\n\nThe Gamma is big.\n",
    }
    source = make_manual(files, {"Alpha": "thing", "Gamma": "thing"})
    found = drafts_of(source, context_tokens=200)
    parts = [(subject(draft), draft.facts["part"][0]) for draft in found]
    assert parts[:3] == [("Alpha", "1"), ("Gamma", "1"), ("Alpha", "2")]
    held = [one for draft in found if subject(draft) == "Alpha" for one in ids(draft)]
    assert held == [passage.passage_id for passage in source.text.passages_of("a.md")]
    for draft in found:
        assert source.count_tokens(render(load_prompt(draft.prompt_id), "answer", 0, draft.facts)) <= 200


def test_nearly_the_same_dossier_is_made_once():
    pages = "".join(f"## Page {number}\n\nThe Alpha and the Beta are on page {number}.\n\n" for number in range(10))
    files = {"a.md": f"# Pages\n\n{pages}## Last\n\nThe Alpha is alone here.\n"}
    found = drafts_of(make_manual(files, {"Alpha": "thing", "Beta": "thing"}))
    assert [subject(draft) for draft in found] == ["Alpha"]


def test_what_everything_is_about_has_none():
    pages = "".join(
        f"## Page {number}\n\nThe shop has {'a Lamp' if number < 4 else 'a thing'} no {number}.\n\n"
        for number in range(60)
    )
    found = drafts_of(make_manual({"a.md": f"# Pages\n\n{pages}"}, {"shop": "term", "Lamp": "thing"}))
    assert [subject(draft) for draft in found] == ["Lamp"]


def test_what_is_held_out_never_stands_with_the_rest():
    source = make_manual(HANDBOOK, NAMES, split_of=lambda path: "validation" if path == "shop.rst" else "train")
    found = drafts_of(source)
    assert found
    for draft in found:
        assert len({source.split_of(item["path"]) for item in draft.evidence}) == 1


def test_passages_are_not_told_again_and_again():
    words = [f"Name{number}" for number in range(12)]
    pages = [f"# Page {page}\n\n" + " ".join(f"The {word} is on page {page}." for word in words) for page in range(3)]
    files = {f"{page}.md": text for page, text in enumerate(pages)}
    # Each name is also alone on a page of its own, so that no two dossiers are nearly the same.
    for number, word in enumerate(words):
        files[f"own-{number}.md"] = "\n\n".join(f"# {word} {n}\n\nThe {word} stands alone here, {n}." for n in range(2))
    source = make_manual(files, dict.fromkeys(words, "thing"))
    few, many = (drafts_of(source, max_uses=uses) for uses in (1, 12))
    assert 0 < len(few) < len(many) == len(words)
