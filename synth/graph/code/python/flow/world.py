"""What does the source say of its functions, classes and modules, whichever file asks?"""

from collections.abc import Sequence
from typing import NamedTuple

from synth.graph.code.facts import Import
from synth.graph.code.python.flow import objects as kinds
from synth.graph.code.python.flow.instructions import ARITY, Op
from synth.graph.code.python.flow.objects import Objects
from synth.graph.code.python.resolver import BUILTINS, Resolver
from synth.graph.code.python.roles import COMMON_METHODS
from synth.graph.code.python.units import Symbol, Unit
from synth.graph.code.python.values import External, Instance

MIN_USED = 2
"""So many attributes that no built-in object has must be asked of an object before they tell its class."""

MAX_HANDED_ON = 20  # imports of imports that are followed


class Key(NamedTuple):
    """A place that values of several files meet in: an attribute, an item, a parameter, a result, a module's name."""

    kind: str  # attribute | member | item | parameter | result | yields | name | captured
    holder: str | int  # node id, path or object
    name: str | int


class Summary(NamedTuple):
    """What a function does with its parameters that holds for each call by itself."""

    returned: tuple[int, ...]  # parameters that it gives back
    returned_attributes: tuple[str, ...]  # attributes of its first parameter that it gives back
    returned_own_calls: tuple[int, ...]  # parameters whose results it gives back
    returned_calls: tuple[int, ...]  # parameters of the enclosing function whose results it gives back
    kept: tuple[tuple[str, int], ...]  # parameters that it stores as attributes of the first one
    makes_closures: bool  # whether a function in it gives back what its parameters return


NOTHING = Summary((), (), (), (), (), makes_closures=False)


class Formal(NamedTuple):
    """A parameter of a function."""

    name: str
    kind: str


class World:
    """The collection as the files' solvers see it."""

    def __init__(self, units: Sequence[Unit], resolver: Resolver) -> None:
        self.objects = Objects()
        self.resolver = resolver
        self.units = {unit.path: unit for unit in units}
        self.symbols = {symbol.node_id: symbol for unit in units for symbol in unit.symbols}
        self._formals: dict[str, dict[int, list[Formal]]] = {}
        self._summaries: dict[str, dict[int, Summary]] = {}
        self._members: dict[str, list[str]] | None = None
        self._definers: dict[tuple[str, str], str | None] = {}
        self._orders: dict[str, list[str]] = {}
        self._fields: dict[str, dict[int, list[str]]] = {}

    # Functions

    def formals(self, function: str) -> list[Formal]:
        """The parameters of a function."""
        symbol = self.symbols[function]
        table = self._formals.get(symbol.unit.path)
        if table is None:
            table = self._formals[symbol.unit.path] = {}
            for item in symbol.unit.facts.parameters:
                table.setdefault(item.definition, []).append(Formal(item.name, item.kind))
        return table.get(symbol.index, [])

    def summary(self, function: str) -> Summary:
        """What a function does with its parameters."""
        symbol = self.symbols[function]
        return self._read(symbol.unit).get(symbol.index, NOTHING)

    def fields(self, cls: str) -> list[str]:
        """The annotated names of a class and of its ancestors, as a generated `__init__` takes them."""
        found: dict[str, None] = {}
        for ancestor in reversed(self.order(cls)):
            symbol = self.symbols[ancestor]
            self._read(symbol.unit)
            found.update(dict.fromkeys(self._fields[symbol.unit.path].get(symbol.index, ())))
        return list(found)

    def _read(self, unit: Unit) -> dict[int, Summary]:
        if unit.path not in self._summaries:
            self._summaries[unit.path] = self._summarize(unit)
        return self._summaries[unit.path]

    def _summarize(self, unit: Unit) -> dict[int, Summary]:
        found: dict[int, Summary] = {}
        fields = self._fields.setdefault(unit.path, {})
        names = unit.facts.names
        for op, operands in instructions(unit.facts.code):
            if op == Op.FIELD:
                fields.setdefault(operands[0], []).append(names[operands[1]])
                continue
            if op not in _SUMMARIZED:
                continue
            old = found.get(operands[0], NOTHING)
            if op == Op.RETURN_PARAMETER:
                found[operands[0]] = old._replace(returned=(*old.returned, operands[1]))
            elif op == Op.RETURN_OWN_CALL:
                found[operands[0]] = old._replace(returned_own_calls=(*old.returned_own_calls, operands[1]))
            elif op == Op.RETURN_ATTRIBUTE:
                attributes = (*old.returned_attributes, names[operands[1]])
                found[operands[0]] = old._replace(returned_attributes=attributes)
            elif op == Op.KEEP_PARAMETER:
                found[operands[0]] = old._replace(kept=(*old.kept, (names[operands[1]], operands[2])))
            else:
                found[operands[0]] = old._replace(returned_calls=(*old.returned_calls, operands[1]))
                parent = unit.facts.definitions[operands[0]].parent
                found[parent] = found.get(parent, NOTHING)._replace(makes_closures=True)
        return found

    # Classes

    def order(self, cls: str) -> list[str]:
        """The classes of the source in the method resolution order of a class."""
        if cls not in self._orders:
            order = self.resolver.classes.order(self.symbols[cls])
            self._orders[cls] = [item.node_id for item in order if isinstance(item, Symbol)]
        return self._orders[cls]

    def is_subclass(self, cls: str, other: str) -> bool:
        """Whether a class is another one or inherits from it."""
        return cls == other or other in self.order(cls)

    def defines(self, cls: str, name: str) -> bool:
        """Whether the body of a class binds a name."""
        symbol = self.symbols[cls]
        return _plain(symbol, name) in symbol.unit.tables[symbol.fact.body]

    def definer(self, cls: str, name: str) -> str | None:
        """The class, of the resolution order, whose body binds a name first."""
        if (cls, name) not in self._definers:
            self._definers[cls, name] = next((item for item in self.order(cls) if self.defines(item, name)), None)
        return self._definers[cls, name]

    def stores(self, cls: str, name: str) -> bool:
        """Whether a method of the class or of an ancestor assigns the attribute."""
        for item in self.order(cls):
            symbol = self.symbols[item]
            if _plain(symbol, name) in symbol.unit.attributes.get(symbol.fact.body, ()):
                return True
        return False

    def used_as(self, names: set[str]) -> str | None:
        """The class of which an object must be that has all of these attributes, where the source has only one such.

        Of classes that inherit from each other the uppermost one counts.
        """
        distinct = names - COMMON_METHODS
        if len(distinct) < MIN_USED:
            return None
        if self._members is None:
            self._members = self._index_members()
        holders = {cls for name in names for cls in self._members.get(name, ())}
        fitting = [cls for cls in holders if all(self.definer(cls, name) or self.stores(cls, name) for name in names)]
        roots = [cls for cls in fitting if not any(other in self.order(cls)[1:] for other in fitting)]
        return roots[0] if len(roots) == 1 else None

    def _index_members(self) -> dict[str, list[str]]:
        """The classes that bind each name in their bodies or assign it to their objects."""
        members: dict[str, list[str]] = {}
        for symbol in self.symbols.values():
            if symbol.kind == "class":
                body = symbol.fact.body
                for name in {*symbol.unit.tables[body], *symbol.unit.attributes.get(body, ())}:
                    members.setdefault(name, []).append(symbol.node_id)
        return members

    def has_foreign_base(self, cls: str) -> bool:
        """Whether a class inherits from one that the source does not define, `object` aside."""
        order = self.resolver.classes.order(self.symbols[cls])
        return any(isinstance(item, External) and item.name != "builtins.object" for item in order)

    # Names

    def name(self, unit: Unit, name: str) -> list[int | Key]:
        """What a global name that the file does not bind itself stands for."""
        source = self.resolver.modules.star_source(unit, name)
        if source is not None:
            return self.member(source, name)
        return [self.objects.id(kinds.EXTERNAL, f"builtins.{name}")] if name in BUILTINS else []

    def imported(self, unit: Unit, item: Import, depth: int = 0) -> list[int | Key]:
        """What an import binds."""
        modules = self.resolver.modules
        module = modules.imported_module(unit, item.module)
        name = modules.absolute_name(unit, item.module) or item.module
        if item.symbol:
            if module is not None:
                return self.member(module, item.symbol, depth)
            return self._submodule(name, item.symbol, unit) or self._outside(f"{name}.{item.symbol}")
        if not item.alias:
            name = item.module.partition(".")[0]
            module = modules.imported_module(unit, name)
        if module is not None:
            return [self.objects.id(kinds.MODULE, module.path)]
        if modules.is_namespace(name):
            return [self.objects.id(kinds.NAMESPACE, name)]
        return self._outside(name)

    def _outside(self, name: str) -> list[int | Key]:
        return [self.objects.id(kinds.EXTERNAL, name)]

    def member(self, unit: Unit, name: str, depth: int = 0) -> list[int | Key]:
        """What a module's attribute stands for: an object at once, or the place where its values gather."""
        bound = unit.tables[0].get(name)
        if bound is None:
            source = self.resolver.modules.star_source(unit, name)
            if source is not None and depth < MAX_HANDED_ON:
                return self.member(source, name, depth + 1)
            return self._submodule(unit.name, name, unit)
        only = bound[0] if len(bound) == 1 else None
        if isinstance(only, Import) and depth < MAX_HANDED_ON:
            return self.imported(unit, only, depth + 1)
        if only is not None and not isinstance(only, Import) and only.kind == "definition":
            symbol = unit.symbols[only.definition]
            if not symbol.fact.decorators:
                return [self.object_of(symbol)]
        return [Key("name", unit.path, name)]

    def _submodule(self, package: str, name: str, importer: Unit) -> list[int | Key]:
        full = f"{package}.{name}"
        module = self.resolver.modules.find(full, importer)
        if module is not None:
            return [self.objects.id(kinds.MODULE, module.path)]
        return [self.objects.id(kinds.NAMESPACE, full)] if self.resolver.modules.is_namespace(full) else []

    def below(self, namespace: str, name: str) -> list[int | Key]:
        """What the attribute of a namespace package stands for."""
        full = f"{namespace}.{name}"
        module = self.resolver.modules.find(full, None)
        if module is not None:
            return [self.objects.id(kinds.MODULE, module.path)]
        return [self.objects.id(kinds.NAMESPACE, full)] if self.resolver.modules.is_namespace(full) else []

    def object_of(self, symbol: Symbol) -> int:
        """The object of a function or class."""
        return self.objects.id(kinds.CLASS if symbol.kind == "class" else kinds.FUNCTION, symbol.node_id)

    def promised(self, unit: Unit, scope: int, chain: str) -> str | None:
        """The class whose objects an annotation stands for."""
        found = self.resolver.types.promised(unit, scope, chain)
        return found.value.cls.node_id if found is not None and isinstance(found.value, Instance) else None


def _plain(cls: Symbol, name: str) -> str:
    """A private name as it is written in the class."""
    return name.removeprefix(f"_{cls.name.lstrip('_')}") if "__" in name[1:] else name


_SUMMARIZED = {Op.RETURN_PARAMETER, Op.RETURN_ATTRIBUTE, Op.RETURN_CALL, Op.RETURN_OWN_CALL, Op.KEEP_PARAMETER}


def instructions(code: Sequence[int]) -> list[tuple[int, Sequence[int]]]:
    """Take code apart into instructions with their operands; the first integer is the number of variables."""
    found = []
    position = 1  # after the number of variables
    while position < len(code):
        op = code[position]
        count = 8 + code[position + 5] + 2 * code[position + 6] if op == Op.CALL else ARITY[Op(op)]
        found.append((op, code[position + 1 : position + 1 + count]))
        position += 1 + count
    return found
