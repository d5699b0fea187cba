"""What kind of object is it? Types that assignments, annotations and return annotations give away.

All of it is inferred: the source promises it, and a program may break the promise.
"""

from typing import TYPE_CHECKING

from synth.graph.code.facts import Binding
from synth.graph.code.python.roles import is_overload, is_property, is_secondary, returns_as_written
from synth.graph.code.python.units import Bound, Symbol, Unit
from synth.graph.code.python.values import Awaitable, External, Found, Instance, Receiver

if TYPE_CHECKING:
    from synth.graph.code.python.resolver import Resolver


class Types:
    """Types of variables, parameters, attributes and results."""

    def __init__(self, resolver: "Resolver") -> None:
        self._resolver = resolver

    def of_parameter(self, unit: Unit, binding: Binding) -> Found | None:
        """What a parameter is: `self`, the class of a class method, or an object of the annotated class."""
        if binding.kind in {"self", "cls"}:
            cls = unit.symbols[binding.definition].parent
            assert cls is not None
            return Found(Instance(cls) if binding.kind == "self" else Receiver(cls), exact=True)
        if binding.kind != "parameter" or not binding.annotation:
            return None
        outside = unit.facts.scopes[binding.scope].parent
        return self.promised(unit, outside, binding.annotation)

    def of_symbol(self, variable: Symbol) -> Found | None:
        """What a variable holds."""
        return self.of_bindings(variable.unit, variable.fact.scope, variable.name)

    def of_bindings(self, unit: Unit, scope: int, name: str) -> Found | None:
        """What all assignments to a name agree on; None among them does not count."""
        bound = [*unit.tables[scope].get(name, ()), *unit.attributes.get(scope, {}).get(name, ())]
        return self._resolver.memo.answer(("held", unit, scope, name), lambda: self._agree(unit, bound))

    def _agree(self, unit: Unit, bound: list[Bound]) -> Found | None:
        if any(
            not isinstance(item, Binding) or item.kind not in {"assign", "annotated", "attribute"} for item in bound
        ):
            return None
        bindings = [item for item in bound if isinstance(item, Binding)]
        promised = [item for item in bindings if item.annotation or item.kind == "annotated"]
        if promised:
            return self.promised(unit, promised[0].scope, promised[0].annotation)
        values = [item for item in bindings if item.value != "None"]
        agreed: Found | None = None
        for item in values:
            found = self._held(unit, item)
            if found is None or (agreed is not None and found.value != agreed.value):
                return None
            agreed = found
        return agreed

    def _held(self, unit: Unit, binding: Binding) -> Found | None:
        """What is in a variable after an assignment."""
        if binding.value in {"", "?"}:
            return None
        found = self._resolver.evaluate(unit, binding.scope, binding.value)
        found = None if found is None else self.settle(found, None)
        return None if found is None else found.weaken()

    def promised(self, unit: Unit, scope: int, annotation: str) -> Found | None:
        """An object of the class that an annotation names."""
        if not annotation:
            return None
        if self._is_self_type(unit, scope, annotation):
            cls = unit.class_of(scope)
            return None if cls is None else Found(Instance(cls), exact=False)
        found = self._resolver.evaluate(unit, scope, annotation)
        if found is not None and isinstance(found.value, Symbol) and found.value.kind == "variable":
            found = self.of_symbol(found.value)
        if found is None or not isinstance(found.value, Symbol) or found.value.kind != "class":
            return None
        return Found(Instance(found.value), exact=False)

    def settle(self, found: Found, receiver: Symbol | None) -> Found | None:
        """Replace a variable by what it holds, and a property by what it gives."""
        if not isinstance(found.value, Symbol):
            return found
        if found.value.kind == "variable":
            return self.of_symbol(found.value)
        if is_property(found.value):
            return self._returned(found.value, receiver)
        return found

    def of_call(self, found: Found, receiver: Symbol | None) -> Found | None:
        """What calling something gives."""
        settled = self.settle(found, receiver)
        if settled is None:
            return None
        value = settled.value
        if isinstance(value, Receiver):
            return Found(Instance(value.cls), exact=False)
        if isinstance(value, External):
            return Found(External(f"{value.name}()"), exact=True)
        if isinstance(value, Instance):
            called = self._resolver.classes.method(value.cls, "__call__")
            return None if called is None else self._returned(called, value.cls)
        if not isinstance(value, Symbol):
            return None
        return Found(Instance(value), exact=False) if value.kind == "class" else self._returned(value, receiver)

    def _returned(self, function: Symbol, receiver: Symbol | None) -> Found | None:
        """What a function gives; an annotation may name the very property that it annotates."""
        question = ("returned", function, receiver)
        return self._resolver.memo.answer(question, lambda: self._find_returned(function, receiver))

    def _find_returned(self, function: Symbol, receiver: Symbol | None) -> Found | None:
        fact, unit = function.fact, function.unit
        if not returns_as_written(function) or self._has_variants(function):
            return None
        outside = unit.facts.scopes[fact.body].parent
        if receiver is not None and (fact.returns_self or self._is_self_type(unit, outside, fact.returns)):
            promised: Found | None = Found(Instance(receiver), exact=False)
        else:
            promised = self.promised(unit, outside, fact.returns)
        if promised is None or not isinstance(promised.value, Instance):
            return None
        return Found(Awaitable(promised.value.cls), exact=False) if fact.is_async else promised

    def _is_self_type(self, unit: Unit, scope: int, annotation: str) -> bool:
        found = self._resolver.evaluate(unit, scope, annotation) if annotation else None
        return found is not None and isinstance(found.value, External) and found.value.name.endswith(".Self")

    def _has_variants(self, function: Symbol) -> bool:
        """Whether other definitions of the name may return something else."""
        unit, fact = function.unit, function.fact
        bound = [item for item in unit.tables[fact.scope].get(fact.name, ()) if isinstance(item, Binding)]
        symbols = [unit.symbols[item.definition] for item in bound if item.kind == "definition"]
        if any(is_overload(symbol) for symbol in symbols):
            return True
        return len({symbol.fact.returns for symbol in symbols if not is_secondary(symbol)}) > 1
