"""What is said of each language agrees with its grammar, and every language that can be read has its words."""

import re

import pytest

from synth.graph.code import LANGUAGES as READ
from synth.languages import FENCES, LANGUAGES
from synth.languages.syntax import grammar, keywords, parses

NAMES = sorted(LANGUAGES)


def test_every_language_that_is_read_can_be_spoken_of():
    assert set(READ) <= set(LANGUAGES)


@pytest.mark.parametrize("name", NAMES)
def test_the_nodes_and_fields_that_are_named_are_of_the_grammar(name):
    settings, found = LANGUAGES[name].grammar, grammar(name)
    kinds = {*settings.calls, *settings.makers, *settings.spreads, *settings.sole_spreads, *settings.functions}
    unknown = {kind for kind in kinds | set(settings.imports) if found.id_for_node_kind(kind, True) is None}
    assert unknown == set()
    assert {field for field in settings.callee if found.field_id_for_name(field) is None} == set()
    assert settings.functions
    assert settings.imports
    assert set(settings.makers) <= set(settings.calls)


@pytest.mark.parametrize("name", NAMES)
def test_patterns_can_be_compiled_and_words_are_words(name):
    traits = LANGUAGES[name]
    patterns = [traits.harmless, traits.failing, *(item[0] for item in (*traits.links, *traits.frameworks))]
    assert all(re.compile(pattern) for pattern in patterns)
    assert traits.casing in {"snake", "camel", "pascal"}
    assert traits.returns in {"", "before", "after"}
    assert "{name}" in traits.parameter
    assert (traits.kin[-1].subject, traits.kin[-1].object, traits.kin[-1].is_written) == ("", "", None)


def test_no_two_languages_share_the_word_after_a_fence():
    words = [word for traits in LANGUAGES.values() for word in (traits.fence, *traits.aliases)]
    assert len(words) == len(set(words)) == len(FENCES)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_block_with_a_comment_parses(name):
    assert parses(f"{LANGUAGES[name].comment} nothing\n", name)


@pytest.mark.parametrize(
    ("name", "word"),
    [("python", "lambda"), ("go", "func"), ("java", "extends"), ("javascript", "typeof"), ("typescript", "interface"),
     ("tsx", "readonly"), ("rust", "fn"), ("c", "typedef"), ("cpp", "template"), ("csharp", "namespace"),
     ("ruby", "unless")],
)  # fmt: skip
def test_keywords_come_from_the_grammar(name, word):
    assert word in keywords(name)
    assert "basket" not in keywords(name)
