"""The files of one collection, ready for linking: symbols with their node ids, and tables of bound names."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from synth.graph.code.facts import Binding, Definition, FileFacts, Import, ParameterFact
from synth.schema import content_id

Bound = Binding | Import
Table = dict[str, list[Bound]]


class Place(NamedTuple):
    """Where the top level of a file belongs."""

    space: str  # qualified name of the package, namespace or module; empty for one that has no name
    kind: str = ""  # node kind of the space: package | module; empty where the file itself contains what it defines
    variety: str = ""
    is_shared: bool = True  # whether all files of the space see each other's names without an import
    name: str = ""  # of the space's node; empty where it is the last part of `space`


@dataclass(slots=True, eq=False)
class Symbol:
    """Something that gets a node."""

    kind: str
    name: str
    qualified_name: str
    node_id: str
    unit: "Unit"
    index: int  # of the definition in its file, -1 for a file, package or module
    parent: "Symbol | None" = None
    same: "Symbol | None" = None  # the symbol that this is only another part or a declaration of

    @property
    def fact(self) -> Definition:
        """What the file says about it; a file, package or module has none."""
        return self.unit.facts.definitions[self.index]

    @property
    def variety(self) -> str:
        """The language's own word for it."""
        return self.fact.variety if self.index >= 0 else ""

    @property
    def main(self) -> "Symbol":
        """The symbol that stands for all its parts."""
        return self if self.same is None else self.same


@dataclass(slots=True, eq=False)
class Space:
    """A package, namespace or module: names that several scopes bind together."""

    name: str
    parts: list[tuple["Unit", int]] = field(default_factory=list)  # files and their scopes that belong to it
    symbol: Symbol | None = None


@dataclass(slots=True, eq=False)
class Unit:
    """One file."""

    facts: FileFacts
    place: Place
    tables: list[Table]  # bound names by scope
    exports: Table  # what is handed on under a name that it does not have here
    space: Space
    file: Symbol = field(init=False)
    home: Symbol = field(init=False)  # what contains its top level
    symbols: list[Symbol] = field(default_factory=list)  # by definition
    parameters: dict[int, list[ParameterFact]] = field(default_factory=dict)  # by definition

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.facts.path

    @property
    def root(self) -> Symbol:
        """What the statements of the top level belong to: the module, else the file."""
        return self.home if self.place.kind == "module" else self.file

    def at(self, line: int) -> tuple[str, int]:
        """A place in the file."""
        return self.facts.path, line

    def owner(self, definition: int) -> Symbol:
        """The symbol of a definition, or of the top level for -1."""
        return self.symbols[definition].main if definition >= 0 else self.root

    def class_of(self, scope: int) -> Symbol | None:
        """The class that a scope lies in; for a method that is written outside of its class, that class."""
        scopes = self.facts.scopes
        while scope >= 0:
            here = scopes[scope]
            if here.definition >= 0:
                symbol = self.symbols[here.definition]
                if here.kind == "class":
                    return symbol.main
                if symbol.kind == "method" and symbol.fact.attached:
                    parent = symbol.parent
                    return parent.main if parent is not None and parent.kind == "class" else None
            scope = here.parent
        return None


class Spaces:
    """The spaces of a collection by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Space] = {}

    def of(self, name: str) -> Space:
        """The space of this name, made where there is none."""
        if name not in self.by_name:
            self.by_name[name] = Space(name)
        return self.by_name[name]


def node_id(facts: FileFacts, kind: str, name: str, path: str, ordinal: int = 0) -> str:
    """The id of a node."""
    return content_id(facts.collection, kind, name, path, str(ordinal))


def build_units(facts: Sequence[FileFacts], places: Mapping[str, Place], spaces: Spaces, separator: str) -> list[Unit]:
    """Make the symbols of a collection's files.

    Args:
        facts: in the order of their paths.
        places: where each path's top level belongs.
        spaces: are filled.
        separator: what stands between a space and what is in it.
    """
    units = [_build_unit(file, places[file.path], spaces, separator) for file in facts]
    _add_homes(units)
    for unit in units:
        for symbol in unit.symbols:
            parent = symbol.fact.parent
            symbol.parent = unit.symbols[parent] if parent >= 0 else unit.home
    return units


def _build_unit(facts: FileFacts, place: Place, spaces: Spaces, separator: str) -> Unit:
    tables, exports = _bind(facts)
    space = spaces.of(place.space if place.is_shared or place.kind else f"{place.space}?{facts.path}")
    unit = Unit(facts, place, tables, exports, space)
    space.parts.append((unit, 0))
    name = facts.path.rpartition("/")[2]
    unit.file = Symbol("file", name, facts.path, node_id(facts, "file", facts.path, facts.path), unit, -1)
    unit.home = unit.file
    for item in facts.parameters:
        unit.parameters.setdefault(item.definition, []).append(item)
    seen: Counter[tuple[str, str]] = Counter()
    prefix = f"{place.space}{separator}" if place.space else ""
    unit.symbols = [unit.file] * len(facts.definitions)
    for index in sorted(range(len(facts.definitions)), key=lambda index: facts.definitions[index].start_byte):
        fact = facts.definitions[index]
        qualified = f"{prefix}{fact.local_name}"
        key = (fact.kind, qualified)
        identity = node_id(facts, fact.kind, qualified, facts.path, seen[key])
        seen[key] += 1
        unit.symbols[index] = Symbol(fact.kind, fact.name, qualified, identity, unit, index)
        if fact.kind == "module":
            spaces.of(qualified).parts.append((unit, fact.body))
    return unit


def _add_homes(units: Iterable[Unit]) -> None:
    """Give each space of a kind one symbol, at the file that documents it, else at its first."""
    members: dict[Space, list[Unit]] = {}
    for unit in units:
        if unit.place.kind:
            members.setdefault(unit.space, []).append(unit)
    for space, parts in members.items():
        first = min(parts, key=lambda unit: (unit.facts.is_test, not unit.facts.docstring, unit.path))
        kind = first.place.kind
        name = first.place.name or space.name.replace("::", ".").replace("/", ".").rpartition(".")[2] or space.name
        identity = node_id(first.facts, kind, space.name, first.path if kind == "module" else "")
        space.symbol = Symbol(kind, name, space.name, identity, first, -1)
        for unit in parts:
            unit.home = space.symbol


def _bind(facts: FileFacts) -> tuple[list[Table], Table]:
    tables: list[Table] = [{} for _ in facts.scopes]
    exports: Table = {}
    for binding in facts.bindings:
        tables[binding.scope].setdefault(binding.name, []).append(binding)
    for item in facts.imports:
        if item.alias and item.reach != "out":
            tables[item.scope].setdefault(item.alias, []).append(item)
        if item.alias and item.reach == "out":
            exports.setdefault(item.alias, []).append(item)
    return tables, exports
