"""What documents say of two entities together, then of each."""

import re

from recipes.manuals import HANDBOOK, NAMES, make_manual
from synth.config import DocsPairSettings
from synth.prompts import load_prompt, render
from synth.recipes.docs import pair


def drafts_of(source, **settings):
    return list(pair.drafts(source, DocsPairSettings(**settings)))


def names(draft):
    return {draft.facts["one"][0].strip("`"), draft.facts["other"][0].strip("`")}


def texts(draft, about):
    return [text for text, group in zip(draft.facts["texts[]"], draft.facts["about[]"], strict=True) if group == about]


def test_sentences_on_both_come_first_then_those_on_each():
    source = make_manual(HANDBOOK, NAMES)
    (draft,) = [draft for draft in drafts_of(source) if names(draft) == {"Baratza Encore", "French press"}]
    assert texts(draft, "") == ["The Baratza Encore grinds beans for a French press in forty seconds."]
    # What says what it is comes before what else is said of it.
    assert texts(draft, "French press")[0] == "A French press is a pot with a plunger that keeps the grounds back."
    assert any("service contract" in text for text in texts(draft, "Baratza Encore"))
    for choice in range(3):
        text = render(load_prompt(draft.prompt_id), "answer", choice, draft.facts)
        assert text.index("forty seconds") < text.index("with a plunger")
        assert {"*Brewing Coffee* (handbook)", "*Running the Shop* (handbook)"} <= set(
            re.findall(r"\*.*?\*.\(handbook\)", text)
        )


def test_what_says_what_it_is_comes_before_what_else_is_said_and_both_get_their_share():
    said = [
        "The Buono stands beside the Encore in the long hall.",
        *(f"People put the Buono on shelf {number} of the hall." for number in range(5)),
        "The Buono is a kettle with a thin spout.",
        *(f"People put the Encore on bench {number} of the house." for number in range(5)),
        "The Encore is a mill with a long arm.",
    ]
    source = make_manual({"a.md": "# A\n\n" + "\n\n".join(said)}, {"Buono": "thing", "Encore": "thing"})
    (draft,) = drafts_of(source, max_sentences=3)
    assert draft.facts["texts[]"] == [said[0], said[6], said[-1]]


def test_every_sentence_is_of_the_source_and_whole():
    source = make_manual(HANDBOOK, NAMES)
    plain = " ".join(" ".join(text.replace("``", "`") for text in HANDBOOK.values()).split())
    found = drafts_of(source)
    assert len(found) > 5
    for draft in found:
        for text in draft.facts["texts[]"]:
            for sentence in re.findall(r"\S.*?\.(?= |$)", text):
                assert sentence in plain
                assert sentence[0].isupper() or sentence[0] == "`"


def test_nothing_is_torn_from_lists_notes_and_changelogs():
    said = " ".join(text for draft in drafts_of(make_manual(HANDBOOK, NAMES)) for text in draft.facts["texts[]"])
    for words in ("each week", "hangs by the door", "May 2020"):
        assert words not in said


def test_no_pair_comes_twice_and_each_has_a_sentence_of_its_own():
    found = drafts_of(make_manual(HANDBOOK, NAMES))
    assert len({draft.unit for draft in found}) == len(found)
    assert len({frozenset(names(draft)) for draft in found}) == len(found)
    said = (
        "The Alpha, the Beta, the Gamma and the Delta are red.",
        "The Alpha is big and red and round.",
        "The Beta is thin and green and flat.",
    )
    files = {"a.md": "# A\n\n" + "\n\n".join(said)}
    kinds = dict.fromkeys(("Alpha", "Beta", "Gamma", "Delta"), "thing")
    assert len(drafts_of(make_manual(files, kinds))) == 1


def test_a_sample_has_no_more_sentences_than_asked_for():
    source = make_manual(HANDBOOK, NAMES)
    for draft in drafts_of(source, max_sentences=3):
        said = sum(len(re.findall(r"\.(?: |$)", text)) for text in draft.facts["texts[]"])
        assert 1 <= said <= 3


def test_what_is_held_out_never_stands_with_the_rest():
    source = make_manual(HANDBOOK, NAMES, split_of=lambda path: "validation" if path == "shop.rst" else "train")
    for draft in drafts_of(source):
        assert len({source.split_of(item["path"]) for item in draft.evidence}) == 1


def test_pairs_grow_with_the_text_not_with_the_square_of_its_names():
    lines = [f"The Name{number}x stands beside the Name{number + 1}x in hall H{number}." for number in range(400)]
    files = {"a.md": "# Hall\n\n" + "\n\n".join(lines)}
    source = make_manual(files, {f"Name{number}x": "thing" for number in range(401)})
    assert len(drafts_of(source)) == 400
