"""Which file is which module of which crate? Told by the manifests of Cargo and by the `mod` declarations."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from synth.graph.code.facts import FileFacts, Import
from synth.graph.code.rust.imports import MODULE
from synth.graph.code.toolkit.units import Place

_FOLDERS = ("tests", "examples", "benches", "src/bin")


class Package(NamedTuple):
    """A package of Cargo."""

    folder: str
    name: str
    library: str  # the name of its library as code says it
    library_path: str
    programs: tuple[tuple[str, str], ...]  # names and paths of further targets that the manifest names
    dependencies: Mapping[str, tuple[str, str]]  # package and folder by the name that code says


class Layout(NamedTuple):
    """The modules of a collection."""

    places: dict[str, Place]
    roots: dict[str, Package]  # the package of each crate, by the name of the crate's root module
    children: dict[tuple[str, str, str], str]  # the module that a file declares in one of its modules, by name
    libraries: dict[str, str]  # names of root modules by the folder of the package
    packages: dict[str, str]  # folders of packages by their names


def read_packages(manifests: Mapping[str, str]) -> list[Package]:
    """The packages that manifests describe, outer folders first; manifests that cannot be read are left out."""
    read = {}
    for path, text in sorted(manifests.items()):
        if path.rpartition("/")[2] == "Cargo.toml":
            try:
                read[path.rpartition("/")[0]] = tomllib.loads(text)
            except (ValueError, RecursionError):  # besides its own error, of numbers that are too long and of nesting
                continue
    return [_package(folder, table, read) for folder, table in read.items() if "package" in table]


def _package(folder: str, table: dict[str, Any], manifests: Mapping[str, dict[str, Any]]) -> Package:
    name = str(_table(table, "package").get("name", "")) or folder.rpartition("/")[2]
    library = _table(table, "lib")
    programs = [
        (str(item.get("name", "")), _join(folder, str(item["path"])))
        for kind in ("bin", "test", "example", "bench")
        for item in _listed(table, kind)
        if item.get("path")
    ]
    return Package(
        folder, name, _said(str(library.get("name", name))), _join(folder, str(library.get("path", "src/lib.rs"))),
        tuple(programs), dict(_dependencies(folder, table, manifests)),
    )  # fmt: skip


def _dependencies(
    folder: str, table: dict[str, Any], manifests: Mapping[str, dict[str, Any]]
) -> Iterator[tuple[str, tuple[str, str]]]:
    targets = [item for item in _table(table, "target").values() if isinstance(item, dict)]
    for holder in (table, *targets):
        for kind in ("dependencies", "dev-dependencies", "build-dependencies"):
            for key, given in _table(holder, kind).items():
                if isinstance(given, dict) and given.get("workspace"):
                    above = _workspace_of(folder, manifests)
                    found = _table(_table(manifests.get(above, {}), "workspace"), "dependencies").get(key)
                    yield _said(key), _source(above, key, found)
                else:
                    yield _said(key), _source(folder, key, given)


def _source(folder: str, key: str, given: object) -> tuple[str, str]:
    if not isinstance(given, dict):
        return key, ""
    path = given.get("path")
    return str(given.get("package", key)), _join(folder, str(path)) if path is not None else ""


def _workspace_of(folder: str, manifests: Mapping[str, dict[str, Any]]) -> str:
    while folder and "workspace" not in manifests.get(folder, {}):
        folder = folder.rpartition("/")[0]
    return folder


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}


def _listed(table: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = table.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _said(name: str) -> str:
    return name.replace("-", "_")


def _join(folder: str, path: str) -> str:
    """A path seen from a folder, without `.` and `..`."""
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in {"", ".", ".."}:
            parts.append(part)
    return "/".join(parts)


def lay_out(files: Sequence[FileFacts], manifests: Mapping[str, str]) -> Layout:
    """Find the module of every file.

    Args:
        files: of the collection.
        manifests: texts of its Cargo.toml files by path.
    """
    by_path = {file.path: file for file in files}
    packages = read_packages(manifests)
    layout = Layout({}, {}, {}, {}, {package.name: package.folder for package in packages})
    for package in packages:
        for path, space in _targets(package, by_path):
            if path in by_path and path not in layout.places:
                if path == package.library_path:
                    layout.libraries[package.folder] = space
                _claim(layout, package, by_path, path, space)
    _claim_rest(layout, packages, by_path)
    return layout


def _targets(package: Package, by_path: Mapping[str, FileFacts]) -> Iterator[tuple[str, str]]:
    """The roots of a package's crates, with the names of their root modules."""
    yield package.library_path, package.library
    has_library = package.library_path in by_path
    own = _said(package.name)
    yield _join(package.folder, "src/main.rs"), f"{own}::main" if has_library else own
    for name, path in package.programs:
        yield path, f"{own}::{_said(name)}"
    for folder in _FOLDERS:
        prefix = _join(package.folder, folder) + "/"
        for path in sorted(by_path):
            rest = path.removeprefix(prefix) if path.startswith(prefix) else ""
            stem = rest.removesuffix(".rs").removesuffix("/main")
            if rest and "/" not in stem:
                yield path, f"{own}::{folder.rpartition('/')[2]}::{_said(stem)}"
    yield _join(package.folder, "build.rs"), f"{own}::build"


def _claim_rest(layout: Layout, packages: list[Package], by_path: Mapping[str, FileFacts]) -> None:
    """Files that no manifest and no module leads to: each that a `lib.rs` or `main.rs` leads to, then one by one."""
    rest = [path for path in sorted(by_path) if path not in layout.places]
    rest.sort(key=lambda path: (path.rpartition("/")[2] not in {"lib.rs", "main.rs"}, path))
    for path in rest:
        if path in layout.places:
            continue
        folder = path.rpartition("/")[0]
        package = max(
            (item for item in packages if not item.folder or f"{folder}/".startswith(f"{item.folder}/")),
            key=lambda item: len(item.folder), default=Package(folder, "", "", "", (), {}),
        )  # fmt: skip
        inside = path[len(package.folder) :].strip("/").removesuffix(".rs").removeprefix("src/")
        parts = [part for part in inside.split("/") if part not in {"mod", "lib", "src"}]
        own = _said(package.name or package.folder.removesuffix("/src").rpartition("/")[2])
        _claim(layout, package, by_path, path, "::".join(filter(None, [own, *map(_said, parts)])))


def _claim(layout: Layout, package: Package, by_path: Mapping[str, FileFacts], root: str, space: str) -> None:
    """Follow the `mod` declarations from the root of a crate."""
    layout.roots.setdefault(space, package)
    layout.places[root] = _place(space, "crate")
    waiting = [(root, space, True)]
    while waiting:
        path, module, is_root = waiting.pop()
        file = by_path[path]
        for item in file.imports:
            if not item.module.startswith(MODULE):
                continue
            name = item.module.removeprefix(MODULE)
            inner = modules_around(file, item.scope)
            child = "::".join([module, *inner, name])
            found = next((each for each in _candidates(path, is_root, inner, name, item) if each in by_path), None)
            if found is None:
                continue
            if found not in layout.places:
                layout.places[found] = _place(child, "")
                waiting.append((found, child, False))
            layout.children[path, "::".join([module, *inner]), name] = layout.places[found].space


def modules_around(file: FileFacts, scope: int) -> list[str]:
    """The modules inside of a file that a scope lies in, outer ones first."""
    names: list[str] = []
    while scope >= 0:
        here = file.scopes[scope]
        if here.kind == "module" and here.definition >= 0:
            names.insert(0, file.definitions[here.definition].name)
        scope = here.parent
    return names


def _candidates(path: str, is_root: bool, inner: list[str], name: str, item: Import) -> list[str]:
    folder, _, file = path.rpartition("/")
    if item.symbol:
        return [_join(folder, item.symbol), _join("/".join([folder, *inner]), item.symbol)]
    here = folder if is_root or file == "mod.rs" else _join(folder, file.removesuffix(".rs"))
    base = _join(here, "/".join([*inner, name]))
    return [f"{base}.rs", f"{base}/mod.rs"]


def _place(space: str, variety: str) -> Place:
    return Place(space, "module", variety, name=space.rpartition("::")[2])
