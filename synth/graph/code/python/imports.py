"""Which file does an import name, and what does a star import bring?"""

from collections import defaultdict
from collections.abc import Sequence

from synth.graph.code.facts import Import
from synth.graph.code.python.units import Unit


class ModuleIndex:
    """The modules of a collection by name."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._by_name: dict[str, list[Unit]] = defaultdict(list)
        self._packages = {unit.path.rpartition("/")[0] for unit in units if unit.is_package}
        self._namespaces: set[str] = set()
        for unit in units:
            self._by_name[unit.name].append(unit)
            parent = unit.name.rpartition(".")[0]
            while parent and parent not in self._namespaces:
                self._namespaces.add(parent)
                parent = parent.rpartition(".")[0]
        self._stars = self._expand_stars(units)

    def find(self, name: str, importer: Unit | None) -> Unit | None:
        """The module of this name; of several the one that lies nearest to the importer."""
        candidates = self._by_name.get(name)
        if not candidates:
            return None
        near = importer.path if importer else ""
        return min(candidates, key=lambda unit: (-_shared(unit.path, near), _rank(unit), unit.path))

    def find_absolute(self, name: str, importer: Unit) -> Unit | None:
        """Like `find`, but a script's own directory comes first, as it does on the path of a running script."""
        directory, _, _ = importer.path.rpartition("/")
        if directory and directory not in self._packages:
            package = importer.name.rpartition(".")[0]
            beside = self.find(f"{package}.{name}", importer) if package else None
            if beside is not None and beside.path.startswith(f"{directory}/"):
                return beside
        return self.find(name, importer)

    def is_namespace(self, name: str) -> bool:
        """Whether there are modules below this name."""
        return name in self._namespaces

    def absolute_name(self, unit: Unit, module: str) -> str | None:
        """The dotted name of an imported module; None where a relative import leaves the top-level package."""
        rest = module.lstrip(".")
        level = len(module) - len(rest)
        if level == 0:
            return rest
        parts = unit.name.split(".")
        keep = len(parts) - level + (1 if unit.is_package else 0)
        if keep < 0 or (keep == 0 and not rest):
            return None
        return ".".join([*parts[:keep], *([rest] if rest else [])])

    def imported_module(self, unit: Unit, module: str) -> Unit | None:
        """The file of the module that an import statement names."""
        name = self.absolute_name(unit, module)
        if name is None:
            return None
        return self.find(name, unit) if module.startswith(".") else self.find_absolute(name, unit)

    def star_source(self, unit: Unit, name: str) -> Unit | None:
        """The module from which a star import of `unit` takes a name."""
        return self._stars.get(unit, {}).get(name)

    def star_names(self, unit: Unit) -> list[str]:
        """The names that a module has from star imports."""
        return sorted(self._stars.get(unit, {}))

    def exported(self, unit: Unit) -> set[str]:
        """The names that `from module import *` takes."""
        return self._exported(unit, self._stars)

    def _expand_stars(self, units: Sequence[Unit]) -> dict[Unit, dict[str, Unit]]:
        """Let names flow along star imports until nothing changes; the last import of a name wins."""
        sources = {unit: self._star_imports(unit) for unit in units}
        stars: dict[Unit, dict[str, Unit]] = {unit: {} for unit, found in sources.items() if found}
        changed = True
        while changed:
            changed = False
            for unit, table in stars.items():
                fresh = {name: source for source in sources[unit] for name in self._exported(source, stars)}
                fresh = {name: source for name, source in fresh.items() if name not in unit.tables[0]}
                if fresh.keys() != table.keys():
                    changed = True
                stars[unit] = fresh
        return stars

    def _star_imports(self, unit: Unit) -> list[Unit]:
        found = (self.imported_module(unit, item.module) for item in unit.facts.imports if item.symbol == "*")
        return [source for source in found if source is not None and source is not unit]

    def _exported(self, unit: Unit, stars: dict[Unit, dict[str, Unit]]) -> set[str]:
        public = {name for name in (*unit.tables[0], *stars.get(unit, ())) if not name.startswith("_")}
        listed = unit.facts.exports
        if listed is None:
            return public
        names = set(listed)
        for chain in unit.facts.exports_from:
            source = self._module_of(unit, chain)
            names |= set(source.facts.exports or ()) if source is not None else public
        return names if unit.facts.exports_complete else names | public

    def _module_of(self, unit: Unit, chain: str) -> Unit | None:
        """The module that a name such as `utils` in `utils.__all__` is bound to by an import."""
        root, _, rest = chain.partition(".")
        for item in unit.tables[0].get(root, ()):
            if isinstance(item, Import):
                parent = self.absolute_name(unit, item.module)
                name = f"{parent}.{item.symbol}" if item.symbol else (item.module if item.alias else root)
                return self.find(f"{name}.{rest}" if rest else name, unit)
        return self.find(f"{unit.name}.{chain}", unit) if unit.is_package else None


def _shared(path: str, other: str) -> int:
    """How many leading directories two paths have in common."""
    count = 0
    for left, right in zip(path.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count


def _rank(unit: Unit) -> int:
    """A package hides a module of the same name, and a module hides its stub."""
    if unit.path.endswith(".pyi"):
        return 2
    return 0 if unit.is_package else 1
