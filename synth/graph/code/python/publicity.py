"""Which names is a user of the package meant to use?"""

from collections.abc import Sequence

from synth.graph.code.python.resolver import Resolver
from synth.graph.code.python.units import Symbol, Unit


class Publicity:
    """Tells public names from private ones.

    A name is public where no part of its path below the top-level package begins with an underscore and `__all__` of
    its module, where there is one, lists it; or where a public package's `__init__`, or `__all__` of any public
    module, hands it on under a public name. Dunder methods are as public as their class. What is defined inside of a
    function is private.
    """

    def __init__(self, units: Sequence[Unit], resolver: Resolver) -> None:
        self._handed_on = {symbol for unit in units for symbol in _handed_on(unit, resolver)}

    def is_public(self, symbol: Symbol) -> bool:
        """Whether the symbol is public."""
        parent = symbol.parent
        if parent is None:
            return is_public_module(symbol.unit)
        if parent.kind == "module":
            return symbol in self._handed_on or (
                is_public_module(symbol.unit) and _is_offered(symbol.unit, symbol.name)
            )
        if parent.kind != "class" or not self.is_public(parent):
            return False
        return not symbol.name.startswith("_") or (symbol.kind == "method" and _is_dunder(symbol.name))


def visibility(public: bool) -> str:
    """The word of `synth.schema.VISIBILITIES`: Python knows no more than these two."""
    return "public" if public else "private"


def is_public_module(unit: Unit) -> bool:
    """Whether no part of the module's name below the top-level package is private."""
    return not any(part.startswith("_") for part in unit.name.split(".")[1:])


def _is_offered(unit: Unit, name: str) -> bool:
    listed = unit.facts.exports
    if listed is not None and unit.facts.exports_complete and not unit.facts.exports_from:
        return name in listed
    return not name.startswith("_") or name in (listed or ())


def _handed_on(unit: Unit, resolver: Resolver) -> set[Symbol]:
    if not is_public_module(unit):
        return set()
    if unit.facts.exports is not None:
        names = resolver.modules.exported(unit)
    elif unit.is_package:
        names = {name for name in (*unit.tables[0], *resolver.modules.star_names(unit)) if not name.startswith("_")}
    else:
        return set()
    found = (resolver.module_member(unit, name) for name in names)
    return {item.value for item in found if item is not None and isinstance(item.value, Symbol)}


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
