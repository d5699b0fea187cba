"""Which object is the code of a scope run for: an object of a class, the class itself, or none that is known?"""

from typing import NamedTuple

from synth.graph.code.toolkit.units import Symbol, Unit

_BLOCKS = frozenset({"describe", "it", "let", "hook", "struct", "data"})  # varieties whose body is itself a block


class Self(NamedTuple):
    """The object that a scope is in."""

    cls: Symbol | None  # None at the top level
    is_static: bool  # whether it is the class itself
    in_block: bool = False  # whether a block stands between, which may be run for another object


class Selves:
    """Answers for the scopes of a collection."""

    def __init__(self) -> None:
        self._known: dict[tuple[Unit, int], Self] = {}

    def at(self, unit: Unit, scope: int) -> Self:
        """The object that a scope is in."""
        question = (unit, scope)
        if question not in self._known:
            self._known[question] = _find(unit, scope)
        return self._known[question]


def _find(unit: Unit, scope: int) -> Self:
    blocks = 0
    while scope >= 0:
        here = unit.facts.scopes[scope]
        if here.definition >= 0:
            return _inside(unit.symbols[here.definition], blocks)
        blocks += here.kind == "lambda"
        scope = here.parent
    return Self(None, False, blocks > 0)


def _inside(symbol: Symbol, blocks: int) -> Self:
    """The object in a class or method, below so many blocks."""
    in_block = blocks > (symbol.variety in _BLOCKS or symbol.fact.signature.startswith("define_"))
    if symbol.kind == "class":
        return Self(symbol.main, symbol.variety != "describe", in_block)
    owner = symbol.parent
    while owner is not None and owner.kind in {"method", "function"}:
        owner = owner.parent
    cls = owner.main if owner is not None and owner.kind == "class" else None
    return Self(cls, symbol.name[0] == "." or symbol.variety == "module_function", in_block)
