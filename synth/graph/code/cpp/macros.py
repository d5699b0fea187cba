"""Which functions are written as the call of a macro with a body, as tests are? `TEST(Suite, Name) { … }`."""

import re
from typing import NamedTuple

from tree_sitter import Node

from synth.graph.code.cpp.declarators import function_in, name_in
from synth.graph.code.toolkit.trees import text_of

_MACRO = re.compile(r"[A-Z][A-Z0-9_]*$")
_PAIRS = re.compile(r"(TEST|TYPED_TEST|GTEST_TEST|IUTEST)$")
_FIXTURES = re.compile(r"(TEST_F|TEST_P|TYPED_TEST_P|\w*_TEST_F|\w*_TEST_P)$")
_NAMED = re.compile(
    r"((DOCTEST_|CATCH_)?(TEST_CASE(_TEMPLATE|_CLASS)?|TEMPLATE(_PRODUCT|_LIST)?_TEST_CASE|SCENARIO)"
    r"|BOOST_(AUTO|FIXTURE|DATA|PARAM)_TEST_CASE(_TEMPLATE)?|START_TEST|CTEST|TEST_METHOD|Test|\w*_TEST|UNIT_TEST\w*)$"
)
_OWN_FIXTURES = re.compile(r"(BOOST_FIXTURE_TEST_CASE|(DOCTEST_|CATCH_)?TEST_CASE_(METHOD|FIXTURE)|SCENARIO_METHOD)$")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


class MacroFunction(NamedTuple):
    """A function that a macro makes."""

    node: Node | None  # its name
    name: str
    variety: str  # test, or empty
    fixture: str  # chain of the class that it is a method of
    rest: list[str]  # what the macro is given beside the name, where that names parameters


def macro_function(node: Node) -> MacroFunction | None:
    """What a function definition is whose head is the call of a macro; None for all others.

    C has no functions without a type, so there the macro's first letter is shown as one.
    """
    if node.type != "function_definition":
        return None
    declared = node.child_by_field_name("type")
    if declared is not None and (declared.end_byte != node.start_byte + 1 or declared.type != "type_identifier"):
        return None
    function = function_in(node.child_by_field_name("declarator"))
    name = name_in(function)
    if function is None or name is None or name.type != "identifier":
        return None
    macro = text_of(name) if declared is None else _head(node, name)
    is_member = node.parent is not None and node.parent.type == "field_declaration_list"
    if is_member or not _MACRO.match(macro):
        return None
    return _made(macro, declared or name, _given(text_of(function.child_by_field_name("parameters"))))


def head_of(node: Node) -> str:
    """The head of a function that a macro makes, as it is written."""
    function = function_in(node.child_by_field_name("declarator"))
    return " ".join(_head(node, function or node).split())


def _head(node: Node, last: Node) -> str:
    """The text of a node up to the end of one of its parts."""
    return (node.text or b"")[: last.end_byte - node.start_byte].decode("utf-8", "replace")


def _made(macro: str, node: Node, given: list[str]) -> MacroFunction | None:
    if not given:
        return None
    if _PAIRS.match(macro) and len(given) > 1:
        return MacroFunction(node, f"{given[0]}.{given[1]}", "test", "", [])
    if _FIXTURES.match(macro) and len(given) > 1:
        return MacroFunction(node, given[1], "test", given[0].replace("::", "."), [])
    if _OWN_FIXTURES.match(macro) and len(given) > 1:
        first, second = (given[1], given[0]) if macro.startswith("BOOST") else given[:2]
        return MacroFunction(node, second, "test", first.replace("::", "."), [])
    variety = "test" if _NAMED.match(macro) else ""
    rest = [] if variety else [word for word in given[1:] if word.isidentifier()]
    return MacroFunction(node, given[0], variety, "", rest)


def _given(text: str) -> list[str]:
    """The arguments of a macro; of strings what they hold."""
    inner = text.strip()[1:-1]
    strings = _STRING.findall(inner)
    plain = _STRING.sub('"', inner)
    found = []
    for item in plain.split(","):
        word = item.strip()
        if word.startswith('"') and strings:
            word = strings.pop(0)
        found.append(" ".join(word.split()))
    return [word for word in found if word]
