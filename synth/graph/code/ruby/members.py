"""Ruby's classes and modules: in which order are methods looked for, on objects and on classes themselves?

Methods of a class itself are kept under their name with a dot before it, so that `.find` and `find` are two members.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from synth.graph.code.toolkit.members import MAX_ORDER, BaseOf, Members
from synth.graph.code.toolkit.units import Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Group, Value

if TYPE_CHECKING:
    from synth.graph.code.ruby.resolver import RubyResolver

MAX_NESTING = 50  # of modules in modules

Level = tuple[Symbol | External, str]  # where to look, and what stands before the name there


class RubyMembers(Members):
    """The classes and modules of a collection."""

    _resolver: "RubyResolver"

    def __init__(self, resolver: "RubyResolver", units: Iterable[Unit]) -> None:
        super().__init__(resolver, units)
        self._open: set[Symbol] = set()
        self._levels: dict[Symbol, list[Level]] = {}
        self._found: dict[tuple[Symbol, str, bool], Found | None] = {}
        self._outer: dict[tuple[Symbol, bool], External | None] = {}
        self._users: dict[Symbol, list[Symbol]] = {}
        self._extended: set[Symbol] = set()
        self._everywhere: list[tuple[Symbol, str | None]] = []  # modules of the top level, and whose tests see them

    def collect_bases(self, units: Iterable[Unit]) -> None:
        """Note the bases, which classes each module is mixed into, and which modules are mixed into themselves."""
        super().collect_bases(units)
        for unit in units:
            for use in unit.facts.uses:
                if use.role in {"include", "extend"} and unit.owner(use.owner).kind == "file":
                    value = self._resolver.constants.base_named(unit, use)
                    self._everywhere += [(value, _tested_by(unit))] if isinstance(value, Symbol) else []
        self._everywhere.sort(key=lambda item: -len(item[1] or ""))
        for cls, uses in self._base_uses.items():
            if any(use.role == "extend" and use.chain == "self" for _, use in uses):
                self._extended.add(cls)
            for base in self.bases(cls):
                if isinstance(base.value, Symbol) and base.use.role in {"include", "prepend"}:
                    self._users.setdefault(base.value, []).append(cls)
        for known in (self._orders, self._levels, self._found, self._outer):
            known.clear()  # what was asked for before all bases were known

    def _find_bases(self, cls: Symbol) -> Iterator[BaseOf]:
        for unit, use in self._base_uses.get(cls, ()):
            if use.chain == "self":
                continue
            value = self._resolver.constants.base_named(unit, use)
            if value is not cls:
                yield BaseOf(value, (), use, unit)

    def order(self, cls: Symbol) -> list[Symbol | External]:
        """The ancestors of a class: what is prepended, itself, what is included, then its superclass and so on."""
        if cls in self._orders:
            return self._orders[cls]
        if cls in self._open or len(self._open) > MAX_NESTING:
            return [cls]
        self._open.add(cls)
        order: dict[Symbol | External, None] = {}
        current: Symbol | External | None = cls
        while isinstance(current, Symbol) and current not in order and len(order) < MAX_ORDER:
            order.update(dict.fromkeys(self._mixed(current, "prepend")))
            order[current] = None
            order.update(dict.fromkeys(self._mixed(current, "include")))
            current = self.above(current)
        if isinstance(current, External):
            order[current] = None
        self._open.discard(cls)
        if not self._open:
            self._orders[cls] = list(order)
        return list(order)

    def above(self, cls: Symbol) -> Symbol | External | None:
        """The superclass; of a group of examples the group around it."""
        for base in self.bases(cls):
            if base.use.role == "base":
                return base.value
        around = cls.parent if cls.variety == "describe" else None
        return around.main if around is not None and around.kind == "class" else None

    def _mixed(self, cls: Symbol, role: str) -> Iterator[Symbol | External]:
        """What is mixed in, the last first."""
        for base in reversed(self.bases(cls)):
            if base.use.role == role:
                yield from self.order(base.value) if isinstance(base.value, Symbol) else [base.value]

    def levels(self, cls: Symbol) -> list[Level]:
        """Where methods of the class itself are looked for."""
        if cls not in self._levels:
            levels: list[Level] = []
            current: Symbol | External | None = cls
            while isinstance(current, Symbol) and len(levels) < MAX_ORDER:
                levels.append((current, "."))
                if current in self._extended:
                    levels.append((current, ""))
                levels += [(item, "") for item in self._mixed(current, "extend")]
                levels += [(item, "") for item in self._class_methods(current)]
                current = self.above(current)
                current = None if (current, ".") in levels else current
            if current is not None:
                levels.append((current, "."))
            self._levels[cls] = levels
        return self._levels[cls]

    def _class_methods(self, cls: Symbol) -> Iterator[Symbol | External]:
        """By custom a module gives the methods of its `ClassMethods` to the classes that include it."""
        for item in self._mixed(cls, "include"):
            inner = self._own.get(item, {}).get("ClassMethods", ()) if isinstance(item, Symbol) else ()
            for symbol in inner:
                yield from self.order(symbol)

    def find(self, cls: Symbol, name: str, *, above: bool = False) -> Found | None:
        """What `name` is on an object of a class, or `.name` on the class; inferred where an unknown one is first."""
        question = (cls.main, name, above)
        if question not in self._found:
            self._found[question] = self._find(*question)
        return self._found[question]

    def _find(self, cls: Symbol, name: str, above: bool) -> Found | None:
        levels: list[Level]
        if name[0] == ".":
            levels = self.levels(cls)
        else:
            order = self.order(cls)
            levels = [(item, "") for item in (order[order.index(cls) + 1 :] if above else order)]
        outside = False
        for item, mark in levels[1:] if above and name[0] == "." else levels:
            if isinstance(item, External):
                outside = True
                continue
            symbols = self._at(item, name, mark)
            if symbols:
                value: Value = symbols[0] if len(symbols) == 1 else Group(tuple(symbols))
                return Found(value, "type" if outside else "name")
        return None

    def _at(self, cls: Symbol, name: str, mark: str) -> list[Symbol]:
        """The members of one class; methods hide attributes, and an attribute has a method that sets it."""
        own = self._own.get(cls, {})
        bare = name.removeprefix(".")
        found = own.get(f"{mark}{bare}", [])
        if not found and mark == ".":
            found = [item for item in own.get(bare, ()) if item.variety == "module_function"]
        if not found and bare.endswith("="):
            found = [item for item in own.get(f"{mark}{bare[:-1]}", ()) if item.variety == "attribute"]
        if len(found) > 1:
            found = [item for item in found if item.kind != "variable"] or found[:1]
        return found

    def outside_of(self, cls: Symbol, *, is_static: bool) -> External | None:
        """The only ancestor that is not in the source."""
        question = (cls, is_static)
        if question not in self._outer:
            self._outer[question] = self._find_outside(cls, is_static)
        return self._outer[question]

    def _find_outside(self, cls: Symbol, is_static: bool) -> External | None:
        items = [item for item, _ in self.levels(cls)] if is_static else self.order(cls)
        found = [item for item in items if isinstance(item, External)]
        found += [
            External(item.qualified_name)
            for item in items
            if isinstance(item, Symbol) and self._resolver.constants.is_reopened(item)
        ]
        return found[0] if len(found) == 1 else None

    def everywhere(self, unit: Unit) -> list[Symbol]:
        """The modules that the top level includes, or RSpec for all examples, so that every object has them."""
        return [
            module
            for module, root in self._everywhere
            if root is None or (unit.facts.is_test and unit.path.startswith(root))
        ]

    def among_users(self, module: Symbol, name: str) -> Found | None:
        """What the classes that a module is mixed into have by a name, where they agree."""
        found = {
            item.value: item for user in self._users.get(module, ()) if (item := self.find(user, name)) is not None
        }
        return next(iter(found.values())).through("type") if len(found) == 1 else None


def _tested_by(unit: Unit) -> str | None:
    """The folder whose tests a file belongs to; None where it is no test."""
    if not unit.facts.is_test:
        return None
    parts = unit.path.split("/")
    count = next((position for position, part in enumerate(parts) if part in {"spec", "test", "tests"}), 0)
    return "".join(f"{part}/" for part in parts[:count])
