"""What kind of object is it? Types that declarations, values and returned types give away.

All of it is inferred: the source promises it, and a program may break the promise.
"""

from collections.abc import Sequence

from synth.graph.code.toolkit.notation import TypeName, parse_type
from synth.graph.code.toolkit.scopes import Scopes
from synth.graph.code.toolkit.units import Symbol, Unit
from synth.graph.code.toolkit.values import (
    External,
    Found,
    Function,
    Group,
    Instance,
    Many,
    Several,
    TypeParameter,
    Value,
)

_TYPES = frozenset({"type_alias", "enum_member"})  # variables that stand for a type


class Inference(Scopes):
    """Types of variables, members and results."""

    def settle(self, found: Found, receiver: Found | None = None) -> Found | None:
        """Replace a variable by what it holds, for the object that it was found in."""
        value = found.value
        if isinstance(value, Symbol) and value.kind == "variable" and value.variety != "type_alias":
            held = self.declared(value)
            held = None if held is None else self.fill_for(held, receiver, value)
            return None if held is None else held.through(found.how)
        return found

    def fill_for(self, found: Found, receiver: Found | None, member: Symbol) -> Found | None:
        """What a member gives, with the type arguments of the object that it belongs to."""
        cls = member.parent
        if receiver is None or not isinstance(receiver.value, Instance) or cls is None or cls.kind != "class":
            return found
        arguments = self.members.arguments_of(receiver.value, cls.main)
        filled = self.fill(found.value, cls.main, arguments)
        return None if filled is None else Found(filled, found.how)

    def declared(self, variable: Symbol) -> Found | None:
        """What a variable that has a node holds, or what a type is another name of."""
        return self._memo.answer(("declared", variable), lambda: self._find_declared(variable))

    def _find_declared(self, variable: Symbol) -> Found | None:
        for item in self._held.get(variable, ()):
            if item.annotation:
                scope = variable.fact.body if variable.kind == "variable" and variable.fact.body >= 0 else item.scope
                return self.object_of(variable.unit, scope, item.annotation)
            found = self._given(variable.unit, item.scope, item)
            if found is not None:
                return found
        return None

    def _find_returned(self, function: Symbol) -> Found | None:
        """What a function promises to return, else what all its `return` statements agree on."""
        fact, unit = function.fact, function.unit
        if fact.returns:
            return self.object_of(unit, fact.body if fact.body >= 0 else fact.scope, fact.returns)
        values = [self.evaluate(unit, use.scope, use.chain, use.line) for use in self._returned.get(function, ())]
        settled = [None if item is None else self.settle(item) for item in values]
        agreed = {None if item is None else item.value for item in settled}
        return settled[0].through("type") if len(agreed) == 1 and settled[0] is not None else None

    def fill(self, value: Value | None, cls: Symbol, arguments: Sequence[Value | None]) -> Value | None:
        """A type with a class's type parameters replaced by arguments; left as it is where there are none."""
        if isinstance(value, Instance):
            of = value.of
            if isinstance(of, TypeParameter):
                position = self._position_in(of, cls)
                return arguments[position] if 0 <= position < len(arguments) else value
            return Instance(of, tuple(self.fill(item, cls, arguments) for item in value.arguments))
        if isinstance(value, Many):
            return Many(self.fill(value.element, cls, arguments))
        if isinstance(value, Several):
            return Several(tuple(self.fill(item, cls, arguments) for item in value.values))
        return value

    def _position_in(self, of: TypeParameter, cls: Symbol) -> int:
        """Which parameter of a class it is; those of a method outside of the class count by their names."""
        if of.unit is cls.unit and of.definition == cls.index:
            return of.position
        method = of.unit.symbols[of.definition]
        if method.main is cls:
            return of.position  # of another part of the class
        if not method.fact.attached or method.parent is None or method.parent.main is not cls:
            return -1
        own, names = (
            [item.name for item in self._type_parameters(unit, scope)]
            for unit, scope in ((of.unit, method.fact.body), (cls.unit, cls.fact.body))
        )
        return names.index(own[of.position]) if own[of.position] in names else -1

    def class_named(self, unit: Unit, scope: int, chain: str) -> Symbol | None:
        """The class of the source that a type's name stands for."""
        found = self.object_of(unit, scope, chain)
        value = None if found is None else found.value
        return value.of.main if isinstance(value, Instance) and isinstance(value.of, Symbol) else None

    def object_of(self, unit: Unit, scope: int, written: str) -> Found | None:
        """An object of a type, by the type's name as facts write it."""
        if not written:
            return None
        question = ("object", unit, scope, written)
        return self._memo.answer(question, lambda: self._find_object(unit, scope, written))

    def _find_object(self, unit: Unit, scope: int, written: str) -> Found | None:
        parsed = parse_type(written)
        value = None if parsed is None else self._object(unit, scope, parsed)
        return None if value is None else Found(value, "annotation")

    def _object(self, unit: Unit, scope: int, named: TypeName) -> Value | None:
        if named.layers:
            return Many(self._object(unit, scope, named._replace(layers=named.layers - 1)))
        arguments = tuple(self._object(unit, scope, item) for item in named.arguments)
        if named.is_function:
            return Function(arguments[0])
        if not named.chain:
            return Several(arguments)
        found = self.type_of(unit, scope, named.chain)
        if isinstance(found, Symbol) and found.kind == "variable":
            held = self.declared(found)
            return None if held is None else self.fill(held.value, found, arguments)
        return None if found is None else Instance(found, arguments)

    def type_of(self, unit: Unit, scope: int, chain: str) -> Symbol | External | TypeParameter | None:
        """What a type's name stands for: a class, an alias, a type parameter or something outside of the source."""
        if chain in self.rules.self_types:
            return unit.class_of(scope)
        found = self.evaluate(unit, scope, chain, 0)
        if found is not None and self.rules.has_implicit_members and _is_plain_member(found.value):
            found = self._outside_of_class(unit, scope, chain)
        value = None if found is None else found.value
        if isinstance(value, Group):
            value = next((item for item in value.symbols if item.kind in {"class", "variable"}), None)
        if isinstance(value, Symbol) and value.variety == "enum_member":
            value = value.parent
        if isinstance(value, Symbol):
            return value if value.kind == "class" or value.variety == "type_alias" else None
        if isinstance(value, External) and value.name in self.rules.dynamic_types:
            return None
        return value if isinstance(value, External | TypeParameter) else None

    def _outside_of_class(self, unit: Unit, scope: int, name: str) -> Found | None:
        """What a name stands for where a member of the class has the name of its type."""
        scopes = unit.facts.scopes
        found: Found | None = None
        while scope >= 0 and (found is None or _is_plain_member(found.value)):
            if scopes[scope].kind == "class":
                found = self.evaluate(unit, scopes[scope].parent, name, 0)
            scope = scopes[scope].parent
        return found

    def _bound_of(self, parameter: TypeParameter) -> Found | None:
        owner = parameter.unit.symbols[parameter.definition]
        for part in (owner, *self.members.parts_of(owner.main)):
            listed = self._type_parameters(part.unit, part.fact.body)
            written = listed[parameter.position].annotation if parameter.position < len(listed) else ""
            if written:
                return self.object_of(part.unit, part.fact.body, written)
        return None


def _is_plain_member(value: Value) -> bool:
    """Whether it is a field, property or method, which no type is."""
    symbols = value.symbols if isinstance(value, Group) else (value,)
    return all(
        isinstance(item, Symbol)
        and (item.kind in {"function", "method"} or (item.kind == "variable" and item.variety not in _TYPES))
        for item in symbols
    )
