"""What does a bare name stand for? Scopes from the inside out, then the package, then imports."""

from synth.graph.code.facts import Binding, Import
from synth.graph.code.toolkit.notation import split_chain
from synth.graph.code.toolkit.packages import Packages, module_first
from synth.graph.code.toolkit.units import Bound, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Instance, TypeParameter


class Scopes(Packages):
    """Names as they are seen from a scope."""

    def lookup(self, unit: Unit, scope: int, name: str, line: int, *, called: bool = False) -> Found | None:
        """What a bare name stands for in a scope."""
        scopes = unit.facts.scopes
        skips = called and self.rules.has_method_names
        outside: Found | None = None
        while scope >= 0:
            here = scopes[scope]
            if here.kind == "class":
                found = self._in_class(unit, scope, name)
                if found is not None and not isinstance(found.value, External):
                    return found
                outside = outside or found
            elif name in unit.tables[scope] and not (skips and _is_plain_local(unit.tables[scope][name])):
                return self.bound(unit, scope, name, line)
            elif here.definition >= 0:
                found = self._around(unit, here.definition, name)
                if found is not None and not isinstance(found.value, External):
                    return found
                outside = outside or found
                if here.kind == "module" and self.rules.has_closed_modules:
                    return self.elsewhere(unit, name) or outside
            scope = here.parent
        found = self.space_member(unit.space, name, unit)
        if found is None and self.rules.has_enclosing_spaces:
            found = self._enclosing(unit, unit.space.name, name)
        return found or self.elsewhere(unit, name) or outside or self.rules.find_unknown(unit, name)

    def _in_class(self, unit: Unit, scope: int, name: str) -> Found | None:
        for item in unit.tables[scope].get(name, ()):
            if isinstance(item, Binding) and item.kind == "type_parameter":
                return self._type_parameter(unit, item)
            if isinstance(item, Binding) and unit.symbols[item.definition].kind == "class":
                return Found(unit.symbols[item.definition].main)
        index = unit.facts.scopes[scope].definition
        if not self.rules.has_implicit_members or index < 0:
            return None
        return self.members.find(unit.symbols[index], name)

    def _around(self, unit: Unit, index: int, name: str) -> Found | None:
        """What the class of a method that is written outside of it binds, or a namespace in its other files."""
        symbol = unit.symbols[index]
        if symbol.kind == "module":
            space = self.spaces.by_name[symbol.qualified_name]
            found = self.space_member(space, name, unit)
            return found or (self._enclosing(unit, space.name, name) if self.rules.has_enclosing_spaces else None)
        cls = symbol.parent
        if not symbol.fact.attached or cls is None or cls.index < 0:
            return None
        cls = cls.main
        found = self._in_class(cls.unit, cls.fact.body, name) if cls.kind == "class" else None
        return found or (self._around_type(unit, cls, name) if self.rules.has_enclosing_spaces else None)

    def _around_type(self, unit: Unit, holder: Symbol, name: str) -> Found | None:
        """What the classes and namespaces around a type bind."""
        current: Symbol | None = holder
        while current is not None and current.index >= 0:
            if current.kind == "module":
                found = self.space_member(self.spaces.of(current.qualified_name), name, unit)
            else:
                found = self._in_class(current.unit, current.fact.body, name) if current.kind == "class" else None
            if found is not None:
                return found
            current = current.parent
        return None

    def _enclosing(self, unit: Unit, name: str, wanted: str) -> Found | None:
        separator = self.rules.separator
        while separator in name:
            name = name.rpartition(separator)[0]
            space = self.spaces.by_name.get(name)
            found = None if space is None else self.space_member(space, wanted, unit)
            if found is not None:
                return found
        space = self.spaces.by_name.get("")
        return self.space_member(space, wanted, unit) if space is not None and name else None

    def bound(self, unit: Unit, scope: int, name: str, line: int) -> Found | None:
        """What a scope's own bindings of a name amount to."""
        items = unit.tables[scope][name]
        chosen = items
        if len(items) > 1 and self.rules.has_ordered_locals and not self._is_shared(unit, items):
            chosen = [item for item in items if item.line <= line][-1:] or items
        question = ("bound", unit, scope, name, chosen[0].line if len(chosen) == 1 else -1)
        return self._memo.answer(question, lambda: self._weigh(unit, scope, chosen))

    def _is_shared(self, unit: Unit, items: list[Bound]) -> bool:
        return any(isinstance(item, Import) or item.kind in {"definition", "parameter", "self"} for item in items)

    def _weigh(self, unit: Unit, scope: int, items: list[Bound]) -> Found | None:
        symbols = [
            unit.symbols[item.definition].main
            for item in items
            if isinstance(item, Binding) and item.kind == "definition"
        ]
        imports = [item for item in items if isinstance(item, Import)]
        found = [self.import_of(unit, item) for item in imports]
        if symbols:
            return self._beside_module(self._several(unit, symbols), found)
        if imports:
            inside = [item for item in found if item is not None and not isinstance(item.value, External)]
            return module_first(inside or found)
        values = [self._local(unit, scope, item) for item in items if isinstance(item, Binding)]
        known = {item.value for item in values if item is not None}
        return next((item for item in values if item is not None), None) if len(known) == 1 else None

    def _local(self, unit: Unit, scope: int, item: Binding) -> Found | None:
        """What a parameter or local variable holds."""
        if item.kind == "type_parameter":
            return self._type_parameter(unit, item)
        if item.kind == "self":
            cls = unit.symbols[item.definition].parent
            return Found(Instance(cls.main), "self") if cls is not None and cls.kind == "class" else None
        if item.annotation:
            is_hidden = scope > 0 and item.annotation.startswith(f"{item.name}.")  # by the variable itself
            return self.object_of(unit, unit.facts.scopes[scope].parent if is_hidden else scope, item.annotation)
        return self._given(unit, scope, item)

    def _given(self, unit: Unit, scope: int, item: Binding) -> Found | None:
        """What a variable is given, where its own name still means what it meant before."""
        if not item.value:
            return None
        root = split_chain(item.value)[0]
        outside = unit.facts.scopes[scope].parent if root == item.name and scope > 0 else scope
        found = self.evaluate(unit, outside, item.value, item.line - (root == item.name))
        settled = None if found is None else self.settle(found)
        return None if settled is None else settled.through("type")

    def _type_parameter(self, unit: Unit, item: Binding) -> Found:
        names = [other.name for other in self._type_parameters(unit, unit.facts.definitions[item.definition].body)]
        return Found(TypeParameter(unit, item.definition, names.index(item.name)))

    def _type_parameters(self, unit: Unit, scope: int) -> list[Binding]:
        """The type parameters that a class or function binds, in order."""
        firsts = (bound[0] for bound in unit.tables[scope].values())
        return [item for item in firsts if isinstance(item, Binding) and item.kind == "type_parameter"]


def _is_plain_local(items: list[Bound]) -> bool:
    return all(isinstance(item, Binding) and item.kind not in {"definition", "type_parameter"} for item in items)
