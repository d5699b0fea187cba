"""The files of one collection, ready for resolving: symbols with their node ids, and tables of bound names."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from synth.graph.code.facts import Binding, Definition, FileFacts, Import
from synth.graph.code.python.modules import imported_names, module_names
from synth.schema import content_id

Bound = Binding | Import
Table = dict[str, list[Bound]]


@dataclass(slots=True, eq=False)
class Symbol:
    """Something that gets a node: a module, or what a module defines."""

    kind: str
    name: str
    qualified_name: str
    node_id: str
    unit: "Unit"
    index: int  # of the definition in its file, -1 for a module
    parent: "Symbol | None"

    @property
    def fact(self) -> Definition:
        """What the file says about it; a module has none."""
        return self.unit.facts.definitions[self.index]


@dataclass(slots=True, eq=False)
class Unit:
    """One file."""

    facts: FileFacts
    name: str
    is_package: bool
    tables: list[Table]  # bound names by scope
    attributes: dict[int, Table] = field(default_factory=dict)  # `self.x = …`, by class scope and attribute
    symbols: list[Symbol] = field(default_factory=list)  # by definition
    root: Symbol = field(init=False)

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.facts.path

    def at(self, line: int) -> tuple[str, int]:
        """A place in the file."""
        return self.facts.path, line

    def owner(self, definition: int) -> Symbol:
        """The symbol of a definition, or of the module for -1."""
        return self.symbols[definition] if definition >= 0 else self.root

    def class_of(self, scope: int) -> Symbol | None:
        """The class that a scope lies in, however deep."""
        scopes = self.facts.scopes
        while scope >= 0:
            if scopes[scope].kind == "class":
                return self.symbols[scopes[scope].definition]
            scope = scopes[scope].parent
        return None


def build_units(facts: Sequence[FileFacts]) -> list[Unit]:
    """Name the files of a collection, and index what they define and bind."""
    ordered = sorted(facts, key=lambda file: file.path)
    imports = ((item.module, item.symbol) for file in ordered for item in file.imports)
    names = module_names([file.path for file in ordered], imported_names(imports))
    return [_build_unit(file, names[file.path]) for file in ordered]


def _build_unit(facts: FileFacts, name: str) -> Unit:
    stem = facts.path.rpartition("/")[2].partition(".")[0]
    unit = Unit(facts, name, stem == "__init__" and "/" in facts.path, tables=_bind(facts))
    unit.root = Symbol("module", name.rpartition(".")[2], name, _node_id(facts, "module", name, 0), unit, -1, None)
    _add_symbols(unit)
    _bind_attributes(unit)
    return unit


def _add_symbols(unit: Unit) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    definitions = unit.facts.definitions
    unit.symbols = [unit.root] * len(definitions)
    for index in sorted(range(len(definitions)), key=lambda index: definitions[index].start_byte):
        fact = definitions[index]
        qualified_name = f"{unit.name}.{fact.local_name}"
        ordinal = seen[fact.kind, qualified_name]
        seen[fact.kind, qualified_name] += 1
        node_id = _node_id(unit.facts, fact.kind, qualified_name, ordinal)
        unit.symbols[index] = Symbol(fact.kind, fact.name, qualified_name, node_id, unit, index, None)
    for symbol in unit.symbols:
        symbol.parent = unit.owner(symbol.fact.parent)


def _node_id(facts: FileFacts, kind: str, qualified_name: str, ordinal: int) -> str:
    return content_id(facts.collection, kind, qualified_name, facts.path, str(ordinal))


def _bind(facts: FileFacts) -> list[Table]:
    tables: list[Table] = [defaultdict(list) for _ in facts.scopes]
    bindings: list[Bound] = [*facts.bindings, *facts.imports]
    bindings.sort(key=lambda item: item.line)
    for item in bindings:
        if isinstance(item, Import):
            if item.symbol != "*":
                tables[item.scope][item.alias or item.module.partition(".")[0]].append(item)
        elif item.kind != "attribute":
            tables[item.scope][item.name].append(item)
    for table in tables[1:]:
        for name in [name for name, bound in table.items() if any(_is_kind(item, "global") for item in bound)]:
            tables[0][name].extend(item for item in table.pop(name) if not _is_kind(item, "global"))
    for index in range(len(tables) - 1, 0, -1):  # inner functions come after outer ones
        for name, bound in tables[index].items():
            if any(_is_kind(item, "nonlocal") for item in bound):
                _hand_outward(facts, tables, index, name)
    return [dict(table) for table in tables]


def _hand_outward(facts: FileFacts, tables: list[Table], scope: int, name: str) -> None:
    """Let an outer function know what an inner one assigns to its `nonlocal` name."""
    outer = facts.scopes[scope].parent
    while outer > 0 and (facts.scopes[outer].kind == "class" or name not in tables[outer]):
        outer = facts.scopes[outer].parent
    if outer > 0:
        tables[outer][name].extend(item for item in tables[scope][name] if not _is_kind(item, "nonlocal"))


def _is_kind(item: Bound, kind: str) -> bool:
    return isinstance(item, Binding) and item.kind == kind


def _bind_attributes(unit: Unit) -> None:
    """Find the assignments to attributes of `self`."""
    facts = unit.facts
    for item in facts.bindings:
        if item.kind != "attribute":
            continue
        receiver, _, name = item.name.partition(".")
        scope = item.scope
        while scope >= 0 and receiver not in unit.tables[scope]:
            scope = facts.scopes[scope].parent
        bound = unit.tables[scope].get(receiver, []) if scope >= 0 else []
        if len(bound) == 1 and isinstance(bound[0], Binding) and bound[0].kind == "self":
            method = unit.symbols[bound[0].definition]
            unit.attributes.setdefault(method.fact.scope, {}).setdefault(name, []).append(item)
