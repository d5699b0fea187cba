"""What do the containers and smart pointers of the standard library hand out?"""

from synth.graph.code.cpp.types import LISTS, MAPS
from synth.graph.code.toolkit.rules import words
from synth.graph.code.toolkit.values import External, Function, Instance, Many, Value

_ELEMENTS = words("front back at top")
_HELD = words("get release value value_or lock load operator-> operator*")
_PLACES = words("begin end cbegin cend rbegin rend find lower_bound upper_bound insert emplace erase data before_begin")
_ITERATOR = External("std::iterator")
_PAIR = External("std::pair")


def result_of(holder: Value, method: str) -> Value | None:
    """What a method of an object of the library gives; None where that is not known."""
    if not isinstance(holder, Instance) or not isinstance(holder.of, External) or not holder.arguments:
        return None
    word = holder.of.name.rpartition("::")[2]
    if word in LISTS | MAPS:
        if method in _ELEMENTS:
            return holder.arguments[-1]
        return Instance(_ITERATOR, (_entry(holder, word),)) if method in _PLACES else None
    return holder.arguments[0] if method in _HELD else None


def member_of(holder: Value, name: str) -> Value | None:
    """The halves of a pair, and the iterators of an array."""
    if isinstance(holder, Many) and name in _PLACES:
        return Function(Instance(_ITERATOR, (holder.element,)))
    if isinstance(holder, Instance) and holder.of == _PAIR and name in {"first", "second"}:
        position = ("first", "second").index(name)
        return holder.arguments[position] if position < len(holder.arguments) else None
    return None


def is_container(value: Instance) -> bool:
    """Whether an object holds many others, so that an arrow leads to itself and not to what it holds."""
    return isinstance(value.of, External) and value.of.name.rpartition("::")[2] in LISTS | MAPS


def _entry(holder: Instance, word: str) -> Value | None:
    return Instance(_PAIR, holder.arguments) if word in MAPS else holder.arguments[-1]
