"""How names are looked up in scripts: objects and functions have members too, and files export what they are."""

import re
from collections.abc import Mapping

from synth.graph.code.facts import Import
from synth.graph.code.javascript.imports import DEFAULT, WHOLE
from synth.graph.code.javascript.members import ScriptMembers
from synth.graph.code.javascript.packages import Layout
from synth.graph.code.toolkit.members import Members
from synth.graph.code.toolkit.resolver import Resolver
from synth.graph.code.toolkit.units import Space, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Group, Instance, TypeParameter

HOLDERS = frozenset({"class", "variable", "function", "method"})
_STATIC = re.compile(r"[^(]*\bstatic\b")
_CALLS = frozenset({"call", "apply"})
_MADE = frozenset({"", "abstract", "function", "enum"})  # classes that are values too


class ScriptResolver(Resolver):
    """Answers what names mean in JavaScript and TypeScript."""

    layout: Layout
    _wholes: dict[Symbol, list[Space]] | None = None

    def lay_out(self, manifests: Mapping[str, str]) -> None:
        """Note where packages and files are."""
        self.layout = Layout(self.by_path, manifests)

    def make_members(self, units: object) -> Members:
        """The members of classes, and of objects and functions."""
        return ScriptMembers(self, self.units)

    def exported(self, other: Unit, symbol: str, unit: Unit) -> Found | None:
        """What a file exports by a name; as a whole what it says it is, else its module."""
        space = other.space
        if symbol in {"", "*", WHOLE}:
            whole = self.space_member(space, WHOLE, unit) if symbol != "*" else None
            return whole or Found(space)
        found = self.space_member(space, symbol, unit)
        if found is not None:
            return found
        whole = self.space_member(space, WHOLE, unit)
        if symbol == DEFAULT:
            return whole or (None if DEFAULT in other.exports else Found(space))
        settled = None if whole is None else self.settle(whole)
        return None if settled is None else self.member(settled, symbol, unit)

    def space_member(self, space: Space, name: str, unit: Unit) -> Found | None:
        """What a module has by a name; another file whose name begins with its own is none of it."""
        found = super().space_member(space, name, unit)
        value = None if found is None else found.value
        if isinstance(value, Space) and value.name == f"{space.name}.{name}":
            return found if all(scope > 0 for _, scope in value.parts) else None
        return found

    def class_named(self, unit: Unit, scope: int, chain: str) -> Symbol | None:
        """The class, object, function or file that methods are put on."""
        found = self.evaluate(unit, scope, chain, 0)
        value = None if found is None else found.value
        if isinstance(value, Group):
            value = next((item for item in value.symbols if item.kind == "class"), value.symbols[0])
        if isinstance(value, Instance):
            value = value.of
        if isinstance(value, Space):
            return value.symbol if value is unit.space else None
        return value.main if isinstance(value, Symbol) else None

    def type_of(self, unit: Unit, scope: int, chain: str) -> Symbol | External | TypeParameter | None:
        """What a type's name stands for: of a value and a type of one name the type."""
        head, _, last = chain.rpartition(".")
        if chain not in self.rules.self_types and head.replace(".", "").isidentifier() | (not head):
            holder = self.evaluate(unit, scope, head, 0) if head else None
            settled = None if holder is None else self.settle(holder)
            found = self.lookup(unit, scope, last, 0) if not head else settled and self.member(settled, last, unit)
            if found is not None and isinstance(found.value, Group):
                return next((symbol for symbol in found.value.symbols if is_type(symbol)), None)
            found = None if found is None or isinstance(found.value, TypeParameter) else self.settle(found)
            if found is not None and isinstance(found.value, Symbol) and found.value.kind == "class":
                return found.value
        return super().type_of(unit, scope, chain)

    def _narrow(self, found: Found, *, called: bool) -> Found:
        """Of a type and a value of one name an expression means the value."""
        if not isinstance(found.value, Group):
            return found
        values = [symbol for symbol in found.value.symbols if not is_type(symbol) or symbol.variety in _MADE]
        if len(values) == 1 and values[0].kind == "module":
            return Found(self.spaces.by_name[values[0].qualified_name], found.how)
        return Found(values[0], found.how) if len(values) == 1 else found

    def settle(self, found: Found, receiver: Found | None = None) -> Found | None:
        """Replace a variable or getter by what it holds; an object that is written out is itself."""
        value = found.value
        if isinstance(value, Symbol) and value.kind == "variable" and self._is_written_out(value):
            return found
        if isinstance(value, Symbol) and value.variety == "getter":
            given = self._memo.answer(("returns", value), lambda: self._find_returned(value))
            return None if given is None else given.through(found.how)
        return super().settle(found, receiver)

    def _result(self, unit: Unit, callee: Found, receiver: Found | None, arity: int) -> Found | None:
        """What calling something gives; a method that returns `this` gives the object that it is called on."""
        value = callee.value
        if receiver is not None and isinstance(value, Symbol) and value.kind == "method":
            given = {use.chain for use in self._returned.get(value, ())}
            if value.fact.returns == "this" or (given == {"this"} and not value.fact.returns):
                return receiver.through("annotation" if value.fact.returns else "type")
        return super()._result(unit, callee, receiver, arity)

    def _is_written_out(self, variable: Symbol) -> bool:
        return bool(self.members.own(variable)) or (variable.index >= 0 and variable.fact.value.startswith("{"))

    def member(self, holder: Found, name: str, unit: Unit) -> Found | None:
        """What `holder.name` stands for."""
        value = holder.value
        if isinstance(value, Group):
            parts = [self._of_part(holder, part, name, unit) for part in value.symbols]
            return next((item for item in parts if item is not None), None)
        is_object = isinstance(value, Instance)
        if isinstance(value, Instance) and isinstance(value.of, Symbol):
            value = value.of
        if not isinstance(value, Symbol) or value.kind not in HOLDERS:
            return super().member(holder, name, unit)
        found = super().member(holder, name, unit) if value.kind == "class" else self.members.find(value, name)
        if found is None:
            question = ("member", value, name, unit)
            found = self._memo.answer(question, lambda: self._beside(value, name, unit))
        if found is not None and isinstance(found.value, Group) and value.kind == "class":
            found = _of_kind(found, is_static=not is_object)
        return None if found is None else found.through(holder.how)

    def _of_part(self, holder: Found, part: Symbol, name: str, unit: Unit) -> Found | None:
        """What one of several definitions of one name has, such as a function and the namespace that goes with it."""
        value = self.spaces.by_name[part.qualified_name] if part.kind == "module" else part
        return self.member(Found(value, holder.how), name, unit)

    def _beside(self, value: Symbol, name: str, unit: Unit) -> Found | None:
        """What an object names, a variable holds, a file exports beside what it is as a whole, or functions have."""
        named = value.unit.tables[value.fact.scope].get(f"{value.name}.{name}", ()) if value.index >= 0 else ()
        for item in named:
            if isinstance(item, Import):
                return self.import_of(value.unit, item)
        held = self.declared(value) if value.kind == "variable" else None
        if held is not None and held.value != value and (found := self.member(held, name, unit)) is not None:
            return found
        for space in self._whole_of().get(value, ()):
            found = self.space_member(space, name, unit)
            if found is not None:
                return found
        if name == "prototype" and value.kind == "class":
            return Found(Instance(value))
        return Found(value) if name in _CALLS and value.kind != "variable" else None

    def _whole_of(self) -> dict[Symbol, list[Space]]:
        """The modules that a function, class or object is the whole of."""
        if self._wholes is None:
            self._wholes = {}
            for unit in self.units:
                whole = self.space_member(unit.space, WHOLE, unit) if WHOLE in unit.exports else None
                if whole is not None and isinstance(whole.value, Symbol):
                    self._wholes.setdefault(whole.value, []).append(unit.space)
        return self._wholes

    def forget(self) -> None:
        """Drop all answers, because what they rest on has changed."""
        super().forget()
        self._wholes = None


def _of_kind(found: Found, *, is_static: bool) -> Found:
    """Of members of one name those of the class, or those of its objects."""
    symbols = found.value.symbols if isinstance(found.value, Group) else ()
    chosen = tuple(symbol for symbol in symbols if bool(_STATIC.match(symbol.fact.signature)) == is_static)
    if not chosen:
        return found
    return Found(chosen[0] if len(chosen) == 1 else Group(chosen), found.how)


def is_type(symbol: Symbol) -> bool:
    """Whether a definition can be meant where a type stands."""
    return symbol.kind == "class" or symbol.variety == "type_alias"
