"""A generated definition takes the place of the source's own, and the rest of the file stays as it is."""

from recipes.conftest import make_source

from synth.checks.splice import Definition, find_definition, splice

TEXT = '''"""A module."""

import functools


class Outer:
    """A class."""

    @property
    @functools.lru_cache
    def area(self) -> int:
        return 1

    def other(self):
        def inner():
            return 2

        return inner()


def last():
    return 3
'''
SOURCE = make_source({"m.py": TEXT})


def spliced(name: str, code: str) -> str:
    node = SOURCE.graph.by_qualified_name[f"m.{name}"][0]
    new = find_definition(code, node.name)
    assert new is not None
    return splice(TEXT, node, SOURCE.graph, new)


def test_a_definition_in_its_own_place_changes_nothing():
    for name in ("Outer.area", "Outer.other", "last"):
        node = SOURCE.graph.by_qualified_name[f"m.{name}"][0]
        assert spliced(name, SOURCE.code(node)) == TEXT


def test_a_method_is_indented_and_decorators_stay_where_none_are_given():
    assert spliced("Outer.area", "def area(self):\n    x = 4\n\n    return x") == TEXT.replace(
        "    def area(self) -> int:\n        return 1\n", "    def area(self):\n        x = 4\n\n        return x\n"
    )


def test_new_decorators_take_the_place_of_the_old():
    text = spliced("Outer.area", "@staticmethod\ndef area():\n    return 4")
    assert "    @staticmethod\n    def area():\n        return 4\n" in text
    assert "@property" not in text


def test_a_method_is_found_in_the_class_that_an_answer_repeats():
    text = spliced("Outer.area", 'class Outer:\n    """Again."""\n\n    def area(self):\n        return 5\n')
    assert "    def area(self):\n        return 5\n\n    def other" in text
    assert "Again" not in text


def test_what_the_definition_uses_comes_before_its_outermost_owner():
    code = """
import math, os
from json import dumps
LIMIT = double(7)
unused = missing()
def double(x):
    return math.floor(x) * 2
def area(self):
    return double(LIMIT)
"""
    head, _, rest = spliced("Outer.area", code).partition("class Outer:")
    assert head.endswith("import math, os\nLIMIT = double(7)\ndef double(x):\n    return math.floor(x) * 2\n")
    assert "    @functools.lru_cache\n    def area(self):\n        return double(LIMIT)\n" in rest


def test_for_a_function_in_a_method_that_is_before_the_class():
    text = spliced("Outer.other.inner", "import math\ndef inner():\n    return math.pi")
    assert "import math\nclass Outer:\n" in text
    assert "        def inner():\n            return math.pi\n\n        return inner()\n" in text


def test_strings_that_indenting_would_change_are_noted():
    def found(body: str) -> Definition | None:
        return find_definition(f'def f():\n    """Two\n    lines."""\n    {body}\n', "f")

    assert found('return """a\nb"""').has_long_strings
    assert found("return f'''a\n{1}'''").has_long_strings
    assert not found('return ("a"\n        "b")').has_long_strings
    assert found("return 1") is not None
    assert find_definition("def g(): pass", "f") is None
