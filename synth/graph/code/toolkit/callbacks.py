"""What is a function given that is itself given to another? The parameters of lambdas, by what calls them."""

from typing import TYPE_CHECKING

from synth.graph.code.facts import Binding
from synth.graph.code.toolkit.units import Symbol
from synth.graph.code.toolkit.values import External, Found, Group, Value

if TYPE_CHECKING:
    from synth.graph.code.toolkit.resolver import Resolver


def handed(resolver: "Resolver", callee: Found, receiver: Found | None, link: str) -> Found | None:
    """What a function hands to the lambda that it is called with.

    Args:
        resolver: answers what types are.
        callee: the function that is called.
        receiver: the object that it is called on.
        link: `^0^1` for the second argument of a lambda that is the first argument.
    """
    position, index = (int(part) for part in link[1:].split("^"))
    value = callee.value
    if isinstance(value, External):
        held = None if receiver is None else resolver.rules.hands_out(receiver.value, value, index)
        return None if held is None else Found(held, "type")
    symbols = value.symbols if isinstance(value, Group) else (value,) if isinstance(value, Symbol) else ()
    given = {_taken(resolver, symbol, receiver, position, index) for symbol in symbols}
    given.discard(None)
    found = given.pop() if len(given) == 1 else None
    return None if found is None else Found(found, "type")


def _taken(resolver: "Resolver", symbol: Symbol, receiver: Found | None, position: int, index: int) -> Value | None:
    """What the function takes that a parameter of another one is declared as."""
    parameters = symbol.unit.parameters.get(symbol.index, ())
    if symbol.kind not in {"function", "method"} or not parameters:
        return None
    name = parameters[min(position, len(parameters) - 1)].name
    bound = symbol.unit.tables[symbol.fact.body].get(name, [None])[0]
    if not isinstance(bound, Binding) or not bound.annotation:
        return None
    found = resolver.object_of(symbol.unit, symbol.fact.body, bound.annotation)
    filled = None if found is None else resolver.fill_for(found, receiver, symbol)
    return None if filled is None else resolver.rules.takes(resolver, filled.value, index)
