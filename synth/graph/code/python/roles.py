"""What do decorators say that a definition is?"""

from synth.graph.code.python.units import Symbol

PROPERTIES = frozenset({"property", "cached_property", "functools.cached_property", "abc.abstractproperty"})
TRANSPARENT = frozenset(
    {
        "staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "override", "typing.override", "final",
        "typing.final", "cache", "functools.cache", "lru_cache", "functools.lru_cache", *PROPERTIES,
    }
)  # fmt: skip
"""Decorators that leave alone what a function returns."""


COMMON_METHODS = frozenset(
    name
    for kind in (list, dict, set, frozenset, tuple, str, bytes, bytearray, int, float, complex, memoryview)
    for name in dir(kind)
) | {"close", "read", "write", "readline", "readlines", "flush", "seek", "open", "start", "run", "send", "put", "next"}
"""Methods of built-in objects and files: a call of one says nothing about the object."""


def is_property(symbol: Symbol) -> bool:
    """Whether reading the attribute calls it."""
    return symbol.kind == "method" and not PROPERTIES.isdisjoint(symbol.fact.decorators)


def is_overload(symbol: Symbol) -> bool:
    """Whether it only tells a type checker of one way to call the definition that follows."""
    return any(decorator.rpartition(".")[2] == "overload" for decorator in symbol.fact.decorators)


def is_secondary(symbol: Symbol) -> bool:
    """Whether it is an overload, or the setter or deleter of a property."""
    accessors = {f"{symbol.name}.setter", f"{symbol.name}.deleter"}
    return is_overload(symbol) or not accessors.isdisjoint(symbol.fact.decorators)


def returns_as_written(symbol: Symbol) -> bool:
    """Whether its decorators leave alone what it returns."""
    return all(decorator.partition("(")[0] in TRANSPARENT for decorator in symbol.fact.decorators)


def is_fixture(symbol: Symbol) -> bool:
    """Whether pytest hands its result to tests that have a parameter of its name."""
    return any(
        decorator.partition("(")[0] in {"fixture", "pytest.fixture", "pytest_asyncio.fixture"}
        for decorator in symbol.fact.decorators
    )
