"""Which of several definitions of one name is nearest, most general, and meant for other files?"""

import re

from synth.graph.code.cpp.includes import common
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.units import Space, Symbol, Unit

HEADER = re.compile(r"\.(h|hh|hpp|hxx|h\+\+|inl|ipp|tpp|txx|inc)$")


def space_around(resolver: Resolver, unit: Unit, scope: int) -> Space:
    """The namespace that a scope lies in."""
    scopes = unit.facts.scopes
    while scope >= 0:
        if scopes[scope].kind == "module" and scopes[scope].definition >= 0:
            return resolver.spaces.of(unit.symbols[scopes[scope].definition].qualified_name)
        scope = scopes[scope].parent
    return resolver.spaces.of("")


def is_shared(symbol: Symbol) -> bool:
    """Whether a bare name in another file can mean it."""
    if symbol.variety == "field":
        return False
    is_kept = symbol.variety == "macro" or (symbol.kind == "function" and symbol.fact.visibility == "private")
    return not is_kept or bool(HEADER.search(symbol.unit.path))


def is_scoped(symbol: Symbol) -> bool:
    """Whether an enumeration keeps its members to itself."""
    return symbol.fact.signature.startswith(("enum class", "enum struct"))


def is_special(symbol: Symbol) -> bool:
    """Whether it is the specialisation of a template."""
    signature = symbol.fact.signature if symbol.index >= 0 else ""
    return symbol.kind == "class" and f"{symbol.name}<" in signature.partition(" : ")[0]


def distance(unit: Unit, symbol: Symbol) -> tuple[bool, bool, bool, int, str, int]:
    """How far a definition is from a file; forward declarations are further away than definitions."""
    return (
        symbol.variety == "declaration",
        symbol.unit is not unit,
        symbol.unit.facts.is_test and not unit.facts.is_test,
        -common(unit.path, symbol.unit.path),
        symbol.unit.path,
        symbol.index,
    )
