"""Which of several functions of one name does a call mean? By how many arguments they take, then by the types."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from synth.graph.code.facts import Use
from synth.graph.code.toolkit.notation import LITERAL, UNKNOWN
from synth.graph.code.toolkit.units import Symbol, Unit
from synth.graph.code.toolkit.values import External, Instance, Many, TypeParameter, Value

if TYPE_CHECKING:
    from synth.graph.code.toolkit.resolver import Resolver

EXTENSION = "extension"  # the variety of methods that are called on what they take first
NULL = "null"  # the literal that every object may be
SAME, MAYBE, WEAK, NEVER = 4, 2, 1, 0
"""How well an argument fits: the very type, a wider one, one that takes nearly anything, or not at all."""
_ARGUMENTS = re.compile(r"<.*>", re.DOTALL)


class Choice(NamedTuple):
    """A function, and whether the arguments leave no other."""

    symbol: Symbol
    is_sure: bool
    how: str  # told by the number of arguments, which a name has, or by their types


def shape_of(symbol: Symbol) -> tuple[str, ...]:
    """The types that a function takes, without their arguments and qualifiers."""
    return tuple(_bare(item.annotation) for item in symbol.unit.parameters.get(symbol.index, ()))


def fitting(symbols: Sequence[Symbol], arity: int) -> list[Symbol]:
    """Those that take so many arguments; all where the number is -1, which is not known."""
    return [symbol for symbol in symbols if arity < 0 or _takes(symbol, arity)]


def agreed(symbols: Sequence[Symbol], arity: int) -> Symbol | None:
    """A function whose result is that of all which the call may mean."""
    fit = fitting(symbols, arity) or list(symbols)
    returned = {(symbol.fact.returns, symbol.parent) for symbol in fit}
    return fit[0] if len(returned) == 1 else None


def choose(resolver: "Resolver", unit: Unit, use: Use, symbols: Sequence[Symbol]) -> Choice | None:
    """The function that a call means; None where none takes so many arguments."""
    fit = fitting(symbols, use.arity) or list(symbols if resolver.rules.has_loose_calls else ())
    if len(fit) <= 1:
        return Choice(fit[0], True, "name") if fit else None
    if use.arguments:
        given = [_given(resolver, unit, use, item) for item in use.arguments.split(",")]
        scored = [(_score(resolver, symbol, given), symbol) for symbol in fit]
        best = max(score for score, _ in scored)
        fit = [symbol for score, symbol in scored if score == best and best >= 0] or fit
    shapes = {(symbol.qualified_name, shape_of(symbol)) for symbol in fit}
    return Choice(fit[0], len(shapes) == 1, "type")


def _takes(symbol: Symbol, arity: int) -> bool:
    if symbol.kind not in {"function", "method"}:
        return True
    least, most = 0, 0
    for item in symbol.unit.parameters.get(symbol.index, ()):
        if item.kind in {"keyword_only", "var_keyword", "block"}:
            continue
        if item.kind == "var_positional":
            most = 1_000
        elif item.default is None:
            least, most = least + 1, most + 1
        else:
            most += 1
    return least - (symbol.variety == EXTENSION) <= arity <= most


def _bare(annotation: str | None) -> str:
    text = _ARGUMENTS.sub("", annotation or "").replace(" ", "")
    return text.rpartition(".")[2]


def _given(resolver: "Resolver", unit: Unit, use: Use, argument: str) -> Value | str | None:
    """The type of an argument: the name of a literal's, an object, or None where it is not known."""
    if argument == f"{LITERAL}{NULL}":
        return NULL
    if argument[:1] == LITERAL and argument[1:] in resolver.rules.literals:
        return argument[1:]
    made = argument.removesuffix("{}")
    if made != argument and resolver.rules.is_dynamic(made):
        return made  # a cast to what may be anything
    found = None if argument in {UNKNOWN, ""} else resolver.evaluate(unit, use.scope, argument, use.line)
    settled = None if found is None else resolver.settle(found)
    value = None if settled is None else settled.value
    return _literal_of(resolver, value) or value


def _score(resolver: "Resolver", symbol: Symbol, given: Sequence[Value | str | None]) -> int:
    """How well arguments fit; -1 where one cannot."""
    parameters = symbol.unit.parameters.get(symbol.index, ())
    if symbol.variety == EXTENSION and len(given) < len(parameters):
        parameters = parameters[1:]
    total = 0
    for position, argument in enumerate(given if parameters else ()):
        item = parameters[min(position, len(parameters) - 1)]
        if argument is None or item.annotation is None:
            continue
        fits = _fits(resolver, symbol, item.annotation, argument)
        if fits == NEVER and item.kind != "var_positional":
            if not resolver.rules.has_conversions or isinstance(argument, str):
                return -1
            fits = 0
        total += fits
    return total


def _fits(resolver: "Resolver", symbol: Symbol, annotation: str, argument: Value | str) -> int:
    written = resolver.rules.plain_type(_ARGUMENTS.sub("", annotation))
    if argument == NULL:
        return NEVER if written in resolver.rules.builtins else MAYBE
    scope = symbol.fact.body if symbol.fact.body >= 0 else symbol.fact.scope
    found = resolver.object_of(symbol.unit, scope, written)
    wanted = None if found is None else found.value
    return _fits_value(resolver, written, wanted, argument)


def _fits_value(resolver: "Resolver", written: str, wanted: Value | None, given: Value | str) -> int:
    if isinstance(wanted, Many) and isinstance(given, Many):
        return _fits_array(resolver, written.removesuffix("[]"), wanted.element, given.element)
    if isinstance(wanted, Many) or (isinstance(given, Many) and wanted is not None):
        return NEVER
    if isinstance(given, str):
        return _fits_literal(resolver, _bare(written), wanted, given)
    if isinstance(wanted, Instance) and isinstance(given, Instance):
        return _fits_object(resolver, wanted.of, given.of)
    return WEAK if wanted is None else MAYBE


def _fits_array(resolver: "Resolver", written: str, wanted: Value | None, given: Value | None) -> int:
    """Arrays fit by their elements, but none is converted: `int[]` is neither `long[]` nor `Object[]`."""
    name = _literal_of(resolver, given)
    if name in resolver.rules.builtins:
        return SAME if _bare(written) == name else NEVER
    if _bare(written) in resolver.rules.builtins:
        return NEVER
    return MAYBE if given is None else _fits_value(resolver, written, wanted, given)


def _fits_literal(resolver: "Resolver", name: str, wanted: Value | None, given: str) -> int:
    if name == given:
        return SAME
    if wanted is None or (isinstance(wanted, Instance) and isinstance(wanted.of, TypeParameter)):
        return WEAK
    if name not in resolver.rules.literals.get(given, ()):
        return NEVER
    return MAYBE if name in resolver.rules.builtins else WEAK


def _fits_object(
    resolver: "Resolver", wanted: Symbol | External | TypeParameter, given: Symbol | External | TypeParameter
) -> int:
    if wanted == given:
        return SAME
    if isinstance(given, Symbol):
        order = resolver.members.order(given.main)
        outside = any(isinstance(item, External) for item in order)
        known = isinstance(wanted, Symbol) or not outside
        return MAYBE if wanted in order or not known or isinstance(wanted, TypeParameter) else NEVER
    return NEVER if isinstance(wanted, Symbol) and isinstance(given, External) else MAYBE


def _literal_of(resolver: "Resolver", value: Value | None) -> str:
    """The name of a type that literals are of; empty for any other."""
    if not isinstance(value, Instance) or not isinstance(value.of, External) or value.arguments:
        return ""
    name = value.of.name.rpartition(resolver.rules.separator)[2]
    return name if name in resolver.rules.literals else ""
