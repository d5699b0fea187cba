"""What is a file called? From the paths of one collection to the dotted names that its imports use.

A directory with `__init__.py` is a package, and the highest one of an unbroken chain is a top-level package.
Directories above it are part of the name where they lie inside of another package, below a source root called `src`, or
where an import of the collection spells them out, which is how namespace packages show. A file in no package is named
by its path.
"""

from collections.abc import Iterable

SOURCE_ROOT = "src"
_INIT = "__init__"


def module_names(paths: Iterable[str], imported: Iterable[str] = ()) -> dict[str, str]:
    """Name the modules of one collection.

    Args:
        paths: of all its Python files, relative to the source root, with forward slashes.
        imported: dotted names that absolute imports in the collection mention; they settle where names begin.

    Returns:
        The dotted name for each path. Several paths may have one name, such as `setup.py` files of several projects.
    """
    paths = sorted(set(paths))
    packages = {parts[:-1] for parts in map(_parts, paths) if parts[-1] == _INIT and len(parts) > 1}
    prefixes = _prefixes(imported)
    return {path: ".".join(_name(_parts(path), packages, prefixes)) for path in paths}


def imported_names(imports: Iterable[tuple[str, str]]) -> set[str]:
    """The dotted names that absolute imports mention.

    Args:
        imports: the module and the symbol of each, the latter empty or `*` where a whole module is meant.
    """
    return {
        f"{module}.{symbol}" if symbol not in {"", "*"} else module
        for module, symbol in imports
        if not module.startswith(".")
    }


def _parts(path: str) -> tuple[str, ...]:
    stem = path.removesuffix(".py").removesuffix(".pyi").removesuffix(".pyw")
    return tuple(stem.split("/"))


def _prefixes(imported: Iterable[str]) -> set[tuple[str, ...]]:
    prefixes: set[tuple[str, ...]] = set()
    for name in set(imported):
        parts = tuple(name.split("."))
        prefixes.update(parts[:length] for length in range(2, len(parts) + 1))
    return prefixes


def _name(parts: tuple[str, ...], packages: set[tuple[str, ...]], imported: set[tuple[str, ...]]) -> tuple[str, ...]:
    is_package = parts[-1] == _INIT and len(parts) > 1
    full = parts[:-1] if is_package else parts
    directory = parts[:-1]
    start = len(directory)
    while start and directory[:start] in packages:
        start -= 1
    floor = _source_root(directory, packages)
    outer = next((length for length in range(floor + 1, start + 1) if directory[:length] in packages), None)
    if outer is not None:
        start = outer - 1  # a namespace between packages
    if floor:
        return full[floor:]
    in_package = start < len(directory)
    spelled = [begin for begin in range(start if in_package else len(full) - 1) if _is_spelled(full, begin, imported)]
    if spelled:
        return full[spelled[0] :]
    return full[start:] if in_package else full


def _is_spelled(full: tuple[str, ...], begin: int, imported: set[tuple[str, ...]]) -> bool:
    return full[begin:] in imported


def _source_root(directory: tuple[str, ...], packages: set[tuple[str, ...]]) -> int:
    """How many leading directories end in a source root, 0 where there is none."""
    for length in range(len(directory), 0, -1):
        if directory[length - 1] == SOURCE_ROOT and directory[:length] not in packages:
            return length
    return 0
