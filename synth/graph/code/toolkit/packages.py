"""What does a package, namespace or module have by a name, wherever its files are?"""

from collections.abc import Sequence

from synth.graph.code.facts import Import
from synth.graph.code.toolkit.answers import Answers
from synth.graph.code.toolkit.units import Bound, Space, Symbol, Unit
from synth.graph.code.toolkit.values import External, Found, Group


class Packages(Answers):
    """Names of packages, namespaces and modules."""

    def space_member(self, space: Space, name: str, unit: Unit) -> Found | None:
        """What a package, namespace or module has by a name, seen from a file."""
        question = ("space", space, name, unit)
        return self._memo.answer(question, lambda: self._find_in_space(space, name, unit))

    def _find_in_space(self, space: Space, name: str, unit: Unit) -> Found | None:
        declared: list[Symbol] = []
        handed: list[Found] = []
        for other, item in self._index(space).get(name, ()):
            if isinstance(item, Import):
                found = self.import_of(other, item)
                handed += [found] if found is not None else []
            else:
                declared.append(other.symbols[item.definition])
        symbols, how = self.rules.seen(unit, declared)
        if symbols:
            return self._beside_module(self._several(unit, [symbol.main for symbol in symbols]).through(how), handed)
        if handed or (found := self._handed_on(space, name)) is not None:
            return module_first(handed) if handed else found
        inner = f"{space.name}{self.rules.separator}{name}" if space.name else name
        return Found(self.spaces.of(inner)) if inner in self.spaces.by_name or inner in self._prefixes else None

    def _beside_module(self, found: Found, imported: Sequence[Found | None]) -> Found:
        """Of a module and a function of one name the module; `Rules.call_of` finds the function."""
        if not self.rules.nests_modules or not isinstance(found.value, Symbol) or found.value.kind == "class":
            return found
        return next((item for item in imported if item is not None and isinstance(item.value, Space)), found)

    def _several(self, unit: Unit, symbols: Sequence[Symbol]) -> Found:
        symbols = list(dict.fromkeys(symbols))
        if symbols[0].kind == "module":
            return Found(self.spaces.by_name[symbols[0].qualified_name])
        if len(symbols) > 1:
            symbols = list(self.rules.prefer(unit, symbols))
        return Found(symbols[0]) if len(symbols) == 1 else Found(Group(tuple(symbols)))

    def top_space(self, name: str) -> Found | None:
        """The package with which full names begin, such as `org`."""
        return Found(self.spaces.of(name)) if name in self._prefixes or name in self.spaces.by_name else None

    def find_path(self, path: str, unit: Unit) -> Found | None:
        """What a full name stands for: a package, or what is in one, however deep."""
        space = self.spaces.by_name.get(path)
        if space is not None:
            return Found(space)
        first, *names = path.split(self.rules.separator)
        found = self.top_space(first)
        for name in names:
            found = None if found is None else self.member(found, name, unit)
        return found

    def _handed_on(self, space: Space, name: str) -> Found | None:
        """What a module hands on with all else that another has."""
        outside: Found | None = None
        for unit, item in self._passed_on(space):
            source = self.import_of(unit, item)
            found = None if source is None else self.member(source, name, unit)
            if found is not None and not isinstance(found.value, External):
                return found
            if source is not None and isinstance(source.value, Space):
                outside = outside or found
        return outside

    def _passed_on(self, space: Space) -> list[tuple[Unit, Import]]:
        """The imports by which the files of a module hand on all that another has."""
        if space not in self._passing:
            self._passing[space] = [
                (unit, item)
                for unit, scope in space.parts
                for item in unit.facts.imports
                if item.symbol == "*" and item.reach != "in" and item.scope == scope
            ]
        return self._passing[space]

    def _index(self, space: Space) -> dict[str, list[tuple[Unit, Bound]]]:
        if space not in self._indexes:
            index: dict[str, list[tuple[Unit, Bound]]] = {}
            for unit, scope in space.parts:
                tables = [unit.tables[scope]] if scope else [unit.tables[0], unit.exports]
                for table in tables:
                    for name, items in table.items():
                        for item in items:
                            if item.reach != "in" if isinstance(item, Import) else item.kind == "definition":
                                index.setdefault(name, []).append((unit, item))
            self._indexes[space] = index
        return self._indexes[space]


def module_first(found: Sequence[Found | None]) -> Found | None:
    """Of a module and a function of one name the module; `Rules.call_of` finds the function."""
    return next((item for item in found if item is not None and isinstance(item.value, Space)), found[0])
