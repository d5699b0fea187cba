"""Which files can say anything about each other? Groups of files that no import joins are linked by themselves."""

from collections.abc import Sequence

import pyarrow as pa

from synth.graph.code.facts import FileFacts, Import, manifest_facts
from synth.graph.code.python.imports import ModuleIndex
from synth.graph.code.python.modules import imported_names, module_names
from synth.graph.code.python.units import Unit


def group_files(facts: pa.Table) -> list[list[int]]:
    """Part the files of a collection into groups that imports and packages join.

    Args:
        facts: with the schema `synth.graph.code.facts.FACTS`.

    Returns:
        The rows of each group in ascending order; groups in the order of their first rows.
    """
    paths = facts["path"].to_pylist()
    imports = [[(item["module"], item["symbol"]) for item in found] for found in facts["imports"].to_pylist()]
    units = _bare_units(paths, imports)
    index = ModuleIndex(units)
    rows = {unit.path: row for row, unit in enumerate(units)}
    groups = _Groups(len(paths))
    for row, unit in enumerate(units):
        wanted = {unit.name.rpartition(".")[0]}
        for module, symbol in imports[row]:
            name = index.absolute_name(unit, module)
            found = index.imported_module(unit, module)
            if found is not None:
                groups.join(row, rows[found.path])
            if name is not None:
                wanted.add(name)
                wanted.add(f"{name}.{symbol}" if symbol else name)
        for name in wanted:
            for module in _with_parents(name):
                for other in filter(None, (index.find(module, unit), index.find_absolute(module, unit))):
                    groups.join(row, rows[other.path])
    return groups.all()


def _bare_units(paths: Sequence[str], imports: Sequence[list[tuple[str, str]]]) -> list[Unit]:
    """Units that know their names and imports, and nothing of what is in them."""
    names = module_names(paths, imported_names(item for found in imports for item in found))
    units = []
    for path, found in zip(paths, imports, strict=True):
        records = [Import(0, 1, module, symbol, "") for module, symbol in found if symbol != "*"]
        units.append(Unit(_only_imports(path, records), names[path], _is_package(path), tables=[{}]))
    return units


def _only_imports(path: str, imports: list[Import]) -> FileFacts:
    return manifest_facts("", path, "")._replace(imports=imports)


def _is_package(path: str) -> bool:
    return "/" in path and path.rpartition("/")[2].partition(".")[0] == "__init__"


def _with_parents(name: str) -> list[str]:
    parts = name.split(".") if name else []
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


class _Groups:
    """Sets of rows that are joined one by one (union-find)."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def _top(self, row: int) -> int:
        while self._above[row] != row:
            self._above[row] = self._above[self._above[row]]
            row = self._above[row]
        return row

    def join(self, one: int, other: int) -> None:
        """Put the groups of two rows together, under the lower one."""
        low, high = sorted((self._top(one), self._top(other)))
        self._above[high] = low

    def all(self) -> list[list[int]]:
        """The groups."""
        found: dict[int, list[int]] = {}
        for row in range(len(self._above)):
            found.setdefault(self._top(row), []).append(row)
        return list(found.values())
