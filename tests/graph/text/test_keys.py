"""What is written in different ways has one normal form."""

import pytest

from synth.graph.text.keys import code_key, code_name, key_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Continuous integration", "continuous  integration"),
        ("config file", "config files"),
        ("config-file", "Config File"),
        ("policy", "policies"),
        ("patch", "patches"),
        ("cache", "caches"),
        ("class", "classes"),
        ("index", "indexes"),
        ("API", "APIs"),
        ("CPU", "CPUs"),
        ("Debian", "Debian's"),
        ("key", "keys"),
        ("a\nb", "a b"),
    ],
)
def test_case_plural_hyphens_and_white_space_make_no_difference(one, other):
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(("one", "other"), [("pass", "pas"), ("file", "filename"), ("I/O", "IO"), ("C", "C++")])
def test_other_names_stay_apart(one, other):
    assert key_of(one) != key_of(other)


def test_identifiers_keep_their_case_unless_they_are_plain_words_or_camel_case():
    assert code_key("Linear") != code_key("linear")
    assert code_key("`pip`") == key_of("pip")
    assert code_key("BaseModel") == key_of("BaseModel")
    assert code_key("torch.nn.Linear") == "torch.nn.Linear"


@pytest.mark.parametrize(
    "written", ["foo.bar()", "`foo.bar`", "foo.bar(x, y=1)", ".foo.bar", "~foo.bar", "foo.bar=True"]
)
def test_the_name_of_an_identifier_has_no_arguments_values_or_marks(written):
    assert code_name(written) == "foo.bar"


def test_paths_keep_what_they_begin_with():
    assert code_name("`./configure`") == "./configure"
