"""Names are taken apart and words put together."""

import pytest

from synth.languages.naming import cased, casing_of, last_name, pieces, plural, split_name, with_article


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("pkg.mod.Class.method", ["pkg", "mod", "Class", "method"]),
        ("example.com/shop/basket.Basket.Add", ["example", "com", "shop", "basket", "Basket", "Add"]),
        ("shop::Basket::total", ["shop", "Basket", "total"]),
        ("Shop::Basket#empty?", ["Shop", "Basket", "empty?"]),
        ("total", ["total"]),
        ("", []),
    ],
)
def test_the_parts_of_a_name(name, parts):
    assert split_name(name) == parts


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("a.b", "b"), ("shop::Basket::~Basket", "~Basket"), ("shop::Money::operator/", "operator/"),
        ("shop::Money::operator bool", "operator bool"), ("Shop::Money#==", "=="), ("Shop::Money#/", "/"),
        ("a/b/c.d", "d"), ("Shop::Basket#empty?", "empty?"), ("plain", "plain"), ("", ""),
    ],
)  # fmt: skip
def test_the_last_part_of_a_name(name, last):
    assert last_name(name) == last


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("struct", "a struct"), ("interface", "an interface"), ("enum", "an enum"), ("union", "a union"),
        ("unittest test", "a unittest test"), ("xUnit test", "an xUnit test"), ("RSpec example", "an RSpec example"),
        ("`use` declaration", "a `use` declaration"), ("import", "an import"), ("JUnit test", "a JUnit test"),
    ],
)  # fmt: skip
def test_articles(noun, expected):
    assert with_article(noun) == expected


@pytest.mark.parametrize(
    ("noun", "expected"),
    [("class", "classes"), ("struct", "structs"), ("property", "properties"), ("key", "keys"), ("method", "methods"),
     ("type alias", "type aliases"), ("enum member", "enum members")],
)  # fmt: skip
def test_plurals(noun, expected):
    assert plural(noun) == expected


@pytest.mark.parametrize(
    ("name", "casing", "expected"),
    [
        ("find_all_items", "camel", "findAllItems"), ("parseURLPath", "snake", "parse_url_path"),
        ("addItem2", "pascal", "AddItem2"), ("x", "pascal", "X"),
    ],
)  # fmt: skip
def test_identifiers_change_their_case(name, casing, expected):
    assert cased(pieces(name), casing) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("find_all", "snake"), ("findAll", "camel"), ("FindAll", "pascal"), ("find", ""), ("Find", "pascal"), ("_x", "")],
)
def test_names_tell_how_they_are_written(name, expected):
    assert casing_of(name) == expected
