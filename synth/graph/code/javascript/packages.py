"""Which file does a specifier such as `./util`, `@scope/core` or `~/store` mean?

Relative paths, packages of the same repository by the name in their package.json, and the `paths` of tsconfig.json.
What a package.json points to is often built; the source that it is built from is looked for.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from synth.graph.code.javascript.globals import NODE
from synth.graph.code.javascript.specifiers import join, read_json, substitute, targets_of, upwards

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts")
_WRITTEN = re.compile(r"\.(d\.)?[cm]?[jt]sx?$")
_BUILT = re.compile(r"(^|/)(dist|lib|build|out|esm|cjs|es|umd|output|types)(?=/)")
_ENTRIES = ("source", "module", "main", "types", "typings", "browser")
_CONFIGS = ("tsconfig", "jsconfig")
MAX_EXTENDS = 8  # configurations that extend each other


class Package(NamedTuple):
    """A package.json."""

    folder: str
    name: str
    manifest: dict[str, object]


class Aliases(NamedTuple):
    """The `baseUrl` and `paths` of a tsconfig.json."""

    base: str | None  # the folder in which bare specifiers are looked for
    paths: dict[str, list[str]]  # pattern to patterns, from the root of the source


class Layout:
    """The files of a collection as specifiers speak of them."""

    def __init__(self, paths: Mapping[str, object], manifests: Mapping[str, str]) -> None:
        self._paths = paths
        self._packages: dict[str, Package] = {}  # by folder
        self._configs: dict[str, dict[str, object]] = {}  # by path
        for path, text in sorted(manifests.items()):
            folder, _, name = path.rpartition("/")
            if name == "package.json":
                manifest = read_json(text)
                self._packages[folder] = Package(folder, str(manifest.get("name", "")), manifest)
            elif name.startswith(_CONFIGS):
                self._configs[path] = read_json(text)
        self._named = {package.name: package for package in reversed(self._packages.values()) if package.name}
        self._aliases: dict[str, Aliases | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}

    def is_outside(self, specifier: str) -> bool:
        """Whether a specifier can only be a package of others."""
        return not specifier.startswith((".", "/", "#", "~", "@/"))

    def find(self, specifier: str, importer: str) -> str | None:
        """The path of the file that a specifier means in another file, None where it is none of the source."""
        key = (specifier, importer.rpartition("/")[0])
        if key not in self._found:
            self._found[key] = next(self._candidates(specifier.partition("?")[0], key[1]), None)
        return self._found[key]

    def _candidates(self, specifier: str, folder: str) -> Iterator[str]:
        if specifier.startswith("."):
            joined = join(folder, specifier)
            if joined is not None:
                yield from self._file(joined)
            return
        if specifier.startswith("node:") or specifier in NODE:
            return
        aliases = self._aliases_of(folder)
        for target in substitute(specifier, aliases.paths) if aliases is not None else ():
            yield from self._file(target)
        package = self._package_of(folder)
        if specifier.startswith("#") and package is not None:
            yield from self._mapped(package, "imports", specifier)
        name = "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])
        if name in self._named:
            yield from self._entry(self._named[name], specifier[len(name) :].lstrip("/"))
        if aliases is not None and aliases.base is not None:
            yield from self._file(join(aliases.base, specifier) or specifier)
        if specifier.startswith(("@/", "~/")):
            root = package.folder if package is not None else ""
            yield from self._file(join(root, f"src/{specifier[2:]}") or "")
            yield from self._file(join(root, specifier[2:]) or "")

    def _file(self, path: str) -> Iterator[str]:
        """A file by its path with or without suffix, a folder by its index; `x.js` may mean `x.ts`."""
        if path in self._paths:
            yield path
        stem = _WRITTEN.sub("", path)
        for start in dict.fromkeys((path, stem)):
            yield from (f"{start}{suffix}" for suffix in SUFFIXES if f"{start}{suffix}" in self._paths)
        if path in self._packages:
            yield from self._entry(self._packages[path], "")
        index = f"{path}/index" if path else "index"
        yield from (f"{index}{suffix}" for suffix in SUFFIXES if f"{index}{suffix}" in self._paths)

    def _entry(self, package: Package, rest: str) -> Iterator[str]:
        """What `package` or `package/rest` means."""
        yield from self._mapped(package, "exports", f"./{rest}" if rest else ".")
        if rest:
            yield from self._source(package, rest)
            return
        for entry in _ENTRIES:
            if isinstance(written := package.manifest.get(entry), str):
                yield from self._source(package, written)
        yield from self._source(package, "src/index")
        yield from self._source(package, "index")

    def _mapped(self, package: Package, field: str, wanted: str) -> Iterator[str]:
        listed = package.manifest.get(field)
        if isinstance(listed, str) or (isinstance(listed, dict) and not any(key[:1] in ".#" for key in listed)):
            listed = {".": listed}
        if isinstance(listed, dict):
            for target in substitute(wanted, {key: list(targets_of(value)) for key, value in listed.items()}):
                yield from self._source(package, target)

    def _source(self, package: Package, written: str) -> Iterator[str]:
        """A file of a package; for a built one what it is built from, by the customary folders."""
        path = written.removeprefix("./")
        plain = path
        while _BUILT.search(plain) and plain != (shorter := _BUILT.sub("", plain, count=1).lstrip("/")):
            plain = shorter
        tries = [path, _BUILT.sub(r"\1src", path, count=1), f"src/{plain}", plain, f"src/{_WRITTEN.sub('', plain)}"]
        for item in dict.fromkeys(tries):
            joined = join(package.folder, item)
            if joined is not None:
                yield from (found for found in self._file_only(joined))

    def _file_only(self, path: str) -> Iterator[str]:
        if path in self._paths:
            yield path
        stem = _WRITTEN.sub("", path)
        for start in dict.fromkeys((stem, path, f"{stem}/index")):
            yield from (f"{start}{suffix}" for suffix in SUFFIXES if f"{start}{suffix}" in self._paths)

    def _package_of(self, folder: str) -> Package | None:
        return next((self._packages[above] for above in upwards(folder) if above in self._packages), None)

    def _aliases_of(self, folder: str) -> Aliases | None:
        if folder not in self._aliases:
            self._aliases[folder] = next(self._configured(folder), None)
        return self._aliases[folder]

    def _configured(self, folder: str) -> Iterator[Aliases]:
        """The aliases of the configuration files in a folder or above, nearest first."""
        for above in upwards(folder):
            for path in sorted(self._configs):
                if path.rpartition("/")[0] == above:
                    aliases = self._read_aliases(path, 0)
                    if aliases.paths or aliases.base is not None:
                        yield aliases

    def _read_aliases(self, path: str, depth: int) -> Aliases:
        config, folder = self._configs[path], path.rpartition("/")[0]
        options = config.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        inherited = Aliases(None, {})
        extended = config.get("extends")
        for item in extended if isinstance(extended, list) else [extended]:
            target = self._extended(folder, item) if isinstance(item, str) and depth < MAX_EXTENDS else None
            if target is not None:
                inherited = self._read_aliases(target, depth + 1)
        base = options.get("baseUrl")
        base = join(folder, base) if isinstance(base, str) else inherited.base
        paths = options.get("paths")
        if not isinstance(paths, dict):
            return Aliases(base, inherited.paths)
        start = base if base is not None else folder
        return Aliases(base, {
            pattern: [join(start, item) or item for item in targets if isinstance(item, str)]
            for pattern, targets in paths.items()
            if isinstance(targets, list)
        })  # fmt: skip

    def _extended(self, folder: str, written: str) -> str | None:
        target = join(folder, written)
        if not written.startswith("."):
            name = "/".join(written.split("/")[: 2 if written.startswith("@") else 1])
            package = self._named.get(name)
            target = None if package is None else join(package.folder, written[len(name) :].lstrip("/"))
        options = (target, f"{target}.json", f"{target}/tsconfig.json") if target is not None else ()
        return next((item for item in options if item in self._configs), None)
